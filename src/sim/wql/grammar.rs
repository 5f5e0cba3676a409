//! The productions of the grammar. Each also takes the white space that follows.

use winnow::ascii::{digit1, multispace0};
use winnow::combinator::{
    alt, cut_err, delimited, fail, not, opt, preceded, repeat, separated, terminated,
};
use winnow::error::ContextError;
use winnow::token::{any, none_of, one_of, take_while};
use winnow::{ModalParser, ModalResult, Parser as _};

use super::{Condition, Error, Literal, Operator, Parsed, Restrict, Select};
use crate::{
    cim::{ObjectPath, Reference},
    wsman::Association,
};

/// The longest query, in bytes.
const LENGTH: usize = 16_384;
/// The most parentheses and NOTs inside each other; what is deeper is taken for a syntax error.
const DEPTH: usize = 32;

pub(super) fn query(text: &str) -> Result<Parsed, Error> {
    if text.len() > LENGTH {
        return Err(Error::Limit { what: "bytes", limit: LENGTH });
    }
    let mut rest = text;
    let mut query = preceded(multispace0, alt((select.map(Parsed::Select), associations)));
    match query.parse_next(&mut rest) {
        Ok(query) if rest.is_empty() => Ok(query),
        _ => Err(Error::Syntax(rest.chars().take(40).collect())),
    }
}

fn select(input: &mut &str) -> ModalResult<Select> {
    keyword("SELECT").parse_next(input)?;
    let names = separated(1.., name.map(str::to_owned), symbol(","));
    let projection = alt((symbol("*").value(None), names.map(Some))).parse_next(input)?;
    keyword("FROM").parse_next(input)?;
    let class = name.parse_next(input)?.to_owned();
    let condition = opt(preceded(keyword("WHERE"), cut_err(or(0)))).parse_next(input)?;
    Ok(Select { class, projection, condition })
}

fn associations(input: &mut &str) -> ModalResult<Parsed> {
    const ALONG: &[(&str, Restrict)] = &[
        ("AssocClass", Association::association_class),
        ("Role", Association::role),
        ("ResultClass", Association::result_class),
        ("ResultRole", Association::result_role),
    ];
    const TIED: &[(&str, Restrict)] =
        &[("Role", Association::role), ("ResultClass", Association::result_class)];
    let references = alt((keyword("ASSOCIATORS").value(false), keyword("REFERENCES").value(true)))
        .parse_next(input)?;
    let (begin, known): (fn(Reference) -> Association, _) = if references {
        (Association::references, TIED)
    } else {
        (Association::associators, ALONG)
    };
    keyword("OF").parse_next(input)?;
    let path = delimited(symbol("{"), path, symbol("}")).parse_next(input)?;
    let restriction = |input: &mut &str| -> ModalResult<(Restrict, String)> {
        let find = |word: &str| known.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        let (_, add) = word.verify_map(find).parse_next(input)?;
        let name = preceded(symbol("="), name).parse_next(input)?;
        Ok((*add, name.to_owned()))
    };
    let restrictions =
        opt(preceded(keyword("WHERE"), cut_err(repeat(1.., restriction)))).parse_next(input)?;
    Ok(Parsed::Associations { path, begin, restrictions: restrictions.unwrap_or_default() })
}

/// An object path up to the brace that ends it, which is none within quotes.
fn path(input: &mut &str) -> ModalResult<ObjectPath> {
    let value = |quote| {
        let character = alt((('\\', any).void(), none_of(move |c| c == quote || c == '\\').void()));
        delimited(quote, repeat::<_, _, (), _, _>(0.., character), quote).void()
    };
    let other = none_of(['}', '"', '\'']).void();
    repeat::<_, _, (), _, _>(1.., alt((value('"'), value('\''), other)))
        .take()
        .verify_map(|text: &str| text.trim().parse().ok())
        .parse_next(input)
}

fn or<'a>(depth: usize) -> impl ModalParser<&'a str, Condition, ContextError> {
    separated(1.., and(depth), keyword("OR")).map(|of| join(of, Condition::Or))
}

fn and<'a>(depth: usize) -> impl ModalParser<&'a str, Condition, ContextError> {
    separated(1.., move |input: &mut &'a str| unary(input, depth), keyword("AND"))
        .map(|of| join(of, Condition::And))
}

fn join(mut of: Vec<Condition>, with: fn(Vec<Condition>) -> Condition) -> Condition {
    match of.pop() {
        Some(only) if of.is_empty() => only,
        last => {
            of.extend(last);
            with(of)
        }
    }
}

fn unary(input: &mut &str, depth: usize) -> ModalResult<Condition> {
    if depth > DEPTH {
        return cut_err(fail).parse_next(input);
    }
    if opt(keyword("NOT")).parse_next(input)?.is_some() {
        return Ok(Condition::Not(Box::new(unary(input, depth + 1)?)));
    }
    if opt(symbol("(")).parse_next(input)?.is_some() {
        let inner = or(depth + 1).parse_next(input)?;
        return symbol(")").value(inner).parse_next(input);
    }
    condition.parse_next(input)
}

fn condition(input: &mut &str) -> ModalResult<Condition> {
    if let Some(literal) = opt(literal).parse_next(input)? {
        let operator = operator.parse_next(input)?.turned();
        let property = name.parse_next(input)?.to_owned();
        return Ok(Condition::Compare { property, operator, literal });
    }
    let property = name.parse_next(input)?.to_owned();
    if opt(keyword("LIKE")).parse_next(input)?.is_some() {
        return Ok(Condition::Like { property, pattern: string.parse_next(input)? });
    }
    if opt(keyword("ISA")).parse_next(input)?.is_some() {
        if !property.eq_ignore_ascii_case("__this") {
            return cut_err(fail).parse_next(input);
        }
        return Ok(Condition::IsA(string.parse_next(input)?));
    }
    if opt(keyword("IS")).parse_next(input)?.is_some() {
        let negated = opt(keyword("NOT")).parse_next(input)?.is_some();
        keyword("NULL").parse_next(input)?;
        let is_null = Condition::IsNull(property);
        return Ok(if negated { Condition::Not(Box::new(is_null)) } else { is_null });
    }
    let operator = operator.parse_next(input)?;
    Ok(Condition::Compare { property, operator, literal: literal.parse_next(input)? })
}

fn operator(input: &mut &str) -> ModalResult<Operator> {
    alt((
        symbol("<>").value(Operator::NotEqual),
        symbol("!=").value(Operator::NotEqual),
        symbol("<=").value(Operator::LessOrEqual),
        symbol(">=").value(Operator::GreaterOrEqual),
        symbol("<").value(Operator::Less),
        symbol(">").value(Operator::Greater),
        symbol("=").value(Operator::Equal),
    ))
    .parse_next(input)
}

fn literal(input: &mut &str) -> ModalResult<Literal> {
    alt((
        string.map(Literal::String),
        number,
        keyword("TRUE").value(Literal::Boolean(true)),
        keyword("FALSE").value(Literal::Boolean(false)),
    ))
    .parse_next(input)
}

fn string(input: &mut &str) -> ModalResult<String> {
    alt((quoted('\''), quoted('"'))).parse_next(input)
}

fn quoted<'a>(quote: char) -> impl ModalParser<&'a str, String, ContextError> {
    let escaped = preceded('\\', cut_err(one_of(['\\', '\'', '"'])));
    let character = alt((escaped, none_of(move |c| c == quote || c == '\\')));
    terminated(delimited(quote, repeat(0.., character), cut_err(quote)), multispace0)
}

fn number(input: &mut &str) -> ModalResult<Literal> {
    let exponent = (one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1);
    let parts = (opt(one_of(['+', '-'])), digit1, opt(('.', digit1)), opt(exponent));
    terminated(parts.take(), (not(one_of(is_name)), multispace0))
        .verify_map(|text: &str| match text.parse() {
            Ok(integer) => Some(Literal::Integer(integer)),
            Err(_) => text.parse().ok().map(Literal::Real),
        })
        .parse_next(input)
}

fn keyword<'a>(keyword: &'static str) -> impl ModalParser<&'a str, (), ContextError> {
    word.verify(move |word: &str| word.eq_ignore_ascii_case(keyword)).void()
}

/// The name of a class or property: a word that is no keyword.
fn name<'a>(input: &mut &'a str) -> ModalResult<&'a str> {
    const KEYWORDS: [&str; 12] = [
        "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "LIKE", "IS", "ISA", "NULL", "TRUE", "FALSE",
    ];
    word.verify(|word: &str| !KEYWORDS.iter().any(|known| known.eq_ignore_ascii_case(word)))
        .parse_next(input)
}

fn word<'a>(input: &mut &'a str) -> ModalResult<&'a str> {
    let first = one_of(|c: char| is_name(c) && !c.is_ascii_digit());
    terminated((first, take_while(0.., is_name)).take(), multispace0).parse_next(input)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn symbol<'a>(symbol: &'static str) -> impl ModalParser<&'a str, (), ContextError> {
    terminated(symbol, multispace0).void()
}

impl Operator {
    /// The operator that says the same when the sides are exchanged.
    const fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Equal | Self::NotEqual => self,
        }
    }
}
