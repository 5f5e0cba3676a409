//! The queries that the simulated host answers: a part of [WQL], the dialect of SQL of WMI.
//!
//! ```text
//! query       = select | associators | references
//! select      = SELECT ( "*" | name { "," name } ) FROM name [ WHERE or ]
//! associators = ASSOCIATORS OF "{" path "}" [ WHERE { along "=" name } ]
//! references  = REFERENCES OF "{" path "}" [ WHERE { tied "=" name } ]
//! along       = AssocClass | Role | ResultClass | ResultRole
//! tied        = Role | ResultClass
//! or          = and { OR and }
//! and         = unary { AND unary }
//! unary       = NOT unary | "(" or ")" | condition
//! condition   = name compare literal | literal compare name
//!             | name LIKE string | name IS [ NOT ] NULL | "__this" ISA string
//! compare     = "=" | "<>" | "!=" | "<" | "<=" | ">" | ">="
//! literal     = string | number | TRUE | FALSE
//! string      = "'" { character } "'" | '"' { character } '"'
//! ```
//!
//! Keywords and names have no case. In a string `\\`, `\'` and `\"` stand for the second character, and no other
//! backslash may be there. `__CLASS`, the name of the class, can be compared with a string. A pattern of LIKE has `%`
//! for any text, `_` for any character, `[a-f]` for one of a set and `[^a-f]` for one outside it. A date is a string in
//! either form of CIM. Strings are compared without case.
//!
//! A path is the object path of an instance; without a namespace it is in that of the query.
//!
//! A property that is NULL fulfils `IS NULL` and no comparison. Anything else is refused, as is a property that the
//! class does not have and a literal that its type cannot be compared with.
//!
//! [WQL]: https://learn.microsoft.com/windows/win32/wmisdk/wql-sql-for-wmi

mod evaluate;
mod grammar;

use crate::{
    cim::{ObjectPath, Reference, class::Schema},
    wsman::Association,
};

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Query {
    /// The instances of a class and its subclasses.
    Select(Select),
    /// What is associated with an instance.
    Associations(Association),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Select {
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
    #[error("the path does not name an instance: {0}")]
    Path(String),
    #[error("the property {property} cannot be compared with {with}")]
    Type { property: String, with: String },
}

impl Query {
    /// Reads a query on a namespace and checks it against the classes.
    pub(super) fn parse(text: &str, namespace: &str, schema: &Schema) -> Result<Self, Error> {
        match grammar::query(text)? {
            Parsed::Select(mut select) => {
                if schema.find(&select.class).is_none() {
                    return Err(Error::Class(select.class));
                }
                for name in select.projection.iter().flatten() {
                    evaluate::find_property(&select.class, name, schema)?;
                }
                if let Some(condition) = &mut select.condition {
                    evaluate::check(condition, &select.class, schema)?;
                }
                Ok(Self::Select(select))
            }
            Parsed::Associations { path, begin, restrictions } => {
                let object = path
                    .to_reference(namespace, schema)
                    .map_err(|error| Error::Path(error.to_string()))?;
                let restrict =
                    |association, (add, name): (Restrict, String)| add(association, name);
                let association = restrictions.into_iter().fold(begin(object), restrict);
                Ok(Self::Associations(association))
            }
        }
    }
}

/// A query as it is written.
enum Parsed {
    Select(Select),
    Associations {
        path: ObjectPath,
        begin: fn(Reference) -> Association,
        restrictions: Vec<(Restrict, String)>,
    },
}

/// Narrows associations by the name of a class or a role.
type Restrict = fn(Association, String) -> Association;
