//! The parameters of a method as they are typed: `NAME=VALUE`, or `NAME:TYPE=VALUE`.

use std::{fs, io::Read as _, str::FromStr};

use super::{failure::Failure, slip::did_you_mean};
use crate::{
    cim::{
        Error, ObjectPath, Reference, Value,
        class::{Class, Method, Parameter, Type},
    },
    client::Invocation,
    mof,
};

/// How many bytes of a file are read: what is larger does not fit into the largest envelope.
const LARGEST: u64 = 4 << 20;

/// A parameter, or one element of an array.
#[derive(Clone, Debug)]
pub(super) struct Given {
    name: String,
    ty: Option<Type>,
    array: bool,
    text: String,
}

impl FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (left, text) = text
            .split_once('=')
            .ok_or("it has to be NAME=VALUE, or NAME:TYPE=VALUE where no schema has the method")?;
        let (name, ty) = match left.split_once(':') {
            Some((name, ty)) => (name, Some(ty)),
            None => (left, None),
        };
        super::target::class_name(name)?;
        let array = ty.is_some_and(|ty| ty.ends_with("[]"));
        let ty = ty.map(|ty| type_of(ty.trim_end_matches("[]"))).transpose()?;
        Ok(Self { name: name.to_owned(), ty, array, text: text.to_owned() })
    }
}

fn type_of(text: &str) -> Result<Type, String> {
    Ok(match text.to_ascii_lowercase().as_str() {
        "boolean" => Type::Boolean,
        "uint8" => Type::UInt8,
        "sint8" => Type::SInt8,
        "uint16" => Type::UInt16,
        "sint16" => Type::SInt16,
        "uint32" => Type::UInt32,
        "sint32" => Type::SInt32,
        "uint64" => Type::UInt64,
        "sint64" => Type::SInt64,
        "real32" => Type::Real32,
        "real64" => Type::Real64,
        "char16" => Type::Char16,
        "string" => Type::String,
        "datetime" => Type::Datetime,
        "reference" => Type::Reference(String::new()),
        _ => {
            return Err(format!(
                "{text:?} is no type; there are boolean, uint8 to uint64, sint8 to sint64, real32, real64, char16, string, \
                 datetime and reference, each with [] for an array"
            ));
        }
    })
}

/// The values of the parameters of a method: by the schema, in which names are brought to its case, where `method` is
/// known, and as they are typed where it is not, for a reason. References without a namespace are in `namespace`.
pub(super) fn values(
    given: &[Given],
    method: Result<(&Class, &Method), &str>,
    namespace: &str,
) -> Result<Vec<(String, Value)>, Failure> {
    let mut values: Vec<(String, Value)> = Vec::new();
    for first in given {
        let is_first = !values.iter().any(|(known, _)| known.eq_ignore_ascii_case(&first.name));
        if is_first {
            let all: Vec<_> =
                given.iter().filter(|one| one.name.eq_ignore_ascii_case(&first.name)).collect();
            values.push(match method {
                Ok((class, method)) => known(&all, class, method, namespace)?,
                Err(why) => (first.name.clone(), unknown(&all, why, namespace)?),
            });
        }
    }
    if let Ok((class, method)) = method {
        let is_missing = |parameter: &&Parameter| {
            let value = values.iter().find(|(name, _)| *name == parameter.name);
            parameter.is_required() && value.is_none_or(|(_, value)| *value == Value::Null)
        };
        if let Some(missing) = inputs(method).find(is_missing) {
            let message = format!("the parameter {} must not be NULL", missing.name);
            return Err(usage(&message, class, method));
        }
    }
    Ok(values)
}

/// A parameter of a method that the schema has.
fn known(
    all: &[&Given],
    class: &Class,
    method: &Method,
    namespace: &str,
) -> Result<(String, Value), Failure> {
    let name = all.first().map(|first| first.name.as_str()).unwrap_or_default();
    let parameter = inputs(method)
        .find(|parameter| parameter.name.eq_ignore_ascii_case(name))
        .ok_or_else(|| {
            let known: Vec<_> = inputs(method).map(|known| known.name.as_str()).collect();
            let meant = did_you_mean(name, &known);
            usage(&format!("there is no parameter {name}{meant}"), class, method)
        })?;
    let wrong = |what: &str| usage(&format!("{}: {what}", parameter.name), class, method);
    let fits = |one: &&Given| {
        let same_type = one.ty.as_ref().is_none_or(|ty| is_same(ty, &parameter.ty));
        same_type && (parameter.array || !one.array)
    };
    if !all.iter().all(fits) {
        return Err(wrong("it is of another type"));
    }
    if all.len() > 1 && !parameter.array {
        return Err(wrong("it is no array"));
    }
    let value =
        value(all, &parameter.ty, parameter.array, namespace).map_err(|what| wrong(&what))?;
    Ok((parameter.name.clone(), value))
}

/// A parameter of a method that the schema does not have.
fn unknown(all: &[&Given], why: &str, namespace: &str) -> Result<Value, Failure> {
    let usage = |name: &str, what: &str| Failure::usage(format!("the parameter {name}: {what}"));
    let array = all.len() > 1 || all.iter().any(|one| one.array);
    match all {
        [one] if one.is_null() => Ok(Value::Null),
        [first, ..] => {
            // NULL among the elements is of the type of the others.
            let ty = all.iter().find_map(|one| one.ty.as_ref()).ok_or_else(|| {
                let name = &first.name;
                Failure::usage(format!(
                    "{why}: give the parameter {name} its type, as in {name}:uint32=5"
                ))
            })?;
            if !all.iter().all(|one| one.is_null() || one.ty.as_ref() == Some(ty)) {
                return Err(usage(&first.name, "all elements of an array have the same type"));
            }
            value(all, ty, array, namespace).map_err(|what| usage(&first.name, &what))
        }
        [] => Ok(Value::Null),
    }
}

fn value(all: &[&Given], ty: &Type, array: bool, namespace: &str) -> Result<Value, String> {
    match all {
        [one] if one.is_null() => Ok(Value::Null),
        [one] if !array => one.value(ty, namespace),
        several => several
            .iter()
            .map(|one| one.value(ty, namespace))
            .collect::<Result<_, _>>()
            .map(Value::Array),
    }
}

impl Given {
    /// Whether the user says of what type it is.
    pub(super) const fn is_typed(&self) -> bool {
        self.ty.is_some()
    }

    /// Whether it is NULL; with a type, `null` is text as any other.
    fn is_null(&self) -> bool {
        self.ty.is_none() && self.text == "null"
    }

    fn value(&self, ty: &Type, namespace: &str) -> Result<Value, String> {
        if self.is_null() {
            return Ok(Value::Null);
        }
        let text = match self.text.strip_prefix('@') {
            Some(literal) if literal.starts_with('@') => literal.to_owned(),
            Some(path) => read(path)?,
            None => self.text.clone(),
        };
        match ty {
            Type::Reference(class) => reference(&text, class, namespace).map(Value::Reference),
            ty => Value::parse(&text, ty).map_err(|error| error.to_string()),
        }
    }
}

/// The text of a file of at most [`LARGEST`] bytes, without one line end at its end, which editors put there.
fn read(path: &str) -> Result<String, String> {
    let unreadable = |error| format!("the file {path} cannot be read: {error}");
    let file = fs::File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(unreadable)?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > LARGEST {
        return Err(format!("the file {path} is larger than an envelope may be, {LARGEST} bytes"));
    }
    let line = text.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    Ok(line.map_or_else(|| text.clone(), str::to_owned))
}

/// A reference to an instance of a class as a WMI object path, which may leave out host and namespace.
pub(super) fn reference(text: &str, class: &str, namespace: &str) -> Result<Reference, String> {
    let path: ObjectPath = text.parse().map_err(|error: Error| error.to_string())?;
    if path.keys().len() == 0 && !path.is_singleton() {
        return Err(format!("{text:?} names no instance: a reference is CLASS.KEY=\"value\",..."));
    }
    let reference =
        path.to_reference(namespace, mof::schema()).map_err(|error| error.to_string())?;
    let schema = mof::schema();
    if let Some(known) = Invocation::known_class(&reference.uri)
        && schema.find(class).is_some()
        && !schema.is_a(&known.name, class)
        && !schema.is_a(class, &known.name)
    {
        return Err(format!("{} is no {class}", known.name));
    }
    Ok(reference)
}

fn is_same(given: &Type, declared: &Type) -> bool {
    match (given, declared) {
        (Type::Reference(_), Type::Reference(_)) => true,
        (given, declared) => given == declared,
    }
}

fn inputs(method: &Method) -> impl Iterator<Item = &Parameter> {
    method.parameters.iter().filter(|parameter| parameter.is_in())
}

/// A usage error that says what the method takes.
fn usage(message: &str, class: &Class, method: &Method) -> Failure {
    let takes: Vec<_> = inputs(method)
        .map(|parameter| {
            let array = if parameter.array { "[]" } else { "" };
            let required = if parameter.is_required() { ", required" } else { "" };
            format!("{} ({}{array}{required})", parameter.name, parameter.ty)
        })
        .collect();
    let takes = if takes.is_empty() { "nothing".to_owned() } else { takes.join(", ") };
    Failure::usage(format!("{message}; {}.{} takes {takes}", class.name, method.name))
}
