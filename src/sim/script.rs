//! What goes otherwise than usual, so that tests can see what a client makes of it.

use std::{ops::RangeInclusive, time::Duration};

use super::JobEnd;
use crate::wsman::Fault;

/// Rules for requests that are not to go their usual way.
///
/// Each rule counts the requests that it is for. Where several rules are due for one request, the one that was added
/// first applies.
///
/// ```
/// use hyperv_replica::sim::{Do, On, Script};
///
/// let script = Script::new()
///     .once(On::action("Resynchronize"), Do::DropAfter)
///     .nth(2, On::action("Pull"), Do::ForgetContexts);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Script {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    on: On,
    due: RangeInclusive<u32>,
    count: u32,
    act: Do,
}

/// Which requests a rule is for. Requests before authentication are never meant.
#[derive(Clone, Debug, Default)]
pub struct On {
    action: Option<String>,
    vm: Option<String>,
}

/// What happens to a request instead of the usual.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Do {
    /// A method returns this number: with 0 it does at once what a job would do, with another number nothing.
    Return(u32),
    /// The job that a method begins ends so.
    EndJob(JobEnd),
    /// The job that a method begins can be seen once and is gone then; what it does goes on and ends so.
    LoseJob(JobEnd),
    /// Nothing is executed; the answer is this fault.
    Fault(Box<Fault>),
    /// A page with more items than this is refused as too large, by the fault `w:EncodingLimit`. Nothing is lost: the
    /// same context gives a smaller one.
    LimitItems(usize),
    /// Nothing is executed; the answer is this HTTP status, such as 503, with an empty body.
    Status(u16),
    /// All enumeration contexts expire before the request is executed.
    ForgetContexts,
    /// The answer comes later; after `OperationTimeout` it is the fault `w:TimedOut`, although the request is executed.
    Delay(Duration),
    /// The request is executed and never answered. The connection stays open.
    Hang,
    /// The connection is closed instead of executing the request.
    DropBefore,
    /// The request is executed; the connection is closed instead of answering.
    DropAfter,
    /// The request is executed; the connection is closed in the middle of the answer.
    Truncate,
    /// Nothing is executed; the connection has lost its authentication and answers 401.
    Unauthorized,
    /// Nothing is executed; the connection has lost its authentication and answers 400 with an empty body.
    BadRequest,
    /// The request is executed; the answer is not sealed.
    Clear,
    /// The request is executed; the answer has `Connection: close`.
    Close,
}

impl Script {
    /// No rules: all goes as usual.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule for the first request of a kind.
    #[must_use]
    pub fn once(self, on: On, act: Do) -> Self {
        self.nth(1, on, act)
    }

    /// Adds a rule for one request of a kind, counted from 1.
    #[must_use]
    pub fn nth(self, number: u32, on: On, act: Do) -> Self {
        self.rule(on, number..=number, act)
    }

    /// Adds a rule for all requests of a kind.
    #[must_use]
    pub fn always(self, on: On, act: Do) -> Self {
        self.rule(on, 1..=u32::MAX, act)
    }

    fn rule(mut self, on: On, due: RangeInclusive<u32>, act: Do) -> Self {
        self.rules.push(Rule { on, due, count: 0, act });
        self
    }

    /// What is to happen to a request, which counts it. `is_on` tells whether it is on a virtual machine.
    pub(super) fn next(&mut self, action: &str, is_on: impl Fn(&str) -> bool) -> Option<Do> {
        let mut next = None;
        for rule in &mut self.rules {
            let is_meant = rule.on.action.as_ref().is_none_or(|meant| meant == action)
                && rule.on.vm.as_ref().is_none_or(|meant| is_on(meant));
            if is_meant {
                rule.count = rule.count.saturating_add(1);
                if next.is_none() && rule.due.contains(&rule.count) {
                    next = Some(rule.act.clone());
                }
            }
        }
        next
    }
}

impl On {
    /// Every request.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// Requests of an action, by its last segment: `Get`, `Put`, `Create`, `Delete`, `Enumerate`, `Pull`, `Release`,
    /// the name of a method, or `Identify`.
    #[must_use]
    pub fn action(action: &str) -> Self {
        Self { action: Some(action.to_owned()), vm: None }
    }

    /// Only calls of methods of this virtual machine, or with it as a parameter, by its name or its identifier.
    #[must_use]
    pub fn vm(self, name: &str) -> Self {
        Self { vm: Some(name.to_owned()), ..self }
    }
}
