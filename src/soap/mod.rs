//! SOAP 1.2 and WS-Addressing as values: envelope, header, endpoint references, faults.
//!
//! Knows no WS-Management action and no resource: headers that are not WS-Addressing's are kept as elements.

mod addressing;
mod envelope;
mod fault;

pub use addressing::{ANONYMOUS, EndpointReference};
pub use envelope::{Envelope, Header, is_must_understand, must_understand};
pub use fault::{Fault, FaultCode};

use crate::xml;

/// The namespace of SOAP 1.2, the only version that WS-Management uses.
pub const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
/// The namespace of WS-Addressing of August 2004, the version that WS-Management uses.
pub const ADDRESSING: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";

/// A message that is no SOAP envelope of the kind that we speak.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The peer sent what is no XML, or we were given what XML cannot carry.
    #[error("the message is no XML that a SOAP message may be")]
    Xml(#[from] xml::Error),
    /// The peer sent another document.
    #[error("the document is {0}, not a SOAP 1.2 envelope")]
    NotAnEnvelope(xml::Name),
    /// The peer left out what must be there.
    #[error("the message has no {0}")]
    Missing(&'static str),
    /// The peer sent twice what may be there once.
    #[error("the message has more than one {0}")]
    Repeated(&'static str),
    /// The peer put into the envelope what does not belong there, or not at that place.
    #[error("the envelope holds {0} out of place")]
    Unexpected(xml::Name),
    /// The peer used a prefix in a qualified name that it did not declare.
    #[error("the qualified name {0:?} has a prefix that is not declared")]
    UndeclaredPrefix(String),
}
