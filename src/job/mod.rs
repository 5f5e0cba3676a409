//! Jobs: what a method began and did not finish.
//!
//! [`Tracker`] decides when to ask and what an answer means, without clock or network; [`Job`] drives it. What a job
//! makes is known to who began it: see [`Follow`].

mod attach;
mod cancel;
mod errors;
mod follow;
mod state;
mod tracker;
mod wait;

use std::{fmt, sync::Arc, time::Duration};

pub use cancel::CancelCode;
pub use follow::{BoxFuture, Finished, Follow, Resolution};
pub use state::{JobState, JobStatus};
pub use tracker::{Ended, Next, Observation, Tracker};
pub use wait::{Progress, wait_all};

use crate::{
    cim::Reference,
    client::Client,
    error::{Context, Error, ErrorKind, Result},
};

/// A job on a host, and what it makes: `T` is what the method gives once the job has ended well.
///
/// Dropping it does not cancel the job, which goes on without us; [`cancel`](Self::cancel) does. A host forgets a job five
/// minutes after its end. Until then any process can [attach](Self::attach) to it by its [identifier](Self::detach).
#[must_use = "a job goes on by itself; wait for it to know what came of it"]
pub struct Job<T = ()> {
    client: Client,
    reference: Reference,
    follow: Arc<dyn Follow<T>>,
    limit: Option<Duration>,
}

impl Job {
    /// The job that a reference names, which is known to make nothing. Its class is the reference's: jobs of different
    /// services have different ones.
    pub fn new(client: Client, reference: Reference) -> Self {
        Self { client, reference, follow: Arc::new(follow::Nothing), limit: None }
    }

    /// The same job, with what it makes.
    pub fn following<U>(self, follow: impl Follow<U> + 'static) -> Job<U> {
        let Self { client, reference, follow: _, limit } = self;
        Job { client, reference, follow: Arc::new(follow), limit }
    }
}

impl<T> Job<T> {
    /// Its identifier, a GUID.
    #[must_use]
    pub fn id(&self) -> &str {
        self.reference.selectors.find("InstanceID").unwrap_or_default()
    }

    /// Where it is.
    #[must_use]
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The client of its host.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// How long to wait for its end at most; without it, as long as it takes.
    ///
    /// There is one look at least, which may take two seconds beyond the limit.
    pub const fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Leaves it alone: it goes on, and its identifier is all that is needed to [attach](Job::attach) to it again.
    #[must_use = "the identifier leads to the job again"]
    pub fn detach(self) -> String {
        self.id().to_owned()
    }

    /// How far it is; `None` when the host does not know it, or no longer.
    ///
    /// # Errors
    /// When there is no answer, or one that is no job.
    pub async fn status(&self) -> Result<Option<JobStatus>> {
        let Some(instance) = self.client.find(&self.reference).await? else { return Ok(None) };
        JobStatus::from_instance(&instance).map(Some).ok_or_else(|| {
            self.error(ErrorKind::Protocol, format!("{} has no JobState", self.reference))
        })
    }

    /// The same job, without what it makes.
    fn bare(&self) -> Job {
        let mut job = Job::new(self.client.clone(), self.reference.clone());
        job.limit = self.limit;
        job
    }

    fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, message).with_context(self.looking())
    }

    /// What is done where, when it is looked at.
    fn looking(&self) -> Context {
        self.client.context("Get", Some(self.reference.uri.class()), None)
    }
}

impl<T> Clone for Job<T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            reference: self.reference.clone(),
            follow: Arc::clone(&self.follow),
            limit: self.limit,
        }
    }
}

impl<T> fmt::Debug for Job<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("client", &self.client)
            .field("reference", &self.reference)
            .field("follow", &self.follow)
            .field("limit", &self.limit)
            .finish()
    }
}

/// Its identifier.
impl<T> fmt::Display for Job<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
