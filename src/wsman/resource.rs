//! Resources and how they are addressed ([DSP0226] section 5.4, the default addressing model).
//!
//! [DSP0226]: https://www.dmtf.org/standards/wsman

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use super::{Error, WSMAN};
use crate::{
    soap::{ADDRESSING, ANONYMOUS, EndpointReference},
    xml::{Element, Name},
};

/// Identifies a class of resources, or another kind of resource.
///
/// Compared without case, as Windows does. On the wire: `w:ResourceURI`.
#[derive(Clone, Debug, Eq)]
pub struct ResourceUri(String);

/// Where Windows keeps the classes of WMI.
const WMI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
/// The DMTF's URI for the classes of any namespace, which the selector [`NAMESPACE`] then names ([DSP0227] section 6).
///
/// [DSP0227]: https://www.dmtf.org/standards/wsman
const DMTF: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
const NAMESPACE: &str = "__cimnamespace";

impl ResourceUri {
    /// Any resource URI.
    pub fn new(uri: impl Into<String>) -> Self {
        Self(uri.into())
    }

    /// The URI of a WMI class, from a namespace such as `root/virtualization/v2`, with either slash.
    #[must_use]
    pub fn wmi(namespace: &str, class: &str) -> Self {
        Self(format!("{WMI}{}/{class}", namespace.replace('\\', "/")))
    }

    /// The URI of all classes of a WMI namespace, which a WQL query demands: a host answers a query on one class with
    /// the fault 2150859003.
    #[must_use]
    pub fn all_classes(namespace: &str) -> Self {
        Self::wmi(namespace, "*")
    }

    /// The last segment: the name of the class.
    #[must_use]
    pub fn class(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.0.as_str(), |(_, class)| class)
    }

    /// The WMI namespace, such as `root/virtualization/v2`; nothing for a resource that is not of WMI.
    #[must_use]
    pub fn wmi_namespace(&self) -> Option<&str> {
        let (namespace, _) = self.below(WMI)?.rsplit_once('/')?;
        Some(namespace)
    }

    /// What follows a prefix, which is compared without case.
    fn below(&self, prefix: &str) -> Option<&str> {
        let (head, rest) = self.0.split_at_checked(prefix.len())?;
        head.eq_ignore_ascii_case(prefix).then_some(rest)
    }

    /// The URI of another class in the same namespace.
    #[must_use]
    pub fn sibling(&self, class: &str) -> Self {
        Self(
            self.0
                .rsplit_once('/')
                .map_or_else(|| class.to_owned(), |(head, _)| format!("{head}/{class}")),
        )
    }

    /// The URI as it is.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for ResourceUri {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl fmt::Display for ResourceUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value of a selector: text, or a reference where the key of an association is one.
///
/// Text is compared without case, as hosts do: the same GUID is in capitals in one class and not in another.
#[derive(Clone, Debug, Eq)]
#[non_exhaustive]
pub enum Selector {
    /// A value as text, not escaped.
    Text(String),
    /// A reference to another resource.
    Reference(Resource),
}

impl PartialEq for Selector {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(own), Self::Text(other)) => own.eq_ignore_ascii_case(other),
            (Self::Reference(own), Self::Reference(other)) => own == other,
            _ => false,
        }
    }
}

/// The keys of one resource ([DSP0226] section 5.4.2). On the wire: `w:SelectorSet`.
///
/// Compared without case, in names and in values, and in any order; both are kept as they are.
///
/// [DSP0226]: https://www.dmtf.org/standards/wsman
#[derive(Clone, Debug, Default, Eq)]
pub struct SelectorSet(Vec<(String, Selector)>);

impl SelectorSet {
    /// No selectors.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a selector with a text value, or replaces it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.insert(name, Selector::Text(value.into()));
        self
    }

    /// Adds a selector, or replaces it.
    pub fn insert(&mut self, name: &str, value: Selector) {
        match self.0.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// The text of a selector.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|(known, value)| match value {
            Selector::Text(text) if known.eq_ignore_ascii_case(name) => Some(text.as_str()),
            _ => None,
        })
    }

    /// All selectors, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Selector)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads a `w:SelectorSet`.
    ///
    /// # Errors
    /// When a selector has no name or is there twice.
    pub fn from_element(set: &Element) -> Result<Self, Error> {
        let mut selectors = Self::new();
        let mut names = HashSet::new();
        for element in &set.children {
            if !element.is(WSMAN, "Selector") {
                return Err(Error::Unexpected(element.name.clone()));
            }
            let name = element
                .find_attribute("Name")
                .ok_or(Error::Missing("Name attribute of w:Selector"))?;
            if !names.insert(name.to_ascii_lowercase()) {
                return Err(Error::Value {
                    name: "w:Selector (it is there twice)",
                    value: name.to_owned(),
                });
            }
            let value = match element.find(ADDRESSING, "EndpointReference") {
                Some(reference) => Selector::Reference(Resource::from_children(reference)?),
                None => Selector::Text(element.text.clone()),
            };
            selectors.0.push((name.to_owned(), value));
        }
        Ok(selectors)
    }

    /// Writes a `w:SelectorSet`.
    #[must_use]
    pub fn to_element(&self) -> Element {
        Element::new(WSMAN, "SelectorSet").children(self.0.iter().map(|(name, value)| {
            let selector =
                Element::new(WSMAN, "Selector").attribute(Name::local_only("Name"), name.as_str());
            match value {
                Selector::Text(text) => selector.text(text),
                Selector::Reference(resource) => selector.child(
                    resource.into_children_of(Element::new(ADDRESSING, "EndpointReference")),
                ),
            }
        }))
    }
}

impl PartialEq for SelectorSet {
    fn eq(&self, other: &Self) -> bool {
        fn by_name(set: &SelectorSet) -> HashMap<String, &Selector> {
            set.0.iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
        }
        self.0.len() == other.0.len() && by_name(self) == by_name(other)
    }
}

/// A resource: its kind, and which one of the kind.
///
/// Compared without case and in any order of the selectors. The two forms in which an instance of WMI can be addressed
/// are equal once they are [normalized](Self::normalized).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The kind: for WMI, the class.
    pub uri: ResourceUri,
    /// Which one; empty for a whole class.
    pub selectors: SelectorSet,
}

impl Resource {
    /// All of a kind.
    #[must_use]
    pub fn new(uri: ResourceUri) -> Self {
        Self { uri, selectors: SelectorSet::new() }
    }

    /// Adds a selector.
    #[must_use]
    pub fn selector(mut self, name: &str, value: impl Into<String>) -> Self {
        self.selectors = self.selectors.with(name, value);
        self
    }

    /// The name of the class.
    #[must_use]
    pub fn class(&self) -> &str {
        self.uri.class()
    }

    /// The WMI namespace, such as `root/virtualization/v2`: of the resource URI, or of the selector `__cimnamespace`
    /// where the URI is the DMTF's, which has none.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        let by_selector = || self.uri.below(DMTF).and_then(|_| self.selectors.find(NAMESPACE));
        self.uri.wmi_namespace().or_else(by_selector)
    }

    /// The same resource by the URI of its WMI class, also in its keys, where it is addressed by the DMTF's URI
    /// `http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/<class>` and the selector `__cimnamespace`
    /// ([DSP0227] section 6).
    ///
    /// The selector is dropped where it says what the URI says. Without it the DMTF's URI stays: it means the
    /// namespace that the host takes as its default.
    ///
    /// [DSP0227]: https://www.dmtf.org/standards/wsman
    #[must_use]
    pub fn normalized(&self) -> Self {
        let namespace = self.namespace().map(|namespace| namespace.replace('\\', "/"));
        let uri = namespace.as_deref().map(|namespace| ResourceUri::wmi(namespace, self.class()));
        let says_the_same = |name: &str, value: &Selector| {
            let said = match value {
                Selector::Text(text) => text.replace('\\', "/"),
                Selector::Reference(_) => return false,
            };
            let namespace = namespace.as_ref();
            name.eq_ignore_ascii_case(NAMESPACE)
                && namespace.is_some_and(|namespace| namespace.eq_ignore_ascii_case(&said))
        };
        let selectors = self.selectors.iter().filter(|(name, value)| !says_the_same(name, value));
        let selectors = selectors.map(|(name, value)| {
            let value = match value {
                Selector::Text(_) => value.clone(),
                Selector::Reference(resource) => Selector::Reference(resource.normalized()),
            };
            (name.to_owned(), value)
        });
        Self {
            selectors: SelectorSet(selectors.collect()),
            uri: uri.unwrap_or_else(|| self.uri.clone()),
        }
    }

    /// Reads the endpoint reference whose children are those of `parent`.
    ///
    /// # Errors
    /// When it is no reference to a resource of WS-Management.
    pub fn from_children(parent: &Element) -> Result<Self, Error> {
        let reference = EndpointReference::from_children(parent)?;
        let find = |local| reference.parameters.iter().find(|element| element.is(WSMAN, local));
        let uri =
            find("ResourceURI").ok_or(Error::Missing("w:ResourceURI in an endpoint reference"))?;
        Ok(Self {
            uri: ResourceUri::new(uri.text.trim()),
            selectors: find("SelectorSet")
                .map(SelectorSet::from_element)
                .transpose()?
                .unwrap_or_default(),
        })
    }

    /// Puts an endpoint reference into `parent`, with the anonymous address, which means "at this endpoint".
    #[must_use]
    pub fn into_children_of(&self, parent: Element) -> Element {
        let mut parameters = vec![Element::new(WSMAN, "ResourceURI").text(self.uri.as_str())];
        if !self.selectors.is_empty() {
            parameters.push(self.selectors.to_element());
        }
        EndpointReference { address: ANONYMOUS.to_owned(), parameters }.into_children_of(parent)
    }
}

/// As [`Display`](fmt::Display) has it.
#[cfg(feature = "serde")]
impl serde::Serialize for Resource {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// For people: the class and its keys, as in `Msvm_ConcreteJob (InstanceID=...)`.
impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.uri.class())?;
        for (index, (name, value)) in self.selectors.iter().enumerate() {
            f.write_str(if index == 0 { " (" } else { ", " })?;
            match value {
                Selector::Text(text) => write!(f, "{name}={text}")?,
                Selector::Reference(resource) => write!(f, "{name}={resource}")?,
            }
        }
        f.write_str(if self.selectors.is_empty() { "" } else { ")" })
    }
}
