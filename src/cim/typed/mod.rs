//! Classes and methods as Rust types: what the generated code stands on.
//!
//! A type lists its members once, each with its name and its [codec], and is read and written by that list.
//! What a host says besides is kept in [`Rest`] and written back, so that reading, changing and writing loses nothing.

pub mod codec;

use std::collections::BTreeSet;

use super::{
    Error, FromInstance, Instance, Output, Reference, ResourceUri, Selector, Value, class::Schema,
};
pub use codec::Bytes;
use codec::Codec;

/// A class as a Rust type. NULL is `None`, as is a property that the host left out. The class of an instance is not checked,
/// as it may be a subclass: one that has nothing to do with it is all `None`, with its properties in [`Rest`].
pub trait Class: FromInstance {
    /// The name of the class.
    const CLASS: &'static str;
    /// The namespace of WMI that it is in.
    const NAMESPACE: &'static str;
    /// The properties that are its key, in alphabetical order, in which hosts write selectors.
    const KEYS: &'static [&'static str];

    /// The instance. What is `None` is left out, which a host takes for "leave it", or "the default".
    ///
    /// # Errors
    /// When a value cannot be written, such as a length of time that is no whole number of its unit.
    fn to_instance(&self) -> Result<Instance, Error>;

    /// The instance as the text of a string, which is what Hyper-V's methods take.
    ///
    /// # Errors
    /// As [`to_instance`](Self::to_instance), and when the schema has another type for a value.
    fn to_embedded(&self, schema: &Schema) -> Result<Value, Error> {
        Value::from_embedded(&self.to_instance()?, schema)
    }

    /// The reference by which methods and associations take the instance: its class and its key.
    ///
    /// # Errors
    /// When a part of the key is NULL.
    fn reference(&self) -> Result<Reference, Error> {
        let instance = self.to_instance()?;
        let mut reference = Reference::new(instance.uri.clone());
        for key in Self::KEYS {
            let selector = match instance.find(key) {
                Some(Value::Reference(end)) => Selector::Reference(end.clone()),
                Some(value) => Selector::Text(value.to_string()),
                None => return Err(Error::Missing((*key).to_owned())),
            };
            reference.selectors.insert(key, selector);
        }
        Ok(reference)
    }
}

/// The input of a method as a Rust type. Its name and class are those of the wire.
pub trait Method {
    /// The name of the class that has the method.
    const CLASS: &'static str;
    /// The name of the method.
    const METHOD: &'static str;
    /// The out parameters.
    type Output;

    /// The parameters that are not NULL, embedded instances as text.
    ///
    /// # Errors
    /// When a value cannot be written, or the schema has another type for a value of an embedded instance.
    fn arguments(&self, schema: &Schema) -> Result<Vec<(&'static str, Value)>, Error>;

    /// Reads the out parameters.
    ///
    /// # Errors
    /// When the value of one is invalid.
    fn output(output: &Output) -> Result<Self::Output, Error>;
}

/// What an instance has besides what its type knows.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Rest {
    /// The class as the host named it, which may be a subclass. Nothing for what did not come from a host.
    pub uri: Option<ResourceUri>,
    /// The properties that the type does not know, and those whose values it cannot hold or that mean nothing, such as the
    /// year 1601. They are written as they came, unless the type has another value by then.
    pub properties: Vec<(String, Value)>,
    /// Why values could not be read. An invalid value costs itself, not the instance. It is among the properties, unless
    /// it is no value of the type that the schema says.
    pub invalid: Vec<Error>,
}

impl Rest {
    pub(crate) fn of(instance: Instance) -> Self {
        let Instance { uri, properties, invalid } = instance;
        Self { uri: Some(uri), properties, invalid }
    }

    /// Takes a property out.
    pub(crate) fn take<C: Codec<T>, T>(&mut self, name: &str) -> Option<T> {
        let is_it = |(known, _): &(String, Value)| known.eq_ignore_ascii_case(name);
        let position = self.properties.iter().position(is_it)?;
        let (_, value) = self.properties.get(position)?;
        match C::decode(value) {
            // Of a value that means nothing the type would not know which one it was.
            Ok(None) if *value != Value::Null => None,
            Ok(decoded) => {
                self.properties.remove(position);
                decoded
            }
            Err(source) => {
                self.invalid.push(member(name, source));
                None
            }
        }
    }

    /// The instance to which the properties of the type are still to be added.
    pub(crate) fn instance(&self, namespace: &str, class: &str) -> Instance {
        let uri = self.uri.clone().unwrap_or_else(|| ResourceUri::wmi(namespace, class));
        Instance::new(uri)
    }

    /// Adds the properties to the instance that has those of the type.
    pub(crate) fn add_to(&self, instance: &mut Instance) {
        // A host may send very many, too many to compare each with each.
        let lower = |(name, _): &(String, Value)| name.to_ascii_lowercase();
        let mut known: BTreeSet<_> = instance.properties.iter().map(lower).collect();
        for (name, value) in &self.properties {
            if known.insert(name.to_ascii_lowercase()) {
                instance.properties.push((name.clone(), value.clone()));
            }
        }
    }

    /// Forgets the value of a property, so that nothing is written for it.
    pub(crate) fn forget(&mut self, name: &str) {
        self.properties.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.invalid.retain(|error| !is_of(error, name));
    }

    /// Whether a property is not among those whose values could not be read.
    pub(crate) fn could_read(&self, name: &str) -> bool {
        !self.invalid.iter().any(|error| is_of(error, name))
    }
}

/// Whether an error is that of a property or parameter.
fn is_of(error: &Error, name: &str) -> bool {
    matches!(error, Error::Member { name: of, .. } if of.eq_ignore_ascii_case(name))
}

/// Adds a property to an instance.
pub(crate) fn put<C: Codec<T>, T>(
    instance: &mut Instance,
    name: &str,
    value: Option<&T>,
) -> Result<(), Error> {
    if let Some(value) = value {
        let value = C::encode(value).map_err(|source| member(name, source))?;
        instance.properties.push((name.to_owned(), value));
    }
    Ok(())
}

/// Adds a parameter to the arguments of a method; embedded instances become text.
pub(crate) fn pass<C: Codec<T>, T>(
    arguments: &mut Vec<(&'static str, Value)>,
    name: &'static str,
    value: Option<&T>,
    schema: &Schema,
) -> Result<(), Error> {
    let Some(value) = value else { return Ok(()) };
    let value = C::encode(value).and_then(|value| as_text(value, schema));
    arguments.push((name, value.map_err(|source| member(name, source))?));
    Ok(())
}

/// Reads an out parameter.
pub(crate) fn returned<C: Codec<T>, T>(output: &Output, name: &str) -> Result<Option<T>, Error> {
    if let Some(error) = output.invalid.iter().find(|error| is_of(error, name)) {
        return Err(error.clone());
    }
    match output.find(name) {
        Some(value) => C::decode(value).map_err(|source| member(name, source)),
        None => Ok(None),
    }
}

fn as_text(value: Value, schema: &Schema) -> Result<Value, Error> {
    match value {
        Value::Instance(instance) => Value::from_embedded(&instance, schema),
        Value::Array(values) => {
            let values = values.into_iter().map(|value| as_text(value, schema));
            values.collect::<Result<_, _>>().map(Value::Array)
        }
        value => Ok(value),
    }
}

fn member(name: &str, source: Error) -> Error {
    Error::Member { name: name.to_owned(), source: Box::new(source) }
}

/// Reads and writes a class by a list of its properties: `field = codec "Property"`.
macro_rules! class {
    (
        $type:ident is $class:literal in $namespace:expr, keys $keys:expr;
        $( $field:ident = $codec:ty, $name:literal; )*
    ) => {
        impl $crate::cim::FromInstance for $type {
            fn from_instance(
                instance: $crate::cim::Instance,
            ) -> Result<Self, $crate::cim::Error> {
                let mut rest = $crate::cim::typed::Rest::of(instance);
                Ok(Self { $( $field: rest.take::<$codec, _>($name), )* rest })
            }
        }

        impl $crate::cim::typed::Class for $type {
            const CLASS: &'static str = $class;
            const NAMESPACE: &'static str = $namespace;
            const KEYS: &'static [&'static str] = &$keys;

            fn to_instance(&self) -> Result<$crate::cim::Instance, $crate::cim::Error> {
                let mut instance = self.rest.instance(Self::NAMESPACE, Self::CLASS);
                $( $crate::cim::typed::put::<$codec, _>(&mut instance, $name, self.$field.as_ref())?; )*
                self.rest.add_to(&mut instance);
                Ok(instance)
            }
        }
    };
}

/// Writes the input of a method and reads its output by lists of its parameters.
macro_rules! method {
    (
        $type:ident is $class:literal . $method:literal;
        in { $( $presence:ident $field:ident = $codec:ty, $name:literal; )* }
        out $output:tt { $( $out_field:ident = $out_codec:ty, $out_name:literal; )* }
    ) => {
        impl $crate::cim::typed::Method for $type {
            const CLASS: &'static str = $class;
            const METHOD: &'static str = $method;
            type Output = $output;

            fn arguments(
                &self,
                schema: &$crate::cim::class::Schema,
            ) -> Result<Vec<(&'static str, $crate::cim::Value)>, $crate::cim::Error> {
                #[allow(unused_mut, reason = "a method may take nothing")]
                let mut arguments = Vec::new();
                let _ = schema;
                $( method!(@pass $presence arguments, self.$field, $codec, $name, schema); )*
                Ok(arguments)
            }

            fn output(
                output: &$crate::cim::Output,
            ) -> Result<Self::Output, $crate::cim::Error> {
                method!(@output output, $output, $( $out_field = $out_codec, $out_name; )*)
            }
        }
    };
    (@pass required $arguments:ident, $field:expr, $codec:ty, $name:literal, $schema:ident) => {
        $crate::cim::typed::pass::<$codec, _>(&mut $arguments, $name, Some(&$field), $schema)?
    };
    (@pass optional $arguments:ident, $field:expr, $codec:ty, $name:literal, $schema:ident) => {
        $crate::cim::typed::pass::<$codec, _>(&mut $arguments, $name, $field.as_ref(), $schema)?
    };
    (@output $output:ident, (),) => {{
        let _ = $output;
        Ok(())
    }};
    (@output $from:ident, $output:ident, $( $field:ident = $codec:ty, $name:literal; )*) => {
        Ok($output {
            $( $field: $crate::cim::typed::returned::<$codec, _>($from, $name)?, )*
        })
    };
}

pub(crate) use {class, method};
