//! Which class or instance a command is on.

use clap::Args as ClapArgs;

use super::{failure::Failure, parameter};
use crate::{
    cim::class::{Class, Type},
    client::{Invocation, VIRTUALIZATION},
    mof,
    wsman::{Resource, ResourceUri, Selector},
};

/// Where the class is.
#[derive(Debug, ClapArgs)]
pub(super) struct Place {
    /// The WMI namespace, with either slash
    #[arg(long, value_name = "NAMESPACE", default_value = VIRTUALIZATION, value_parser = namespace, conflicts_with = "resource_uri")]
    namespace: String,
    /// A whole resource URI, in the place of namespace and class
    #[arg(long, value_name = "URI")]
    pub(super) resource_uri: Option<String>,
}

/// An instance of a class.
#[derive(Debug, ClapArgs)]
pub(super) struct Target {
    /// The class
    #[arg(required_unless_present = "resource_uri", conflicts_with = "resource_uri", value_parser = class_name)]
    class: Option<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    keys: Keys,
}

/// Which instance of a class.
#[derive(Debug, ClapArgs)]
pub(super) struct Keys {
    /// A key of the instance; repeat it for each. A service needs none: it is the only one of its class
    #[arg(short, long = "selector", value_name = "KEY=VALUE", value_parser = pair)]
    selectors: Vec<(String, String)>,
}

impl Target {
    pub(super) fn resource(&self) -> Result<Resource, Failure> {
        self.keys.of(self.place.uri(self.class.as_deref()))
    }

    /// The namespace of the class, in which its associations are.
    pub(super) fn namespace(&self) -> Result<String, Failure> {
        self.place.namespace()
    }
}

impl Place {
    /// The resource URI of a class, which may be missing where the whole URI is given. The name gets the case of the
    /// schema: hosts forgive it in addresses, but not in the XML of parameters.
    pub(super) fn uri(&self, class: Option<&str>) -> ResourceUri {
        let uri = match &self.resource_uri {
            Some(uri) => ResourceUri::new(uri),
            None => ResourceUri::wmi(&self.namespace, class.unwrap_or_default()),
        };
        Invocation::known_class(&uri).map_or_else(|| uri.clone(), |class| uri.sibling(&class.name))
    }

    /// The namespace, which is the one of the resource URI where that is given.
    pub(super) fn namespace(&self) -> Result<String, Failure> {
        let Some(uri) = &self.resource_uri else { return Ok(self.namespace.clone()) };
        let uri = ResourceUri::new(uri);
        let namespace = uri.wmi_namespace().ok_or_else(|| {
            Failure::usage(format!("{uri} is in no WMI namespace, so there are no associations"))
        })?;
        Ok(namespace.to_owned())
    }
}

impl Keys {
    /// The instance of the class that has these keys.
    pub(super) fn of(&self, uri: ResourceUri) -> Result<Resource, Failure> {
        let class = Invocation::known_class(&uri);
        let mut resource = Resource::new(uri.clone());
        for (name, value) in &self.selectors {
            if resource.selectors.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                return Err(Failure::usage(format!("the selector {name} is there twice")));
            }
            let selector = match key_type(class, name) {
                Some(Type::Reference(class)) => {
                    let namespace = uri.wmi_namespace().unwrap_or(VIRTUALIZATION);
                    let reference = parameter::reference(value, class, namespace);
                    Selector::Reference(reference.map_err(Failure::Usage)?)
                }
                _ => Selector::Text(value.clone()),
            };
            resource.selectors.insert(name, selector);
        }
        if let Some(class) = class
            && self.selectors.is_empty()
            && mof::schema().is_a(&class.name, "CIM_Service")
        {
            resource = resource.selector("CreationClassName", class.name.as_str());
        }
        Ok(resource)
    }
}

fn key_type(class: Option<&Class>, name: &str) -> Option<&'static Type> {
    mof::schema().find_property(&class?.name, name).map(|property| &property.ty)
}

/// `KEY=VALUE`; the value may hold what it likes.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("it has to be KEY=VALUE".to_owned()),
    }
}

/// A name of WMI: one that has a slash would change the namespace.
pub(super) fn class_name(text: &str) -> Result<String, String> {
    if !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_') {
        Ok(text.to_owned())
    } else {
        Err("a name has letters, digits and underscores".to_owned())
    }
}

fn namespace(text: &str) -> Result<String, String> {
    let namespace = text.replace('\\', "/").trim_matches('/').to_owned();
    if namespace.split('/').all(|part| class_name(part).is_ok()) {
        Ok(namespace)
    } else {
        Err("a namespace is names with slashes between them, such as root/cimv2".to_owned())
    }
}
