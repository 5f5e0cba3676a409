//! Instances.

use std::sync::Arc;

use jiff::Timestamp;

use super::{COMMON, Error, Value, class::Schema};
use crate::{
    wsman::ResourceUri,
    xml::{Element, Name, XSI},
};

/// An instance: a class and the values of its properties, in the order of the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// The class, by its resource URI, as the host wrote it.
    pub uri: ResourceUri,
    /// The values. A property that is NULL is there; one that the host left out is not.
    pub properties: Vec<(String, Value)>,
    /// The properties whose values could not be read, and why. An invalid value costs itself, not the instance.
    pub invalid: Vec<Error>,
}

impl Instance {
    /// An instance without properties.
    #[must_use]
    pub const fn new(uri: ResourceUri) -> Self {
        Self { uri, properties: Vec::new(), invalid: Vec::new() }
    }

    /// The name of the class.
    #[must_use]
    pub fn class(&self) -> &str {
        self.uri.class()
    }

    /// The value of a property; names are compared without case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Value> {
        self.properties
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Sets a property.
    pub fn set(&mut self, name: &str, value: Value) {
        match self.properties.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value,
            None => self.properties.push((name.to_owned(), value)),
        }
    }

    /// The text of a property that is a string.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.find(name)?.as_str()
    }

    /// The number of a property that is an integer and not negative.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        self.find(name)?.as_u64()
    }

    /// The number of a property that is an integer of 16 bits at most, as states are.
    #[must_use]
    pub fn small(&self, name: &str) -> Option<u16> {
        self.number(name)?.try_into().ok()
    }

    /// A property that is a point in time; nothing for "never", which Windows writes as 1601-01-01.
    #[must_use]
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        match self.find(name)? {
            Value::Datetime(datetime) => datetime.timestamp(),
            _ => None,
        }
    }

    /// Reads an instance. The schema gives the types of the values, where it knows the class.
    ///
    /// # Errors
    /// When the element is in no namespace, so that its class is not known.
    pub fn decode(element: &Element, schema: &Schema) -> Result<Self, Error> {
        let namespace = element
            .name
            .namespace()
            .ok_or_else(|| Error::Missing(format!("namespace of {}", element.name)))?;
        let mut instance = Self::new(ResourceUri::new(namespace));
        for (name, elements) in members(element) {
            let property = schema.find_property(element.name.local(), name);
            let (ty, array) =
                property.map_or((None, false), |property| (Some(&property.ty), property.array));
            match Value::decode(&elements, ty, array) {
                Ok(value) => instance.properties.push((name.to_owned(), value)),
                Err(source) => {
                    instance
                        .invalid
                        .push(Error::Member { name: name.to_owned(), source: Box::new(source) });
                }
            }
        }
        Ok(instance)
    }

    /// Writes an instance as Windows does: `xsi:type` on the instance alone.
    #[must_use]
    pub fn encode(&self) -> Element {
        let namespace: Arc<str> = Arc::from(self.uri.as_str());
        let properties =
            self.properties.iter().flat_map(|(name, value)| value.encode(&namespace, name));
        Element::new(Arc::clone(&namespace), self.class())
            .declare("xsi", XSI)
            .declare("p", Arc::clone(&namespace))
            .declare("cim", COMMON)
            .attribute(Name::new(XSI, "type"), format!("p:{}_Type", self.class()))
            .children(properties)
    }
}

/// What can be made of an instance: a typed class, or the instance itself.
///
/// ```
/// use hyperv_replica::cim::{Error, FromInstance, Instance};
///
/// struct Service {
///     name: String,
/// }
///
/// impl FromInstance for Service {
///     fn from_instance(instance: Instance) -> Result<Self, Error> {
///         let name = instance.text("Name").ok_or_else(|| Error::Missing("Name".to_owned()))?;
///         Ok(Self { name: name.to_owned() })
///     }
/// }
/// ```
pub trait FromInstance: Sized {
    /// Makes it.
    ///
    /// # Errors
    /// When the instance is of another class, or a value is missing or invalid.
    fn from_instance(instance: Instance) -> Result<Self, Error>;
}

impl FromInstance for Instance {
    fn from_instance(instance: Instance) -> Result<Self, Error> {
        Ok(instance)
    }
}

/// The children of an element in runs of equal names. A child outside the element's own namespace is no member.
pub(super) fn members(element: &Element) -> Vec<(&str, Vec<&Element>)> {
    let mut members: Vec<(&str, Vec<&Element>)> = Vec::new();
    for child in element.children.iter().filter(|child| is_member(child, element)) {
        match members.last_mut() {
            Some((name, elements)) if *name == child.name.local() => elements.push(child),
            _ => members.push((child.name.local(), vec![child])),
        }
    }
    members
}

/// Whether a child is in the namespace of its parent, compared without case as resource URIs are.
pub(super) fn is_member(child: &Element, parent: &Element) -> bool {
    match (child.name.namespace(), parent.name.namespace()) {
        (Some(child), Some(parent)) => child.eq_ignore_ascii_case(parent),
        _ => false,
    }
}
