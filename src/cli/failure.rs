//! What makes a command end badly.

use std::io;

use serde::Serialize;

use super::{exit_code::Exit, hint::hint};
use crate::{
    client::Client,
    doctor::Finding,
    error::{Context, Error, ErrorKind, FailedJob},
    recording,
    replication::ReturnCode,
};

/// A command that did not do what was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// The library's error, what it does not say itself of where it happened, and what to do next where the command
    /// knows better.
    Library(Box<Error>, Context, Option<&'static str>),
    /// A method of any class returned a number that means failure.
    Returned {
        /// What it returned.
        message: String,
        /// The number.
        value: u32,
        /// What the number means to Hyper-V, if the class is one of its own.
        code: Option<ReturnCode>,
        /// Which method, and where.
        context: Context,
    },
    /// The options do not fit together, or a file cannot be read.
    Usage(String),
    /// There is no such thing, and what to do about it.
    NotFound {
        /// What there is not.
        message: String,
        /// What to do next.
        hint: String,
        /// Where it was looked for.
        host: String,
    },
    /// An examination found an error.
    Found {
        /// What the error would do to a call.
        kind: ErrorKind,
        /// What was found.
        message: String,
        /// Which host was examined.
        host: String,
    },
    /// A code of which nothing is known.
    UnknownCode(String),
    /// The output cannot be written: that of a method, if there is its return value, which means success.
    Output(io::Error, Option<u32>),
    /// The user pressed Ctrl-C.
    Interrupted,
}

/// A failure as JSON, one object on stderr.
#[derive(Serialize)]
pub(super) struct Description {
    kind: String,
    #[serde(flatten)]
    context: Context,
    message: String,
    fault_code: Option<u32>,
    return_value: Option<u32>,
    job: Option<FailedJob>,
    outcome_unknown: bool,
    hint: Option<String>,
}

impl Failure {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// An error about what came of an operation.
    pub(super) fn of(client: &Client, operation: &'static str, error: Error) -> Self {
        let host = Some(client.endpoint().to_string());
        let context = Context { host, operation: Some(operation), ..Context::default() };
        Self::Library(Box::new(error), context, None)
    }

    /// Says what to do next about an error of the library, where the command knows better than the error.
    pub(super) fn hinted(self, hint: impl FnOnce(&Error) -> Option<&'static str>) -> Self {
        match self {
            Self::Library(error, context, old) => {
                let hint = hint(&error).or(old);
                Self::Library(error, context, hint)
            }
            other => other,
        }
    }

    /// The first error of an examination.
    pub(super) fn found(host: &str, finding: &Finding) -> Self {
        Self::Found {
            kind: finding.kind.unwrap_or(ErrorKind::Protocol),
            message: format!("the examination found an error: {}", finding.name),
            host: host.to_owned(),
        }
    }

    /// Keeps the return value of the method whose output cannot be written.
    pub(super) fn after(self, return_value: u32) -> Self {
        match self {
            Self::Output(error, _) => Self::Output(error, Some(return_value)),
            other => other,
        }
    }

    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Library(error, ..) => Exit::from(&**error),
            Self::Returned { code, .. } => match code {
                Some(code) if code.outcome_unknown() => Exit::Unknown,
                _ => Exit::Refused,
            },
            Self::Found { kind, .. } => Exit::from(*kind),
            Self::Usage(_) => Exit::Usage,
            Self::NotFound { .. } | Self::UnknownCode(_) => Exit::NotFound,
            Self::Output(error, _) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Self::Output(..) => Exit::Usage,
            Self::Interrupted => Exit::Interrupted,
        }
    }

    /// What went wrong, level by level.
    pub(super) fn chain(&self) -> Vec<String> {
        match self {
            Self::Library(error, ..) => {
                let mut levels = Vec::new();
                let mut next: Option<&dyn std::error::Error> = Some(&**error);
                while let Some(error) = next {
                    let level = error.to_string();
                    // A level that only passes on the next one says nothing new.
                    if levels.last() != Some(&level) {
                        levels.push(level);
                    }
                    next = error.source();
                }
                levels
            }
            Self::Usage(message)
            | Self::NotFound { message, .. }
            | Self::Found { message, .. }
            | Self::Returned { message, .. } => vec![message.clone()],
            Self::UnknownCode(code) => vec![format!(
                "nothing is known of the code {code:?}, neither in WS-Management, WBEM, Win32 and other HRESULTs nor among the return values of methods and the classes of Hyper-V"
            )],
            Self::Output(error, return_value) => {
                let what = match return_value {
                    Some(value) => format!("the output of a method that returned {value}"),
                    None => "the output".to_owned(),
                };
                vec![format!("{what} cannot be written"), error.to_string()]
            }
            Self::Interrupted => {
                vec!["interrupted; what was begun on the host goes on there".to_owned()]
            }
        }
    }

    /// A description for who typed this command.
    pub(super) fn describe(&self, command: &str) -> Description {
        let mut description = Description {
            kind: "usage".to_owned(),
            context: Context::default(),
            message: self.chain().join(": "),
            fault_code: None,
            return_value: None,
            job: None,
            outcome_unknown: false,
            hint: None,
        };
        match self {
            Self::Library(error, context, better) => {
                description.kind = word(error.kind());
                let known = error.context();
                description.context =
                    if known.host.is_some() { known.clone() } else { context.clone() };
                description.fault_code = error.fault().and_then(|fault| fault.code);
                description.return_value = error.return_value();
                description.job = error.job().cloned();
                description.outcome_unknown = error.outcome_unknown();
                description.hint = better.map(str::to_owned).or_else(|| hint(error));
            }
            Self::Returned { value, code, context, .. } => {
                description.kind = "return_value".to_owned();
                description.context = context.clone();
                description.return_value = Some(*value);
                description.outcome_unknown = code.is_some_and(ReturnCode::outcome_unknown);
                description.hint = code.map(|code| code.next_step().to_owned());
            }
            Self::NotFound { hint, host, .. } => {
                description.kind = "not_found".to_owned();
                description.context.host = Some(host.clone());
                description.context.operation = Some("Enumerate");
                description.hint = Some(hint.clone());
            }
            Self::Found { kind, host, .. } => {
                description.kind = word(*kind);
                description.context.host = Some(host.clone());
                description.context.operation = Some("Examine");
            }
            Self::UnknownCode(_) => {
                description.kind = "not_found".to_owned();
                description.hint = Some("A code is a number, such as 2150858843, 0x8033805B or -2144108453, or a name, such as ERROR_WSMAN_UNEXPECTED_SELECTORS; a class, such as Msvm_ComputerSystem. A Windows host may know others: winrm helpmsg NUMBER there.".to_owned());
            }
            Self::Usage(_) => {
                description.hint = Some(format!("See hvr {command} --help."));
            }
            Self::Output(_, return_value) => {
                description.kind = "output".to_owned();
                description.return_value = *return_value;
            }
            Self::Interrupted => description.kind = "interrupted".to_owned(),
        }
        description
    }
}

/// A kind as JSON has it.
fn word(kind: ErrorKind) -> String {
    let value = serde_json::to_value(kind).ok();
    value.and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default()
}

impl Description {
    pub(super) fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    pub(super) const fn context(&self) -> &Context {
        &self.context
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(Box::new(error), Context::default(), None)
    }
}

impl From<recording::Error> for Failure {
    fn from(error: recording::Error) -> Self {
        let reason = std::error::Error::source(&error).map(|source| format!(": {source}"));
        Self::usage(format!("{error}{}", reason.unwrap_or_default()))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error, None)
    }
}
