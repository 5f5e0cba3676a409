//! Invoke, and what the methods do.

use uuid::Uuid;

use super::{
    super::{
        Invocation, JobEnd,
        change::Plan,
        job::{Job, Stage},
        repository::{NAMESPACE, Row, schema},
    },
    Call, Order, Provider,
    fault::{self, Refused},
    resource::{self, is_dmtf},
};
use crate::{
    cim::{
        Instance, Output, Value,
        class::{Method, Type},
        decode_input, encode_output,
    },
    wsman::{Resource, ResourceUri},
    xml::Element,
};

pub(super) const COMPLETED: u32 = 0;
const JOB_STARTED: u32 = 4096;
pub(super) const FAILED: u32 = 32768;
pub(super) const INVALID_PARAMETER: u32 = 32773;
pub(super) const INVALID_STATE: u32 = 32775;
pub(super) const SYSTEM_NOT_AVAILABLE: u32 = 32777;

/// How many invocations the journal keeps.
const JOURNAL: usize = 10_000;

impl Provider {
    pub(super) fn invoke(
        &mut self,
        call: &Call<'_>,
        action: &str,
        resource: &Resource,
        body: &[Element],
        order: &Order,
    ) -> Result<Element, Refused> {
        let method_name = action
            .split_at_checked(resource.uri.as_str().len())
            .filter(|(uri, _)| uri.eq_ignore_ascii_case(resource.uri.as_str()))
            .and_then(|(_, rest)| rest.strip_prefix('/'))
            .ok_or_else(|| fault::action_not_supported("The action is not supported."))?;
        let class = resource::class(resource)?;
        let method = schema().find_method(&class.name, method_name).ok_or_else(|| {
            fault::action_not_supported(&format!("{} has no method {method_name}.", class.name))
        })?;
        if resource::keys_of(resource)?.is_empty() {
            return Err(fault::no_selector_for_method());
        }
        let row = self.find(resource)?;
        let parameters = read_input(&resource.uri, method, body)?;
        let output = match (order.return_value, check(method, &parameters)) {
            (None, Err(return_value)) => Output { return_value, ..Output::default() },
            _ => self.execute_method(call, resource, row, &method.name, &parameters, order)?,
        };
        if self.journal.len() >= JOURNAL {
            self.journal.remove(0);
        }
        self.journal.push(Invocation {
            class: class.name.clone(),
            method: method.name.clone(),
            parameters,
            user: call.user.to_owned(),
            time: call.now,
            return_value: output.return_value,
        });
        Ok(encode_output(&resource.uri, method, &output))
    }
}

impl Provider {
    fn execute_method(
        &mut self,
        call: &Call<'_>,
        resource: &Resource,
        row: Row,
        method: &str,
        parameters: &[(String, Value)],
        order: &Order,
    ) -> Result<Output, Refused> {
        let plan = match row {
            Row::Service => self.plan_of_service(call, method, parameters),
            Row::Vm(vm) => self.plan_of_vm(vm, method, parameters),
            _ => None,
        };
        match (plan, row, order.return_value) {
            (Some(plan), ..) => Ok(self.carry_out(call, resource, plan, order)),
            (None, _, Some(return_value)) => Ok(Output { return_value, ..Output::default() }),
            (None, Row::Service, None) => self.read_of_service(call, method, parameters),
            (None, Row::Job(job), None) => self.invoke_job(call, job, method, parameters),
            _ => Err(fault::method_not_implemented(method)),
        }
    }

    /// Brings about what a method is to, and answers as it does.
    fn carry_out(
        &mut self,
        call: &Call<'_>,
        resource: &Resource,
        plan: Result<Plan, u32>,
        order: &Order,
    ) -> Output {
        let begun = match (order.return_value, plan) {
            (Some(number @ 1..), _) | (_, Err(number)) => Err(number),
            (None, Ok(plan)) if plan.job_type.is_some() => self.begin_job(call, plan, order),
            (_, Ok(plan)) => {
                self.repository.apply(plan.running, call.now);
                self.repository.apply(plan.success, call.now);
                Err(COMPLETED)
            }
        };
        match begun {
            Ok(job) => Output {
                return_value: JOB_STARTED,
                parameters: self
                    .resource(Row::Job(job), is_dmtf(&resource.uri))
                    .map(|job| ("Job".to_owned(), Value::Reference(job)))
                    .into_iter()
                    .collect(),
                ..Output::default()
            },
            Err(return_value) => Output { return_value, ..Output::default() },
        }
    }

    /// Begins a job, or gives the return value that says why not.
    fn begin_job(&mut self, call: &Call<'_>, plan: Plan, order: &Order) -> Result<Uuid, u32> {
        // A job of the service is on what other jobs of its type are on.
        let is_on_it = |job: &Job| {
            job.plan.vm == plan.vm && (plan.vm.is_some() || job.plan.job_type == plan.job_type)
        };
        // A real host, too, answers so while another job runs on the virtual machine.
        let is_busy = |job: &Job| is_on_it(job) && job.stage_at(call.now) == Stage::Running;
        if plan.interrupts {
            let is_resync = |job: &Job| matches!(job.plan.job_type, Some(107 | 121));
            for job in self.repository.jobs.iter_mut().filter(|job| is_busy(job) && is_resync(job))
            {
                job.cancel(call.now, JobEnd::Terminated);
            }
            self.repository.advance(call.now);
        }
        if self.repository.jobs.iter().any(is_busy) {
            return Err(INVALID_STATE);
        }
        // A start in the future begins a job, too, which is new until then, and a later call takes the place of a job
        // that still waits. So the documented states of jobs suggest; what a host does was never seen.
        for job in self.repository.jobs.iter_mut().filter(|job| is_on_it(job)) {
            if job.stage_at(call.now) == Stage::Waiting {
                job.cancel(call.now, JobEnd::Terminated);
            }
        }
        self.repository.jobs.push(Job {
            id: call.new_id,
            start: plan.start.unwrap_or(call.now),
            plan,
            owner: call.user.to_owned(),
            submitted: call.now,
            duration: self.job_duration,
            end: order.end.clone(),
            cut: None,
            vanishes: order.vanishes,
            seen: false,
            stage: Stage::Waiting,
        });
        self.repository.advance(call.now);
        Ok(call.new_id)
    }
}

/// Reads the parameters, in any order, and refuses what a host refuses.
///
/// A parameter that is left out or nil is NULL; an empty one is an empty string, which is no date. A reference has its
/// parts directly inside the parameter: hosts refuse an `a:EndpointReference` around them. An embedded instance is text:
/// hosts refuse one that is an element.
fn read_input(
    uri: &ResourceUri,
    method: &Method,
    body: &[Element],
) -> Result<Vec<(String, Value)>, Refused> {
    let [input] = body else {
        return Err(fault::schema("it has to be one element"));
    };
    let is_of_class = |element: &Element| {
        element.name.namespace().is_some_and(|ns| ns.eq_ignore_ascii_case(uri.as_str()))
    };
    if input.name.local() != format!("{}_INPUT", method.name) || !is_of_class(input) {
        return Err(fault::schema(&format!("{} is not the input of the method", input.name)));
    }
    if let Some(stranger) = input.children.iter().find(|child| !is_of_class(child)) {
        return Err(fault::schema(&format!("{} is not of the class", stranger.name)));
    }
    let is_tree = |child: &&Element| {
        let declared = method.parameters.iter().find(|p| p.name == child.name.local());
        let holds_elements = |ty: &Type| matches!(ty, Type::Datetime | Type::Reference(_));
        !child.children.is_empty() && declared.is_some_and(|p| !holds_elements(&p.ty))
    };
    if let Some(tree) = input.children.iter().find(is_tree) {
        return Err(fault::schema(&format!("{} holds elements", tree.name)));
    }
    let parameters =
        decode_input(input, method).map_err(|error| fault::schema(&fault::describe(&error)))?;
    for (index, (name, value)) in parameters.iter().enumerate() {
        let declared = method.parameters.iter().find(|declared| declared.name == *name);
        let fits = declared.is_some_and(|declared| value.is_of(&declared.ty, declared.array));
        let is_repeated = parameters.iter().skip(index + 1).any(|(other, _)| other == name);
        if !fits || is_repeated {
            return Err(fault::schema(&format!("the parameter {name} is invalid")));
        }
    }
    Ok(parameters)
}

/// What the provider itself demands of parameters, or the return value by which it says no: all that is required,
/// references to instances of the class that is declared, embedded instances that it can read.
fn check(method: &Method, parameters: &[(String, Value)]) -> Result<(), u32> {
    for declared in method.parameters.iter().filter(|parameter| parameter.is_in()) {
        let value = find(parameters, &declared.name);
        if *value == Value::Null && declared.is_required() {
            return Err(INVALID_PARAMETER);
        }
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            match (value, &declared.ty) {
                (Value::Reference(resource), Type::Reference(class))
                    if !schema().is_a(resource.uri.class(), class) =>
                {
                    return Err(INVALID_PARAMETER);
                }
                (Value::String(text), _) => {
                    if let Some(class) = declared.embedded_class() {
                        check_embedded(text, class)?;
                    }
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// The text of an embedded instance; an empty one stands for the defaults. VMMS does not read it with the parser of
/// WinRM: the references by name of XML are nothing to it, and those by number are fine. What it says to other mistakes
/// differs from method to method.
fn check_embedded(text: &str, class: &str) -> Result<(), u32> {
    if text.contains("&amp;") {
        return Err(FAILED);
    }
    let has = |reference: &str| text.contains(reference);
    if ["&lt;", "&gt;", "&quot;", "&apos;"].into_iter().any(has) {
        return Err(INVALID_PARAMETER);
    }
    if text.is_empty() {
        return Ok(());
    }
    let instance =
        Instance::from_cim_xml(text, NAMESPACE, schema()).map_err(|_| INVALID_PARAMETER)?;
    let is_of_class = |(name, value): &(String, Value)| {
        schema()
            .find_property(instance.class(), name)
            .is_some_and(|declared| value.is_of(&declared.ty, declared.array))
    };
    let fits = schema().is_a(instance.class(), class)
        && instance.invalid.is_empty()
        && instance.properties.iter().all(is_of_class);
    if fits { Ok(()) } else { Err(INVALID_PARAMETER) }
}

pub(super) fn find<'a>(parameters: &'a [(String, Value)], name: &str) -> &'a Value {
    parameters.iter().find(|(known, _)| known == name).map_or(&Value::Null, |(_, value)| value)
}
