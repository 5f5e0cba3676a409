//! WS-Management ([DSP0226], [MS-WSMV]) as request and answer values.
//!
//! One file per operation. Each operation is a value that can be written as an envelope and read from one, and so is
//! each answer: the client writes the one and reads the other, a host the reverse. Nothing here sends anything, and
//! nothing here knows a CIM class.
//!
//! Not here: parts of one resource (fragment transfer, [DSP0226] section 7.7; fragments in the answer to a query are read),
//! and events (section 10).
//!
//! [DSP0226]: https://www.dmtf.org/standards/wsman
//! [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/

mod cim_status;
mod code;
mod create;
mod cursor;
mod delete;
pub(crate) mod duration;
mod enumerate;
mod fault;
mod filter;
mod get;
mod header;
mod identify;
mod invoke;
mod pull;
mod put;
mod release;
mod resource;

pub use cim_status::CimStatus;
pub use code::{Code, Family};
pub use create::Create;
pub use cursor::{Ask, Cursor};
pub use delete::Delete;
pub use enumerate::{Enumerate, Enumerated, EnumerationMode, PolymorphismMode};
pub use fault::{ExtendedStatus, Fault, ProviderFault, WmiError};
pub use filter::{Association, Filter};
pub use get::Get;
pub use header::{Operation, RequestHeader, answer_to, read_answer};
pub use identify::{Identify, Identity};
pub use invoke::Invoke;
pub use pull::{Items, Page, Pull};
pub use put::Put;
pub use release::Release;
pub use resource::{Resource, ResourceUri, Selector, SelectorSet};

use crate::{soap, xml};

/// `w`: WS-Management.
pub const WSMAN: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
/// `p`: Microsoft's extensions.
pub const WSMV: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
/// `n`: WS-Enumeration.
pub const ENUMERATION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
/// `x`: WS-Transfer.
pub const TRANSFER: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
/// `e`: WS-Eventing.
pub const EVENTING: &str = "http://schemas.xmlsoap.org/ws/2004/08/eventing";
/// `b`: what CIM adds to WS-Management.
pub const CIM_BINDING: &str = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
/// `f`: Microsoft's fault detail.
pub const WSMAN_FAULT: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";

/// A message that is not the WS-Management message that was to be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The peer sent no SOAP envelope of the kind that we speak, or we were given what XML cannot carry.
    #[error("the message is no SOAP envelope that WS-Management allows")]
    Soap(#[from] soap::Error),
    /// The peer refused the request.
    #[error("{0}")]
    Fault(Box<Fault>),
    /// The peer answered something else than our request.
    #[error("the answer relates to {relates_to:?}, but the request was {message_id:?}")]
    NotOurs {
        /// What the answer says.
        relates_to: Option<String>,
        /// The identifier of our request.
        message_id: String,
    },
    /// The peer answered with another action.
    #[error("the answer has the action {action:?} instead of {expected:?}")]
    Action {
        /// What the answer says.
        action: Option<String>,
        /// What it has to say.
        expected: String,
    },
    /// The peer left out what must be there.
    #[error("the message has no {0}")]
    Missing(&'static str),
    /// The peer sent an element that does not belong where it is.
    #[error("the message has {0} where it does not belong")]
    Unexpected(xml::Name),
    /// The peer filters in a language that we do not speak.
    #[error("the filter dialect {0:?} is not supported")]
    FilterDialect(String),
    /// The peer sends page after page with nothing on it.
    #[error("the host sends page after page with nothing on it")]
    EmptyPages,
    /// The peer sent a value that cannot be.
    #[error("the value {value:?} of {name} is invalid")]
    Value {
        /// Which value.
        name: &'static str,
        /// The value.
        value: String,
    },
}

impl From<xml::Error> for Error {
    fn from(error: xml::Error) -> Self {
        Self::Soap(error.into())
    }
}
