//! What can be wrong with a document.

/// A document that could not be read or written, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} (at {path})")]
pub struct Error {
    /// What is wrong.
    pub problem: Problem,
    /// The element path to it, by local names, such as `/Envelope/Body/PullResponse`; `/` before the root.
    pub path: String,
}

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The peer sent no well-formed XML.
    #[error("the XML is malformed: {0}")]
    Malformed(String),
    /// The peer sent bytes that are not UTF-8, or declared another encoding.
    #[error("the XML is not UTF-8")]
    Encoding,
    /// The peer sent a document type definition, which no message may have.
    #[error("the XML has a document type definition, which is refused")]
    DocumentType,
    /// The peer sent a reference to an entity that XML itself does not define.
    #[error("the XML refers to the entity {0:?}, and entity definitions are refused")]
    Entity(String),
    /// The peer used a prefix that it did not declare.
    #[error("the namespace prefix {0:?} is not declared")]
    UndeclaredPrefix(String),
    /// The peer sent more than our limit.
    #[error("the XML has more than {limit} {what}, our limit")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Our caller wants to write a character that XML 1.0 cannot carry, not even escaped.
    #[error("the character U+{:04X} cannot be written in XML; remove it from the value", u32::from(*.0))]
    Unwritable(char),
    /// Our caller wants to write a name that is no XML name.
    #[error("{0:?} is not a name that XML can carry")]
    InvalidName(String),
}
