//! WQL queries, built from parts so that no value can be taken for a part of the query.
//!
//! WQL is WMI's dialect of SQL; see [WQL] for what it can say.
//!
//! [WQL]: https://learn.microsoft.com/windows/win32/wmisdk/wql-sql-for-wmi

use std::fmt;

use super::{Error, identifier};

/// A `SELECT` query on the instances of a class and its subclasses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Select {
    class: String,
    condition: Option<Condition>,
}

/// A condition of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(String);

impl Select {
    /// All instances of a class, subclasses included.
    ///
    /// # Errors
    /// When the class is no name that WQL allows.
    pub fn all_of(class: &str) -> Result<Self, Error> {
        Ok(Self { class: identifier(class)?.to_owned(), condition: None })
    }

    /// The class.
    #[must_use]
    pub fn class(&self) -> &str {
        &self.class
    }

    /// Only those instances for which the condition holds.
    #[must_use]
    pub fn filter(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }
}

/// The query as WMI reads it.
impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SELECT * FROM {}", self.class)?;
        if let Some(Condition(condition)) = &self.condition {
            write!(f, " WHERE {condition}")?;
        }
        Ok(())
    }
}

impl Condition {
    /// The property has this text. WMI compares text without case.
    ///
    /// # Errors
    /// When the property is no name that WQL allows.
    pub fn equals(property: &str, text: &str) -> Result<Self, Error> {
        Ok(Self(format!("{} = {}", identifier(property)?, literal(text))))
    }

    /// Either holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(format!("({}) OR ({})", self.0, other.0))
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(format!("({}) AND ({})", self.0, other.0))
    }
}

/// A string literal: backslash and quote are escaped with a backslash.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}
