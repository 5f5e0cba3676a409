//! The words of MOF: names, symbols, literals. Each of these parsers also takes the white space and comments that follow.

use std::num::IntErrorKind;

use winnow::ascii::{digit0, digit1, multispace1};
use winnow::combinator::{
    alt, cut_err, delimited, fail, opt, peek, preceded, repeat, separated, terminated,
};
use winnow::error::ErrMode;
use winnow::stream::{LocatingSlice, Location as _};
use winnow::token::{any, none_of, one_of, take_till, take_until, take_while};
use winnow::{ModalParser, Parser as _};

use super::error::{Failure, Problem};
use crate::cim::class::Literal;

pub(super) type Input<'a> = LocatingSlice<&'a str>;
pub(super) type Parsed<T> = Result<T, ErrMode<Failure>>;

/// White space and comments, or nothing.
pub(super) fn blank(input: &mut Input<'_>) -> Parsed<()> {
    let line_comment = ("//", take_till(0.., ['\n', '\r'])).void();
    let end = (take_until(0.., "*/"), "*/").context("a comment that ends with `*/`");
    let block_comment = ("/*", cut_err(end)).void();
    repeat(0.., alt((multispace1.void(), line_comment, block_comment))).parse_next(input)
}

pub(super) fn symbol<'a>(symbol: &'static str) -> impl ModalParser<Input<'a>, (), Failure> {
    terminated(symbol, blank).void()
}

/// A keyword in any case.
pub(super) fn keyword<'a>(keyword: &'static str) -> impl ModalParser<Input<'a>, (), Failure> {
    name.verify(move |name: &str| name.eq_ignore_ascii_case(keyword)).void()
}

pub(super) fn name<'a>(input: &mut Input<'a>) -> Parsed<&'a str> {
    let first = one_of(|c: char| is_name(c) && !c.is_ascii_digit());
    terminated((first, take_while(0.., is_name)).take(), blank).parse_next(input)
}

pub(super) fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || ('\u{80}'..='\u{FFEF}').contains(&c)
}

/// At least one of `item`, separated by commas.
pub(super) fn list<'a, T>(
    item: impl ModalParser<Input<'a>, T, Failure>,
) -> impl ModalParser<Input<'a>, Vec<T>, Failure> {
    separated(1.., cut_err(item), symbol(","))
}

/// `{ value, ... }`; without a value, too, which the annex forbids and MOF in the field has.
pub(super) fn array(input: &mut Input<'_>) -> Parsed<Literal> {
    let empty = symbol("}").value(Vec::new());
    let values = terminated(list(scalar), symbol("}").context("`,` or `}`"));
    preceded(symbol("{"), cut_err(alt((empty, values)))).map(Literal::Array).parse_next(input)
}

/// Any literal but an array.
pub(super) fn scalar(input: &mut Input<'_>) -> Parsed<Literal> {
    match opt(peek(any)).parse_next(input)? {
        Some('"') => string.map(Literal::String).parse_next(input),
        Some('\'') => character.parse_next(input),
        Some('+' | '-' | '.' | '0'..='9') => number.parse_next(input),
        _ => name.verify_map(constant).context("a value").parse_next(input),
    }
}

fn constant(name: &str) -> Option<Literal> {
    match name.to_ascii_lowercase().as_str() {
        "true" => Some(Literal::Boolean(true)),
        "false" => Some(Literal::Boolean(false)),
        "null" => Some(Literal::Null),
        _ => None,
    }
}

/// One or more quoted parts, joined.
pub(super) fn string(input: &mut Input<'_>) -> Parsed<String> {
    let plain = take_while(1.., |c| !matches!(c, '"' | '\\' | '\n' | '\r'));
    let characters = repeat(0.., alt((plain.map(str::to_owned), escape.map(String::from))));
    let part = delimited('"', characters, cut_err('"'.context("`\"` before the end of the line")));
    repeat(1.., terminated(part, blank))
        .fold(String::new, |text, part: String| text + &part)
        .context("a string")
        .parse_next(input)
}

fn character(input: &mut Input<'_>) -> Parsed<Literal> {
    let content = alt((escape, none_of(['\'', '\\', '\n', '\r']))).context("a character");
    let quoted = delimited('\'', cut_err(content), cut_err('\''.context("`'`")));
    terminated(quoted, blank).map(|c| Literal::String(c.to_string())).parse_next(input)
}

fn escape(input: &mut Input<'_>) -> Parsed<char> {
    let code = take_while(1..=4, |c: char| c.is_ascii_hexdigit())
        .verify_map(|digits| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32));
    let escaped = alt((
        'b'.value('\u{8}'),
        't'.value('\t'),
        'n'.value('\n'),
        'f'.value('\u{C}'),
        'r'.value('\r'),
        one_of(['"', '\'', '\\']),
        preceded(one_of(['x', 'X']), code),
        // Last, so that the error points at what follows the `\`.
        fail,
    ));
    let meaning =
        "one of b, t, n, f, r, \", ', \\ or the code of a character, such as x41, after `\\`";
    preceded('\\', cut_err(escaped.context(meaning))).parse_next(input)
}

fn number(input: &mut Input<'_>) -> Parsed<Literal> {
    let start = input.current_token_start();
    let sign = || opt(one_of(['+', '-']));
    let exponent = (one_of(['e', 'E']), sign(), digit1);
    let real = (sign(), digit0, '.', digit1, opt(exponent))
        .take()
        .verify_map(|text: &str| text.parse::<f64>().ok());
    let integer = (sign(), take_while(1.., |c: char| c.is_ascii_alphanumeric())).take();
    let number = alt((real.map(Number::Real), integer.verify_map(integer_of)));
    match terminated(number.context("a number"), blank).parse_next(input)? {
        Number::Real(value) if value.is_finite() => Ok(Literal::Real(value)),
        Number::Integer(value) if (i64::MIN.into()..=u64::MAX.into()).contains(&value) => {
            Ok(Literal::Integer(value))
        }
        _ => Err(Failure::fatal(start, Problem::OutOfRange)),
    }
}

enum Number {
    Real(f64),
    Integer(i128),
    /// Digits that are right, and too many.
    Overlong,
}

/// `-12`, `0x1F`, `017` or `101b`.
fn integer_of(text: &str) -> Option<Number> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, radix) =
        if let Some(digits) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
            (digits, 16)
        } else if let Some(digits) = unsigned.strip_suffix(['b', 'B']) {
            (digits, 2)
        } else if unsigned.len() > 1 && unsigned.starts_with('0') {
            (unsigned, 8)
        } else {
            (unsigned, 10)
        };
    match i128::from_str_radix(digits, radix) {
        Ok(value) => Some(Number::Integer(if negative { -value } else { value })),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Some(Number::Overlong),
        Err(_) => None,
    }
}
