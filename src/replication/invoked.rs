//! A call that a host has taken, and what came of it.

use std::{fmt, time::Duration};

use super::{
    Attempt, Call, ReplicationState, VirtualMachine,
    gives::{Gives, Pursuit, Sent},
    verb::Verb,
};
use crate::{
    cim::typed::Method,
    error::{Error, ErrorKind, Result},
    job::{Finished, Job, JobState, JobStatus, Progress},
    msvm::MsvmError,
};

/// A call that the host has taken: done at once, or a job that goes on. `T` is what it gives.
#[must_use = "that the host took it does not mean that it is done: wait for it"]
pub struct Invoked<T = ()> {
    sent: Sent,
    return_value: u32,
    scheduled: bool,
    state: State<T>,
}

enum State<T> {
    Done(T),
    Begun(Job<T>),
}

impl<T> Invoked<T> {
    pub(super) const fn done(sent: Sent, return_value: u32, scheduled: bool, value: T) -> Self {
        Self { sent, return_value, scheduled, state: State::Done(value) }
    }

    pub(super) fn begun<M>(
        sent: Sent,
        return_value: u32,
        scheduled: bool,
        input: M,
        job: Job,
    ) -> Self
    where
        M: Method + Send + Sync + 'static,
        T: Gives<M>,
    {
        let pursuit = Pursuit { sent: sent.clone(), input };
        Self { sent, return_value, scheduled, state: State::Begun(job.following(pursuit)) }
    }

    /// The job, unless the host was done at once.
    #[must_use]
    pub const fn job(&self) -> Option<&Job<T>> {
        match &self.state {
            State::Begun(job) => Some(job),
            State::Done(_) => None,
        }
    }

    /// Whether it begins only at a later time.
    #[must_use]
    pub const fn is_scheduled(&self) -> bool {
        self.scheduled
    }

    /// How long to wait for the end of the job at most; without it, as long as it takes.
    pub fn limit(mut self, limit: Duration) -> Self {
        if let State::Begun(job) = self.state {
            self.state = State::Begun(job.limit(limit));
        }
        self
    }

    /// Waits for the end, and gives what came of it. What [is scheduled](Self::is_scheduled) is waited for, too.
    ///
    /// # Errors
    /// As [`Job::wait_with`].
    ///
    /// # Cancellation
    /// The job goes on.
    pub async fn wait(self) -> Result<Finished<T>> {
        self.wait_with(|_| {}).await
    }

    /// As [`wait`](Self::wait), and shows each look at the job.
    ///
    /// # Errors
    /// As [`Job::wait_with`].
    ///
    /// # Cancellation
    /// The job goes on.
    pub async fn wait_with(
        self,
        on_progress: impl FnMut(Progress<'_>) + Send,
    ) -> Result<Finished<T>> {
        match self.state {
            State::Begun(job) => job.wait_with(on_progress).await,
            State::Done(value) => Ok(Finished::at_once(value)),
        }
    }

    /// What can be said without waiting. A job or state that cannot be read is left out.
    pub async fn report(self) -> Report {
        let job = match self.job() {
            Some(job) => job.status().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the job cannot be read");
                None
            }),
            None => None,
        };
        let outcome = match job.as_ref().map(|job| job.state) {
            // A job that has failed already neither goes on nor begins later.
            Some(state) if state.has_ended() && !(self.scheduled && state.is_success()) => {
                Outcome::of_job(state)
            }
            _ if self.scheduled => Outcome::Scheduled,
            _ if self.job().is_some() => Outcome::Started,
            _ => Outcome::Completed,
        };
        let state_after = read_state(&self.sent).await;
        report(&self.sent, outcome, Some(self.return_value), job, state_after)
    }

    /// Waits for the end, shows each look at the job, and reports what came of it.
    ///
    /// What begins at a later time is not waited for. A job that vanished is not taken for success: the state decides.
    /// That it failed is in the report, not an error; see [`Report::checked`].
    ///
    /// # Errors
    /// When the job does not end in time, or cannot be watched any more. It goes on then.
    ///
    /// # Cancellation
    /// The job goes on.
    pub async fn report_with(
        self,
        mut on_progress: impl FnMut(Progress<'_>) + Send,
    ) -> Result<Report> {
        let State::Begun(job) = &self.state else { return Ok(self.report().await) };
        if self.scheduled {
            return Ok(self.report().await);
        }
        let mut seen = None;
        let waited = job.wait_with(|progress| {
            seen = Some(progress.status.clone());
            on_progress(progress);
        });
        let ended = waited.await;
        let errors = match &ended {
            Ok(finished) => finished.warnings.clone(),
            Err(error) => error.job().map(|job| job.errors.clone()).unwrap_or_default(),
        };
        let outcome = match (ended, &seen) {
            (Err(error), _) if error.kind() != ErrorKind::Job => return Err(error),
            (_, Some(status)) if status.state.has_ended() => Outcome::of_job(status.state),
            (Ok(_), _) => Outcome::Completed,
            (Err(error), _) if error.outcome_unknown() => Outcome::Unknown,
            (Err(_), _) => Outcome::Failed,
        };
        let state_after = read_state(&self.sent).await;
        let report = report(&self.sent, outcome, Some(self.return_value), seen, state_after);
        Ok(Report { errors, ..report })
    }
}

impl<M: Method, T> Call<M, T> {
    /// What can be said after a call whose outcome is unknown: the state in which the machine is now.
    pub async fn report_unknown(&self, error: &Error) -> Report {
        let mut sent = self.sent();
        if let Some(attempt) = Attempt::of(error) {
            sent.before = attempt.before.situation.clone().unwrap_or_default();
        }
        let state_after = read_state(&sent).await;
        report(&sent, Outcome::Unknown, error.return_value(), None, state_after)
    }
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Report {
    /// The virtual machine, as it was before; nothing for a call that is about none.
    #[cfg_attr(feature = "serde", serde(serialize_with = "name_and_id"))]
    pub vm: Option<VirtualMachine>,
    /// What was done.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub verb: &'static Verb,
    /// What came of it.
    pub result: Outcome,
    /// What the method returned; nothing when its answer did not reach us.
    pub return_value: Option<u32>,
    /// The job as it was seen last.
    pub job: Option<JobStatus>,
    /// The errors of a job that failed or was cancelled, and the warnings of one that completed with warnings; none where
    /// nobody waited for its end.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub errors: Vec<MsvmError>,
    /// The replication state before.
    pub state_before: Option<ReplicationState>,
    /// The replication state after; nothing when it could not be read.
    pub state_after: Option<ReplicationState>,
}

/// What came of a call, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Outcome {
    /// It is done.
    Completed,
    /// It is done, and the host has warnings.
    CompletedWithWarnings,
    /// It will begin at a later time.
    Scheduled,
    /// It has begun; nobody waited for its end.
    Started,
    /// It failed.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
    /// Nobody knows; the replication state is all that can be said.
    Unknown,
}

impl Report {
    /// What it is about: `the resynchronization of web01`.
    #[must_use]
    pub fn subject(&self) -> String {
        match &self.vm {
            Some(vm) => format!("{} of {}", self.verb.noun, vm.name),
            None => self.verb.noun.to_owned(),
        }
    }

    /// The report, if it is not one of a failure.
    ///
    /// # Errors
    /// Kind [`Job`](ErrorKind::Job): it failed or was cancelled. With
    /// [`outcome_unknown`](Error::outcome_unknown): nobody knows.
    pub fn checked(self) -> Result<Self> {
        let subject = self.subject();
        let (message, unknown) = match (self.result, self.state_after) {
            (Outcome::Failed, _) => (format!("{subject} failed"), false),
            (Outcome::Cancelled, _) => (format!("{subject} was cancelled"), false),
            (Outcome::Unknown, _) if self.vm.is_none() => {
                (format!("what came of {subject} is unknown"), true)
            }
            (Outcome::Unknown, Some(state)) => (
                format!("what came of {subject} is unknown; its replication state is {state}"),
                true,
            ),
            (Outcome::Unknown, None) => (
                format!("what came of {subject} is unknown, and so is its replication state"),
                true,
            ),
            _ => return Ok(self),
        };
        let error = Error::new(ErrorKind::Job, message).with_unknown_outcome(unknown);
        match self.job.and_then(|job| job.failure(&self.errors)) {
            Some(of_job) => Err(of_job.caused(error)),
            None => Err(error),
        }
    }
}

impl Outcome {
    const fn of_job(state: JobState) -> Self {
        match state {
            JobState::Completed => Self::Completed,
            JobState::CompletedWithWarnings => Self::CompletedWithWarnings,
            JobState::Terminated | JobState::Killed => Self::Cancelled,
            JobState::Exception => Self::Failed,
            _ => Self::Unknown,
        }
    }
}

fn report(
    sent: &Sent,
    result: Outcome,
    return_value: Option<u32>,
    job: Option<JobStatus>,
    state_after: Option<ReplicationState>,
) -> Report {
    let (vm, verb, state_before) = (sent.vm.clone(), sent.verb, sent.before.state);
    Report { vm, verb, result, return_value, job, errors: Vec::new(), state_before, state_after }
}

/// The replication state now. That it cannot be read takes nothing away from what is known already.
async fn read_state(sent: &Sent) -> Option<ReplicationState> {
    let vm = sent.vm.as_ref()?;
    let state = if sent.extended {
        sent.service.extended_state(vm).await
    } else {
        sent.service.read_again(vm).await.map(|vm| vm.replication_state)
    };
    match state {
        Ok(state) => state,
        Err(error) => {
            tracing::warn!(vm = vm.name, %error, "the virtual machine cannot be read again");
            None
        }
    }
}

#[cfg(feature = "serde")]
fn name_and_id<S: serde::Serializer>(
    vm: &Option<VirtualMachine>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    #[derive(serde::Serialize)]
    struct NameAndId<'a> {
        name: &'a str,
        id: &'a str,
    }
    let vm = vm.as_ref().map(|vm| NameAndId { name: &vm.name, id: &vm.id });
    serde::Serialize::serialize(&vm, serializer)
}

impl<T> fmt::Debug for Invoked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invoked")
            .field("verb", &self.sent.verb.noun)
            .field("return_value", &self.return_value)
            .field("job", &self.job())
            .finish_non_exhaustive()
    }
}
