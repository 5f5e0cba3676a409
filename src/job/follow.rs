//! What a job makes, and what tells how it ended.

use std::{fmt, future::Future, pin::Pin};

use super::{Job, JobStatus};
use crate::{error::Result, msvm::MsvmError};

/// A future that a trait object can give.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How the verb that began a job reads what came of it.
pub trait Follow<T>: fmt::Debug + Send + Sync {
    /// What the job made. It has ended well.
    ///
    /// # Errors
    /// When that cannot be read.
    fn result<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<T>>;

    /// What the state of the host says of a job that vanished before its end was seen, by what was seen of it last. By
    /// default nothing.
    ///
    /// # Errors
    /// When the state cannot be read; the outcome is unknown then.
    fn resolve<'a>(&'a self, seen: Option<&'a JobStatus>) -> BoxFuture<'a, Result<Resolution>> {
        _ = seen;
        Box::pin(async { Ok(Resolution::Unknown(String::new())) })
    }
}

/// How a job that vanished has ended, with the evidence as a clause, such as "the replication state is Replicating".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolution {
    /// Well.
    Succeeded(String),
    /// Badly.
    Failed(String),
    /// Nobody knows. The evidence may be empty.
    Unknown(String),
}

/// A job that ended well.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finished<T = ()> {
    /// What it made.
    pub value: T,
    /// What was seen of it last: its end, unless it vanished; nothing when it vanished before it was seen.
    pub status: Option<JobStatus>,
    /// What says that it ended well, where it vanished before its end was seen.
    pub evidence: Option<String>,
    /// The warnings of the host, where it completed with warnings.
    pub warnings: Vec<MsvmError>,
}

impl<T> Finished<T> {
    /// What a host was done with at once, without a job.
    pub const fn at_once(value: T) -> Self {
        Self { value, status: None, warnings: Vec::new(), evidence: None }
    }
}

/// A job of which nobody knows what it makes.
#[derive(Debug)]
pub(super) struct Nothing;

impl Follow<()> for Nothing {
    fn result<'a>(&'a self, _: &'a Job) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}
