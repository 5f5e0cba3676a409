//! What all requests have in common, and how an answer is told to be ours.

use std::time::Duration;

use super::{
    ENUMERATION, Error, Fault, Resource, ResourceUri, SelectorSet, TRANSFER, WSMAN, WSMV, duration,
};
use crate::{
    soap::{ANONYMOUS, Envelope, Header, must_understand},
    xml::{Element, Name, XML},
};

/// An operation that a client asks for.
pub trait Operation {
    /// What a host answers.
    type Answer;

    /// The action of the request.
    fn action(&self) -> String;

    /// What the operation is on.
    fn resource(&self) -> &Resource;

    /// What the body holds.
    fn body(&self) -> Option<Element>;

    /// Options for the provider ([DSP0226] section 6.4), as names and values.
    ///
    /// [DSP0226]: https://www.dmtf.org/standards/wsman
    fn options(&self) -> &[(String, String)] {
        &[]
    }

    /// Reads the body of the answer.
    ///
    /// # Errors
    /// When it is not what the host has to answer.
    fn read(&self, body: &[Element]) -> Result<Self::Answer, Error>;
}

/// The headers of a request, as far as they are the same for all operations ([MS-WSMV] section 3.1.4.1).
///
/// [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/
#[derive(Clone, Debug, PartialEq)]
pub struct RequestHeader {
    /// `a:To`: the URL of the endpoint.
    pub to: String,
    /// `a:MessageID`, such as `uuid:` and a GUID: new for each request.
    pub message_id: String,
    /// `p:SessionId`, which groups the requests of one client, for the host's log.
    pub session_id: Option<String>,
    /// `w:MaxEnvelopeSize`: the largest answer that the host may send, in bytes; at least 8192.
    pub max_envelope_size: u32,
    /// `w:OperationTimeout`: after it the host gives up the request with the fault `w:TimedOut`. It does not cancel a
    /// method that was begun.
    pub operation_timeout: Duration,
}

impl RequestHeader {
    /// The envelope of an operation.
    #[must_use]
    pub fn envelope<O: Operation>(&self, operation: &O) -> Envelope {
        let resource = operation.resource();
        let w = |local: &'static str| Element::new(WSMAN, local);
        let mut others = vec![
            must_understand(w("ResourceURI").text(resource.uri.as_str()), true),
            must_understand(w("MaxEnvelopeSize").text(&self.max_envelope_size.to_string()), true),
            w("OperationTimeout").text(&duration::in_seconds(self.operation_timeout)),
            // A host refuses a request where these two must be understood. Without them it answers in its own language.
            must_understand(w("Locale").attribute(Name::new(XML, "lang"), "en-US"), false),
            must_understand(
                Element::new(WSMV, "DataLocale").attribute(Name::new(XML, "lang"), "en-US"),
                false,
            ),
        ];
        if let Some(id) = &self.session_id {
            others.push(must_understand(Element::new(WSMV, "SessionId").text(id), false));
        }
        if !resource.selectors.is_empty() {
            others.push(resource.selectors.to_element());
        }
        if !operation.options().is_empty() {
            let options = operation.options().iter().map(|(name, value)| {
                w("Option").attribute(Name::local_only("Name"), name.as_str()).text(value)
            });
            others.push(must_understand(w("OptionSet").children(options), true));
        }
        Envelope {
            header: Header {
                action: Some(operation.action()),
                message_id: Some(self.message_id.clone()),
                to: Some(self.to.clone()),
                relates_to: None,
                reply_to: Some(ANONYMOUS.to_owned()),
                others,
            },
            body: operation.body().into_iter().collect(),
            declarations: vec![("w", WSMAN), ("p", WSMV), ("n", ENUMERATION), ("x", TRANSFER)],
        }
    }

    /// Reads the headers of a request and the resource that it is on, as a host does.
    ///
    /// What the request may leave out gets the value that Windows hosts give it: 500 kB and 60 s.
    ///
    /// # Errors
    /// When a required header is missing or a value is invalid.
    pub fn read(envelope: &Envelope) -> Result<(Self, Resource), Error> {
        let header = &envelope.header;
        let required = |value: &Option<String>, name| value.clone().ok_or(Error::Missing(name));
        let text =
            |namespace, local| header.find(namespace, local).map(|element| element.text.trim());
        required(&header.action, "a:Action")?;
        required(&header.reply_to, "a:ReplyTo")?;
        let max_envelope_size = match text(WSMAN, "MaxEnvelopeSize") {
            Some(size) => size
                .parse()
                .map_err(|_| Error::Value { name: "w:MaxEnvelopeSize", value: size.to_owned() })?,
            None => 512_000,
        };
        let operation_timeout = match text(WSMAN, "OperationTimeout") {
            Some(time) => duration::parse(time).ok_or_else(|| Error::Value {
                name: "w:OperationTimeout",
                value: time.to_owned(),
            })?,
            None => Duration::from_secs(60),
        };
        let resource = Resource {
            uri: ResourceUri::new(
                text(WSMAN, "ResourceURI").ok_or(Error::Missing("w:ResourceURI"))?,
            ),
            selectors: header
                .find(WSMAN, "SelectorSet")
                .map(SelectorSet::from_element)
                .transpose()?
                .unwrap_or_default(),
        };
        let header = Self {
            to: required(&header.to, "a:To")?,
            message_id: required(&header.message_id, "a:MessageID")?,
            session_id: text(WSMV, "SessionId").map(str::to_owned),
            max_envelope_size,
            operation_timeout,
        };
        Ok((header, resource))
    }
}

/// Reads the answer to a request.
///
/// # Errors
/// When it is a fault, answers something else, or is not what the host has to answer. A fault needs no `a:RelatesTo`:
/// hosts leave it out of some.
pub fn read_answer<O: Operation>(
    operation: &O,
    message_id: &str,
    answer: &Envelope,
) -> Result<O::Answer, Error> {
    let relates_to = answer.header.relates_to.as_deref();
    let is_ours = relates_to == Some(message_id);
    if let Some(fault) = answer.fault()? {
        if !is_ours && relates_to.is_some() {
            return Err(not_ours(relates_to, message_id));
        }
        return Err(Error::Fault(Box::new(Fault::new(fault))));
    }
    if !is_ours {
        return Err(not_ours(relates_to, message_id));
    }
    let expected = format!("{}Response", operation.action());
    let action = answer.header.action.as_deref();
    if !action.is_some_and(|action| action.eq_ignore_ascii_case(&expected)) {
        return Err(Error::Action { action: action.map(str::to_owned), expected });
    }
    operation.read(&answer.body)
}

/// The header of the answer to a request.
#[must_use]
pub fn answer_to(request: &Envelope, message_id: String) -> Header {
    let action = request.header.action.as_deref().unwrap_or_default();
    Header::answer(format!("{action}Response"), message_id, request.header.message_id.clone())
}

fn not_ours(relates_to: Option<&str>, message_id: &str) -> Error {
    Error::NotOurs { relates_to: relates_to.map(str::to_owned), message_id: message_id.to_owned() }
}
