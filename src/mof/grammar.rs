//! The productions of [DSP0004] annex A.
//!
//! [DSP0004]: https://www.dmtf.org/standards/cim

use std::collections::BTreeSet;

use winnow::Parser as _;
use winnow::ascii::digit1;
use winnow::combinator::{alt, cut_err, fail, opt, preceded, repeat, terminated};
use winnow::error::{ErrMode, ParserError as _};
use winnow::stream::Location as _;

use super::error::{Error, Failure, Problem};
use super::token::{Input, Parsed, array, blank, keyword, list, name, scalar, string, symbol};
use super::{Document, Flavor, Pragma, QualifierDeclaration, Scope};
use crate::cim::class::{Class, Literal, Method, Parameter, Property, Qualifiers, Type};

pub(super) fn document(text: &str) -> Result<Document, Error> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut input = Input::new(text);
    productions(&mut input).map_err(|error| match error {
        ErrMode::Backtrack(failure) | ErrMode::Cut(failure) => failure.locate(text),
        ErrMode::Incomplete(_) => Failure::from_input(&input).locate(text),
    })
}

fn productions(input: &mut Input<'_>) -> Parsed<Document> {
    let mut document = Document::default();
    blank(input)?;
    while !input.is_empty() {
        if opt(symbol("#")).parse_next(input)?.is_some() {
            document.pragmas.push(pragma(input)?);
            continue;
        }
        let qualifiers = qualifier_list(input)?;
        let start = input.current_token_start();
        if opt(keyword("instance")).parse_next(input)?.is_some() {
            return Err(Failure::fatal(start, Problem::Instance));
        }
        if qualifiers.is_none() && opt(keyword("qualifier")).parse_next(input)?.is_some() {
            document.qualifiers.push(qualifier_declaration(input)?);
            continue;
        }
        let expected = if qualifiers.is_some() {
            "`class`"
        } else {
            "a pragma, a qualifier declaration or a class"
        };
        keyword("class").context(expected).parse_next(input)?;
        document.classes.push(class(input, qualifiers.unwrap_or_default())?);
    }
    Ok(document)
}

fn pragma(input: &mut Input<'_>) -> Parsed<Pragma> {
    keyword("pragma").context("`pragma`").parse_next(input)?;
    let name = name.context("the name of the pragma").parse_next(input)?.to_owned();
    symbol("(").context("`(`").parse_next(input)?;
    let value = string.parse_next(input)?;
    symbol(")").context("`)`").parse_next(input)?;
    Ok(Pragma { name, value })
}

fn qualifier_declaration(input: &mut Input<'_>) -> Parsed<QualifierDeclaration> {
    let name = name.context("the name of the qualifier").parse_next(input)?.to_owned();
    symbol(":").context("`:`").parse_next(input)?;
    let ty = intrinsic_type.context("a data type").parse_next(input)?;
    let (array, default) = (array_size(input)?, default(input)?);
    (symbol(","), keyword("scope"), symbol("(")).context("`, Scope(`").parse_next(input)?;
    let scopes = terminated(list(scope), symbol(")").context("`,` or `)`")).parse_next(input)?;
    let flavors = match opt(symbol(",")).parse_next(input)? {
        None => Vec::new(),
        Some(()) => {
            (keyword("flavor"), symbol("(")).context("`Flavor(`").parse_next(input)?;
            terminated(list(flavor), symbol(")").context("`,` or `)`")).parse_next(input)?
        }
    };
    symbol(";").context("`;`").parse_next(input)?;
    Ok(QualifierDeclaration { name, ty, array, default, scopes, flavors })
}

fn scope(input: &mut Input<'_>) -> Parsed<Scope> {
    let scope = |name: &str| match name.to_ascii_lowercase().as_str() {
        "any" => Some(Scope::Any),
        "association" => Some(Scope::Association),
        "class" => Some(Scope::Class),
        "indication" => Some(Scope::Indication),
        "method" => Some(Scope::Method),
        "parameter" => Some(Scope::Parameter),
        "property" => Some(Scope::Property),
        "qualifier" => Some(Scope::Qualifier),
        "reference" => Some(Scope::Reference),
        "schema" => Some(Scope::Schema),
        _ => None,
    };
    name.verify_map(scope)
        .context("what may bear the qualifier, such as `property`")
        .parse_next(input)
}

fn flavor(input: &mut Input<'_>) -> Parsed<Flavor> {
    let flavor = |name: &str| match name.to_ascii_lowercase().as_str() {
        "disableoverride" => Some(Flavor::DisableOverride),
        "enableoverride" => Some(Flavor::EnableOverride),
        "restricted" => Some(Flavor::Restricted),
        "tosubclass" => Some(Flavor::ToSubclass),
        "translatable" => Some(Flavor::Translatable),
        _ => None,
    };
    name.verify_map(flavor).context("a flavour, such as `ToSubclass`").parse_next(input)
}

/// What follows the keyword `class`.
fn class(input: &mut Input<'_>, qualifiers: Qualifiers) -> Parsed<Class> {
    let class_name = name.context("the name of the class").parse_next(input)?.to_owned();
    let alias = (symbol("$"), name).context("an alias, such as `$Alias`");
    opt(preceded(keyword("as"), cut_err(alias))).parse_next(input)?;
    let superclass = name.context("the name of the superclass").map(str::to_owned);
    let superclass = opt(preceded(symbol(":"), cut_err(superclass))).parse_next(input)?;
    symbol("{").context("`{`").parse_next(input)?;
    let mut class = Class {
        name: class_name,
        superclass,
        properties: Vec::new(),
        methods: Vec::new(),
        qualifiers,
    };
    let (mut properties, mut methods) = (Names::default(), Names::default());
    while opt(symbol("}")).parse_next(input)?.is_none() {
        let qualifiers = qualifier_list(input)?.unwrap_or_default();
        let ty =
            data_type.context("a data type, a class name and `REF`, or `}`").parse_next(input)?;
        let start = input.current_token_start();
        let name = name.context("a name").parse_next(input)?.to_owned();
        let is_reference = matches!(ty, Type::Reference(_));
        if !is_reference && opt(symbol("(")).parse_next(input)?.is_some() {
            methods.add(&name, start)?;
            let parameters = parameters(input)?;
            symbol(";").context("`;`").parse_next(input)?;
            class.methods.push(Method { name, returns: ty, parameters, qualifiers });
        } else {
            properties.add(&name, start)?;
            let array = !is_reference && array_size(input)?;
            let default = default(input)?;
            symbol(";").context("`;`").parse_next(input)?;
            class.properties.push(Property { name, ty, array, default, qualifiers });
        }
    }
    symbol(";").context("`;` after the class").parse_next(input)?;
    Ok(class)
}

/// What follows the `(` of a method.
fn parameters(input: &mut Input<'_>) -> Parsed<Vec<Parameter>> {
    let mut names = Names::default();
    let parameter = |input: &mut Input<'_>| {
        let qualifiers = qualifier_list(input)?.unwrap_or_default();
        let ty = data_type.context("a data type, or a class name and `REF`").parse_next(input)?;
        let start = input.current_token_start();
        let name = name.context("the name of the parameter").parse_next(input)?.to_owned();
        names.add(&name, start)?;
        Ok(Parameter { name, ty, array: array_size(input)?, qualifiers })
    };
    let none = symbol(")").value(Vec::new());
    alt((none, terminated(list(parameter), symbol(")").context("`,` or `)`")))).parse_next(input)
}

fn qualifier_list(input: &mut Input<'_>) -> Parsed<Option<Qualifiers>> {
    let mut qualifiers = Qualifiers::default();
    let qualifier = |input: &mut Input<'_>| {
        let start = input.current_token_start();
        let name = name.context("the name of a qualifier").parse_next(input)?;
        let value =
            opt(alt((array, parenthesized))).parse_next(input)?.unwrap_or(Literal::Boolean(true));
        let flavors = repeat::<_, _, (), _, _>(1.., name_of_flavor);
        opt(preceded(symbol(":"), cut_err(flavors))).parse_next(input)?;
        match qualifiers.insert(name, value) {
            None => Ok(()),
            Some(_) => Err(Failure::fatal(start, Problem::Duplicate { name: name.to_owned() })),
        }
    };
    let end = symbol("]").context("`,` or `]`");
    let list =
        opt(preceded(symbol("["), cut_err(terminated(list(qualifier), end)))).parse_next(input)?;
    Ok(list.map(|_| qualifiers))
}

fn parenthesized(input: &mut Input<'_>) -> Parsed<Literal> {
    preceded(symbol("("), cut_err(terminated(scalar, symbol(")").context("`)`")))).parse_next(input)
}

/// Any word: besides the flavours of the annex, Microsoft's MOF has `Amended` and others.
fn name_of_flavor(input: &mut Input<'_>) -> Parsed<()> {
    name.context("a flavour").void().parse_next(input)
}

/// An intrinsic type, or the name of a class and `REF`.
fn data_type(input: &mut Input<'_>) -> Parsed<Type> {
    let reference = terminated(name, keyword("ref")).map(|class| Type::Reference(class.to_owned()));
    // `fail` comes last so that the error points at the type and not behind it.
    alt((intrinsic_type, reference, fail)).parse_next(input)
}

fn intrinsic_type(input: &mut Input<'_>) -> Parsed<Type> {
    name.verify_map(Type::from_keyword).parse_next(input)
}

/// Whether `[]` or `[3]` follows.
fn array_size(input: &mut Input<'_>) -> Parsed<bool> {
    let size = (opt(terminated(digit1, blank)), symbol("]").context("`]`"));
    Ok(opt(preceded(symbol("["), cut_err(size))).parse_next(input)?.is_some())
}

fn default(input: &mut Input<'_>) -> Parsed<Option<Literal>> {
    opt(preceded(symbol("="), cut_err(alt((array, scalar))))).parse_next(input)
}

/// Names of which none, in any case, may come twice.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn add(&mut self, name: &str, offset: usize) -> Parsed<()> {
        if self.0.insert(name.to_ascii_lowercase()) {
            return Ok(());
        }
        Err(Failure::fatal(offset, Problem::Duplicate { name: name.to_owned() }))
    }
}
