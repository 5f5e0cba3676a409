//! How the values of Rust types stand on the wire.

use std::{fmt, marker::PhantomData, time::Duration};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    super::{
        Datetime, Error, Reference, Value,
        class::{Schema, Type},
    },
    Class,
};

/// A number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Bytes(pub u64);

/// The number alone, without a unit.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How values of `T` are read and written.
pub trait Codec<T> {
    /// Reads a value; nothing for NULL, and for what means nothing.
    ///
    /// # Errors
    /// When the value is of another type, or none that `T` can hold.
    fn decode(value: &Value) -> Result<Option<T>, Error>;

    /// Writes a value.
    ///
    /// # Errors
    /// When the type of the wire cannot hold it.
    fn encode(value: &T) -> Result<Value, Error>;
}

/// A type that a type of CIM is by itself.
pub trait Scalar: Sized {
    /// The type of CIM, the class of a reference left out.
    const TYPE: Type;

    /// The value, if it is of the type.
    fn of(value: &Value) -> Option<Self>;

    /// The value.
    fn value(&self) -> Value;
}

macro_rules! scalar {
    ($($rust:ty, $variant:ident;)*) => { $(
        impl Scalar for $rust {
            const TYPE: Type = Type::$variant;

            fn of(value: &Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => Some(value.clone()),
                    _ => None,
                }
            }

            fn value(&self) -> Value {
                Value::$variant(self.clone())
            }
        }
    )* };
}

scalar! {
    bool, Boolean;
    u8, UInt8;
    i8, SInt8;
    u16, UInt16;
    i16, SInt16;
    u32, UInt32;
    i32, SInt32;
    u64, UInt64;
    i64, SInt64;
    f32, Real32;
    f64, Real64;
    char, Char16;
    String, String;
    Datetime, Datetime;
}

impl Scalar for Reference {
    const TYPE: Type = Type::Reference(String::new());

    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Reference(reference) => Some(reference.clone()),
            _ => None,
        }
    }

    fn value(&self) -> Value {
        Value::Reference(self.clone())
    }
}

/// The value itself. One whose type nobody told, and which came as text, is read as what it has to be.
#[derive(Debug)]
pub struct Plain;

impl<T: Scalar> Codec<T> for Plain {
    fn decode(value: &Value) -> Result<Option<T>, Error> {
        if *value == Value::Null {
            return Ok(None);
        }
        let invalid = || Error::Text { text: value.to_string(), ty: T::TYPE };
        let parsed = match value {
            Value::String(text) => {
                T::of(value).or_else(|| T::of(&Value::parse(text, &T::TYPE).ok()?))
            }
            value => T::of(value),
        };
        parsed.map(Some).ok_or_else(invalid)
    }

    fn encode(value: &T) -> Result<Value, Error> {
        Ok(value.value())
    }
}

/// An enumeration of the names of numbers.
#[derive(Debug)]
pub struct Number<N>(PhantomData<N>);

impl<N: Scalar, T: From<N> + Copy + Into<N>> Codec<T> for Number<N> {
    fn decode(value: &Value) -> Result<Option<T>, Error> {
        Ok(<Plain as Codec<N>>::decode(value)?.map(T::from))
    }

    fn encode(value: &T) -> Result<Value, Error> {
        Ok((*value).into().value())
    }
}

/// An enumeration of `N` that stands as a wider `W` here.
#[derive(Debug)]
pub struct Widened<W, N>(PhantomData<(W, N)>);

impl<W, N, T> Codec<T> for Widened<W, N>
where
    W: Scalar + From<N>,
    N: TryFrom<W>,
    T: From<N> + Copy + Into<N>,
{
    fn decode(value: &Value) -> Result<Option<T>, Error> {
        let Some(wide) = <Plain as Codec<W>>::decode(value)? else { return Ok(None) };
        let invalid = || Error::Text { text: value.to_string(), ty: W::TYPE };
        N::try_from(wide).map(|number| Some(T::from(number))).map_err(|_| invalid())
    }

    fn encode(value: &T) -> Result<Value, Error> {
        Ok(W::from((*value).into()).value())
    }
}

/// An enumeration of texts.
#[derive(Debug)]
pub struct Text;

impl<T: for<'a> From<&'a str> + AsRef<str>> Codec<T> for Text {
    fn decode(value: &Value) -> Result<Option<T>, Error> {
        Ok(<Plain as Codec<String>>::decode(value)?.map(|text| T::from(&text)))
    }

    fn encode(value: &T) -> Result<Value, Error> {
        Ok(Value::String(value.as_ref().to_owned()))
    }
}

/// A GUID. Hyper-V writes its own in capitals, without braces; an empty text is none.
#[derive(Debug)]
pub struct Guid;

impl Codec<Uuid> for Guid {
    fn decode(value: &Value) -> Result<Option<Uuid>, Error> {
        let Some(text) = <Plain as Codec<String>>::decode(value)?.filter(|text| !text.is_empty())
        else {
            return Ok(None);
        };
        Uuid::try_parse(&text).map(Some).map_err(|_| Error::Text { text, ty: Type::String })
    }

    fn encode(value: &Uuid) -> Result<Value, Error> {
        Ok(Value::String(value.as_hyphenated().to_string().to_ascii_uppercase()))
    }
}

/// A point in time; nothing for "never", which Windows writes as 1601-01-01.
#[derive(Debug)]
pub struct Time;

impl Codec<Timestamp> for Time {
    fn decode(value: &Value) -> Result<Option<Timestamp>, Error> {
        match <Plain as Codec<Datetime>>::decode(value)? {
            Some(time @ (Datetime::Timestamp(_) | Datetime::WithOffset(..))) => {
                Ok(time.timestamp())
            }
            Some(_) => Err(Error::Text { text: value.to_string(), ty: Type::Datetime }),
            None => Ok(None),
        }
    }

    /// What is finer than a microsecond, which CIM has no digits for, is dropped.
    fn encode(value: &Timestamp) -> Result<Value, Error> {
        let time = Timestamp::from_microsecond(value.as_microsecond()).unwrap_or(*value);
        Ok(Value::Datetime(Datetime::Timestamp(time)))
    }
}

/// A length of time.
#[derive(Debug)]
pub struct Interval;

impl Codec<Duration> for Interval {
    fn decode(value: &Value) -> Result<Option<Duration>, Error> {
        match <Plain as Codec<Datetime>>::decode(value)? {
            Some(Datetime::Interval(length)) => Ok(Some(length)),
            Some(_) => Err(Error::Text { text: value.to_string(), ty: Type::Datetime }),
            None => Ok(None),
        }
    }

    fn encode(value: &Duration) -> Result<Value, Error> {
        Ok(Value::Datetime(Datetime::Interval(*value)))
    }
}

/// A length of time as a number of units of `MILLIS` milliseconds.
#[derive(Debug)]
pub struct Units<N, const MILLIS: u64>(PhantomData<N>);

/// A length of time in milliseconds.
pub type Milliseconds<N> = Units<N, 1>;
/// A length of time in seconds.
pub type Seconds<N> = Units<N, 1_000>;
/// A length of time in hours.
pub type Hours<N> = Units<N, 3_600_000>;

impl<N, const MILLIS: u64> Codec<Duration> for Units<N, MILLIS>
where
    N: Scalar + Into<u64> + TryFrom<u64>,
{
    fn decode(value: &Value) -> Result<Option<Duration>, Error> {
        let number: Option<N> = Plain::decode(value)?;
        Ok(number.map(|number| Duration::from_millis(number.into().saturating_mul(MILLIS))))
    }

    fn encode(value: &Duration) -> Result<Value, Error> {
        let unit = Duration::from_millis(MILLIS);
        let whole = value.as_nanos().checked_rem(unit.as_nanos()) == Some(0);
        let number = value.as_nanos().checked_div(unit.as_nanos()).filter(|_| whole);
        number
            .and_then(|number| N::try_from(u64::try_from(number).ok()?).ok())
            .map(|number| number.value())
            .ok_or_else(|| Error::NotRepresentable {
                value: format!("{value:?}"),
                form: match MILLIS {
                    1 => "a number of milliseconds",
                    1_000 => "a number of seconds",
                    _ => "a number of hours",
                },
            })
    }
}

/// A length of time for `Serialize`: its seconds, as a whole number where it is one.
#[cfg(feature = "serde")]
pub(crate) fn as_seconds<S: serde::Serializer>(
    length: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match length {
        Some(length) if length.subsec_nanos() == 0 => serializer.serialize_some(&length.as_secs()),
        Some(length) => serializer.serialize_some(&length.as_secs_f64()),
        None => serializer.serialize_none(),
    }
}

/// A number of bytes.
#[derive(Debug)]
pub struct Octets;

impl Codec<Bytes> for Octets {
    fn decode(value: &Value) -> Result<Option<Bytes>, Error> {
        Ok(<Plain as Codec<u64>>::decode(value)?.map(Bytes))
    }

    fn encode(value: &Bytes) -> Result<Value, Error> {
        Ok(value.0.value())
    }
}

/// An instance that is a value: text of CIM-XML in methods, elements in properties.
#[derive(Debug)]
pub struct Embedded;

impl<T: Class> Codec<T> for Embedded {
    fn decode(value: &Value) -> Result<Option<T>, Error> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) if text.is_empty() => Ok(None),
            // CIM-XML has the types of its values with it.
            value => {
                let instance = value.to_embedded(T::NAMESPACE, &Schema::default())?;
                T::from_instance(instance).map(Some)
            }
        }
    }

    fn encode(value: &T) -> Result<Value, Error> {
        value.to_instance().map(|instance| Value::Instance(Box::new(instance)))
    }
}

/// An array. An element that is NULL makes it invalid, as the others would move.
#[derive(Debug)]
pub struct Array<C>(PhantomData<C>);

impl<T, C: Codec<T>> Codec<Vec<T>> for Array<C> {
    fn decode(value: &Value) -> Result<Option<Vec<T>>, Error> {
        if *value == Value::Null {
            return Ok(None);
        }
        let element = |value| {
            C::decode(value)?.ok_or_else(|| Error::Missing("element of the array".to_owned()))
        };
        value.as_slice().iter().map(element).collect::<Result<_, _>>().map(Some)
    }

    fn encode(values: &Vec<T>) -> Result<Value, Error> {
        values.iter().map(C::encode).collect::<Result<_, _>>().map(Value::Array)
    }
}
