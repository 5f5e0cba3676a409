//! Jobs: what a method began and did not finish.
//!
//! [`Tracker`] decides when to ask and what an answer means, without clock or network; [`Job`] drives it.

mod state;
mod tracker;

use std::{fmt, time::Duration};

use tokio::time::{Instant, sleep_until, timeout};

pub use state::{JobState, JobStatus};
pub use tracker::{Ended, Next, Observation, Tracker};

use crate::{
    cim::Reference,
    client::Client,
    error::{Error, ErrorKind, FailedJob, Result},
};

/// A job on a host.
///
/// Dropping it does not cancel the job, which goes on without us. A host forgets a job five minutes after its end.
#[must_use = "a job goes on by itself; wait for it to know what came of it"]
#[derive(Clone, Debug)]
pub struct Job {
    client: Client,
    reference: Reference,
}

/// What one look at a job showed.
#[derive(Clone, Debug)]
pub struct Progress<'a> {
    /// How far the job is.
    pub status: &'a JobStatus,
    /// How long we have been waiting.
    pub waited: Duration,
}

impl Job {
    /// A look at the job gets this time at least, also at the end of the limit.
    const SHORTEST_LOOK: Duration = Duration::from_secs(2);

    /// The job that a reference names. Its class is the reference's: jobs of different services have different ones.
    pub const fn new(client: Client, reference: Reference) -> Self {
        Self { client, reference }
    }

    /// Its identifier, a GUID.
    #[must_use]
    pub fn id(&self) -> &str {
        self.reference.selectors.find("InstanceID").unwrap_or_default()
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

    /// Waits for its end.
    ///
    /// # Errors
    /// When it does not end within the limit, or several looks in a row fail. That it ended badly is no error here.
    ///
    /// # Cancellation
    /// The job goes on.
    pub async fn wait(&self, limit: Option<Duration>) -> Result<Ended> {
        self.wait_with(limit, |_| {}).await
    }

    /// Waits for its end, and shows each look at it.
    ///
    /// # Errors
    /// When it does not end within the limit, or several looks in a row fail. That it ended badly is no error here.
    ///
    /// # Cancellation
    /// The job goes on.
    pub async fn wait_with(
        &self,
        limit: Option<Duration>,
        mut on_progress: impl FnMut(Progress<'_>) + Send,
    ) -> Result<Ended> {
        let start = Instant::now();
        let mut tracker = Tracker::new(limit);
        let mut next = tracker.first();
        loop {
            match next {
                Next::PollAt(time) => sleep_until(start + time).await,
                Next::Ended(ended) => return Ok(ended),
                Next::TimedOut => {
                    let message = format!("the job {} did not end in time; it goes on", self.id());
                    return Err(self.error(ErrorKind::Timeout, message));
                }
            }
            // A host that does not answer does not make us wait beyond the limit, or hardly.
            let left = limit.map_or(Duration::MAX, |limit| limit.saturating_sub(start.elapsed()));
            let Ok(look) = timeout(left.max(Self::SHORTEST_LOOK), self.status()).await else {
                next = Next::TimedOut;
                continue;
            };
            let observation = match look {
                Ok(Some(status)) => {
                    on_progress(Progress { status: &status, waited: start.elapsed() });
                    Observation::Status(status)
                }
                Ok(None) => Observation::Missing,
                // Credentials that are refused once are not tried again: that could lock the account.
                Err(error)
                    if error.kind() == ErrorKind::Authentication
                        || tracker.gives_up_after_another_failure() =>
                {
                    let message =
                        format!("the job {} cannot be watched any more; it goes on", self.id());
                    return Err(self
                        .error(error.kind(), message)
                        .with_source(error)
                        .with_unknown_outcome(true));
                }
                Err(error) => {
                    tracing::warn!(job = self.id(), %error, "a look at the job failed");
                    Observation::Failed
                }
            };
            next = tracker.observe(start.elapsed(), observation);
        }
    }

    fn error(&self, kind: ErrorKind, message: String) -> Error {
        let context = self.client.context("Get", Some(self.reference.uri.class()), None);
        Error::new(kind, message).with_context(context)
    }
}

impl JobStatus {
    /// The status, if it is not one of a failure.
    ///
    /// # Errors
    /// Kind [`Job`](ErrorKind::Job), with [`Error::job`]: it failed or was cancelled.
    pub fn checked(self) -> Result<Self> {
        let what = match self.state {
            JobState::Exception => "failed",
            state if state.is_cancelled() => "was cancelled",
            _ => return Ok(self),
        };
        let because = match (self.error_code, self.error_text()) {
            (Some(code), Some(text)) => Some(format!("error {code}: {text}")),
            (Some(code), None) => Some(format!("error {code}")),
            (None, text) => text.map(str::to_owned),
        };
        let error =
            Error::new(ErrorKind::Job, format!("the job {} {what}", self.id)).with_job(FailedJob {
                state: self.state.to_string(),
                error_code: self.error_code,
                error_description: self.error_text().map(str::to_owned),
                id: self.id,
            });
        Err(match because {
            Some(because) => error.with_source(because),
            None => error,
        })
    }
}

impl Ended {
    /// What was seen last, if the job ended well.
    ///
    /// # Errors
    /// Kind [`Job`](ErrorKind::Job): it failed or was cancelled, or, with
    /// [`outcome_unknown`](Error::outcome_unknown), it vanished.
    pub fn checked(self) -> Result<JobStatus> {
        match self {
            Self::Seen(status) => status.checked(),
            Self::Vanished(_) => {
                let message = "the host does not know the job any more, so how it ended is unknown";
                Err(Error::new(ErrorKind::Job, message).with_unknown_outcome(true))
            }
        }
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
