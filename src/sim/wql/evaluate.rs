//! What a query says of a class and of an instance.

use std::cmp::Ordering;

use super::{Condition, Error, Literal, Operator, Select};
use crate::cim::{
    Datetime, Value,
    class::{Property, Schema, Type},
};

impl Select {
    /// Whether an instance of this class, which is the query's or a subclass, is among those that the query wants.
    /// `value` gives the values of properties, by their names in the schema.
    pub(in crate::sim) fn selects(
        &self,
        class: &str,
        schema: &Schema,
        value: &dyn Fn(&str) -> Value,
    ) -> bool {
        let of = Candidate { class, schema, value };
        self.condition.as_ref().is_none_or(|condition| of.fulfils(condition))
    }
}

/// An instance that a query may want.
struct Candidate<'a> {
    class: &'a str,
    schema: &'a Schema,
    value: &'a dyn Fn(&str) -> Value,
}

pub(super) fn find_property<'a>(
    class: &str,
    name: &str,
    schema: &'a Schema,
) -> Result<&'a Property, Error> {
    schema
        .find_property(class, name)
        .ok_or_else(|| Error::Property { class: class.to_owned(), property: name.to_owned() })
}

/// Whether the class has what the condition speaks of, and in types that can be compared. Writes the names of
/// properties as the class has them.
pub(super) fn check(condition: &mut Condition, class: &str, schema: &Schema) -> Result<(), Error> {
    match condition {
        Condition::Or(of) | Condition::And(of) => {
            of.iter_mut().try_for_each(|condition| check(condition, class, schema))
        }
        Condition::Not(condition) => check(condition, class, schema),
        Condition::IsNull(property) => {
            property.clone_from(&find_property(class, property, schema)?.name);
            Ok(())
        }
        Condition::IsA(class) => {
            schema.find(class).map(drop).ok_or_else(|| Error::Class(class.clone()))
        }
        Condition::Like { property, .. } => {
            let declared = find_property(class, property, schema)?;
            property.clone_from(&declared.name);
            if declared.ty == Type::String && !declared.array {
                Ok(())
            } else {
                Err(Error::Type { property: property.clone(), with: "a pattern".to_owned() })
            }
        }
        Condition::Compare { property, literal: Literal::String(_), .. }
            if property.eq_ignore_ascii_case(CLASS) =>
        {
            CLASS.clone_into(property);
            Ok(())
        }
        Condition::Compare { property, operator, literal } => {
            let declared = find_property(class, property, schema)?;
            property.clone_from(&declared.name);
            let ordered = !matches!(operator, Operator::Equal | Operator::NotEqual);
            let fits = match (&declared.ty, &literal) {
                _ if declared.array => false,
                (Type::Reference(_) | Type::Char16, _) => false,
                (Type::String, literal) => matches!(literal, Literal::String(_)),
                (Type::Boolean, literal) => matches!(literal, Literal::Boolean(_)) && !ordered,
                (Type::Datetime, literal) => datetime(literal).is_some(),
                (_, literal) => number(literal).is_some(),
            };
            if fits {
                Ok(())
            } else {
                Err(Error::Type { property: property.clone(), with: format!("{literal:?}") })
            }
        }
    }
}

/// The system property that has the name of the class.
const CLASS: &str = "__CLASS";

impl Candidate<'_> {
    fn fulfils(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Or(of) => of.iter().any(|condition| self.fulfils(condition)),
            Condition::And(of) => of.iter().all(|condition| self.fulfils(condition)),
            Condition::Not(condition) => !self.fulfils(condition),
            Condition::IsNull(property) => (self.value)(property) == Value::Null,
            Condition::IsA(class) => self.schema.is_a(self.class, class),
            Condition::Like { property, pattern } => {
                (self.value)(property).as_str().is_some_and(|text| like(text, pattern))
            }
            Condition::Compare { property, operator, literal } => {
                let value = match property.as_str() {
                    CLASS => Value::String(self.class.to_owned()),
                    property => (self.value)(property),
                };
                compare(&value, literal).is_some_and(|ordering| match operator {
                    Operator::Equal => ordering.is_eq(),
                    Operator::NotEqual => ordering.is_ne(),
                    Operator::Less => ordering.is_lt(),
                    Operator::LessOrEqual => ordering.is_le(),
                    Operator::Greater => ordering.is_gt(),
                    Operator::GreaterOrEqual => ordering.is_ge(),
                })
            }
        }
    }
}

/// How a value stands to a literal; nothing where the value is NULL.
fn compare(value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::String(text), Literal::String(literal)) => {
            Some(text.to_lowercase().cmp(&literal.to_lowercase()))
        }
        (Value::Boolean(value), Literal::Boolean(literal)) => Some(value.cmp(literal)),
        (Value::Datetime(value), literal) => value.partial_cmp(&datetime(literal)?),
        (Value::Null | Value::Array(_) | Value::Reference(_), _) => None,
        // Integers are compared as such: a real number does not hold all of 64 bits.
        (value, literal) => match (value.to_string().parse::<i128>(), number(literal)?) {
            (Ok(value), Number::Integer(literal)) => Some(value.cmp(&literal)),
            (_, literal) => value.to_string().parse::<f64>().ok()?.partial_cmp(&literal.real()?),
        },
    }
}

enum Number {
    Integer(i128),
    Real(f64),
}

impl Number {
    fn real(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => number.to_string().parse().ok(),
            Self::Real(number) => Some(*number),
        }
    }
}

/// The number of a literal, also of one that is written as a string: WMI takes `JobState = "4"`.
fn number(literal: &Literal) -> Option<Number> {
    match literal {
        Literal::Integer(number) => Some(Number::Integer(*number)),
        Literal::Real(number) => Some(Number::Real(*number)),
        Literal::String(text) => {
            let text = text.trim();
            text.parse().map(Number::Integer).or_else(|_| text.parse().map(Number::Real)).ok()
        }
        Literal::Boolean(_) => None,
    }
}

fn datetime(literal: &Literal) -> Option<Datetime> {
    match literal {
        Literal::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Matches without case. The time grows with the product of the lengths at most: of all that `%` could take, only
/// what the last one takes is ever tried anew.
fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
    let (mut text, mut pattern) = (text.as_str(), pattern.as_str());
    let mut retry: Option<(&str, &str)> = None;
    loop {
        if let Some(after) = pattern.strip_prefix('%') {
            retry = Some((text, after));
            pattern = after;
            continue;
        }
        match step(text, pattern) {
            Some(("", "")) => return true,
            Some(rest) => (text, pattern) = rest,
            None if text.is_empty() && pattern.is_empty() => return true,
            None => {
                let Some((from, after)) = retry else { return false };
                let mut shorter = from.chars();
                if shorter.next().is_none() {
                    return false;
                }
                (text, pattern) = (shorter.as_str(), after);
                retry = Some((text, pattern));
            }
        }
    }
}

/// What remains of both when the first character of the text matches what the pattern begins with.
fn step<'a>(text: &'a str, pattern: &'a str) -> Option<(&'a str, &'a str)> {
    let mut text = text.chars();
    let c = text.next()?;
    let mut rest = pattern.chars();
    let matches = match rest.next()? {
        '_' => true,
        '[' => match rest.as_str().split_once(']') {
            Some((set, after)) => {
                rest = after.chars();
                match set.strip_prefix('^') {
                    Some(set) => !in_set(c, set),
                    None => in_set(c, set),
                }
            }
            None => c == '[',
        },
        literal => c == literal,
    };
    matches.then_some((text.as_str(), rest.as_str()))
}

/// Whether a set such as `a-fx` has the character.
fn in_set(c: char, set: &str) -> bool {
    let mut rest = set.chars();
    while let Some(first) = rest.next() {
        let mut range = rest.clone();
        let last = match (range.next(), range.next()) {
            (Some('-'), Some(last)) => {
                rest = range;
                last
            }
            _ => first,
        };
        if (first..=last).contains(&c) {
            return true;
        }
    }
    false
}
