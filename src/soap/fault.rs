//! Faults.

use super::{Error, Header, SOAP};
use crate::xml::{Element, Name, XML};

/// Who is at fault ([SOAP 1.2] section 5.4.6).
///
/// [SOAP 1.2]: https://www.w3.org/TR/soap12-part1/#faultcodes
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultCode {
    /// Another version of SOAP was expected.
    VersionMismatch,
    /// A header that must be understood was not.
    MustUnderstand,
    /// An encoding is not known.
    DataEncodingUnknown,
    /// The message was wrong; the same message will fail again.
    Sender,
    /// The receiver failed, not because of the message.
    Receiver,
    /// None of SOAP's own.
    Other(Name),
}

/// A fault ([SOAP 1.2] section 5.4).
///
/// [SOAP 1.2]: https://www.w3.org/TR/soap12-part1/#soapfault
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// `s:Code/s:Value`.
    pub code: FaultCode,
    /// `s:Code/s:Subcode/s:Value`, its prefix resolved.
    pub subcode: Option<Name>,
    /// The first `s:Reason/s:Text`, trimmed: localized text, for people only.
    pub reason: String,
    /// What `s:Detail` holds.
    pub detail: Vec<Element>,
    /// The headers that were not understood, from `s:NotUnderstood` in the header.
    pub not_understood: Vec<Name>,
}

impl Fault {
    pub(super) fn from_element(fault: &Element, header: &Header) -> Result<Self, Error> {
        let code = fault.find(SOAP, "Code").ok_or(Error::Missing("s:Fault/s:Code"))?;
        let value = code.find(SOAP, "Value").ok_or(Error::Missing("s:Fault/s:Code/s:Value"))?;
        let name = value
            .resolve(&value.text)
            .ok_or_else(|| Error::UndeclaredPrefix(value.text.trim().to_owned()))?;
        let subcode = code.find(SOAP, "Subcode").and_then(|subcode| subcode.find(SOAP, "Value"));
        Ok(Self {
            code: FaultCode::from_name(name),
            // A subcode that cannot be resolved is no reason to lose the rest of the fault.
            subcode: subcode.and_then(|value| value.resolve(&value.text)),
            reason: fault
                .find(SOAP, "Reason")
                .and_then(|reason| reason.text_of(SOAP, "Text"))
                .unwrap_or_default()
                .to_owned(),
            detail: fault
                .find(SOAP, "Detail")
                .map(|detail| detail.children.clone())
                .unwrap_or_default(),
            not_understood: header
                .others
                .iter()
                .filter(|element| element.is(SOAP, "NotUnderstood"))
                .filter_map(|element| element.resolve(element.find_attribute("qname")?))
                .collect(),
        })
    }

    /// The fault as the element of a body. Qualified names are written with the prefixes of `prefixes`, which the
    /// envelope has to declare; a name of another namespace is left out.
    #[must_use]
    pub fn to_element(&self, prefixes: &[(&str, &str)]) -> Element {
        let text = |name: &Name| {
            prefixes
                .iter()
                .find(|(_, namespace)| name.namespace() == Some(namespace))
                .map(|(prefix, _)| format!("{prefix}:{}", name.local()))
        };
        let value = |text: String| Element::new(SOAP, "Value").text(&text);
        let mut code =
            Element::new(SOAP, "Code").child(value(text(&self.code.to_name()).unwrap_or_default()));
        if let Some(subcode) = self.subcode.as_ref().and_then(text) {
            code = code.child(Element::new(SOAP, "Subcode").child(value(subcode)));
        }
        let reason = Element::new(SOAP, "Text")
            .attribute(Name::new(XML, "lang"), "en-US")
            .text(&self.reason);
        Element::new(SOAP, "Fault")
            .child(code)
            .child(Element::new(SOAP, "Reason").child(reason))
            .child(Element::new(SOAP, "Detail").children(self.detail.iter().cloned()))
    }
}

impl FaultCode {
    fn from_name(name: Name) -> Self {
        match name.local() {
            _ if name.namespace() != Some(SOAP) => Self::Other(name),
            "VersionMismatch" => Self::VersionMismatch,
            "MustUnderstand" => Self::MustUnderstand,
            "DataEncodingUnknown" => Self::DataEncodingUnknown,
            "Sender" => Self::Sender,
            "Receiver" => Self::Receiver,
            _ => Self::Other(name),
        }
    }

    fn to_name(&self) -> Name {
        let local = match self {
            Self::VersionMismatch => "VersionMismatch",
            Self::MustUnderstand => "MustUnderstand",
            Self::DataEncodingUnknown => "DataEncodingUnknown",
            Self::Sender => "Sender",
            Self::Receiver => "Receiver",
            Self::Other(name) => return name.clone(),
        };
        Name::new(SOAP, local)
    }
}
