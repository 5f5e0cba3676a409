//! What methods give: at once, or by way of a job.

use std::{fmt, future::Future};

use super::{
    MethodError, ReplicationService, ReturnCode, Situation, VirtualMachine, call::Target,
    situation::Verdict, verb::Verb,
};
use crate::{
    cim::typed::Method,
    error::{Error, ErrorKind, Result},
    job::{BoxFuture, Follow, Job, JobStatus, Resolution},
    mof,
};

/// A call that the host has taken, as far as it takes to read what came of it.
#[derive(Clone, Debug)]
pub struct Sent {
    pub(super) service: ReplicationService,
    pub(super) verb: &'static Verb,
    pub(super) vm: Option<VirtualMachine>,
    pub(super) extended: bool,
    pub(super) before: Situation,
}

impl Sent {
    /// Asks a method again that only reads, for the out parameters that its job did not carry; nothing when it begins
    /// another job instead.
    ///
    /// # Errors
    /// When the host says no, or gives no answer.
    pub(super) async fn ask_again<M: Method>(&self, input: &M) -> Result<Option<M::Output>> {
        let arguments = input.arguments(mof::schema())?;
        let output = self.service.call(&Target::Service(M::CLASS), M::METHOD, &arguments).await?;
        match ReturnCode::from(output.return_value) {
            ReturnCode::Ok => M::output(&output).map(Some).map_err(Error::of_answer),
            ReturnCode::JobStarted => Ok(None),
            code => {
                let refusal = MethodError::new::<M>(code, None);
                let message = format!("the host does not {} again", self.verb.does_to("it"));
                Err(Error::new(ErrorKind::ReturnValue, message)
                    .with_source(refusal)
                    .with_return_value(code.into()))
            }
        }
    }
}

/// What a method with the input `M` gives. Implemented for what [`ReplicationService`] promises of its calls.
pub trait Gives<M: Method>: Sized + Send + 'static {
    /// Makes it of the out parameters, where the host was done at once.
    ///
    /// # Errors
    /// When they do not have it, and it cannot be read elsewhere.
    fn of_output(sent: &Sent, output: M::Output) -> impl Future<Output = Result<Self>> + Send;

    /// Reads it after a job has ended well.
    ///
    /// # Errors
    /// When it cannot be read.
    fn of_job(sent: &Sent, input: &M, job: &Job) -> impl Future<Output = Result<Self>> + Send;
}

/// Nothing but that it was done.
impl<M: Method + Sync> Gives<M> for ()
where
    M::Output: Send,
{
    async fn of_output(_: &Sent, _: M::Output) -> Result<Self> {
        Ok(())
    }

    async fn of_job(_: &Sent, _: &M, _: &Job) -> Result<Self> {
        Ok(())
    }
}

/// Follows the job of a call.
pub(super) struct Pursuit<M> {
    pub(super) sent: Sent,
    pub(super) input: M,
}

impl<M> fmt::Debug for Pursuit<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pursuit").field("verb", &self.sent.verb.noun).finish_non_exhaustive()
    }
}

impl<M: Method + Send + Sync, T: Gives<M>> Follow<T> for Pursuit<M> {
    fn result<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<T>> {
        Box::pin(T::of_job(&self.sent, &self.input, job))
    }

    /// A state that was the same before says nothing, nor does a job that nobody saw.
    fn resolve<'a>(&'a self, seen: Option<&'a JobStatus>) -> BoxFuture<'a, Result<Resolution>> {
        let Sent { service, verb, vm, extended, before, .. } = &self.sent;
        Box::pin(async move {
            let (Some(vm), Some(_)) = (vm, seen) else {
                return Ok(Resolution::Unknown(String::new()));
            };
            let now = service.situation_after(verb, vm, *extended).await?;
            let evidence = format!("{} is {now}", vm.name);
            Ok(match now.judge(verb, before) {
                Verdict::Done => Resolution::Succeeded(evidence),
                Verdict::Failed => Resolution::Failed(evidence),
                _ => Resolution::Unknown(evidence),
            })
        })
    }
}
