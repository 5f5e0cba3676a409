//! Managed Object Format, the text that declares CIM classes ([DSP0004] annex A), and the [`schema`] that is compiled in.
//!
//! Qualifier declarations, classes, associations and indications are read; instance declarations are refused. A
//! `#pragma include` is kept in [`Document::pragmas`] and not followed. What the CIM model here has no place for is
//! read and dropped: aliases, the size of an array, and flavours that stand with a use of a qualifier.
//!
//! The grammar has no nesting, so no text can exhaust the stack, and the time to read a text grows with its length.
//!
//! [DSP0004]: https://www.dmtf.org/standards/cim

mod error;
mod grammar;
mod schema;
mod token;

use crate::cim::class::{Class, Literal, Type};

pub use error::{Error, Problem};
pub use schema::schema;

/// Reads a MOF text.
///
/// # Errors
///
/// The first place where the text departs from the grammar, and what stands there.
pub fn parse(text: &str) -> Result<Document, Error> {
    grammar::document(text)
}

/// What a MOF text declares, each in the order of the text.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// Its `#pragma` lines.
    pub pragmas: Vec<Pragma>,
    /// The qualifiers that it declares.
    pub qualifiers: Vec<QualifierDeclaration>,
    /// Its classes, associations and indications.
    pub classes: Vec<Class>,
}

/// A compiler directive: `#pragma locale ("en_US")`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pragma {
    /// Its name.
    pub name: String,
    /// Its parameter.
    pub value: String,
}

/// The declaration of a qualifier: `Qualifier Key : boolean = false, Scope(property, reference), Flavor(ToSubclass);`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct QualifierDeclaration {
    /// Its name.
    pub name: String,
    /// The type of the value, or of each element of an array.
    pub ty: Type,
    /// Whether it is an array.
    pub array: bool,
    /// The value of an element that does not bear the qualifier.
    pub default: Option<Literal>,
    /// What may bear it.
    pub scopes: Vec<Scope>,
    /// How it passes on.
    pub flavors: Vec<Flavor>,
}

/// What may bear a qualifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// Anything
    Any,
    /// An association
    Association,
    /// A class
    Class,
    /// An indication
    Indication,
    /// A method
    Method,
    /// A parameter
    Parameter,
    /// A property that is not a reference
    Property,
    /// The declaration of a qualifier
    Qualifier,
    /// A reference
    Reference,
    /// A schema
    Schema,
}

/// How a qualifier passes from a class to its subclasses, and to other languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flavor {
    /// A subclass must keep the value.
    DisableOverride,
    /// A subclass may set another value.
    EnableOverride,
    /// Subclasses do not have it.
    Restricted,
    /// Subclasses have it too.
    ToSubclass,
    /// The value may be given in several languages.
    Translatable,
}
