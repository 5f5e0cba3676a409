//! Instances, references and values as JSON and as text for people.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::output::Output as Printer;
use crate::{
    cim::{Error, Instance, ObjectPath, Output, Reference, Selector, Value},
    client::VIRTUALIZATION,
    mof,
    wsman::ResourceUri,
};

/// What an enumeration gives: an instance, a reference, or both.
#[derive(Debug)]
pub(super) enum Row {
    Instance(Instance, Option<Reference>),
    Reference(Reference),
}

/// A value: numbers exact, NULL as null, what JSON has no form for as text.
pub(super) struct JsonValue<'a>(pub(super) &'a Value);

/// An instance: its properties in the order of the wire; what is not a property has a name of the kind that WMI keeps for
/// itself.
struct JsonInstance<'a>(&'a Instance, Option<&'a Reference>);

/// A reference: `{"class", "keys"}`.
struct JsonReference<'a>(&'a Reference);

/// The keys of a reference.
struct JsonKeys<'a>(&'a Reference);

/// What a method returned: `ReturnValue`, and the out parameters.
pub(super) struct JsonOutput<'a>(pub(super) &'a Output);

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (instance, reference) = match self {
            Self::Instance(instance, reference) => (instance, reference),
            Self::Reference(reference) => return JsonReference(reference).serialize(serializer),
        };
        JsonInstance(instance, reference.as_ref()).serialize(serializer)
    }
}

impl Serialize for JsonInstance<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(instance, reference) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("__class", instance.class())?;
        if let Some((name, place)) = elsewhere(&instance.uri) {
            map.serialize_entry(&format!("__{name}"), place)?;
        }
        if let Some(reference) = reference {
            map.serialize_entry("__reference", &JsonReference(reference))?;
        }
        for (name, value) in &instance.properties {
            map.serialize_entry(name, &JsonValue(value))?;
        }
        if !instance.invalid.is_empty() {
            map.serialize_entry("__invalid", &Invalid(&instance.invalid))?;
        }
        map.end()
    }
}

impl Serialize for JsonValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_none(),
            Value::Boolean(value) => value.serialize(serializer),
            Value::UInt8(value) => value.serialize(serializer),
            Value::SInt8(value) => value.serialize(serializer),
            Value::UInt16(value) => value.serialize(serializer),
            Value::SInt16(value) => value.serialize(serializer),
            Value::UInt32(value) => value.serialize(serializer),
            Value::SInt32(value) => value.serialize(serializer),
            Value::UInt64(value) => value.serialize(serializer),
            Value::SInt64(value) => value.serialize(serializer),
            Value::Real32(value) if value.is_finite() => value.serialize(serializer),
            Value::Real64(value) if value.is_finite() => value.serialize(serializer),
            Value::Reference(value) => JsonReference(value).serialize(serializer),
            Value::Instance(value) => JsonInstance(value, None).serialize(serializer),
            Value::Array(values) => serializer.collect_seq(values.iter().map(JsonValue)),
            text @ (Value::Real32(_)
            | Value::Real64(_)
            | Value::Char16(_)
            | Value::String(_)
            | Value::Datetime(_)) => serializer.collect_str(text),
        }
    }
}

impl Serialize for JsonReference<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reference = self.0.normalized();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("class", reference.uri.class())?;
        if let Some((name, place)) = elsewhere(&reference.uri) {
            map.serialize_entry(name, place)?;
        }
        map.serialize_entry("keys", &JsonKeys(&reference))?;
        map.end()
    }
}

impl Serialize for JsonKeys<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0.selectors.iter() {
            match value {
                Selector::Text(text) => map.serialize_entry(name, text)?,
                Selector::Reference(inner) => map.serialize_entry(name, &JsonReference(inner))?,
            }
        }
        map.end()
    }
}

impl Serialize for JsonOutput<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("ReturnValue", &self.0.return_value)?;
        for (name, value) in &self.0.parameters {
            map.serialize_entry(name, &JsonValue(value))?;
        }
        if !self.0.invalid.is_empty() {
            map.serialize_entry("__invalid", &Invalid(&self.0.invalid))?;
        }
        map.end()
    }
}

/// What could not be read, each with the reason.
struct Invalid<'a>(&'a [Error]);

impl Serialize for Invalid<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(invalid))
    }
}

impl Row {
    /// Whether the instance has a property; a reference has none.
    pub(super) fn has(&self, name: &str) -> bool {
        let Self::Instance(instance, _) = self else { return false };
        instance.properties.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// Leaves these properties alone, each once and in this order. One that the instance does not have is NULL.
    pub(super) fn keep(&mut self, names: &[String]) {
        let Self::Instance(instance, _) = self else { return };
        if names.is_empty() {
            return;
        }
        let mut kept: Vec<(String, Value)> = Vec::new();
        for name in names {
            let is_it = |(known, _): &&(String, Value)| known.eq_ignore_ascii_case(name);
            if kept.iter().find(is_it).is_none() {
                let found = instance.properties.iter().find(is_it);
                kept.push(found.cloned().unwrap_or_else(|| (name.clone(), Value::Null)));
            }
        }
        instance.properties = kept;
    }

    /// The instance, where there is no reference beside it.
    pub(super) const fn bare_instance(&self) -> Option<&Instance> {
        match self {
            Self::Instance(instance, None) => Some(instance),
            Self::Instance(_, Some(_)) | Self::Reference(_) => None,
        }
    }

    /// A line for each property, below the class or the reference.
    pub(super) fn block(&self) -> String {
        match self {
            Self::Instance(instance, reference) => {
                let title = match reference {
                    Some(reference) => path(reference),
                    None => instance.class().to_owned(),
                };
                block(title, &instance.properties)
            }
            Self::Reference(reference) => path(reference),
        }
    }
}

/// Tells people of values that were lost because they cannot be read; JSON has them among the others.
pub(super) fn warn(row: &Row, output: &Printer) {
    if let Row::Instance(instance, _) = row {
        warn_of(&instance.invalid, &format!("an instance of {}", instance.class()), output);
    }
}

/// Tells people of values of something that were lost.
pub(super) fn warn_of(lost: &[Error], whose: &str, output: &Printer) {
    for (name, why) in lost.iter().map(invalid) {
        output.step(&format!("warning: {name} of {whose} is lost: {why}"));
    }
}

/// A title, and below it names and values in two columns. A value of several lines keeps to its column.
pub(super) fn block(title: String, values: &[(String, Value)]) -> String {
    let width = values.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    values.iter().fold(title, |text, (name, value)| {
        let value = cell(value).replace('\n', &format!("\n  {:width$}  ", ""));
        format!("{text}\n  {name:width$}  {value}")
    })
}

/// A value for people; NULL as a dash.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Reference(reference) => path(reference),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(", "),
        value => value.to_string(),
    }
}

/// A reference as it may be typed again; one that is not of WMI has no such form.
fn path(reference: &Reference) -> String {
    ObjectPath::of(reference, mof::schema())
        .map_or_else(|_| reference.to_string(), |path| path.to_string())
}

/// Where a class is, unless it is where Hyper-V has its classes.
fn elsewhere(uri: &ResourceUri) -> Option<(&'static str, &str)> {
    match uri.wmi_namespace() {
        Some(namespace) if namespace.eq_ignore_ascii_case(VIRTUALIZATION) => None,
        Some(namespace) => Some(("namespace", namespace)),
        None => Some(("resource_uri", uri.as_str())),
    }
}

/// The name of a property and what is wrong with its value.
fn invalid(error: &Error) -> (String, String) {
    match error {
        Error::Member { name, source } => (name.clone(), chain(source)),
        error => (String::new(), chain(error)),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_that_json_has_no_form_for_are_text_and_the_others_what_they_are() {
        let inner = Reference::new(ResourceUri::wmi("root/cimv2", "Win32_Service"));
        let mut outer = Reference::new(ResourceUri::wmi(VIRTUALIZATION, "Msvm_Any"));
        outer.selectors.insert("Part", Selector::Reference(inner.selector("Name", "a")));
        let part =
            json!({ "class": "Win32_Service", "namespace": "root/cimv2", "keys": { "Name": "a" } });
        let shell = Reference::new(ResourceUri::new("http://x/shell")).selector("Id", "1");
        for (value, expected) in [
            (Value::Null, json!(null)),
            (Value::Boolean(true), json!(true)),
            (Value::UInt64(u64::MAX), json!(u64::MAX)),
            (Value::SInt64(i64::MIN), json!(i64::MIN)),
            (Value::SInt8(-1), json!(-1)),
            (Value::Real64(0.5), json!(0.5)),
            (Value::Real32(f32::NAN), json!("NaN")),
            (Value::Real64(f64::NEG_INFINITY), json!("-INF")),
            (Value::Char16('ü'), json!("ü")),
            (Value::String(String::new()), json!("")),
            (Value::Array(vec![Value::UInt8(1), Value::Null]), json!([1, null])),
            (Value::Array(Vec::new()), json!([])),
            (Value::Reference(outer), json!({ "class": "Msvm_Any", "keys": { "Part": part } })),
            (
                Value::Reference(shell),
                json!({ "class": "shell", "resource_uri": "http://x/shell", "keys": { "Id": "1" } }),
            ),
        ] {
            assert_eq!(serde_json::to_value(JsonValue(&value)).ok(), Some(expected));
        }
    }

    #[test]
    fn a_value_of_several_lines_keeps_to_its_column() {
        let values =
            [("Long".to_owned(), Value::String("a\nb".to_owned())), ("N".to_owned(), Value::Null)];
        assert_eq!(block("T".to_owned(), &values), "T\n  Long  a\n        b\n  N     -");
    }
}
