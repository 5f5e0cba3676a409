//! Pull ([WS-Enumeration] section 3.2, [DSP0226] section 8.4): the next page of an enumeration.
//!
//! [WS-Enumeration]: https://www.w3.org/submissions/2006/SUBM-WS-Enumeration-20060315/
//! [DSP0226]: https://www.dmtf.org/standards/wsman

use std::{collections::VecDeque, time::Duration};

use super::{ENUMERATION, Error, Operation, Resource, WSMAN, duration, header::read_answer};
use crate::{
    soap::{Envelope, SOAP},
    xml::{Apart, Element, Limits, Name},
};

/// The request for a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Pull {
    /// What the enumeration was begun on.
    pub resource: Resource,
    /// The context that came last: a host may change it with each page.
    pub context: String,
    /// How many items at most; without a number a host sends one.
    pub max_elements: Option<u32>,
    /// How long the host may look for items. Else it has the time-out of the operation.
    pub max_time: Option<Duration>,
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

    /// The request for a page of one item.
    #[must_use]
    pub const fn new(resource: Resource, context: String) -> Self {
        Self { resource, context, max_elements: None, max_time: None }
    }

    /// Reads the body of a request, as a host does.
    ///
    /// # Errors
    /// When it is no request for a page.
    pub fn from_body(resource: Resource, body: &[Element]) -> Result<Self, Error> {
        let body = body.first().ok_or(Error::Missing("n:Pull"))?;
        if !body.is(ENUMERATION, "Pull") {
            return Err(Error::Unexpected(body.name.clone()));
        }
        let max_time = body.text_of(ENUMERATION, "MaxTime").map(|time| {
            duration::parse(time)
                .ok_or_else(|| Error::Value { name: "n:MaxTime", value: time.to_owned() })
        });
        Ok(Self {
            resource,
            context: body
                .text_of(ENUMERATION, "EnumerationContext")
                .ok_or(Error::Missing("n:EnumerationContext"))?
                .to_owned(),
            max_elements: number(body, ENUMERATION, "MaxElements")?,
            max_time: max_time.transpose()?,
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

    /// The children are in the order of [WS-Enumeration] section 3.2, on which some hosts insist.
    ///
    /// [WS-Enumeration]: https://www.w3.org/submissions/2006/SUBM-WS-Enumeration-20060315/
    fn body(&self) -> Option<Element> {
        let n = |local: &'static str, text: &str| Element::new(ENUMERATION, local).text(text);
        Some(
            Element::new(ENUMERATION, "Pull")
                .child(n("EnumerationContext", &self.context))
                .children(self.max_time.map(|time| n("MaxTime", &duration::in_seconds(time))))
                .children(self.max_elements.map(|most| n("MaxElements", &most.to_string()))),
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
        let items = body.children.iter().filter(|child| in_either(child, "Items"));
        let context =
            body.text_of(ENUMERATION, "EnumerationContext").filter(|context| !context.is_empty());
        if context.is_none() && !ends(body) {
            return Err(Error::Missing("n:EnumerationContext"));
        }
        Ok(Self {
            items: items.flat_map(|items| items.children.iter().cloned()).collect(),
            context: context.filter(|_| !ends(body)).map(str::to_owned),
        })
    }
}

/// The items of a page, each of which is read when it is asked for.
#[derive(Debug, Default)]
pub struct Items {
    document: Vec<u8>,
    limits: Limits,
    left: VecDeque<Apart>,
}

impl Items {
    /// Reads the answer to [`Pull`] or to an optimized [`Enumerate`](super::Enumerate) in one pass, which leaves the
    /// items as they are. Gives them, and the context for the next page; `None` at the end.
    ///
    /// # Errors
    /// As [`read_answer`]. The whole answer is well-formed and within the limits when there is none.
    pub fn read<O: Operation>(
        operation: &O,
        message_id: &str,
        document: Vec<u8>,
        limits: Limits,
        page: impl FnOnce(O::Answer) -> Page,
    ) -> Result<(Self, Option<String>), Error> {
        let (root, apart) = Element::parse_apart(&document, limits, is_items)?;
        let envelope = Envelope::from_element(root)?;
        let context = page(read_answer(operation, message_id, &envelope)?).context;
        Ok((Self { document, limits, left: apart.into() }, context))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.left.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }
}

impl Iterator for Items {
    type Item = Result<Element, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let apart = self.left.pop_front()?;
        Some(apart.parse(&self.document, self.limits).map_err(Error::from))
    }
}

/// Whether a path is that of the element that holds the items. An item may have any name, even one of
/// WS-Enumeration's: items are told by their place.
fn is_items(path: &[Name]) -> bool {
    match path {
        [envelope, body, answer, items] => {
            envelope.is(SOAP, "Envelope")
                && body.is(SOAP, "Body")
                && ["EnumerateResponse", "PullResponse"]
                    .iter()
                    .any(|name| answer.is(ENUMERATION, name))
                && [ENUMERATION, WSMAN].iter().any(|namespace| items.is(namespace, "Items"))
        }
        _ => false,
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
