//! The envelope.

use super::{ADDRESSING, ANONYMOUS, Error, Fault, SOAP};
use crate::xml::{Element, Limits, Name};

/// A message ([SOAP 1.2] section 5).
///
/// [SOAP 1.2]: https://www.w3.org/TR/soap12-part1/#soapenv
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    /// `s:Header`.
    pub header: Header,
    /// What `s:Body` holds: nothing, or mostly one element.
    pub body: Vec<Element>,
    /// Prefixes that the writer declares on the envelope, and their namespaces; `s` and `a` always are.
    pub declarations: Vec<(&'static str, &'static str)>,
}

/// The headers of WS-Addressing, and the others as elements.
///
/// All are optional: Identify has none, and some faults of real hosts lack `RelatesTo`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// `a:Action`.
    pub action: Option<String>,
    /// `a:MessageID`.
    pub message_id: Option<String>,
    /// `a:To`.
    pub to: Option<String>,
    /// `a:RelatesTo`: the message that this one answers.
    pub relates_to: Option<String>,
    /// The address in `a:ReplyTo`. A message that has it is a request, and is written with `mustUnderstand` where
    /// Windows' own clients have it.
    pub reply_to: Option<String>,
    /// All other headers, in order.
    pub others: Vec<Element>,
}

impl Envelope {
    /// Reads an envelope.
    ///
    /// # Errors
    /// When it is no XML, exceeds a limit, is no SOAP 1.2 envelope, or has a header twice.
    pub fn parse(document: &[u8], limits: Limits) -> Result<Self, Error> {
        Self::from_element(Element::parse(document, limits)?)
    }

    /// Reads an envelope from its element.
    ///
    /// # Errors
    /// When it is no SOAP 1.2 envelope, or has a header twice.
    pub fn from_element(root: Element) -> Result<Self, Error> {
        if !root.is(SOAP, "Envelope") {
            return Err(Error::NotAnEnvelope(root.name));
        }
        let mut header = None;
        let mut body = None;
        for child in root.children {
            if child.is(SOAP, "Header") && header.is_none() && body.is_none() {
                header = Some(Header::from_elements(child.children)?);
            } else if child.is(SOAP, "Body") && body.is_none() {
                body = Some(child.children);
            } else {
                return Err(Error::Unexpected(child.name));
            }
        }
        Ok(Self {
            header: header.unwrap_or_default(),
            body: body.ok_or(Error::Missing("s:Body"))?,
            declarations: Vec::new(),
        })
    }

    /// The envelope as an element.
    #[must_use]
    pub fn to_element(&self) -> Element {
        let mut envelope =
            Element::new(SOAP, "Envelope").declare("s", SOAP).declare("a", ADDRESSING);
        for (prefix, namespace) in &self.declarations {
            envelope = envelope.declare(prefix, *namespace);
        }
        envelope
            .child(Element::new(SOAP, "Header").children(self.header.to_elements()))
            .child(Element::new(SOAP, "Body").children(self.body.iter().cloned()))
    }

    /// Writes the envelope: one line, no XML declaration, as Windows does.
    ///
    /// # Errors
    /// When a value holds what XML cannot carry.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        Ok(self.to_element().to_xml()?.into_bytes())
    }

    /// The fault, if the message is one.
    ///
    /// # Errors
    /// When it is a fault, but one without a code.
    pub fn fault(&self) -> Result<Option<Fault>, Error> {
        match self.body.first() {
            Some(element) if element.is(SOAP, "Fault") => {
                Fault::from_element(element, &self.header).map(Some)
            }
            _ => Ok(None),
        }
    }
}

impl Header {
    /// The first of the other headers that has this name.
    #[must_use]
    pub fn find(&self, namespace: &str, local: &str) -> Option<&Element> {
        self.others.iter().find(|element| element.is(namespace, local))
    }

    fn from_elements(elements: Vec<Element>) -> Result<Self, Error> {
        let mut header = Self::default();
        for element in elements {
            let (slot, name) = match element.name.local() {
                _ if element.name.namespace() != Some(ADDRESSING) => {
                    header.others.push(element);
                    continue;
                }
                "Action" => (&mut header.action, "a:Action"),
                "MessageID" => (&mut header.message_id, "a:MessageID"),
                "To" => (&mut header.to, "a:To"),
                "RelatesTo" => (&mut header.relates_to, "a:RelatesTo"),
                "ReplyTo" => (&mut header.reply_to, "a:ReplyTo"),
                _ => {
                    header.others.push(element);
                    continue;
                }
            };
            let value = match name {
                "a:ReplyTo" => element
                    .text_of(ADDRESSING, "Address")
                    .ok_or(Error::Missing("a:ReplyTo/a:Address"))?,
                _ => element.text.trim(),
            };
            if slot.replace(value.to_owned()).is_some() {
                return Err(Error::Repeated(name));
            }
        }
        Ok(header)
    }

    /// In the order of Windows' answers.
    fn to_elements(&self) -> Vec<Element> {
        let is_request = self.reply_to.is_some();
        let simple = |local: &'static str, value: &Option<String>| {
            value.as_ref().map(|value| Element::new(ADDRESSING, local).text(value))
        };
        let action = simple("Action", &self.action)
            .map(|e| if is_request { must_understand(e, true) } else { e });
        let reply_to = self.reply_to.as_ref().map(|address| {
            let address = Element::new(ADDRESSING, "Address").text(address);
            Element::new(ADDRESSING, "ReplyTo").child(must_understand(address, true))
        });
        [
            action,
            simple("MessageID", &self.message_id),
            simple("To", &self.to),
            simple("RelatesTo", &self.relates_to),
            reply_to,
        ]
        .into_iter()
        .flatten()
        .chain(self.others.iter().cloned())
        .collect()
    }

    /// The header of an answer.
    #[must_use]
    pub fn answer(action: String, message_id: String, relates_to: Option<String>) -> Self {
        Self {
            action: Some(action),
            message_id: Some(message_id),
            to: Some(ANONYMOUS.to_owned()),
            relates_to,
            ..Self::default()
        }
    }
}

/// Marks a header as one that the receiver must understand, or need not ([SOAP 1.2] section 5.2.3).
///
/// [SOAP 1.2]: https://www.w3.org/TR/soap12-part1/#soapmu
#[must_use]
pub fn must_understand(header: Element, yes: bool) -> Element {
    header.attribute(Name::new(SOAP, "mustUnderstand"), if yes { "true" } else { "false" })
}

/// Whether a header says that the receiver must understand it.
#[must_use]
pub fn is_must_understand(header: &Element) -> bool {
    matches!(header.find_attribute_in(SOAP, "mustUnderstand").map(str::trim), Some("true" | "1"))
}
