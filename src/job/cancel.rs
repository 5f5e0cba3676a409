//! The end of a job before its time.

use super::Job;
use crate::{
    cim::{Value, open_enum, typed::Method as _},
    error::{self, Error, ErrorKind},
    msvm::{concrete_job::RequestStateChange, values::RequestedJobState},
};

const METHOD: &str = RequestStateChange::METHOD;
/// The code of the fault that says that there is no such instance.
const NO_INSTANCE: u32 = 2_150_858_752;

open_enum! {
    /// What `CIM_ConcreteJob.RequestStateChange` returns. Hosts have two lists: that of Hyper-V's methods, and that of the
    /// DMTF.
    pub enum CancelCode: u32 {
        /// Done.
        Ok = 0,
        /// Not supported.
        DmtfNotSupported = 1,
        /// Something went wrong.
        DmtfUnknown = 2,
        /// It took too long.
        DmtfTimeout = 3,
        /// It failed.
        DmtfFailed = 4,
        /// A parameter is wrong.
        DmtfInvalidParameter = 5,
        /// Something else is being done with the job.
        DmtfInUse = 6,
        /// The host is about to do it.
        TransitionStarted = 4096,
        /// The state of the job does not allow it.
        InvalidStateTransition = 4097,
        /// The host knows no time-outs.
        TimeoutNotSupported = 4098,
        /// The host is busy.
        Busy = 4099,
        /// It failed; the host's event log says why.
        Failed = 32768,
        /// The account is no Hyper-V administrator.
        AccessDenied = 32769,
        /// Not supported.
        NotSupported = 32770,
        /// The result is not known.
        StatusUnknown = 32771,
        /// It took too long.
        Timeout = 32772,
        /// A parameter is wrong.
        InvalidParameter = 32773,
        /// Something else is being done with the job.
        InUse = 32774,
        /// The state of the job does not allow it.
        InvalidState = 32775,
        /// A value has the wrong type.
        IncorrectDataType = 32776,
        /// The job is not available.
        NotAvailable = 32777,
        /// The host is out of memory.
        OutOfMemory = 32778,
    }
}

impl CancelCode {
    const fn is_success(self) -> bool {
        matches!(self, Self::Ok | Self::TransitionStarted)
    }

    const fn outcome_unknown(self) -> bool {
        matches!(self, Self::DmtfUnknown | Self::DmtfTimeout | Self::StatusUnknown | Self::Timeout)
    }
}

impl<T> Job<T> {
    /// Asks the host to end the job. That the host took it does not mean that the job has ended: [wait](Self::wait) for
    /// that, which gives an error then, of a job that was cancelled.
    ///
    /// On the wire: `RequestStateChange(RequestedState 4, TimeoutPeriod NULL)` of the class of the job.
    ///
    /// # Errors
    /// Kind [`ReturnValue`](ErrorKind::ReturnValue): the host said no, with the state of the job in the message. A job
    /// that has ended or [cannot be cancelled](super::JobStatus::cancellable) is the host's to judge. Kind
    /// [`Fault`](ErrorKind::Fault): it does not know the job, among others.
    ///
    /// # Cancellation
    /// The job may end, or not.
    pub async fn cancel(&self) -> error::Result<()> {
        let call = self.client.invoke(self.reference.clone(), METHOD);
        let terminate = Value::UInt16(RequestedJobState::Terminate.into());
        let sent = call.parameter("RequestedState", terminate).send().await;
        let output = sent.map_err(|error| {
            // What is not there has ended, whatever was done to it.
            let is_gone = error.fault().is_some_and(|fault| fault.has_code(NO_INSTANCE));
            let unknown = error.outcome_unknown() && !is_gone;
            error.with_unknown_outcome(unknown)
        })?;
        let code = CancelCode::from(output.return_value);
        if code.is_success() {
            return Ok(());
        }
        let status = self.status().await.unwrap_or_else(|error| {
            tracing::debug!(job = self.id(), %error, "the job that is not cancelled cannot be read");
            None
        });
        let mut message = format!("the host does not cancel the job {}", self.id());
        if let Some(status) = status {
            message += &format!(", whose state is {}", status.state);
            if status.cancellable == Some(false) && !status.state.has_ended() {
                message += ": it cannot be cancelled";
            }
        }
        let class = self.reference.uri.class();
        let context = self.client.context("Invoke", Some(class), Some(METHOD));
        Err(Error::new(ErrorKind::ReturnValue, message)
            .with_context(context)
            .with_source(format!("{METHOD} returned {} ({code})", output.return_value))
            .with_return_value(output.return_value)
            .with_unknown_outcome(code.outcome_unknown()))
    }
}
