//! Pull ([WS-Enumeration] section 3.2, [DSP0226] section 8.4): the next page of an enumeration.
//!
//! [WS-Enumeration]: https://www.w3.org/submissions/2006/SUBM-WS-Enumeration-20060315/
//! [DSP0226]: https://www.dmtf.org/standards/wsman

use super::{ENUMERATION, Error, Operation, Resource, WSMAN};
use crate::xml::Element;

/// The request for a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Pull {
    /// What the enumeration was begun on.
    pub resource: Resource,
    /// The context that came last: a host may change it with each page.
    pub context: String,
    /// How many items at most; without a number a host sends one.
    pub max_elements: Option<u32>,
}

/// Some items, and where there are more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The items as they came. An item may have any name, even one of WS-Enumeration's: items are told by their place.
    pub items: Vec<Element>,
    /// The context for the next page; `None` at the end.
    pub context: Option<String>,
}

impl Pull {
    /// The action of the request.
    pub const ACTION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";

    /// Reads the body of a request, as a host does.
    ///
    /// # Errors
    /// When it is no request for a page.
    pub fn from_body(resource: Resource, body: &[Element]) -> Result<Self, Error> {
        let body = body.first().ok_or(Error::Missing("n:Pull"))?;
        if !body.is(ENUMERATION, "Pull") {
            return Err(Error::Unexpected(body.name.clone()));
        }
        Ok(Self {
            resource,
            context: body
                .text_of(ENUMERATION, "EnumerationContext")
                .ok_or(Error::Missing("n:EnumerationContext"))?
                .to_owned(),
            max_elements: number(body, ENUMERATION, "MaxElements")?,
        })
    }
}

impl Operation for Pull {
    type Answer = Page;

    fn action(&self) -> String {
        Self::ACTION.to_owned()
    }

    fn resource(&self) -> &Resource {
        &self.resource
    }

    fn body(&self) -> Option<Element> {
        let max_elements = self
            .max_elements
            .map(|n| Element::new(ENUMERATION, "MaxElements").text(&n.to_string()));
        Some(
            Element::new(ENUMERATION, "Pull")
                .child(Element::new(ENUMERATION, "EnumerationContext").text(&self.context))
                .children(max_elements),
        )
    }

    fn read(&self, body: &[Element]) -> Result<Page, Error> {
        let body = body.first().ok_or(Error::Missing("n:PullResponse"))?;
        if !body.is(ENUMERATION, "PullResponse") {
            return Err(Error::Unexpected(body.name.clone()));
        }
        Page::from_children(body)
    }
}

impl Page {
    /// Writes the body of the answer, as a host does.
    #[must_use]
    pub fn to_body(&self) -> Element {
        let context =
            self.context.as_ref().map(|c| Element::new(ENUMERATION, "EnumerationContext").text(c));
        let end = self.context.is_none().then(|| Element::new(ENUMERATION, "EndOfSequence"));
        Element::new(ENUMERATION, "PullResponse")
            .children(context)
            .child(Element::new(ENUMERATION, "Items").children(self.items.iter().cloned()))
            .children(end)
    }

    /// Reads a page from an answer. Sources disagree about whose `Items` and `EndOfSequence` come where, so both
    /// WS-Enumeration's and WS-Management's are taken.
    pub(super) fn from_children(body: &Element) -> Result<Self, Error> {
        let items = body.children.iter().find(|child| in_either(child, "Items"));
        let context =
            body.text_of(ENUMERATION, "EnumerationContext").filter(|context| !context.is_empty());
        if context.is_none() && !ends(body) {
            return Err(Error::Missing("n:EnumerationContext"));
        }
        Ok(Self {
            items: items.map(|items| items.children.clone()).unwrap_or_default(),
            context: context.filter(|_| !ends(body)).map(str::to_owned),
        })
    }
}

/// A number in the body of a request.
pub(super) fn number(
    body: &Element,
    namespace: &str,
    local: &'static str,
) -> Result<Option<u32>, Error> {
    body.text_of(namespace, local)
        .map(|text| text.parse().map_err(|_| Error::Value { name: local, value: text.to_owned() }))
        .transpose()
}

fn ends(body: &Element) -> bool {
    body.children.iter().any(|child| in_either(child, "EndOfSequence"))
}

fn in_either(element: &Element, local: &str) -> bool {
    element.is(ENUMERATION, local) || element.is(WSMAN, local)
}
