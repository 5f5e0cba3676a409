//! Enumerate ([WS-Enumeration] section 3.1, [DSP0226] section 8.2): the begin of an enumeration.
//!
//! [WS-Enumeration]: https://www.w3.org/submissions/2006/SUBM-WS-Enumeration-20060315/
//! [DSP0226]: https://www.dmtf.org/standards/wsman

use super::{CIM_BINDING, ENUMERATION, Error, Filter, Operation, Page, Resource, WSMAN, pull};
use crate::xml::Element;

/// The request to begin an enumeration.
#[derive(Clone, Debug, PartialEq)]
pub struct Enumerate {
    /// The class, or all classes of a namespace where the filter demands that.
    pub resource: Resource,
    /// Which instances; all if there is none.
    pub filter: Option<Filter>,
    /// What comes of each.
    pub mode: EnumerationMode,
    /// How instances of subclasses come.
    pub polymorphism: PolymorphismMode,
    /// Whether the first page is to come with the answer ("optimized"), and with how many items at most. Without a
    /// number a host sends one.
    pub optimize: Option<u32>,
}

/// What an enumeration gives of each instance ([DSP0226] section 8.7).
///
/// [DSP0226]: https://www.dmtf.org/standards/wsman
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnumerationMode {
    /// The instance.
    #[default]
    Object,
    /// An endpoint reference: the full key, as the host itself writes it.
    Epr,
    /// Both.
    ObjectAndEpr,
}

/// How an enumeration gives the instances of subclasses ([DSP0227] section 8.1).
///
/// With a WQL query hosts refuse all but the first, by the fault 2150859063.
///
/// [DSP0227]: https://www.dmtf.org/standards/wsman
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolymorphismMode {
    /// As what they are, with the properties of their own class.
    #[default]
    IncludeSubClassProperties,
    /// As instances of the class that is enumerated, with its properties alone.
    ExcludeSubClassProperties,
    /// Not at all.
    None,
}

/// The answer to [`Enumerate`].
#[derive(Clone, Debug, PartialEq)]
pub struct Enumerated {
    /// The first page, where it was asked for; else no items, and where to pull.
    pub page: Page,
}

impl EnumerationMode {
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Object => None,
            Self::Epr => Some("EnumerateEPR"),
            Self::ObjectAndEpr => Some("EnumerateObjectAndEPR"),
        }
    }
}

impl PolymorphismMode {
    /// The default has no name here: it is left out, as some hosts refuse the element with a query.
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::IncludeSubClassProperties => None,
            Self::ExcludeSubClassProperties => Some("ExcludeSubClassProperties"),
            Self::None => Some("None"),
        }
    }
}

impl Enumerate {
    /// The action of the request.
    pub const ACTION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";

    /// The request for all instances of a class, the first page not included.
    #[must_use]
    pub const fn new(resource: Resource) -> Self {
        Self {
            resource,
            filter: None,
            mode: EnumerationMode::Object,
            polymorphism: PolymorphismMode::IncludeSubClassProperties,
            optimize: None,
        }
    }

    /// Reads the body of a request, as a host does.
    ///
    /// # Errors
    /// When it is no request to begin an enumeration.
    pub fn from_body(resource: Resource, body: &[Element]) -> Result<Self, Error> {
        let body = body.first().ok_or(Error::Missing("n:Enumerate"))?;
        if !body.is(ENUMERATION, "Enumerate") {
            return Err(Error::Unexpected(body.name.clone()));
        }
        let invalid = |name, value: &str| Error::Value { name, value: value.to_owned() };
        let filter = body.find(WSMAN, "Filter").or_else(|| body.find(ENUMERATION, "Filter"));
        let mode = match body.text_of(WSMAN, "EnumerationMode") {
            // The name is not in the specification's list, but some clients send it.
            None | Some("EnumerateObject") => EnumerationMode::Object,
            Some("EnumerateEPR") => EnumerationMode::Epr,
            Some("EnumerateObjectAndEPR") => EnumerationMode::ObjectAndEpr,
            Some(value) => return Err(invalid("w:EnumerationMode", value)),
        };
        let polymorphism = match body.text_of(CIM_BINDING, "PolymorphismMode") {
            None | Some("IncludeSubClassProperties") => PolymorphismMode::IncludeSubClassProperties,
            Some("ExcludeSubClassProperties") => PolymorphismMode::ExcludeSubClassProperties,
            Some("None") => PolymorphismMode::None,
            Some(value) => return Err(invalid("b:PolymorphismMode", value)),
        };
        let optimize = match body.find(WSMAN, "OptimizeEnumeration") {
            Some(_) => Some(pull::number(body, WSMAN, "MaxElements")?.unwrap_or(1)),
            None => None,
        };
        Ok(Self {
            resource,
            filter: filter.map(Filter::from_element).transpose()?,
            mode,
            polymorphism,
            optimize,
        })
    }
}

impl Operation for Enumerate {
    type Answer = Enumerated;

    fn action(&self) -> String {
        Self::ACTION.to_owned()
    }

    fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The children are in the order of [DSP0226] section 8.2.1.
    ///
    /// [DSP0226]: https://www.dmtf.org/standards/wsman
    fn body(&self) -> Option<Element> {
        let w = |local: &'static str| Element::new(WSMAN, local);
        let mut body = Element::new(ENUMERATION, "Enumerate")
            .children(self.filter.as_ref().map(Filter::to_element));
        if let Some(max_elements) = self.optimize {
            body = body
                .child(w("OptimizeEnumeration"))
                .child(w("MaxElements").text(&max_elements.to_string()));
        }
        let mode = self.mode.name().map(|name| w("EnumerationMode").text(name));
        let polymorphism = self.polymorphism.name().map(|name| {
            Element::new(CIM_BINDING, "PolymorphismMode").declare("b", CIM_BINDING).text(name)
        });
        Some(body.children(mode).children(polymorphism))
    }

    fn read(&self, body: &[Element]) -> Result<Enumerated, Error> {
        let body = body.first().ok_or(Error::Missing("n:EnumerateResponse"))?;
        if !body.is(ENUMERATION, "EnumerateResponse") {
            return Err(Error::Unexpected(body.name.clone()));
        }
        Ok(Enumerated { page: Page::from_children(body)? })
    }
}

impl Enumerated {
    /// Writes the body of the answer, as a host does.
    #[must_use]
    pub fn to_body(&self) -> Element {
        let body = Element::new(ENUMERATION, "EnumerateResponse");
        let context = Element::new(ENUMERATION, "EnumerationContext")
            .text(self.page.context.as_deref().unwrap_or_default());
        let mut body = body.child(context);
        if !self.page.items.is_empty() || self.page.context.is_none() {
            body =
                body.child(Element::new(WSMAN, "Items").children(self.page.items.iter().cloned()));
        }
        if self.page.context.is_none() {
            body = body.child(Element::new(WSMAN, "EndOfSequence"));
        }
        body
    }
}
