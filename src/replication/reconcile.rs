//! What came of a call whose answer was lost.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep};

use super::{ReplicationService, Situation, VirtualMachine, situation::Verdict, verb::Verb};
use crate::{
    client::Client,
    error::{Error, ErrorKind, Result},
    job::JobStatus,
};

/// A call whose outcome is not known: what was sent, when, and the state before.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(super) verb: &'static Verb,
    pub(super) vm: Option<VirtualMachine>,
    pub(super) extended: bool,
    pub(super) before: Situation,
    pub(super) sent_at: Timestamp,
    pub(super) sent: Instant,
    /// After so long the host no longer works on the request itself.
    pub(super) limit: Duration,
}

/// What came of an attempt, and what says so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Reconciliation {
    /// Whether it ran.
    pub answer: Answer,
    /// What says so, as a sentence without its stop.
    pub evidence: String,
    /// The job of the call, if one was found.
    pub job: Option<JobStatus>,
    /// How the virtual machine was at last.
    pub situation: Option<Situation>,
}

/// Whether a call ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Answer {
    /// It ran. Whether well, the job or the state tells.
    Ran,
    /// It did not run, and will not.
    DidNotRun,
    /// That cannot be told.
    Unknown,
}

/// How long to wait between two looks.
const PAUSE: Duration = Duration::from_secs(2);
/// By how much a job that is ours may seem to have begun before its call.
const SLACK: SignedDuration = SignedDuration::from_secs(2);
/// By how much the clocks of the host and ours may differ, for a job not to be ruled out.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(15);

impl Attempt {
    /// The attempt of an error with [`outcome_unknown`](Error::outcome_unknown).
    #[must_use]
    pub fn of(error: &Error) -> Option<&Self> {
        error.attempt()
    }

    /// What was attempted.
    #[must_use]
    pub const fn verb(&self) -> &'static Verb {
        self.verb
    }

    /// The virtual machine, as it was before.
    #[must_use]
    pub const fn vm(&self) -> Option<&VirtualMachine> {
        self.vm.as_ref()
    }

    /// When the call was sent.
    #[must_use]
    pub const fn sent_at(&self) -> Timestamp {
        self.sent_at
    }
}

/// Finds out what came of a call whose outcome an error leaves unknown, by the job or the state that it would have made.
///
/// "It ran" is said as soon as the host shows it: a job of the kind that began after the call, or the state that follows
/// on it. "It did not run" is said only when the host no longer works on the request, which is after the [time of an
/// operation](crate::client::ClientBuilder::operation_timeout), the state is what it was before, and there is no job of the
/// kind. So this takes as long, when nothing ran. In all other cases the answer is that it cannot be told, and says what was
/// seen; then an operator has to look.
///
/// Clocks of hosts differ. A job that runs is known by how long it has been running; for one that has ended, the clocks
/// are taken to agree, and the evidence says so.
///
/// # Errors
/// Kind [`Usage`](ErrorKind::Usage): the error leaves no outcome of a [call](super::Call) unknown. Any other kind: the
/// host could not be asked.
///
/// # Cancellation
/// Nothing is left on the host.
pub async fn reconcile(client: &Client, error: &Error) -> Result<Reconciliation> {
    let attempt = Attempt::of(error).filter(|_| error.outcome_unknown()).ok_or_else(|| {
        Error::new(ErrorKind::Usage, "the error leaves the outcome of no call unknown")
    })?;
    let service = ReplicationService::new(client);
    let Some(vm) = &attempt.vm else {
        return Ok(Reconciliation {
            answer: Answer::Unknown,
            evidence: format!("{} shows in no virtual machine", attempt.verb.noun),
            job: None,
            situation: None,
        });
    };
    loop {
        let is_last = attempt.sent.elapsed() >= attempt.limit;
        let situation = service.situation_after(attempt.verb, vm, attempt.extended).await?;
        let jobs = if situation.exists { service.jobs_on(vm).await? } else { Vec::new() };
        if let Some(found) = attempt.look(vm, &situation, &jobs, is_last) {
            return Ok(found);
        }
        sleep(PAUSE.min(attempt.limit.saturating_sub(attempt.sent.elapsed()))).await;
    }
}

impl Attempt {
    /// What one look says; nothing when a later one may say more.
    fn look(
        &self,
        vm: &VirtualMachine,
        situation: &Situation,
        jobs: &[JobStatus],
        is_last: bool,
    ) -> Option<Reconciliation> {
        let noun = self.verb.noun;
        let of_kind =
            |job: &&JobStatus| job.kind.is_some_and(|kind| self.verb.jobs.contains(&kind));
        let found = |answer, evidence, job: Option<&JobStatus>| {
            let (job, situation) = (job.cloned(), Some(situation.clone()));
            Some(Reconciliation { answer, evidence, job, situation })
        };
        let since = SignedDuration::try_from(self.sent.elapsed()).unwrap_or(SignedDuration::MAX);
        let is_running = |job: &&JobStatus| !job.state.has_ended();
        let began_after = |job: &&JobStatus| {
            let age = job.elapsed_seconds.and_then(|age| i64::try_from(age).ok());
            age.is_some_and(|age| SignedDuration::from_secs(age) <= since.saturating_add(SLACK))
        };
        let submitted = |job: &JobStatus| job.submitted_at.or(job.started_at);
        let at_the_time = |job: &&JobStatus| {
            submitted(job).is_some_and(|time| time.duration_since(self.sent_at) >= -SLACK)
        };
        let not_ruled_out = |job: &&JobStatus| {
            submitted(job).is_none_or(|time| time.duration_since(self.sent_at) >= -CLOCK_SKEW)
        };
        let running = jobs.iter().filter(of_kind).filter(is_running).find(began_after);
        if let Some(job) = running {
            let evidence = format!("the job {} began after the call and is running", job.id);
            return found(Answer::Ran, evidence, Some(job));
        }
        let ended = jobs.iter().filter(of_kind).find(at_the_time);
        let verdict = situation.judge(self.verb, &self.before);
        if matches!(verdict, Verdict::Done | Verdict::Failed | Verdict::Running) {
            return found(Answer::Ran, format!("{} is {situation}", vm.name), ended);
        }
        if let Some(job) = ended {
            let evidence = format!(
                "the job {} was made after the call, if the clocks of the host and of this machine agree",
                job.id
            );
            return found(Answer::Ran, evidence, Some(job));
        }
        if !is_last {
            return None;
        }
        let other = jobs.iter().filter(of_kind).find(not_ruled_out);
        match (verdict, other) {
            (Verdict::Unchanged, None) => {
                let evidence =
                    format!("{} is {situation}, as before, and there is no job of {noun}", vm.name);
                found(Answer::DidNotRun, evidence, None)
            }
            (_, Some(job)) => {
                let evidence = format!(
                    "{} is {situation}, and the job {} may be that of {noun} or an earlier one",
                    vm.name, job.id
                );
                found(Answer::Unknown, evidence, Some(job))
            }
            (_, None) => {
                let evidence = format!("{} is {situation}, which does not tell", vm.name);
                found(Answer::Unknown, evidence, None)
            }
        }
    }
}
