//! CIM classes: properties, methods, parameters and qualifiers ([DSP0004] section 5), and a schema that knows which
//! class derives from which.
//!
//! [DSP0004]: https://www.dmtf.org/standards/cim

use std::collections::BTreeMap;

/// A CIM intrinsic type ([DSP0004] section 5.2), or a reference.
///
/// [DSP0004]: https://www.dmtf.org/standards/cim
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Type {
    /// `boolean`
    Boolean,
    /// `uint8`
    UInt8,
    /// `sint8`
    SInt8,
    /// `uint16`
    UInt16,
    /// `sint16`
    SInt16,
    /// `uint32`
    UInt32,
    /// `sint32`
    SInt32,
    /// `uint64`
    UInt64,
    /// `sint64`
    SInt64,
    /// `real32`
    Real32,
    /// `real64`
    Real64,
    /// `char16`, one UCS-2 character
    Char16,
    /// `string`; an embedded instance, too, when the qualifier `EmbeddedInstance` names its class
    String,
    /// `datetime`, a point in time or an interval
    Datetime,
    /// `Class REF`, with the name of the class
    Reference(String),
}

/// The value of a qualifier or of a default, as MOF writes it; the type is known only from its place.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// Any integer; wide enough for `sint64` and `uint64`
    Integer(i128),
    /// Any real number
    Real(f64),
    /// A string, its adjacent parts joined and its escapes resolved; a character as a string of one
    String(String),
    /// `{ ... }`
    Array(Vec<Self>),
}

/// Qualifiers of one element; names are compared without case, as [DSP0004] section 5.1.2 has it.
///
/// [DSP0004]: https://www.dmtf.org/standards/cim
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Qualifiers(BTreeMap<String, Literal>);

impl Qualifiers {
    /// The value of a qualifier.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Literal> {
        self.0.get(&name.to_ascii_lowercase())
    }

    /// The value of a boolean qualifier, if it is given.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.find(name)? {
            Literal::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a string qualifier, if it is given.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.find(name)? {
            Literal::String(value) => Some(value),
            _ => None,
        }
    }

    /// Sets a qualifier and returns the value that it had.
    pub fn insert(&mut self, name: &str, value: Literal) -> Option<Literal> {
        self.0.insert(name.to_ascii_lowercase(), value)
    }
}

/// A property of a class, its own or inherited.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Property {
    /// Its name, in the case of the MOF, which XML demands.
    pub name: String,
    /// The type of the value, or of each element of an array.
    pub ty: Type,
    /// Whether it is an array.
    pub array: bool,
    /// The default that the class gives.
    pub default: Option<Literal>,
    /// Its qualifiers.
    pub qualifiers: Qualifiers,
}

impl Property {
    /// Whether the property is part of the key.
    #[must_use]
    pub fn is_key(&self) -> bool {
        self.qualifiers.flag("Key") == Some(true)
    }
}

/// A parameter of a method.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name, in the case of the MOF, which XML demands.
    pub name: String,
    /// The type of the value, or of each element of an array.
    pub ty: Type,
    /// Whether it is an array.
    pub array: bool,
    /// Its qualifiers.
    pub qualifiers: Qualifiers,
}

impl Parameter {
    /// Whether the caller passes it; true unless the qualifier `In` says no.
    #[must_use]
    pub fn is_in(&self) -> bool {
        self.qualifiers.flag("In") != Some(false)
    }

    /// Whether the method returns it.
    #[must_use]
    pub fn is_out(&self) -> bool {
        self.qualifiers.flag("Out") == Some(true)
    }

    /// Whether it must not be NULL.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.qualifiers.flag("Required") == Some(true)
    }
}

/// A method of a class.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Method {
    /// Its name, in the case of the MOF, which XML demands.
    pub name: String,
    /// The type of the return value.
    pub returns: Type,
    /// The parameters, in the order of the MOF, which is the order on the wire.
    pub parameters: Vec<Parameter>,
    /// Its qualifiers.
    pub qualifiers: Qualifiers,
}

/// A class as it is declared: without what it inherits, which [`Schema`] adds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Class {
    /// Its name.
    pub name: String,
    /// The name of the class that it derives from.
    pub superclass: Option<String>,
    /// Its own properties, references included.
    pub properties: Vec<Property>,
    /// Its own methods.
    pub methods: Vec<Method>,
    /// Its qualifiers.
    pub qualifiers: Qualifiers,
}

/// Classes by name, with inheritance; names are compared without case.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    classes: BTreeMap<String, Class>,
}
