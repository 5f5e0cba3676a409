//! The queries that the simulated host answers: a part of [WQL], the dialect of SQL of WMI.
//!
//! ```text
//! query      = SELECT ( "*" | name { "," name } ) FROM name [ WHERE or ]
//! or         = and { OR and }
//! and        = unary { AND unary }
//! unary      = NOT unary | "(" or ")" | condition
//! condition  = name compare literal | literal compare name
//!            | name LIKE string | name IS [ NOT ] NULL | "__this" ISA string
//! compare    = "=" | "<>" | "!=" | "<" | "<=" | ">" | ">="
//! literal    = string | number | TRUE | FALSE
//! string     = "'" { character } "'" | '"' { character } '"'
//! ```
//!
//! Keywords and names have no case. In a string `\\`, `\'` and `\"` stand for the second character, and no other
//! backslash may be there. `__CLASS`, the name of the class, can be compared with a string. A pattern of LIKE has `%` for any text, `_` for any character, `[a-f]` for one of a set and
//! `[^a-f]` for one outside it. A date is a string in either form of CIM. Strings are compared without case.
//!
//! A property that is NULL fulfils `IS NULL` and no comparison. Anything else is refused, as is a property that the
//! class does not have and a literal that its type cannot be compared with.
//!
//! [WQL]: https://learn.microsoft.com/windows/win32/wmisdk/wql-sql-for-wmi

mod evaluate;
mod grammar;

use crate::cim::class::Schema;

/// A query on the instances of a class and its subclasses.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    /// The class, as the query has it.
    pub(super) class: String,
    /// The properties that are wanted, as the query has them; `None` for whole instances.
    pub(super) projection: Option<Vec<String>>,
    condition: Option<Condition>,
}

#[derive(Clone, Debug, PartialEq)]
enum Condition {
    /// At least one holds.
    Or(Vec<Self>),
    /// All hold.
    And(Vec<Self>),
    Not(Box<Self>),
    Compare {
        property: String,
        operator: Operator,
        literal: Literal,
    },
    Like {
        property: String,
        pattern: String,
    },
    IsNull(String),
    /// The instance is of this class or a subclass.
    IsA(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    String(String),
    Integer(i128),
    Real(f64),
    Boolean(bool),
}

/// A query that the host does not process; the sender is at fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Error {
    #[error("the query is invalid from {0:?} on")]
    Syntax(String),
    #[error("the query has more than {limit} {what}")]
    Limit { what: &'static str, limit: usize },
    #[error("the class {0} does not exist in the namespace")]
    Class(String),
    #[error("the class {class} has no property {property}")]
    Property { class: String, property: String },
    #[error("the property {property} cannot be compared with {with}")]
    Type { property: String, with: String },
}

impl Query {
    /// Reads a query and checks it against the classes.
    pub(super) fn parse(text: &str, schema: &Schema) -> Result<Self, Error> {
        let mut query = grammar::query(text)?;
        if schema.find(&query.class).is_none() {
            return Err(Error::Class(query.class));
        }
        for name in query.projection.iter().flatten() {
            evaluate::find_property(&query.class, name, schema)?;
        }
        if let Some(condition) = &mut query.condition {
            evaluate::check(condition, &query.class, schema)?;
        }
        Ok(query)
    }
}
