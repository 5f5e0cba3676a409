//! The methods of jobs.

use uuid::Uuid;

use super::{
    super::{
        JobEnd,
        job::Stage,
        repository::{NAMESPACE, schema},
    },
    Call, Provider,
    fault::{self, Refused},
    invoke::{COMPLETED, INVALID_PARAMETER, INVALID_STATE, find},
};
use crate::cim::{Instance, Output, ResourceUri, Value};

impl Provider {
    /// Executes a method of a job.
    pub(super) fn invoke_job(
        &mut self,
        call: &Call<'_>,
        id: Uuid,
        method: &str,
        parameters: &[(String, Value)],
    ) -> Result<Output, Refused> {
        let mut outputs = Vec::new();
        let return_value = match method {
            "RequestStateChange" => self.change_job(call, id, find(parameters, "RequestedState")),
            "GetError" => {
                let first = self.errors_of_job(call, id)?.into_iter().next();
                outputs.extend(first.map(|error| ("Error".to_owned(), error)));
                COMPLETED
            }
            "GetErrorEx" => {
                let errors = self.errors_of_job(call, id)?;
                if !errors.is_empty() {
                    outputs.push(("Errors".to_owned(), Value::Array(errors)));
                }
                COMPLETED
            }
            _ => return Err(fault::method_not_implemented(method)),
        };
        Ok(Output { return_value, parameters: outputs, ..Output::default() })
    }

    /// `RequestStateChange`: ends a job, with care (4) or without (5). Microsoft says nothing of jobs that know the other
    /// states, nor which numbers refuse them.
    fn change_job(&mut self, call: &Call<'_>, id: Uuid, requested: &Value) -> u32 {
        let end = match requested {
            Value::UInt16(4) => JobEnd::Terminated,
            Value::UInt16(5) => JobEnd::Killed,
            _ => return INVALID_PARAMETER,
        };
        let Some(job) = self.repository.jobs.iter_mut().find(|job| job.id == id) else {
            return INVALID_STATE;
        };
        if job.stage_at(call.now) == Stage::Ended {
            return INVALID_STATE;
        }
        job.cancel(call.now, end);
        self.repository.advance(call.now);
        COMPLETED
    }

    /// The errors of a job as its methods give them.
    fn errors_of_job(&self, call: &Call<'_>, id: Uuid) -> Result<Vec<Value>, Refused> {
        let jobs = self.repository.jobs.iter().filter(|job| job.id == id);
        jobs.flat_map(|job| job.errors(call.now))
            .map(|properties| embedded_text("Msvm_Error", properties))
            .collect()
    }
}

/// An instance that is the value of an out parameter.
pub(super) fn embedded_text(
    class: &str,
    properties: Vec<(&'static str, Value)>,
) -> Result<Value, Refused> {
    let mut instance = Instance::new(ResourceUri::wmi(NAMESPACE, class));
    for (name, value) in properties {
        instance.set(name, value);
    }
    Value::from_embedded(&instance, schema()).map_err(|error| fault::internal(&error.to_string()))
}
