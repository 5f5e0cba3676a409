//! Values ([DSP0004] section 5.2) and their XML form ([DSP0230] section 8).
//!
//! [DSP0004]: https://www.dmtf.org/standards/cim
//! [DSP0230]: https://www.dmtf.org/standards/wsman

use std::{fmt, sync::Arc};

use super::{
    Datetime, Error, Instance,
    class::{Schema, Type},
};
use crate::{
    soap::EndpointReference,
    wsman::Resource,
    xml::{Element, Name, XSI},
};

/// A value of a property or parameter.
///
/// NULL and the empty string are different values. A value whose type no schema tells is a [`String`](Self::String),
/// a [`Datetime`](Self::Datetime), a [`Reference`](Self::Reference) or an [`Instance`](Self::Instance), as the wire shows
/// it. The wire does not show that a single element is an array: see [`as_slice`](Self::as_slice).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// NULL
    Null,
    /// `boolean`
    Boolean(bool),
    /// `uint8`
    UInt8(u8),
    /// `sint8`
    SInt8(i8),
    /// `uint16`
    UInt16(u16),
    /// `sint16`
    SInt16(i16),
    /// `uint32`
    UInt32(u32),
    /// `sint32`
    SInt32(i32),
    /// `uint64`
    UInt64(u64),
    /// `sint64`
    SInt64(i64),
    /// `real32`
    Real32(f32),
    /// `real64`
    Real64(f64),
    /// `char16`
    Char16(char),
    /// `string`, or a value of a type that is not known
    String(String),
    /// `datetime`
    Datetime(Datetime),
    /// A reference
    Reference(Resource),
    /// An instance that the host sent as elements. One that it sent as text is a string, see
    /// [`to_embedded`](Self::to_embedded)
    Instance(Box<Instance>),
    /// An array; it holds no arrays
    Array(Vec<Self>),
}

impl Value {
    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number of any unsigned or non-negative integer, also of one whose type no schema told.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::UInt8(n) => Some(u64::from(*n)),
            Self::UInt16(n) => Some(u64::from(*n)),
            Self::UInt32(n) => Some(u64::from(*n)),
            Self::UInt64(n) => Some(*n),
            Self::SInt8(n) => u64::try_from(*n).ok(),
            Self::SInt16(n) => u64::try_from(*n).ok(),
            Self::SInt32(n) => u64::try_from(*n).ok(),
            Self::SInt64(n) => u64::try_from(*n).ok(),
            Self::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The elements of an array, and a scalar as an array of one; none for NULL. For arrays that no schema knows.
    #[must_use]
    pub fn as_slice(&self) -> &[Self] {
        match self {
            Self::Null => &[],
            Self::Array(values) => values,
            scalar => std::slice::from_ref(scalar),
        }
    }

    /// Reads text as a value of a type.
    ///
    /// # Errors
    /// When it is none; an empty text is only a string.
    pub fn parse(text: &str, ty: &Type) -> Result<Self, Error> {
        let invalid = || Error::Text { text: text.to_owned(), ty: ty.clone() };
        let trimmed = text.trim();
        macro_rules! number {
            ($variant:ident) => {
                trimmed.parse().map(Self::$variant).map_err(|_| invalid())
            };
        }
        // A number that is too large is not the infinity that Rust makes of it.
        let is_named = || !trimmed.contains(|c: char| c.is_ascii_digit());
        macro_rules! real {
            ($variant:ident, $float:ty) => {
                match trimmed.parse::<$float>() {
                    Ok(number) if number.is_finite() || is_named() => Ok(Self::$variant(number)),
                    _ => Err(invalid()),
                }
            };
        }
        match ty {
            Type::Boolean if trimmed.eq_ignore_ascii_case("true") || trimmed == "1" => {
                Ok(Self::Boolean(true))
            }
            Type::Boolean if trimmed.eq_ignore_ascii_case("false") || trimmed == "0" => {
                Ok(Self::Boolean(false))
            }
            Type::Boolean | Type::Reference(_) => Err(invalid()),
            Type::UInt8 => number!(UInt8),
            Type::SInt8 => number!(SInt8),
            Type::UInt16 => number!(UInt16),
            Type::SInt16 => number!(SInt16),
            Type::UInt32 => number!(UInt32),
            Type::SInt32 => number!(SInt32),
            Type::UInt64 => number!(UInt64),
            Type::SInt64 => number!(SInt64),
            Type::Real32 => real!(Real32, f32),
            Type::Real64 => real!(Real64, f64),
            Type::Char16 => {
                let mut characters = text.chars();
                match (characters.next(), characters.next()) {
                    (Some(c), None) if c.len_utf16() == 1 => Ok(Self::Char16(c)),
                    _ => Err(invalid()),
                }
            }
            Type::String => Ok(Self::String(text.to_owned())),
            Type::Datetime => trimmed.parse().map(Self::Datetime),
        }
    }

    /// Reads the elements of one property or parameter: several are an array, and one is, too, where the schema says
    /// that it is an array.
    pub(super) fn decode(
        elements: &[&Element],
        ty: Option<&Type>,
        array: bool,
        schema: &Schema,
    ) -> Result<Self, Error> {
        match elements {
            [] => Ok(Self::Null),
            [one] if !array || is_nil(one) => Self::decode_one(one, ty, schema),
            several => several
                .iter()
                .map(|element| Self::decode_one(element, ty, schema))
                .collect::<Result<_, _>>()
                .map(Self::Array),
        }
    }

    fn decode_one(element: &Element, ty: Option<&Type>, schema: &Schema) -> Result<Self, Error> {
        if is_nil(element) {
            return Ok(Self::Null);
        }
        match ty {
            Some(Type::Datetime) => Datetime::from_element(element).map(Self::Datetime),
            Some(Type::Reference(_)) => reference(element),
            None if Datetime::is_in(element) => Datetime::from_element(element).map(Self::Datetime),
            None | Some(Type::String) if EndpointReference::is_in(element) => reference(element),
            None | Some(Type::String) => Ok(Instance::embedded_in(element, schema).map_or_else(
                || Self::String(element.text.clone()),
                |instance| Self::Instance(Box::new(instance)),
            )),
            Some(ty) => Self::parse(&element.text, ty),
        }
    }

    /// The elements of a property or parameter: one, or one for each element of an array.
    pub(super) fn encode(&self, namespace: &Arc<str>, name: &str) -> Vec<Element> {
        let element = || Element::new(Arc::clone(namespace), name);
        match self {
            Self::Null => vec![element().attribute(Name::new(XSI, "nil"), "true")],
            Self::Array(values) => {
                values.iter().flat_map(|value| value.encode(namespace, name)).collect()
            }
            Self::Datetime(datetime) => vec![datetime.into_child_of(element())],
            Self::Reference(resource) => vec![resource.into_children_of(element())],
            Self::Instance(instance) => vec![instance.as_children_of(element())],
            scalar => vec![element().text(&scalar.to_string())],
        }
    }

    /// The type of a scalar; none for NULL and arrays.
    pub(super) fn ty(&self) -> Option<Type> {
        Some(match self {
            Self::Null | Self::Array(_) => return None,
            Self::Boolean(_) => Type::Boolean,
            Self::UInt8(_) => Type::UInt8,
            Self::SInt8(_) => Type::SInt8,
            Self::UInt16(_) => Type::UInt16,
            Self::SInt16(_) => Type::SInt16,
            Self::UInt32(_) => Type::UInt32,
            Self::SInt32(_) => Type::SInt32,
            Self::UInt64(_) => Type::UInt64,
            Self::SInt64(_) => Type::SInt64,
            Self::Real32(_) => Type::Real32,
            Self::Real64(_) => Type::Real64,
            Self::Char16(_) => Type::Char16,
            Self::String(_) | Self::Instance(_) => Type::String,
            Self::Datetime(_) => Type::Datetime,
            Self::Reference(reference) => Type::Reference(reference.class().to_owned()),
        })
    }

    /// Whether the value may stand where the type, or an array of it, is wanted. NULL may stand anywhere.
    #[must_use]
    pub fn is_of(&self, ty: &Type, array: bool) -> bool {
        match (self, ty) {
            (Self::Null, _) => true,
            (Self::Array(values), _) => array && values.iter().all(|value| value.is_of(ty, false)),
            (Self::Instance(_), _) => false,
            (Self::Reference(_), Type::Reference(_)) => !array,
            (scalar, ty) => !array && scalar.ty().as_ref() == Some(ty),
        }
    }
}

/// The text of the value as XML has it; NULL is empty, an array has commas between its elements.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Boolean(value) => value.fmt(f),
            Self::UInt8(value) => value.fmt(f),
            Self::SInt8(value) => value.fmt(f),
            Self::UInt16(value) => value.fmt(f),
            Self::SInt16(value) => value.fmt(f),
            Self::UInt32(value) => value.fmt(f),
            Self::SInt32(value) => value.fmt(f),
            Self::UInt64(value) => value.fmt(f),
            Self::SInt64(value) => value.fmt(f),
            // XML Schema writes the infinities in capitals.
            Self::Real32(value) => f.write_str(&value.to_string().replace("inf", "INF")),
            Self::Real64(value) => f.write_str(&value.to_string().replace("inf", "INF")),
            Self::Char16(value) => value.fmt(f),
            Self::String(value) => value.fmt(f),
            Self::Datetime(value) => value.fmt(f),
            Self::Reference(value) => value.fmt(f),
            Self::Instance(value) => value.fmt(f),
            Self::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    value.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}

fn reference(element: &Element) -> Result<Value, Error> {
    Resource::from_children(element)
        .map(Value::Reference)
        .map_err(|error| Error::Reference(Box::new(error)))
}

fn is_nil(element: &Element) -> bool {
    matches!(element.find_attribute_in(XSI, "nil").map(str::trim), Some("true" | "1"))
}
