//! Enumerate ([WS-Enumeration] section 3.1, [DSP0226] section 8.2): the begin of an enumeration.
//!
//! [WS-Enumeration]: https://www.w3.org/submissions/2006/SUBM-WS-Enumeration-20060315/
//! [DSP0226]: https://www.dmtf.org/standards/wsman

use super::{ENUMERATION, Error, Operation, Page, Resource, WSMAN, pull};
use crate::xml::{Element, Name};

/// The dialect of WQL, the query language of WMI.
const WQL: &str = "http://schemas.microsoft.com/wbem/wsman/1/WQL";

/// The request to begin an enumeration.
#[derive(Clone, Debug, PartialEq)]
pub struct Enumerate {
    /// The class, or all classes of a namespace where the filter is a query.
    pub resource: Resource,
    /// Which instances; all if there is none.
    pub filter: Option<Filter>,
    /// What comes of each.
    pub mode: EnumerationMode,
    /// Whether the first page is to come with the answer ("optimized"), and with how many items at most. Without a
    /// number a host sends one.
    pub optimize: Option<u32>,
}

/// Which instances are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Filter {
    /// A WQL query. The resource has to be all classes of a namespace.
    Wql(String),
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
}

/// The answer to [`Enumerate`].
#[derive(Clone, Debug, PartialEq)]
pub struct Enumerated {
    /// The first page, where it was asked for; else no items, and where to pull.
    pub page: Page,
}

impl Enumerate {
    /// The action of the request.
    pub const ACTION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";

    /// Reads the body of a request, as a host does.
    ///
    /// # Errors
    /// When it is no request to begin an enumeration.
    pub fn from_body(resource: Resource, body: &[Element]) -> Result<Self, Error> {
        let body = body.first().ok_or(Error::Missing("n:Enumerate"))?;
        if !body.is(ENUMERATION, "Enumerate") {
            return Err(Error::Unexpected(body.name.clone()));
        }
        let filter = body.find(WSMAN, "Filter").or_else(|| body.find(ENUMERATION, "Filter"));
        let filter = match filter {
            None => None,
            Some(filter) => match filter.find_attribute("Dialect") {
                Some(WQL) => Some(Filter::Wql(filter.text.clone())),
                dialect => {
                    return Err(Error::FilterDialect(dialect.unwrap_or_default().to_owned()));
                }
            },
        };
        let mode = match body.text_of(WSMAN, "EnumerationMode") {
            None => EnumerationMode::Object,
            Some("EnumerateEPR") => EnumerationMode::Epr,
            Some(value) => {
                return Err(Error::Value { name: "w:EnumerationMode", value: value.to_owned() });
            }
        };
        let optimize = match body.find(WSMAN, "OptimizeEnumeration") {
            Some(_) => Some(pull::number(body, WSMAN, "MaxElements")?.unwrap_or(1)),
            None => None,
        };
        Ok(Self { resource, filter, mode, optimize })
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
        let mut body = Element::new(ENUMERATION, "Enumerate");
        if let Some(Filter::Wql(query)) = &self.filter {
            body = body.child(
                Element::new(WSMAN, "Filter")
                    .attribute(Name::local_only("Dialect"), WQL)
                    .text(query),
            );
        }
        if let Some(max_elements) = self.optimize {
            body = body
                .child(Element::new(WSMAN, "OptimizeEnumeration"))
                .child(Element::new(WSMAN, "MaxElements").text(&max_elements.to_string()));
        }
        if self.mode == EnumerationMode::Epr {
            body = body.child(Element::new(WSMAN, "EnumerationMode").text("EnumerateEPR"));
        }
        Some(body)
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
