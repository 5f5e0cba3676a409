//! What a job says of what went wrong.

use super::{Job, JobState, JobStatus};
use crate::{
    cim::typed::Method as _,
    error::{Error, ErrorKind, FailedJob, Result},
    msvm::{MsvmError, concrete_job::GetErrorEx},
};

impl<T> Job<T> {
    /// The errors of a job that failed or was cancelled, and the warnings of one that completed with warnings; none where it
    /// is fine. [`wait`](Self::wait) asks for them by itself.
    ///
    /// On the wire: `GetErrorEx` of the class of the job.
    ///
    /// # Errors
    /// When the host does not know the job, or its class has no such method, or what it gives cannot be read.
    pub async fn errors(&self) -> Result<Vec<MsvmError>> {
        let call = self.client.invoke(self.reference.clone(), GetErrorEx::METHOD);
        // It changes nothing, so that nobody has to know whether it ran.
        let output = call.send().await.map_err(|error| error.with_unknown_outcome(false))?;
        let class = self.reference.uri.class();
        let context = self.client.context("Invoke", Some(class), Some(GetErrorEx::METHOD));
        if output.return_value != 0 {
            let message = format!("the host does not tell the errors of the job {}", self.id());
            return Err(Error::new(ErrorKind::ReturnValue, message)
                .with_source(format!("{} returned {}", GetErrorEx::METHOD, output.return_value))
                .with_return_value(output.return_value)
                .with_context(context));
        }
        let errors = GetErrorEx::output(&output)
            .map_err(|error| Error::of_answer(error).with_context(context))?
            .errors;
        Ok(errors.unwrap_or_default())
    }

    /// The errors or warnings of a job that has ended. That they cannot be had takes nothing away from how it ended.
    pub(super) async fn errors_of(&self, status: &JobStatus) -> Vec<MsvmError> {
        if status.state == JobState::Completed {
            return Vec::new();
        }
        self.errors().await.unwrap_or_else(|error| {
            tracing::warn!(job = self.id(), %error, "the errors of the job cannot be read");
            Vec::new()
        })
    }
}

impl JobStatus {
    /// The status, if it is not one of a failure.
    ///
    /// # Errors
    /// Kind [`Job`](ErrorKind::Job), with [`Error::job`]: it failed or was cancelled.
    pub fn checked(self) -> Result<Self> {
        match self.failure(&[]) {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// The failure that the status is one of, with what the host tells of it besides.
    pub(crate) fn failure(&self, errors: &[MsvmError]) -> Option<Error> {
        let what = match self.state {
            JobState::Exception => "failed",
            state if state.is_cancelled() => "was cancelled",
            _ => return None,
        };
        let code = self.error_code.map(|code| format!("error {code}"));
        let text = self.error_text().unwrap_or_default();
        let messages = errors.iter().filter_map(|error| error.message.as_deref());
        // The description mostly is what the errors say, one after the other.
        let others = messages.filter(|message| !text.contains(message.trim()));
        let texts: Vec<&str> =
            Some(text).filter(|text| !text.is_empty()).into_iter().chain(others).collect();
        let texts = (!texts.is_empty()).then(|| texts.join("; "));
        let because = [code, texts].into_iter().flatten().collect::<Vec<_>>().join(": ");
        let error =
            Error::new(ErrorKind::Job, format!("the job {} {what}", self.id)).with_job(FailedJob {
                id: self.id.clone(),
                state: self.state.to_string(),
                error_code: self.error_code,
                error_description: self.error_text().map(str::to_owned),
                errors: errors.to_vec(),
            });
        Some(if because.is_empty() { error } else { error.with_source(because) })
    }
}
