//! Which class and which instance a request is on, and how its answer names instances.

use super::{
    super::repository::{NAMESPACE, Row, schema},
    Provider,
    fault::{self, Refused},
};
use crate::{
    cim::{
        Instance, Value,
        class::{Class, Type},
    },
    wsman::{Resource, ResourceUri, Selector, SelectorSet},
};

/// The selector that names the namespace of a class ([DSP0227] section 6.3).
///
/// [DSP0227]: https://www.dmtf.org/standards/wsman
const CIM_NAMESPACE: &str = "__cimnamespace";
/// Before the name of a class in the DMTF's form of a resource URI, which says nothing of the namespace.
const DMTF: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
/// The namespace of a request in the DMTF's form that names none ([MS-WSMV] section 3.1.4.1.1).
///
/// [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/
const DMTF_NAMESPACE: &str = "root/hardware";

/// What a property has to be.
pub(super) enum Wanted {
    Value(Value),
    /// A reference to this instance; to none where the reference leads nowhere.
    Reference(Option<Row>),
}

impl Provider {
    /// The one instance that the selectors identify, which need not be the whole key.
    pub(super) fn find(&self, resource: &Resource) -> Result<Row, Refused> {
        let class = class(resource)?;
        let selectors = keys_of(resource)?;
        if selectors.is_empty() {
            return Err(fault::insufficient_selectors());
        }
        let keys = schema().keys(&class.name);
        if let Some((name, _)) = selectors
            .iter()
            .find(|(name, _)| !keys.iter().any(|key| key.eq_ignore_ascii_case(name)))
        {
            return Err(fault::unexpected_selector(name));
        }
        let wanted = self.wanted(class, &selectors)?;
        let mut rows = self.repository.rows(&class.name).filter(|row| self.has(*row, &wanted));
        match (rows.next(), rows.next()) {
            (None, _) => Err(fault::no_instance()),
            (Some(row), None) => Ok(row),
            (Some(_), Some(_)) => Err(fault::ambiguous_selectors()),
        }
    }

    /// What selectors want of the properties of a class.
    pub(super) fn wanted(
        &self,
        class: &Class,
        selectors: &[(&str, &Selector)],
    ) -> Result<Vec<(&'static str, Wanted)>, Refused> {
        let wanted = |(name, selector): &(&str, &Selector)| {
            let property = schema()
                .find_property(&class.name, name)
                .ok_or_else(|| fault::unexpected_selector(name))?;
            let wanted = match selector {
                Selector::Text(text) if !property.array => Value::parse(text, &property.ty)
                    .map(Wanted::Value)
                    .map_err(|_| fault::invalid_selector_value(name))?,
                Selector::Text(_) => return Err(fault::selector_type(name)),
                Selector::Reference(_) if !matches!(property.ty, Type::Reference(_)) => {
                    return Err(fault::selector_type(name));
                }
                // What an association refers to is no association: the way ends with the first reference.
                Selector::Reference(resource)
                    if resource
                        .selectors
                        .iter()
                        .any(|(_, inner)| matches!(inner, Selector::Reference(_))) =>
                {
                    return Err(fault::nested_too_deep());
                }
                Selector::Reference(resource) => Wanted::Reference(self.find(resource).ok()),
            };
            Ok((property.name.as_str(), wanted))
        };
        selectors.iter().map(wanted).collect()
    }

    /// Whether an instance has all that is wanted.
    pub(super) fn has(&self, row: Row, wanted: &[(&'static str, Wanted)]) -> bool {
        wanted.iter().all(|(name, wanted)| match wanted {
            Wanted::Value(wanted) => {
                self.repository.property(row, name).is_some_and(|own| is_same(&own, wanted))
            }
            Wanted::Reference(wanted) => wanted.is_some_and(|wanted| {
                row.ends().is_some_and(|ends| ends.contains(&(*name, wanted)))
            }),
        })
    }

    /// The key of an instance, by the DMTF's URI if the client names classes so.
    pub(super) fn resource(&self, row: Row, dmtf: bool) -> Option<Resource> {
        let resource = self.repository.resource(row)?;
        Some(if dmtf { in_dmtf_form(resource) } else { resource })
    }

    /// The instance, by the DMTF's URI if the client names classes so.
    pub(super) fn instance(&self, row: Row, dmtf: bool) -> Option<Instance> {
        let mut instance = self.repository.instance(row)?;
        if dmtf {
            instance.uri = dmtf_uri(instance.class());
            for (_, value) in &mut instance.properties {
                if let Value::Reference(resource) = value {
                    *resource = in_dmtf_form(resource.clone());
                }
            }
        }
        Some(instance)
    }
}

/// The class of a resource.
pub(super) fn class(resource: &Resource) -> Result<&'static Class, Refused> {
    check_namespace(resource)?;
    let class = resource.uri.class();
    schema().find(class).ok_or_else(|| fault::no_class(class))
}

/// Whether the resource is one of WMI and in the namespace that there is.
pub(super) fn check_namespace(resource: &Resource) -> Result<(), Refused> {
    let namespace = match resource.namespace() {
        Some(namespace) => namespace.replace('\\', "/"),
        None if is_dmtf(&resource.uri) => DMTF_NAMESPACE.to_owned(),
        None => return Err(fault::invalid_resource_uri(&resource.uri)),
    };
    if namespace.eq_ignore_ascii_case(NAMESPACE) {
        Ok(())
    } else {
        Err(fault::no_namespace(&namespace))
    }
}

/// The selectors that are keys: the namespace, which some clients name too, has to agree with the resource URI.
pub(super) fn keys_of(resource: &Resource) -> Result<Vec<(&str, &Selector)>, Refused> {
    let mut keys: Vec<_> = resource.selectors.iter().collect();
    if let Some(namespace) = resource.selectors.find(CIM_NAMESPACE) {
        if !namespace.replace('\\', "/").eq_ignore_ascii_case(NAMESPACE) {
            return Err(fault::different_namespace_selector());
        }
        keys.retain(|(name, _)| !name.eq_ignore_ascii_case(CIM_NAMESPACE));
    }
    Ok(keys)
}

/// Whether a resource URI has the DMTF's form.
pub(super) fn is_dmtf(uri: &ResourceUri) -> bool {
    uri.as_str()
        .split_at_checked(DMTF.len())
        .is_some_and(|(head, _)| head.eq_ignore_ascii_case(DMTF))
}

pub(super) fn dmtf_uri(class: &str) -> ResourceUri {
    ResourceUri::new(format!("{DMTF}{class}"))
}

/// The same resource in the DMTF's form: the namespace is the first selector.
pub(super) fn in_dmtf_form(resource: Resource) -> Resource {
    let mut selectors = SelectorSet::new().with(CIM_NAMESPACE, NAMESPACE);
    for (name, selector) in resource.selectors.iter() {
        let selector = match selector {
            Selector::Reference(inner) => Selector::Reference(in_dmtf_form(inner.clone())),
            selector => selector.clone(),
        };
        selectors.insert(name, selector);
    }
    Resource { uri: dmtf_uri(resource.uri.class()), selectors }
}

/// As WMI compares: text without case.
fn is_same(own: &Value, wanted: &Value) -> bool {
    match (own, wanted) {
        (Value::String(own), Value::String(wanted)) => {
            own.eq_ignore_ascii_case(wanted) || own.to_lowercase() == wanted.to_lowercase()
        }
        _ => own == wanted,
    }
}
