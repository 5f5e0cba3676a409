//! What differs, and what is allowed.

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
    let value = |of: &Instance, name: &str| of.find(name).cloned().unwrap_or(Value::Null);
    let gone = read.properties.iter().filter(|(name, _)| now.find(name).is_none());
    now.properties
        .iter()
        .chain(gone)
        .map(|(name, _)| Change {
            property: name.clone(),
            old: value(read, name),
            new: value(now, name),
        })
        .filter(|change| change.old != change.new)
        .collect()
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
        for error in &rest.invalid {
            if let CimError::Member { name, source } = error
                && now.find(name).is_none()
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
