//! A method as a call: built, guarded, sent, and its refusal explained.

use std::{fmt, marker::PhantomData, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    Attempt, Conflict, Invoked, MethodError, Relationship, RelationshipKind, ReplicationService,
    ReturnCode, Situation, Verb, VirtualMachine,
    gives::{Gives, Sent},
    guard::Guard,
    look::{Look, Wanted},
    reconcile::now,
};
use crate::{
    cim::{Error as CimError, Reference, Value, typed::Method, wql::Select},
    error::{Error, ErrorKind, Result},
    job::{BoxFuture, Job},
    mof,
};

/// By how much the clock of a host may differ from ours.
const CLOCK_SKEW: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// No wait is longer, whatever was asked for: clocks cannot count to the end of a `Duration`.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// A call of a method that is not sent yet: `M` is the input of the method, `T` what it gives.
///
/// The methods of [`ReplicationService`] make calls, and say of each where it has to be sent, in which states, and what
/// cannot be undone. What a method may be given besides is added to its call.
#[must_use = "nothing happens until the call is sent"]
pub struct Call<M, T = ()> {
    pub(super) service: ReplicationService,
    pub(super) verb: &'static Verb,
    pub(super) input: M,
    pub(super) target: Target,
    pub(super) vm: Option<VirtualMachine>,
    pub(super) extended: bool,
    pub(super) guard: Guard,
    pub(super) start: Option<Timestamp>,
    problem: Option<Error>,
    wanted: Option<Wanted>,
    pub(super) before: Look,
    after_running_jobs: Option<Duration>,
    gives: PhantomData<fn() -> T>,
}

/// Whose method it is.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// The only instance of a class of services.
    Service(&'static str),
    /// An instance.
    Instance(Reference),
    /// The instance that a query finds.
    Found(Select),
}

impl<M: Method, T> Call<M, T> {
    /// A call of a method of a service.
    pub(super) fn of_service(service: &ReplicationService, verb: &'static Verb, input: M) -> Self {
        Self::new(service, verb, input, Target::Service(M::CLASS))
    }

    /// A call of a method of an instance.
    pub(super) fn of_instance(
        service: &ReplicationService,
        verb: &'static Verb,
        instance: &Reference,
        input: M,
    ) -> Self {
        Self::new(service, verb, input, Target::Instance(instance.clone()))
    }

    /// A call of a method of the instance that a query finds.
    pub(super) fn of_found(
        service: &ReplicationService,
        verb: &'static Verb,
        query: std::result::Result<Select, CimError>,
        input: M,
    ) -> Self {
        match query {
            Ok(query) => Self::new(service, verb, input, Target::Found(query)),
            Err(error) => Self::of_service(service, verb, input).checked(Err(error.into())),
        }
    }

    fn new(service: &ReplicationService, verb: &'static Verb, input: M, target: Target) -> Self {
        Self {
            service: service.clone(),
            verb,
            input,
            target,
            vm: None,
            extended: false,
            guard: Guard::None,
            start: None,
            problem: None,
            wanted: None,
            before: Look::default(),
            after_running_jobs: None,
            gives: PhantomData,
        }
    }

    /// The virtual machine that it acts on.
    pub(super) fn on(mut self, vm: &VirtualMachine) -> Self {
        self.vm = Some(vm.clone());
        self
    }

    /// The relationship that it acts on.
    pub(super) fn about(mut self, relationship: &Relationship) -> Self {
        self.extended = relationship.kind == RelationshipKind::Extended;
        self
    }

    /// What was checked already.
    pub(super) fn checked(mut self, check: Result<()>) -> Self {
        self.problem = check.err();
        self
    }

    /// What it makes of settings, which shows that it ran.
    pub(super) fn makes(mut self, wanted: Wanted) -> Self {
        self.wanted = Some(wanted);
        self
    }

    /// What has to be so before it is sent.
    pub(super) fn guarded(mut self, guard: Guard) -> Self {
        self.guard = guard;
        self
    }

    /// Should another operation be running on the virtual machine, waits for its job to end, for so long in all, and
    /// sends the call again, which the host has refused then. Without it, the error names the job.
    pub fn after_running_jobs(mut self, limit: Duration) -> Self {
        self.after_running_jobs = Some(limit);
        self
    }

    /// What it does.
    #[must_use]
    pub const fn verb(&self) -> &'static Verb {
        self.verb
    }

    /// The parameters that would be sent, by name. Sends nothing.
    ///
    /// # Errors
    /// Kind [`Usage`](ErrorKind::Usage): settings are not allowed, or a value cannot be written.
    pub fn arguments(&self) -> Result<Vec<(&'static str, Value)>> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        self.input
            .arguments(mof::schema())
            .map_err(|error| Error::from(error).with_context(self.context()))
    }

    fn context(&self) -> crate::error::Context {
        self.service.client().context("Invoke", Some(M::CLASS), Some(M::METHOD))
    }

    fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, message).with_context(self.context())
    }

    /// What it takes to read what came of it.
    pub(super) fn sent(&self) -> Sent {
        Sent {
            service: self.service.clone(),
            verb: self.verb,
            vm: self.vm.clone(),
            extended: self.extended,
            before: self.before.situation.clone().unwrap_or_default(),
        }
    }

    /// How all is just before, by which guards judge, and by which is told what came of the call. Where the host does not
    /// give the virtual machine, it is the host's to judge, unless there is a guard.
    async fn read_before(&self) -> Result<Look> {
        let vm = self.vm.as_ref();
        if self.verb.only_reads() {
            return Ok(Look { situation: vm.map(Situation::of), ..Look::default() });
        }
        let look = self.service.look(self.verb, vm, self.extended, self.wanted.as_ref());
        match look.await {
            Err(error)
                if self.guard == Guard::None
                    && matches!(error.kind(), ErrorKind::Fault | ErrorKind::Protocol) =>
            {
                tracing::debug!(%error, "what the call is about cannot be read");
                Ok(Look::default())
            }
            read => read,
        }
    }

    /// What is attempted, and how all was before.
    fn attempt(&self) -> Attempt {
        let (sent_at, sent) = (now(), Instant::now());
        Attempt {
            verb: self.verb,
            vm: self.vm.clone(),
            extended: self.extended,
            wanted: self.wanted.clone(),
            scheduled: self.is_scheduled(sent_at),
            before: self.before.clone(),
            sent_at,
            sent,
            ended: sent,
            limit: self.service.client().request_time(),
        }
    }

    /// Whether it begins later. The host judges by its own clock. What would be called completed in error is worse than
    /// what is called scheduled in error, so a start counts as one of the future unless it is long past.
    fn is_scheduled(&self, now: Timestamp) -> bool {
        self.start
            .is_some_and(|start| start.saturating_add(CLOCK_SKEW).is_ok_and(|start| start > now))
    }

    async fn refusal(&self, code: ReturnCode) -> Error {
        let message = match &self.vm {
            Some(vm) => {
                let state = self.before.situation.as_ref().and_then(|before| before.state);
                let state = state.map_or_else(|| "not known".to_owned(), |state| state.to_string());
                let does = self.verb.does_to(&vm.name);
                format!("the host does not {does}, whose replication state is {state}")
            }
            None => format!("the host does not {}", self.verb.does),
        };
        let mut refusal = MethodError::new::<M>(code, None);
        let means = refusal.means();
        if matches!(means, ReturnCode::InvalidState | ReturnCode::SystemInUse) {
            refusal.conflict = self.conflict().await;
        }
        self.error(ErrorKind::ReturnValue, message)
            .with_source(refusal)
            .with_return_value(code.into())
            .with_unknown_outcome(means.outcome_unknown())
    }

    /// What the host wants and has. That it cannot be read takes nothing away from the refusal.
    async fn conflict(&self) -> Option<Conflict> {
        let vm = self.vm.as_ref()?;
        match self.service.situation(vm, self.extended).await {
            Ok(situation) => {
                Some(Conflict { vm: vm.name.clone(), wants: self.verb.wants, situation })
            }
            Err(error) => {
                tracing::warn!(vm = vm.name, %error, "the state after the refusal cannot be read");
                None
            }
        }
    }
}

/// What was read after a refusal, unless nothing is at work then.
fn at_work(error: &Error) -> Option<&Situation> {
    let situation = &MethodError::of(error)?.conflict.as_ref()?.situation;
    (!situation.running.is_empty()).then_some(situation)
}

impl<M: Method + Clone + Send + Sync + 'static, T: Gives<M>> Call<M, T> {
    /// Sends the call.
    ///
    /// What could destroy something is refused here, by what is read just before; all else is the host's to judge.
    ///
    /// # Errors
    /// Kind [`Refused`](ErrorKind::Refused): it is not sent, and the message says why. Kind
    /// [`ReturnValue`](ErrorKind::ReturnValue): the host said no, with a [`MethodError`] as the source, which says what the
    /// machine's state is and what the method wants. Any kind with [`outcome_unknown`](Error::outcome_unknown): it may have
    /// run; [`reconcile`](super::reconcile) finds out.
    ///
    /// # Cancellation
    /// The method may have run, and what it began goes on.
    pub async fn send(self) -> Result<Invoked<T>> {
        // Without its type, which would be too deep for the compiler in the futures of callers.
        let sending: BoxFuture<'static, _> = Box::pin(self.send_guarded());
        sending.await
    }

    async fn send_guarded(mut self) -> Result<Invoked<T>> {
        self.arguments()?;
        let deadline = self.after_running_jobs.map(|limit| Instant::now() + limit.min(LONGEST));
        let mut waited_for_changes = false;
        loop {
            self.before = self.read_before().await?;
            if let Some(refusal) = self.refused_here().await {
                return Err(self.error(ErrorKind::Refused, refusal));
            }
            let (error, deadline) = match (self.send_once().await, deadline) {
                (Err(error), Some(deadline)) if !error.outcome_unknown() => (error, deadline),
                (result, _) => return result,
            };
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(situation) = at_work(&error).filter(|_| !left.is_zero()) else {
                return Err(error);
            };
            // Changes are sent all the time, so those that run the next time are others, and not what is in the way.
            if situation.only_changes() && std::mem::replace(&mut waited_for_changes, true) {
                return Err(error);
            }
            tracing::info!(verb = self.verb.noun, "waits for the jobs on the virtual machine");
            let job = |job| Job::of(self.service.client(), job).limit(left);
            let running: Vec<_> = situation.at_work().map(job).collect();
            // How they end is nothing to us, but that they do is.
            let ends = crate::job::wait_all(&running, |_, _| {}).await;
            if ends.iter().any(|end| end.as_ref().is_err_and(|end| end.kind() != ErrorKind::Job)) {
                return Err(error);
            }
        }
    }

    async fn send_once(&self) -> Result<Invoked<T>> {
        let mut attempt = self.attempt();
        let arguments = self.arguments()?;
        let output = self.service.call(&self.target, M::METHOD, &arguments).await;
        attempt.ended = Instant::now();
        let output = output.map_err(|error| error.with_attempt(attempt.clone()))?;
        let (sent, scheduled) = (self.sent(), attempt.scheduled);
        let code = ReturnCode::from(output.return_value);
        match (code, output.find("Job")) {
            (ReturnCode::JobStarted, Some(Value::Reference(job))) => {
                let job = Job::new(self.service.client().clone(), job.clone());
                Ok(Invoked::begun(sent, output.return_value, scheduled, self.input.clone(), job))
            }
            (ReturnCode::JobStarted, _) if gives_job::<M>() => {
                let error =
                    self.error(ErrorKind::Protocol, "the host began a job and did not say which");
                Err(error.with_unknown_outcome(true).with_attempt(attempt))
            }
            // A method without a job returns this, too, for what goes on without one.
            (ReturnCode::Ok | ReturnCode::JobStarted, _) => {
                let unreadable = |error: Error| {
                    let message =
                        format!("{} is done, but what it gives cannot be read", self.verb.noun);
                    self.error(error.kind(), message).with_source(error)
                };
                let outputs =
                    M::output(&output).map_err(|error| unreadable(Error::of_answer(error)))?;
                let value = T::of_output(&sent, outputs).await.map_err(unreadable)?;
                Ok(Invoked::done(sent, output.return_value, scheduled, value))
            }
            (code, _) => {
                let error = self.refusal(code).await;
                Err(if error.outcome_unknown() { error.with_attempt(attempt) } else { error })
            }
        }
    }
}

/// Whether the method has an out parameter for a job.
fn gives_job<M: Method>() -> bool {
    let method = mof::schema().find_method(M::CLASS, M::METHOD);
    method.is_none_or(|method| method.parameters.iter().any(|parameter| parameter.name == "Job"))
}

impl<M: Clone, T> Clone for Call<M, T> {
    fn clone(&self) -> Self {
        Self {
            service: self.service.clone(),
            verb: self.verb,
            input: self.input.clone(),
            target: self.target.clone(),
            vm: self.vm.clone(),
            extended: self.extended,
            guard: self.guard,
            start: self.start,
            problem: self.problem.clone(),
            wanted: self.wanted.clone(),
            before: self.before.clone(),
            after_running_jobs: self.after_running_jobs,
            gives: PhantomData,
        }
    }
}

impl<M: Method, T> fmt::Debug for Call<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &M::METHOD)
            .field("vm", &self.vm.as_ref().map(|vm| &vm.name))
            .finish_non_exhaustive()
    }
}
