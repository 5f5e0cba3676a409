//! WQL queries, built from parts so that no value can be taken for a part of the query.
//!
//! WQL is WMI's dialect of SQL; see [WQL] for what it can say. Names are checked, values are quoted; what XML demands
//! beyond that is done where the query is written into a message.
//!
//! ```
//! use hyperv_replica::cim::wql::{Associators, Condition, Operator, Select};
//!
//! let late = Condition::compare("ReplicationState", Operator::GreaterOrEqual, 8)?
//!     .and(Condition::like("ElementName", "web%")?);
//! let query = Select::all_of("Msvm_ComputerSystem")?.only(&["Name", "ElementName"])?.filter(late);
//! assert_eq!(
//!     query.to_string(),
//!     "SELECT Name, ElementName FROM Msvm_ComputerSystem \
//!      WHERE (ReplicationState >= 8) AND (ElementName LIKE 'web%')"
//! );
//!
//! let disks = Associators::of("Msvm_ComputerSystem.Name='web01'".parse()?).result_class("CIM_DiskDrive")?;
//! assert_eq!(
//!     disks.to_string(),
//!     r#"ASSOCIATORS OF {Msvm_ComputerSystem.Name="web01"} WHERE ResultClass = CIM_DiskDrive"#
//! );
//! # Ok::<(), hyperv_replica::cim::Error>(())
//! ```
//!
//! [WQL]: https://learn.microsoft.com/windows/win32/wmisdk/wql-sql-for-wmi

use std::fmt;

use super::{Datetime, Error, ObjectPath, identifier};

/// A query as text, which was built from parts or came from a user as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    text: String,
    class: Option<String>,
}

/// A `SELECT` query on the instances of a class and its subclasses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Select {
    class: String,
    properties: Vec<String>,
    condition: Option<Condition>,
}

/// An `ASSOCIATORS OF` query: the instances that are associated with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Associators(Traversal);

/// A `REFERENCES OF` query: the associations of one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct References(Traversal);

/// A condition of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(String);

/// How a property stands to a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operator {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A value in a query.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Literal {
    /// `NULL`, of which WMI knows only whether it is equal; see [`Condition::is_null`], too.
    Null,
    /// `TRUE` or `FALSE`.
    Boolean(bool),
    /// An integer of any width.
    Integer(i128),
    /// A string, not escaped.
    String(String),
    /// A datetime; WMI takes it as a string in the form of DSP0004.
    Datetime(Datetime),
}

impl Query {
    /// A query as somebody wrote it. Nothing is checked or quoted: never put a value into it.
    pub fn raw(text: impl Into<String>) -> Self {
        Self { text: text.into(), class: None }
    }

    /// The class that it selects from, or whose instance it begins at; not known of a raw one.
    #[must_use]
    pub fn class(&self) -> Option<&str> {
        self.class.as_deref()
    }

    /// The query as WMI reads it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Select {
    /// All instances of a class, subclasses included.
    ///
    /// # Errors
    /// When the class is no name that WQL allows.
    pub fn all_of(class: &str) -> Result<Self, Error> {
        let class = identifier(class)?.to_owned();
        Ok(Self { class, properties: Vec::new(), condition: None })
    }

    /// The class.
    #[must_use]
    pub fn class(&self) -> &str {
        &self.class
    }

    /// Only these properties; all when there are none. The host then sends fragments, which
    /// [`Instance::decode`](super::Instance::decode) reads.
    ///
    /// # Errors
    /// When one is no name that WQL allows.
    pub fn only(mut self, properties: &[&str]) -> Result<Self, Error> {
        let names = properties.iter().map(|name| identifier(name).map(str::to_owned));
        self.properties = names.collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// Only those instances for which the condition holds.
    #[must_use]
    pub fn filter(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }
}

impl Condition {
    /// The property is equal to the literal. WMI compares text without case.
    ///
    /// # Errors
    /// When the property is no name that WQL allows, or the literal a datetime that has no form of DSP0004.
    pub fn equals(property: &str, literal: impl Into<Literal>) -> Result<Self, Error> {
        Self::compare(property, Operator::Equal, literal)
    }

    /// The property stands in this way to the literal.
    ///
    /// # Errors
    /// As [`equals`](Self::equals).
    pub fn compare(
        property: &str,
        operator: Operator,
        literal: impl Into<Literal>,
    ) -> Result<Self, Error> {
        let operator = match operator {
            Operator::Equal => "=",
            Operator::NotEqual => "<>",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
        };
        let literal = match literal.into() {
            Literal::Null => "NULL".to_owned(),
            Literal::Boolean(true) => "TRUE".to_owned(),
            Literal::Boolean(false) => "FALSE".to_owned(),
            Literal::Integer(number) => number.to_string(),
            Literal::String(text) => quoted(&text),
            Literal::Datetime(datetime) => quoted(&datetime.to_dmtf()?),
        };
        Ok(Self(format!("{} {operator} {literal}", identifier(property)?)))
    }

    /// The text of the property is like the pattern: `%` stands for any text, `_` for one character, `[a-f]` for one of
    /// several. Text that is meant as it is goes through [`escape_pattern`] first.
    ///
    /// # Errors
    /// When the property is no name that WQL allows.
    pub fn like(property: &str, pattern: &str) -> Result<Self, Error> {
        Ok(Self(format!("{} LIKE {}", identifier(property)?, quoted(pattern))))
    }

    /// The object in the property is of the class or derives from it; the property `__this` is the instance itself.
    ///
    /// # Errors
    /// When one of both is no name that WQL allows.
    pub fn is_a(property: &str, class: &str) -> Result<Self, Error> {
        Ok(Self(format!("{} ISA {}", identifier(property)?, quoted(identifier(class)?))))
    }

    /// The property is NULL.
    ///
    /// # Errors
    /// When the property is no name that WQL allows.
    pub fn is_null(property: &str) -> Result<Self, Error> {
        Ok(Self(format!("{} IS NULL", identifier(property)?)))
    }

    /// The property is not NULL.
    ///
    /// # Errors
    /// When the property is no name that WQL allows.
    pub fn is_not_null(property: &str) -> Result<Self, Error> {
        Ok(Self(format!("{} IS NOT NULL", identifier(property)?)))
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

    /// It does not hold.
    #[must_use]
    pub fn negated(self) -> Self {
        Self(format!("NOT ({})", self.0))
    }
}

/// Text as a pattern of [`Condition::like`] that nothing but the text itself is like.
#[must_use]
pub fn escape_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '[') {
            pattern.extend(['[', c, ']']);
        } else {
            pattern.push(c);
        }
    }
    pattern
}

/// The way from an instance, and what is wanted at its end, as keywords and names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Traversal {
    of: ObjectPath,
    conditions: Vec<(&'static str, String)>,
}

impl Traversal {
    const fn of(of: ObjectPath) -> Self {
        Self { of, conditions: Vec::new() }
    }

    fn with(&mut self, keyword: &'static str, name: &str) -> Result<(), Error> {
        self.conditions.retain(|(known, _)| *known != keyword);
        self.conditions.push((keyword, identifier(name)?.to_owned()));
        Ok(())
    }

    /// The conditions have no `AND` between them.
    fn write(&self, f: &mut fmt::Formatter<'_>, verb: &str) -> fmt::Result {
        write!(f, "{verb} OF {{{}}}", self.of)?;
        for (index, (keyword, name)) in self.conditions.iter().enumerate() {
            write!(f, "{} {keyword} = {name}", if index == 0 { " WHERE" } else { "" })?;
        }
        Ok(())
    }
}

impl Associators {
    /// All that is associated with an instance.
    #[must_use]
    pub const fn of(instance: ObjectPath) -> Self {
        Self(Traversal::of(instance))
    }

    /// Only by associations of this class.
    ///
    /// # Errors
    /// When the class is no name that WQL allows.
    pub fn association_class(mut self, class: &str) -> Result<Self, Error> {
        self.0.with("AssocClass", class)?;
        Ok(self)
    }

    /// Only instances of this class.
    ///
    /// # Errors
    /// When the class is no name that WQL allows.
    pub fn result_class(mut self, class: &str) -> Result<Self, Error> {
        self.0.with("ResultClass", class)?;
        Ok(self)
    }

    /// Only where the association refers to the instance by this property.
    ///
    /// # Errors
    /// When the property is no name that WQL allows.
    pub fn role(mut self, property: &str) -> Result<Self, Error> {
        self.0.with("Role", property)?;
        Ok(self)
    }

    /// Only where the association refers to the result by this property.
    ///
    /// # Errors
    /// When the property is no name that WQL allows.
    pub fn result_role(mut self, property: &str) -> Result<Self, Error> {
        self.0.with("ResultRole", property)?;
        Ok(self)
    }
}

impl References {
    /// All associations of an instance.
    #[must_use]
    pub const fn of(instance: ObjectPath) -> Self {
        Self(Traversal::of(instance))
    }

    /// Only associations of this class.
    ///
    /// # Errors
    /// When the class is no name that WQL allows.
    pub fn result_class(mut self, class: &str) -> Result<Self, Error> {
        self.0.with("ResultClass", class)?;
        Ok(self)
    }

    /// Only where the association refers to the instance by this property.
    ///
    /// # Errors
    /// When the property is no name that WQL allows.
    pub fn role(mut self, property: &str) -> Result<Self, Error> {
        self.0.with("Role", property)?;
        Ok(self)
    }
}

/// The query as WMI reads it.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The query as WMI reads it.
impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let properties = self.properties.join(", ");
        let properties = if properties.is_empty() { "*" } else { &properties };
        write!(f, "SELECT {properties} FROM {}", self.class)?;
        if let Some(Condition(condition)) = &self.condition {
            write!(f, " WHERE {condition}")?;
        }
        Ok(())
    }
}

/// The query as WMI reads it.
impl fmt::Display for Associators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, "ASSOCIATORS")
    }
}

/// The query as WMI reads it.
impl fmt::Display for References {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, "REFERENCES")
    }
}

macro_rules! into {
    ($($from:ty => $to:ident, |$value:ident| $made:expr;)*) => {
        $(impl From<$from> for $to {
            fn from($value: $from) -> Self {
                $made
            }
        })*
    };
}

into! {
    &Select => Query, |query| Self { text: query.to_string(), class: Some(query.class.clone()) };
    Select => Query, |query| (&query).into();
    Associators => Query, |query| Self { text: query.to_string(), class: Some(query.0.of.class().to_owned()) };
    References => Query, |query| Self { text: query.to_string(), class: Some(query.0.of.class().to_owned()) };
    &str => Literal, |text| Self::String(text.to_owned());
    &String => Literal, |text| Self::String(text.clone());
    String => Literal, |text| Self::String(text);
    bool => Literal, |value| Self::Boolean(value);
    u64 => Literal, |number| Self::Integer(number.into());
    i64 => Literal, |number| Self::Integer(number.into());
    u32 => Literal, |number| Self::Integer(number.into());
    i32 => Literal, |number| Self::Integer(number.into());
    u16 => Literal, |number| Self::Integer(number.into());
    Datetime => Literal, |datetime| Self::Datetime(datetime);
}

/// A string literal: backslash and quote are escaped with a backslash.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}
