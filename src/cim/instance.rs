//! Instances.

use std::{fmt, sync::Arc};

use jiff::Timestamp;

use super::{COMMON, Error, Value, class::Schema};
use crate::{
    wsman::{ResourceUri, WSMAN},
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
    /// A `w:XmlFragment`, in which a host puts the properties that a query selects, is an instance, too: of the class
    /// whose namespace its children have. One that holds nothing but text has a single property, `XmlFragment`.
    ///
    /// # Errors
    /// When the element is in no namespace, so that its class is not known.
    pub fn decode(element: &Element, schema: &Schema) -> Result<Self, Error> {
        if element.is(WSMAN, FRAGMENT) || element.name == Name::local_only(FRAGMENT) {
            return Ok(Self::from_fragment(element, schema));
        }
        let namespace = element
            .name
            .namespace()
            .ok_or_else(|| Error::Missing(format!("namespace of {}", element.name)))?;
        Ok(Self::from_members(namespace, element.name.local(), element, schema))
    }

    fn from_fragment(fragment: &Element, schema: &Schema) -> Self {
        if let Some(first) = fragment.children.first() {
            let uri = ResourceUri::new(first.name.namespace().unwrap_or_default());
            return Self::from_members(uri.as_str(), uri.class(), fragment, schema);
        }
        let mut instance = Self::new(ResourceUri::new(""));
        if !fragment.text.is_empty() {
            instance.set(FRAGMENT, Value::String(fragment.text.clone()));
        }
        instance
    }

    /// Reads the instance whose properties are in an element, instead of a value: its class is named by the namespace of
    /// the properties, and by `xsi:type` where there are none ([DSP0230] section 8.3).
    ///
    /// [DSP0230]: https://www.dmtf.org/standards/wsman
    pub(super) fn embedded_in(element: &Element, schema: &Schema) -> Option<Self> {
        let by_type = || {
            let name = element.resolve(element.find_attribute_in(XSI, "type")?)?;
            let class = name.local().strip_suffix(TYPE)?;
            let uri = ResourceUri::new(name.namespace()?);
            (uri.class().eq_ignore_ascii_case(class)).then_some(uri)
        };
        let by_child = || Some(ResourceUri::new(element.children.first()?.name.namespace()?));
        let uri = by_child().or_else(|| by_type().filter(|_| element.text.is_empty()))?;
        Some(Self::from_members(uri.as_str(), uri.class(), element, schema))
    }

    fn from_members(namespace: &str, class: &str, parent: &Element, schema: &Schema) -> Self {
        let mut instance = Self::new(ResourceUri::new(namespace));
        for (name, elements) in members(parent, Some(namespace)) {
            let property = schema.find_property(class, name);
            let (ty, array) =
                property.map_or((None, false), |property| (Some(&property.ty), property.array));
            match Value::decode(&elements, ty, array, schema) {
                Ok(value) => instance.properties.push((name.to_owned(), value)),
                Err(source) => {
                    instance
                        .invalid
                        .push(Error::Member { name: name.to_owned(), source: Box::new(source) });
                }
            }
        }
        instance
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
            .attribute(Name::new(XSI, "type"), format!("p:{}{TYPE}", self.class()))
            .children(properties)
    }

    /// Puts the properties into `parent`, which then is a value that is an instance.
    pub(super) fn as_children_of(&self, parent: Element) -> Element {
        let namespace: Arc<str> = Arc::from(self.uri.as_str());
        let properties =
            self.properties.iter().flat_map(|(name, value)| value.encode(&namespace, name));
        let parent = parent.children(properties);
        if namespace.is_empty() {
            return parent;
        }
        parent
            .declare("e", namespace)
            .attribute(Name::new(XSI, "type"), format!("e:{}{TYPE}", self.class()))
    }
}

/// For people: the class and the values, as in `Msvm_ConcreteJob (JobState=4)`.
impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class())?;
        for (index, (name, value)) in self.properties.iter().enumerate() {
            f.write_str(if index == 0 { " (" } else { ", " })?;
            write!(f, "{name}={value}")?;
        }
        f.write_str(if self.properties.is_empty() { "" } else { ")" })
    }
}

/// What a host wraps the properties in that a query selects ([DSP0226] section 7.7).
///
/// [DSP0226]: https://www.dmtf.org/standards/wsman
const FRAGMENT: &str = "XmlFragment";
/// What the name of a class has behind it where it is the name of a type of XML.
const TYPE: &str = "_Type";

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

/// The children of an element in runs of equal names. A child outside the namespace of the members is none.
pub(super) fn members<'a>(
    parent: &'a Element,
    namespace: Option<&str>,
) -> Vec<(&'a str, Vec<&'a Element>)> {
    let mut members: Vec<(&str, Vec<&Element>)> = Vec::new();
    for child in parent.children.iter().filter(|child| is_member(child, namespace)) {
        match members.last_mut() {
            Some((name, elements)) if *name == child.name.local() => elements.push(child),
            _ => members.push((child.name.local(), vec![child])),
        }
    }
    members
}

/// Whether a child is in the namespace of the members, compared without case as resource URIs are.
pub(super) fn is_member(child: &Element, namespace: Option<&str>) -> bool {
    namespace.is_some_and(|namespace| {
        child.name.namespace().unwrap_or_default().eq_ignore_ascii_case(namespace)
    })
}
