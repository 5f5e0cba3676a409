use winnow::error::{AddContext, ErrMode, ParserError};
use winnow::stream::{Location as _, Stream};

use super::token::{Input, is_name};

/// A MOF text that is not what it should be; the fault is in the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("MOF line {line}, column {column}: {problem}")]
#[non_exhaustive]
pub struct Error {
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a MOF text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The grammar demands something else.
    #[error("expected {expected}, found {found}")]
    Syntax {
        /// What the grammar demands.
        expected: &'static str,
        /// The beginning of what stands there, quoted, or `the end of the text`.
        found: String,
    },
    /// A name is used twice where it may be used once.
    #[error("{name} is given twice")]
    Duplicate {
        /// The name as it stands the second time.
        name: String,
    },
    /// An integer that neither `sint64` nor `uint64` holds, or a real number beyond `real64`.
    #[error("the number does not fit into 64 bits")]
    OutOfRange,
    /// An instance declaration.
    #[error("instance declarations are not supported, only classes and qualifiers are")]
    Instance,
}

/// An error as the parsers pass it on.
#[derive(Debug)]
pub(super) struct Failure {
    offset: usize,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    /// What was expected; empty until the first parser that has a name for it adds that.
    Expected(&'static str),
    Other(Problem),
}

impl Failure {
    /// An error that ends the parse: the text is within the grammar and still wrong.
    pub(super) fn fatal(offset: usize, problem: Problem) -> ErrMode<Self> {
        ErrMode::Cut(Self { offset, reason: Reason::Other(problem) })
    }

    pub(super) fn locate(self, text: &str) -> Error {
        let (before, rest) = text.split_at_checked(self.offset).unwrap_or((text, ""));
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
        let problem = match self.reason {
            Reason::Expected(expected) => Problem::Syntax { expected, found: quote(rest) },
            Reason::Other(problem) => problem,
        };
        Error { line, column, problem }
    }
}

/// The name or the one character that `text` begins with.
fn quote(text: &str) -> String {
    const LONGEST: usize = 32;
    let name: String = text.chars().take_while(|&c| is_name(c)).take(LONGEST).collect();
    match text.chars().next() {
        None => "the end of the text".to_owned(),
        Some(first) if name.is_empty() => format!("{:?}", first.to_string()),
        Some(_) => format!("{name:?}"),
    }
}

impl ParserError<Input<'_>> for Failure {
    type Inner = Self;

    fn from_input(input: &Input<'_>) -> Self {
        Self { offset: input.current_token_start(), reason: Reason::Expected("") }
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

impl<'a> AddContext<Input<'a>, &'static str> for Failure {
    fn add_context(
        self,
        _: &Input<'a>,
        _: &<Input<'a> as Stream>::Checkpoint,
        context: &'static str,
    ) -> Self {
        match self.reason {
            Reason::Expected("") => Self { reason: Reason::Expected(context), ..self },
            _ => self,
        }
    }
}
