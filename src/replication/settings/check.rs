//! What differs, and what is allowed.

use std::collections::BTreeMap;

use crate::{
    cim::{
        Error as CimError, Instance, Value,
        typed::{Class, Rest},
    },
    error::{Error, ErrorKind, Result},
};

/// A property that differs from what the host has.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Change {
    /// The property.
    pub property: String,
    /// What the host has.
    #[cfg_attr(feature = "serde", serde(serialize_with = "text"))]
    pub old: Value,
    /// What it would get; NULL is left out when it is sent.
    #[cfg_attr(feature = "serde", serde(serialize_with = "text"))]
    pub new: Value,
}

/// The text of a value, and null for NULL.
#[cfg(feature = "serde")]
fn text<S: serde::Serializer>(
    value: &Value,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    match value {
        Value::Null => serializer.serialize_none(),
        value => serializer.collect_str(value),
    }
}

pub(super) fn changes<T: Class>(read: &T, now: &T) -> Result<Vec<Change>> {
    Ok(differences(&read.to_instance()?, &now.to_instance()?))
}

fn differences(read: &Instance, now: &Instance) -> Vec<Change> {
    let (old, new) = (by_name(read), by_name(now));
    let value = |of: &BTreeMap<String, &Value>, name: &str| {
        of.get(&name.to_ascii_lowercase()).map_or(Value::Null, |value| (*value).clone())
    };
    let is_gone = |(name, _): &&(String, Value)| !new.contains_key(&name.to_ascii_lowercase());
    now.properties
        .iter()
        .chain(read.properties.iter().filter(is_gone))
        .map(|(name, _)| Change {
            property: name.clone(),
            old: value(&old, name),
            new: value(&new, name),
        })
        .filter(|change| change.old != change.new)
        .collect()
}

/// The values by the names in lower case. A host may send very many, too many to look at all for each.
fn by_name(instance: &Instance) -> BTreeMap<String, &Value> {
    let values = instance.properties.iter();
    values.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
}

/// A check of settings, which collects what is wrong.
pub(super) struct Check {
    what: &'static str,
    /// The properties that are the caller's; nothing where all are.
    changed: Option<Vec<String>>,
    problems: Vec<String>,
}

impl Check {
    pub(super) fn new<T: Class>(what: &'static str, read: &T, now: &T, rest: &Rest) -> Self {
        let mut check = Self { what, changed: None, problems: Vec::new() };
        // What cannot be written is judged by the rules, which know better what is allowed.
        let (Ok(read), Ok(now)) = (read.to_instance(), now.to_instance()) else { return check };
        let known = by_name(&now);
        for error in &rest.invalid {
            if let CimError::Member { name, source } = error
                && !known.contains_key(&name.to_ascii_lowercase())
            {
                check.problems.push(format!(
                    "the host's {name} cannot be read ({source}) and would be lost: set it"
                ));
            }
        }
        if rest.uri.is_some() {
            let changed = differences(&read, &now).into_iter().map(|change| change.property);
            check.changed = Some(changed.collect());
        }
        check
    }

    /// What has to hold, whoever set it.
    pub(super) fn demand(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.problems.push(problem());
        }
    }

    /// What has to hold if the caller changed one of the properties.
    pub(super) fn rule(
        &mut self,
        properties: &[&str],
        holds: bool,
        problem: impl FnOnce() -> String,
    ) {
        let is_own = self.changed.as_ref().is_none_or(|changed| {
            properties.iter().any(|name| changed.iter().any(|own| own.eq_ignore_ascii_case(name)))
        });
        self.demand(holds || !is_own, problem);
    }

    /// # Errors
    /// Kind `Usage`, with all that is wrong.
    pub(super) fn finish(self) -> Result<()> {
        if self.problems.is_empty() {
            return Ok(());
        }
        let message = format!("the {} cannot be sent: {}", self.what, self.problems.join("; "));
        Err(Error::new(ErrorKind::Usage, message))
    }
}
