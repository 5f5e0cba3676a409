//! Exit codes: part of the interface, documented in the README.

use std::process::ExitCode;

use crate::error::{Error, ErrorKind};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done, warnings included.
    Done,
    /// The host said no: a fault, a return value, a failed or cancelled job.
    Refused,
    /// Usage or configuration.
    Usage,
    /// No connection, no TLS, or an answer that is no WS-Management.
    Connection,
    /// Authentication.
    Authentication,
    /// Timed out, or the outcome is unknown.
    Unknown,
    /// No such virtual machine, job or code, or an ambiguous name.
    NotFound,
    /// Interrupted.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::Usage => 2,
            Exit::Connection => 3,
            Exit::Authentication => 4,
            Exit::Unknown => 5,
            Exit::NotFound => 7,
            Exit::Interrupted => 130,
        })
    }
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Self {
        if error.outcome_unknown() { Self::Unknown } else { Self::from(error.kind()) }
    }
}

impl From<ErrorKind> for Exit {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Usage => Self::Usage,
            ErrorKind::Connect | ErrorKind::Tls | ErrorKind::Protocol => Self::Connection,
            ErrorKind::Authentication => Self::Authentication,
            ErrorKind::Timeout => Self::Unknown,
            ErrorKind::Ambiguous => Self::NotFound,
            ErrorKind::Fault | ErrorKind::ReturnValue | ErrorKind::Job | ErrorKind::Refused => {
                Self::Refused
            }
        }
    }
}
