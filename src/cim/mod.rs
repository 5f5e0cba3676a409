//! The CIM model and its XML form ([DSP0004], [DSP0227], [DSP0230]), as WMI uses them.
//!
//! Knows no concrete class: what a class declares comes in as a [`Schema`](class::Schema).
//!
//! [DSP0004]: https://www.dmtf.org/standards/cim
//! [DSP0227]: https://www.dmtf.org/standards/wsman
//! [DSP0230]: https://www.dmtf.org/standards/wsman

pub mod class;
mod datetime;
mod embedded;
mod instance;
mod method;
mod open_enum;
mod path;
pub mod typed;
mod value;
pub mod wql;

pub use datetime::{Datetime, Partial};
pub use embedded::Nulls;
pub use instance::{FromInstance, Instance};
pub use method::{Output, decode_input, encode_input, encode_output, encode_untyped_input};
pub(crate) use open_enum::{open_enum, open_text};
pub use path::{KeyValue, ObjectPath};
pub use value::Value;

/// A reference to an instance: the resource URI of its class, and its keys as selectors.
pub use crate::wsman::Resource as Reference;
pub use crate::wsman::{ResourceUri, Selector};

use class::Type;

/// WS-CIM's common namespace: `cim:Datetime`, `cim:Interval`.
pub const COMMON: &str = "http://schemas.dmtf.org/wbem/wscim/1/common";

/// A value, instance or call that CIM does not allow.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The peer sent text that is no value of the type.
    #[error("{text:?} is no {ty}")]
    Text {
        /// The text.
        text: String,
        /// The type.
        ty: Type,
    },
    /// The peer sent a reference that is none.
    #[error("the value is no reference")]
    Reference(#[source] Box<crate::wsman::Error>),
    /// The peer sent a property or parameter that is in order, but for its value.
    #[error("{name} is invalid")]
    Member {
        /// The property or parameter.
        name: String,
        /// What is wrong with its value.
        #[source]
        source: Box<Self>,
    },
    /// The peer left out what must be there.
    #[error("there is no {0}")]
    Missing(String),
    /// Our caller gave a value of another type.
    #[error("{name} takes {expected}, not {given}")]
    WrongType {
        /// The parameter.
        name: String,
        /// Its type.
        expected: String,
        /// What was given.
        given: String,
    },
    /// Our caller named a parameter that the method does not take.
    #[error("the method {method} takes no parameter {name}")]
    NoSuchParameter {
        /// The method.
        method: String,
        /// The parameter.
        name: String,
    },
    /// Our caller left out a parameter that must not be NULL.
    #[error("the method {method} demands the parameter {name}")]
    Required {
        /// The method.
        method: String,
        /// The parameter.
        name: String,
    },
    /// Our caller gave a name that cannot stand in a query or an object path.
    #[error("{0:?} is not a name that WMI allows")]
    Identifier(String),
    /// An instance is no CIM-XML, or cannot be written as such.
    #[error("the embedded instance is no CIM-XML")]
    Embedded(#[source] crate::xml::Error),
    /// Instances are embedded in each other too deeply.
    #[error("more than {limit} instances are embedded in each other")]
    Depth {
        /// The limit.
        limit: usize,
    },
    /// A datetime cannot be written in the form that was asked for.
    #[error("{value} cannot be written as {form} has it")]
    NotRepresentable {
        /// The datetime.
        value: String,
        /// The form.
        form: &'static str,
    },
    /// A WMI object path, or what should become one, is none.
    #[error("{path:?} is no object path: {problem}")]
    Path {
        /// The path, or the reference.
        path: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// The name of a class, property or key: letters, digits and underscores, not beginning with a digit.
fn identifier(name: &str) -> Result<&str, Error> {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begins && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        Ok(name)
    } else {
        Err(Error::Identifier(name.to_owned()))
    }
}
