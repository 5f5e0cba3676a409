//! Resynchronization: disks are compared, and what differs is sent to the replica.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::{
    MethodError, ReplicationMode, ReplicationService, ReplicationState, ReturnCode, VirtualMachine,
    service::SERVICE,
};
use crate::{
    cim::{Datetime, Value},
    error::{Error, ErrorKind, Result},
    job::{Job, JobState, JobStatus, Progress},
};

const METHOD: &str = "Resynchronize";
/// By how much the clock of a host may differ from ours.
const CLOCK_SKEW: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// A call of `Resynchronize` that is not sent yet.
///
/// On the wire: `Msvm_ReplicationService.Resynchronize(ComputerSystem REF, StartTime datetime, out Job REF)`.
#[must_use = "nothing is resynchronized until the call is sent"]
#[derive(Clone, Debug)]
pub struct Resynchronize<'a> {
    service: &'a ReplicationService,
    vm: &'a VirtualMachine,
    start: Option<Timestamp>,
    extended: bool,
}

/// A resynchronization that the host has taken.
#[must_use = "that the host took it does not mean that it is done: wait for it"]
#[derive(Clone, Debug)]
pub struct Resynchronization {
    service: ReplicationService,
    vm: VirtualMachine,
    return_value: u32,
    job: Option<Job>,
    scheduled: bool,
}

/// What came of a resynchronization.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The virtual machine, as it was before.
    #[serde(serialize_with = "name_and_id")]
    pub vm: VirtualMachine,
    /// What came of it.
    pub result: Outcome,
    /// What the method returned; nothing when its answer did not reach us.
    pub return_value: Option<u32>,
    /// The job as it was seen last.
    pub job: Option<JobStatus>,
    /// The replication state before.
    pub state_before: Option<ReplicationState>,
    /// The replication state after; nothing when it could not be read.
    pub state_after: Option<ReplicationState>,
}

/// What came of a resynchronization, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
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

impl<'a> Resynchronize<'a> {
    pub(super) const fn new(service: &'a ReplicationService, vm: &'a VirtualMachine) -> Self {
        Self { service, vm, start: None, extended: false }
    }

    /// Begins at a later time; at once by default. Hyper-V's own tools allow at most seven days ahead.
    pub const fn at(mut self, time: Timestamp) -> Self {
        self.start = Some(time);
        self
    }

    /// Acts on the extended relationship of a replica, to the replica's own replica.
    pub const fn extended(mut self, yes: bool) -> Self {
        self.extended = yes;
        self
    }

    /// Sends the call.
    ///
    /// On a replica the method acts on its extended relationship, which is not what somebody means who names a
    /// replica: unless [`extended`](Self::extended) was said, a machine that is no primary is refused here. All other
    /// states are the host's to judge.
    ///
    /// # Errors
    /// Kind [`Refused`](ErrorKind::Refused): the machine is no primary; the message names the host of the primary.
    /// Kind [`ReturnValue`](ErrorKind::ReturnValue): the host said no, with a [`ReturnCode`] as the source. Any kind
    /// with [`outcome_unknown`](Error::outcome_unknown): it may have begun; see [`report_unknown`](Self::report_unknown).
    ///
    /// # Cancellation
    /// The resynchronization may have begun, and goes on.
    pub async fn send(self) -> Result<Resynchronization> {
        self.check_mode().await?;
        #[expect(
            clippy::disallowed_methods,
            reason = "whether a time is in the future depends on the clock"
        )]
        let now = Timestamp::now();
        // The host judges by its own clock. What would be called completed in error is worse than what is called scheduled
        // in error, so a start counts as one of the future unless it is long past.
        let scheduled = self
            .start
            .is_some_and(|start| start.saturating_add(CLOCK_SKEW).is_ok_and(|start| start > now));
        let start =
            self.start.map_or(Value::Null, |start| Value::Datetime(Datetime::Timestamp(start)));
        let vm = Value::Reference(self.vm.reference.clone());
        let output = self
            .service
            .call("Resynchronize", &[("ComputerSystem", vm), ("StartTime", start)])
            .await?;
        let code = ReturnCode::from(output.return_value);
        let job = match (code, output.find("Job")) {
            (ReturnCode::Ok, _) => None,
            (ReturnCode::JobStarted, Some(Value::Reference(job))) => {
                Some(Job::new(self.service.client().clone(), job.clone()))
            }
            (ReturnCode::JobStarted, _) => {
                let error =
                    self.error(ErrorKind::Protocol, "the host began a job and did not say which");
                return Err(error.with_unknown_outcome(true));
            }
            (code, _) => return Err(self.refusal(code)),
        };
        let (service, vm) = (self.service.clone(), self.vm.clone());
        Ok(Resynchronization { service, vm, return_value: output.return_value, job, scheduled })
    }

    /// What can be said after a call whose outcome is unknown: the state in which the machine is now.
    pub async fn report_unknown(self, error: &Error) -> Report {
        let state_after = read_state(self.service, self.vm).await;
        report(self.vm, Outcome::Unknown, error.return_value(), None, state_after)
    }

    async fn check_mode(&self) -> Result<()> {
        use ReplicationMode as M;
        let name = &self.vm.name;
        let refusal = match self.vm.replication_mode {
            Some(M::Replica | M::ExtendedReplica) if self.extended => return Ok(()),
            _ if self.extended => {
                format!("{name} is no replica, so it has no extended relationship")
            }
            Some(M::Replica | M::ExtendedReplica) => {
                let host = self.service.primary_host(self.vm).await.unwrap_or_else(|error| {
                    tracing::debug!(%error, "the host of the primary cannot be read");
                    None
                });
                let host =
                    host.map_or_else(|| "on another host".to_owned(), |host| format!("on {host}"));
                format!(
                    "{name} is a replica, whose primary is {host}: resynchronize it there, or choose the extended relationship to mean the replica's own replica"
                )
            }
            Some(M::TestReplica) => {
                format!("{name} is a test replica, which is not replicated itself")
            }
            Some(M::None) => format!("{name} is not replicated"),
            Some(M::Primary | M::Unknown(_)) | None => return Ok(()),
        };
        Err(self.error(ErrorKind::Refused, refusal))
    }

    fn refusal(&self, code: ReturnCode) -> Error {
        let state = self
            .vm
            .replication_state
            .map_or_else(|| "not known".to_owned(), |state| state.to_string());
        let message = format!(
            "the host does not resynchronize {}, whose replication state is {state}",
            self.vm.name
        );
        self.error(ErrorKind::ReturnValue, message)
            .with_source(MethodError { method: METHOD, code })
            .with_return_value(code.into())
            .with_unknown_outcome(code.outcome_unknown())
    }

    fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        let context = self.service.client().context("Invoke", Some(SERVICE), Some(METHOD));
        Error::new(kind, message).with_context(context)
    }
}

impl Resynchronization {
    /// The job, unless the host was done at once.
    #[must_use]
    pub const fn job(&self) -> Option<&Job> {
        self.job.as_ref()
    }

    /// Whether it begins only at a later time.
    #[must_use]
    pub const fn is_scheduled(&self) -> bool {
        self.scheduled
    }

    /// What can be said without waiting. A job or state that cannot be read is left out.
    pub async fn report(self) -> Report {
        let job = match &self.job {
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
            _ if self.job.is_some() => Outcome::Started,
            _ => Outcome::Completed,
        };
        self.finish(outcome, job).await
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// As [`wait_with`](Self::wait_with).
    pub async fn wait(self, limit: Option<Duration>) -> Result<Report> {
        self.wait_with(limit, |_| {}).await
    }

    /// Waits for the end, at most for the given time, and shows each look at the job.
    ///
    /// What begins at a later time is not waited for. A job that vanished is not taken for success: the replication
    /// state decides. That the resynchronization failed is in the report, not an error; see [`Report::checked`].
    ///
    /// # Errors
    /// When the job does not end in time, or cannot be watched any more. It goes on then.
    ///
    /// # Cancellation
    /// The resynchronization goes on.
    pub async fn wait_with(
        self,
        limit: Option<Duration>,
        mut on_progress: impl FnMut(Progress<'_>) + Send,
    ) -> Result<Report> {
        let Some(job) = self.job.clone().filter(|_| !self.scheduled) else {
            return Ok(self.report().await);
        };
        let job = match limit {
            Some(limit) => job.limit(limit),
            None => job,
        };
        let mut seen = None;
        let waited = job.wait_with(|progress| {
            seen = Some(progress.status.clone());
            on_progress(progress);
        });
        let (outcome, status) = match waited.await {
            Err(error) if error.kind() != ErrorKind::Job => return Err(error),
            Err(error) if error.outcome_unknown() => {
                let state = read_state(&self.service, &self.vm).await;
                // A state that was the same before says nothing, nor does a job that nobody saw. The state of a replica
                // is that of its relationship with its primary, and the job was on the extended one.
                let decides = seen.is_some()
                    && state != self.vm.replication_state
                    && self.vm.replication_mode == Some(ReplicationMode::Primary);
                let outcome = if decides { Outcome::of_state(state) } else { Outcome::Unknown };
                return Ok(report(&self.vm, outcome, Some(self.return_value), seen, state));
            }
            _ => {
                let state = seen.as_ref().map(|status| status.state);
                (state.map_or(Outcome::Unknown, Outcome::of_job), seen)
            }
        };
        Ok(self.finish(outcome, status).await)
    }

    async fn finish(self, outcome: Outcome, job: Option<JobStatus>) -> Report {
        let state_after = read_state(&self.service, &self.vm).await;
        report(&self.vm, outcome, Some(self.return_value), job, state_after)
    }
}

impl Report {
    /// The report, if it is not one of a failure.
    ///
    /// # Errors
    /// Kind [`Job`](ErrorKind::Job): it failed or was cancelled. With
    /// [`outcome_unknown`](Error::outcome_unknown): nobody knows.
    pub fn checked(self) -> Result<Self> {
        let unknown = match self.result {
            Outcome::Failed | Outcome::Cancelled => false,
            Outcome::Unknown => true,
            _ => return Ok(self),
        };
        let name = &self.vm.name;
        let message = match (self.result, self.state_after) {
            (Outcome::Failed, _) => format!("the resynchronization of {name} failed"),
            (Outcome::Cancelled, _) => format!("the resynchronization of {name} was cancelled"),
            (_, Some(state)) => {
                format!(
                    "what came of the resynchronization of {name} is unknown; its replication state is {state}"
                )
            }
            (_, None) => {
                format!(
                    "what came of the resynchronization of {name} is unknown, and so is its replication state"
                )
            }
        };
        let error = Error::new(ErrorKind::Job, message).with_unknown_outcome(unknown);
        match self.job.map(JobStatus::checked) {
            Some(Err(of_job)) => Err(of_job.caused(error)),
            _ => Err(error),
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

    /// What the replication state says of a resynchronization whose job vanished.
    const fn of_state(state: Option<ReplicationState>) -> Self {
        match state {
            Some(ReplicationState::Replicating) => Self::Completed,
            Some(
                ReplicationState::WaitingToStartResynchronization | ReplicationState::Critical,
            ) => Self::Failed,
            _ => Self::Unknown,
        }
    }
}

fn report(
    vm: &VirtualMachine,
    result: Outcome,
    return_value: Option<u32>,
    job: Option<JobStatus>,
    state_after: Option<ReplicationState>,
) -> Report {
    Report {
        vm: vm.clone(),
        result,
        return_value,
        job,
        state_before: vm.replication_state,
        state_after,
    }
}

/// The replication state now. That it cannot be read takes nothing away from what is known already.
async fn read_state(service: &ReplicationService, vm: &VirtualMachine) -> Option<ReplicationState> {
    match service.read_again(vm).await {
        Ok(vm) => vm.replication_state,
        Err(error) => {
            tracing::warn!(vm = vm.name, %error, "the virtual machine cannot be read again");
            None
        }
    }
}

fn name_and_id<S: serde::Serializer>(
    vm: &VirtualMachine,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct NameAndId<'a> {
        name: &'a str,
        id: &'a str,
    }
    NameAndId { name: &vm.name, id: &vm.id }.serialize(serializer)
}
