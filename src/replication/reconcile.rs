//! What came of a call whose answer was lost.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::{
    ReplicationService, Situation, VirtualMachine,
    look::{Look, Wanted},
    situation::Verdict,
    verb::Verb,
};
use crate::{
    client::Client,
    error::{Error, ErrorKind, Result},
    job::JobStatus,
};

/// A call whose outcome is not known: what was sent, when, and how all was before.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(super) verb: &'static Verb,
    pub(super) vm: Option<VirtualMachine>,
    pub(super) extended: bool,
    pub(super) wanted: Option<Wanted>,
    /// Whether it may begin at a later time.
    pub(super) scheduled: bool,
    pub(super) before: Look,
    pub(super) sent_at: Timestamp,
    pub(super) sent: Instant,
    /// When it was given up.
    pub(super) ended: Instant,
    /// So long after that the host may still work on the request itself.
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
    /// It did not run, or the host refused it, and it will not run: nothing was done.
    DidNotRun,
    /// That cannot be told.
    Unknown,
}

/// How long to wait between two looks.
const PAUSE: Duration = Duration::from_secs(2);
/// A host forgets a job five minutes after its end; a little less is relied on.
const JOBS_KEPT: Duration = Duration::from_secs(270);

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

    /// The virtual machine, as the caller had it.
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
/// Each call reads just before it is sent how all is, and which jobs there are. "It ran" is said as soon as the host shows
/// something that was not there before: a job of the kind, the state that follows on the call, or the settings that were
/// sent. Who does the same at the same time is taken for us. "It did not run" is said only when the host no longer works on
/// the request, which is after the [time of an operation](crate::client::ClientBuilder::operation_timeout), all is as it was
/// before, and no other job has come. So this takes as long, when nothing ran. In all other cases the answer is that it
/// cannot be told, and says what was seen; then an operator has to look.
///
/// A host forgets jobs five minutes after their end, and when its service restarts. So call this soon: later "it did not
/// run" is not said any more. Clocks of hosts do not matter.
///
/// # Errors
/// Kind [`Usage`](ErrorKind::Usage): the error leaves no outcome of a [call](super::Call) unknown. Any other kind: the
/// host could not be asked; this may be called again.
///
/// # Cancellation
/// Nothing is left on the host.
pub async fn reconcile(client: &Client, error: &Error) -> Result<Reconciliation> {
    let attempt = Attempt::of(error).filter(|_| error.outcome_unknown()).ok_or_else(|| {
        Error::new(ErrorKind::Usage, "the error leaves the outcome of no call unknown")
    })?;
    let Attempt { verb, vm, extended, wanted, .. } = attempt;
    if verb.only_reads() {
        let evidence = format!("{} changes nothing, so it can be called again", verb.noun);
        return Ok(Reconciliation {
            answer: Answer::Unknown,
            evidence,
            job: None,
            situation: None,
        });
    }
    let service = ReplicationService::new(client);
    let (mut looked, mut misses_none) = (Duration::ZERO, true);
    loop {
        let begun = attempt.age();
        let is_last = attempt.ended.elapsed() >= attempt.limit;
        let look = service.look(verb, vm.as_ref(), *extended, wanted.as_ref()).await?;
        // A job that ended since the last look is still there, if that was not long ago.
        misses_none &= attempt.age().saturating_sub(looked) < JOBS_KEPT;
        looked = begun;
        if let Some(found) = attempt.judge(&look, is_last, misses_none) {
            return Ok(found);
        }
        sleep(PAUSE.min(attempt.limit.saturating_sub(attempt.ended.elapsed()))).await;
    }
}

impl Attempt {
    /// How long ago it was sent. By both clocks, as one of them stands still while a machine sleeps.
    fn age(&self) -> Duration {
        let by_clock = now().duration_since(self.sent_at);
        self.sent.elapsed().max(Duration::try_from(by_clock).unwrap_or_default())
    }

    /// What one look says; nothing when a later one may say more.
    fn judge(&self, look: &Look, is_last: bool, misses_none: bool) -> Option<Reconciliation> {
        let noun = self.verb.noun;
        let found = |answer, evidence, job: Option<&JobStatus>| {
            let (job, situation) = (job.cloned(), look.situation.clone());
            Some(Reconciliation { answer, evidence, job, situation })
        };
        let of_kind =
            |job: &&JobStatus| job.kind.is_some_and(|kind| self.verb.jobs.contains(&kind));
        let new = look.new_jobs(&self.before);
        if let Some(job) = new.iter().flatten().copied().find(of_kind) {
            let evidence = format!("the job {} of {noun} was not there before the call", job.id);
            return found(Answer::Ran, evidence, Some(job));
        }
        let verdict = self.verdict(look);
        let seen = self.seen(look, verdict);
        if matches!(verdict, Verdict::Done | Verdict::Running) {
            return found(Answer::Ran, seen, None);
        }
        if !is_last {
            return None;
        }
        let but = match new.as_deref() {
            Some([job, ..]) => {
                let evidence = format!("{seen}, and the job {} may be that of {noun}", job.id);
                return found(Answer::Unknown, evidence, Some(job));
            }
            _ if verdict != Verdict::Unchanged => return found(Answer::Unknown, seen, None),
            None => "jobs cannot be read",
            Some([]) if self.scheduled => "it may begin later",
            Some([]) if self.verb.shows_late() => "it may show later",
            Some([]) if !misses_none => "a job that has ended may be forgotten by now",
            Some([]) => {
                return found(Answer::DidNotRun, format!("{seen}, and no job has come"), None);
            }
        };
        found(Answer::Unknown, format!("{seen}, but {but}"), None)
    }

    fn verdict(&self, look: &Look) -> Verdict {
        match (&self.wanted, &look.situation, &self.before.situation) {
            (Some(wanted), ..) => wanted.judge(look, &self.before),
            (None, Some(now), Some(before)) => now.judge(self.verb, before),
            _ => Verdict::Unclear,
        }
    }

    /// What was seen, as a clause.
    fn seen(&self, look: &Look, verdict: Verdict) -> String {
        let seen = match (&self.wanted, &self.vm, &look.situation) {
            (Some(_), ..) => "what is set".to_owned(),
            (None, Some(vm), Some(situation)) => format!("{} is {situation}", vm.name),
            _ => self.verb.noun.to_owned(),
        };
        let says = match (verdict, self.wanted.is_some()) {
            (Verdict::Done | Verdict::Running, false) => ", which it was not before",
            (Verdict::Already, false) => ", and what the call makes of it was so before",
            (Verdict::Unchanged, false) => ", as before",
            (Verdict::Done | Verdict::Running, true) => {
                " is as was asked for, which it was not before"
            }
            (Verdict::Already, true) => " is as was asked for, and was so before",
            (Verdict::Unchanged, true) => " is as it was before",
            (Verdict::Failed | Verdict::Unclear, _) => ", which does not tell",
        };
        match (&self.wanted, &look.situation, verdict) {
            (None, None, _) => format!("{seen} shows in nothing"),
            (Some(_), _, Verdict::Unclear) => format!("{seen} does not tell"),
            _ => seen + says,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time of the call is told, and how long ago it is"
)]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
