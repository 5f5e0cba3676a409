//! Filters of an enumeration ([DSP0226] section 8.3, [DSP0227] section 8).
//!
//! [DSP0226]: https://www.dmtf.org/standards/wsman
//! [DSP0227]: https://www.dmtf.org/standards/wsman

use super::{CIM_BINDING, Error, Resource, SelectorSet, WSMAN};
use crate::xml::{Element, Name};

/// Which instances are wanted.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Filter {
    /// A WQL query. The resource has to be all classes of a namespace: a host answers a query on one class with the
    /// fault 2150859003.
    Wql(String),
    /// The instances of the class that have these values, which need not be those of keys. Since Server 2008 R2.
    Selectors(SelectorSet),
    /// What is associated with an instance. The resource has to be all classes of a namespace. Since Server 2008 R2.
    Association(Association),
}

/// The way from one instance to others along associations ([DSP0227] section 8.2).
///
/// Class names include subclasses. What is not given is not restricted.
///
/// [DSP0227]: https://www.dmtf.org/standards/wsman
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Association {
    object: Resource,
    references: bool,
    association_class: Option<String>,
    role: Option<String>,
    result_class: Option<String>,
    result_role: Option<String>,
    properties: Vec<String>,
}

/// The dialect of WQL, the query language of WMI.
const WQL: &str = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
const SELECTORS: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";
const ASSOCIATION: &str = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter";

impl Filter {
    /// Reads a `w:Filter`, as a host does.
    ///
    /// # Errors
    /// When the dialect is not one of these, or the filter is none of its dialect.
    pub fn from_element(filter: &Element) -> Result<Self, Error> {
        match filter.find_attribute("Dialect") {
            Some(WQL) => Ok(Self::Wql(filter.text.clone())),
            Some(SELECTORS) => {
                let set =
                    filter.find(WSMAN, "SelectorSet").ok_or(Error::Missing("w:SelectorSet"))?;
                SelectorSet::from_element(set).map(Self::Selectors)
            }
            Some(ASSOCIATION) => {
                let body =
                    filter.children.first().ok_or(Error::Missing("b:AssociatedInstances"))?;
                Association::from_element(body).map(Self::Association)
            }
            dialect => Err(Error::FilterDialect(dialect.unwrap_or_default().to_owned())),
        }
    }

    /// Writes a `w:Filter`.
    #[must_use]
    pub fn to_element(&self) -> Element {
        let filter = |dialect: &str| {
            Element::new(WSMAN, "Filter").attribute(Name::local_only("Dialect"), dialect)
        };
        match self {
            Self::Wql(query) => filter(WQL).text(query),
            Self::Selectors(selectors) => filter(SELECTORS).child(selectors.to_element()),
            Self::Association(association) => filter(ASSOCIATION).child(association.to_element()),
        }
    }
}

impl Association {
    /// The instances at the other ends of the associations of `object`.
    ///
    /// On the wire: `b:AssociatedInstances`.
    pub const fn associators(object: Resource) -> Self {
        Self {
            object,
            references: false,
            association_class: None,
            role: None,
            result_class: None,
            result_role: None,
            properties: Vec::new(),
        }
    }

    /// The associations of `object` themselves.
    ///
    /// On the wire: `b:AssociationInstances`.
    pub fn references(object: Resource) -> Self {
        Self { references: true, ..Self::associators(object) }
    }

    /// Only along associations of this class. Of references this is the [class of the result](Self::result_class).
    pub fn association_class(mut self, class: impl Into<String>) -> Self {
        self.association_class = Some(class.into());
        self
    }

    /// Only where the object is what this property of the association refers to.
    pub fn role(mut self, property: impl Into<String>) -> Self {
        self.role = Some(property.into());
        self
    }

    /// Only results of this class.
    pub fn result_class(mut self, class: impl Into<String>) -> Self {
        self.result_class = Some(class.into());
        self
    }

    /// Only where the result is what this property of the association refers to. Has no meaning for references.
    pub fn result_role(mut self, property: impl Into<String>) -> Self {
        self.result_role = Some(property.into());
        self
    }

    /// Only these properties of each result, one more with each call.
    pub fn include_property(mut self, property: impl Into<String>) -> Self {
        self.properties.push(property.into());
        self
    }

    /// The instance from which the way begins.
    #[must_use]
    pub const fn object(&self) -> &Resource {
        &self.object
    }

    /// Whether the associations themselves are wanted, and not what they lead to.
    #[must_use]
    pub const fn is_references(&self) -> bool {
        self.references
    }

    /// The restrictions that are given, by their names on the wire, in the order of the specification.
    #[must_use]
    pub fn restrictions(&self) -> Vec<(&'static str, &str)> {
        let all = if self.references {
            let class = self.result_class.as_ref().or(self.association_class.as_ref());
            vec![("ResultClassName", class), ("Role", self.role.as_ref())]
        } else {
            vec![
                ("AssociationClassName", self.association_class.as_ref()),
                ("Role", self.role.as_ref()),
                ("ResultClassName", self.result_class.as_ref()),
                ("ResultRole", self.result_role.as_ref()),
            ]
        };
        all.into_iter().filter_map(|(name, value)| Some((name, value?.as_str()))).collect()
    }

    /// The properties that alone are wanted; none stands for all.
    #[must_use]
    pub fn properties(&self) -> &[String] {
        &self.properties
    }

    fn from_element(body: &Element) -> Result<Self, Error> {
        let references = match body.name.local() {
            _ if body.name.namespace() != Some(CIM_BINDING) => None,
            "AssociatedInstances" => Some(false),
            "AssociationInstances" => Some(true),
            _ => None,
        };
        let references = references.ok_or_else(|| Error::Unexpected(body.name.clone()))?;
        let object = body.find(CIM_BINDING, "Object").ok_or(Error::Missing("b:Object"))?;
        let text = |local| body.text_of(CIM_BINDING, local).map(str::to_owned);
        Ok(Self {
            object: Resource::from_children(object)?,
            references,
            association_class: text("AssociationClassName"),
            role: text("Role"),
            result_class: text("ResultClassName"),
            result_role: text("ResultRole"),
            properties: body
                .all(CIM_BINDING, "IncludeResultProperty")
                .map(|property| property.text.trim().to_owned())
                .collect(),
        })
    }

    fn to_element(&self) -> Element {
        let b = |local: &'static str| Element::new(CIM_BINDING, local);
        b(if self.references { "AssociationInstances" } else { "AssociatedInstances" })
            .declare("b", CIM_BINDING)
            .child(self.object.into_children_of(b("Object")))
            .children(self.restrictions().into_iter().map(|(name, value)| b(name).text(value)))
            .children(self.properties.iter().map(|name| b("IncludeResultProperty").text(name)))
    }
}
