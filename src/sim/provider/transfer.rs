//! Get, and what comes of Put, Create and Delete.

use super::{
    super::repository::schema,
    Provider, config,
    fault::{self, Refused},
    resource::{class, is_dmtf},
};
use crate::{
    cim::Instance,
    wsman::{Resource, ResourceUri},
    xml::Element,
};

impl Provider {
    pub(super) fn get(&mut self, resource: &Resource) -> Result<Element, Refused> {
        if resource.uri == ResourceUri::new(config::CONFIG) {
            return match resource.selectors.iter().next() {
                Some((name, _)) => Err(fault::unexpected_selector(name)),
                None => Ok(config::service(self.logon)),
            };
        }
        let row = self.find(resource)?;
        let instance = self.instance(row, is_dmtf(&resource.uri)).ok_or_else(fault::no_instance)?;
        self.repository.seen(row);
        Ok(instance.encode())
    }

    /// Why an instance is not changed: first what is wrong with the request, as WinRM looks at that before it asks the
    /// provider.
    pub(super) fn put(&self, resource: &Resource, body: &[Element]) -> Refused {
        self.find(resource)
            .and_then(|_| check_instance(resource, body))
            .err()
            .unwrap_or_else(fault::provider_not_capable)
    }

    /// Why no instance is created.
    pub(super) fn create(&self, resource: &Resource, body: &[Element]) -> Refused {
        check_instance(resource, body).err().unwrap_or_else(fault::provider_not_capable)
    }

    /// Why an instance is not deleted.
    pub(super) fn delete(&self, resource: &Resource, body: &[Element]) -> Refused {
        match self.find(resource) {
            Err(fault) => fault,
            Ok(_) if !body.is_empty() => fault::schema("it has to be empty"),
            Ok(_) => fault::provider_not_capable(),
        }
    }
}

/// Whether the body is an instance of the class, or a part of one.
fn check_instance(resource: &Resource, body: &[Element]) -> Result<(), Refused> {
    let class = class(resource)?;
    let [element] = body else { return Err(fault::schema("it has to be one element")) };
    let is_of_class = |element: &Element| {
        let namespace = element.name.namespace();
        namespace.is_some_and(|ns| ns.eq_ignore_ascii_case(resource.uri.as_str()))
    };
    if !is_of_class(element) || element.name.local() != class.name {
        return Err(fault::schema(&format!("{} is not the class", element.name)));
    }
    if let Some(stranger) = element.children.iter().find(|child| !is_of_class(child)) {
        return Err(fault::schema(&format!("{} is not of the class", stranger.name)));
    }
    let instance = Instance::decode(element, schema())
        .map_err(|error| fault::schema(&fault::describe(&error)))?;
    if let Some(error) = instance.invalid.first() {
        return Err(fault::schema(&fault::describe(error)));
    }
    for (name, value) in &instance.properties {
        let fits = schema()
            .find_property(&class.name, name)
            .is_some_and(|known| known.name == *name && value.is_of(&known.ty, known.array));
        if !fits {
            return Err(fault::schema(&format!("the property {name} is invalid")));
        }
    }
    Ok(())
}
