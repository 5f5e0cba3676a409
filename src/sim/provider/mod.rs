//! Requests in, answers out: the host without its HTTP.

mod enumerate;
mod fault;
mod header;
mod invoke;

use std::{fmt, time::Duration};

use jiff::Timestamp;
use uuid::Uuid;

use self::fault::Refused;
use super::{
    Do, Inventory, Invocation, JobEnd, Script,
    enumeration::Contexts,
    inventory::guid,
    repository::{NAMESPACE, Repository, Row, schema},
};
use crate::{
    cim::class::Class,
    soap::{Envelope, SOAP},
    wsman::{
        self, Enumerate, Get, Identify, Identity, Pull, Release, RequestHeader, Resource, Selector,
        TRANSFER, WSMAN, WSMV, answer_to,
    },
    xml::{Element, Limits, Name, XML},
};

/// A simulated host without its HTTP: takes envelopes, gives envelopes, and reads no clock.
///
/// [`Host`](super::Host) puts it on a socket.
pub struct Provider {
    repository: Repository,
    contexts: Contexts,
    script: Script,
    job_duration: Duration,
    journal: Vec<Invocation>,
}

/// What comes with a request from outside.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Who asks.
    pub user: &'a str,
    /// The present time; it must not go backwards from one call to the next.
    pub now: Timestamp,
    /// The identifier of the answer, new for each.
    pub message_id: Uuid,
    /// The identifier of what the request may bring about, a job or an enumeration context; new for each.
    pub new_id: Uuid,
}

/// An answer, and how it is to be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status: 200, or 500 for a fault.
    pub status: u16,
    /// The envelope.
    pub body: Vec<u8>,
    /// How long to wait before delivering it.
    pub delay: Duration,
    /// How to deliver it.
    pub delivery: Delivery,
}

/// How an answer is delivered, or what happens in its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// It is sealed and sent.
    #[default]
    Sealed,
    /// It is sent with `Connection: close`.
    Close,
    /// It is sent without a seal.
    Clear,
    /// The connection is closed in the middle of it.
    Truncated,
    /// The connection is closed.
    Dropped,
    /// Nothing is sent, and the connection stays open.
    Never,
    /// The connection is no longer authenticated, and 401 is sent.
    Unauthorized,
    /// The connection is no longer authenticated, and 400 is sent with an empty body.
    BadRequest,
}

/// What a script says of the execution of one request.
#[derive(Clone, Debug, Default)]
struct Order {
    return_value: Option<u32>,
    end: JobEnd,
    vanishes: bool,
}

impl Provider {
    /// A host that starts at a moment, whose jobs take this long.
    #[must_use]
    pub fn new(
        inventory: Inventory,
        script: Script,
        job_duration: Duration,
        started: Timestamp,
    ) -> Self {
        Self {
            repository: Repository::new(inventory, microseconds(started)),
            contexts: Contexts::default(),
            script,
            job_duration,
            journal: Vec::new(),
        }
    }

    /// The methods that were executed, in order. At most 10,000 are kept, the newest.
    #[must_use]
    pub fn journal(&self) -> &[Invocation] {
        &self.journal
    }

    /// How many enumerations are open at a moment: neither read to their end nor released nor expired.
    #[must_use]
    pub fn open_enumerations(&self, now: Timestamp) -> usize {
        self.contexts.count(now)
    }

    /// Answers a request of an authenticated user.
    pub fn answer(&mut self, call: &Call<'_>, request: &[u8]) -> Answer {
        let call = Call { now: microseconds(call.now), ..*call };
        self.repository.advance(call.now);
        let request = match Envelope::parse(request, Limits::default()) {
            Ok(request) => request,
            Err(error) => return refuse(&call, None, &fault::unreadable(&error)),
        };
        let mut order = Order::default();
        let mut delay = Duration::ZERO;
        let mut delivery = Delivery::Sealed;
        match self.script_for(&request) {
            None => {}
            Some(Do::Return(number)) => order.return_value = Some(number),
            Some(Do::EndJob(end)) => order.end = end,
            Some(Do::LoseJob(end)) => order = Order { end, vanishes: true, ..order },
            Some(Do::Fault(fault)) => return refuse(&call, Some(&request), &fault),
            Some(Do::ForgetContexts) => self.contexts.clear(),
            Some(Do::Delay(length)) => delay = length,
            Some(Do::DropBefore) => return instead(Delivery::Dropped),
            Some(Do::Unauthorized) => return instead(Delivery::Unauthorized),
            Some(Do::BadRequest) => return instead(Delivery::BadRequest),
            Some(Do::Hang) => delivery = Delivery::Never,
            Some(Do::DropAfter) => delivery = Delivery::Dropped,
            Some(Do::Truncate) => delivery = Delivery::Truncated,
            Some(Do::Clear) => delivery = Delivery::Clear,
            Some(Do::Close) => delivery = Delivery::Close,
        }
        let (answer, time_limit) = self.execute(&call, &request, &order);
        let answer = match answer {
            Err(fault) => refuse(&call, Some(&request), &fault),
            Ok(_) if delay > time_limit => refuse(&call, Some(&request), &fault::timed_out()),
            Ok(body) => Answer { status: 200, body, ..instead(delivery) },
        };
        Answer { delay: delay.min(time_limit), delivery, ..answer }
    }

    /// The answer to Identify before authentication: it hides the version of the system.
    ///
    /// Anything else has no answer.
    #[must_use]
    pub fn anonymous(request: &[u8]) -> Option<Vec<u8>> {
        let request = Envelope::parse(request, Limits::default()).ok()?;
        Identify::is_in(&request).then(|| identity("OS: 0.0.0 SP: 0.0 Stack: 3.0"))
    }

    /// Executes a request. Also says how long it may take.
    fn execute(
        &mut self,
        call: &Call<'_>,
        request: &Envelope,
        order: &Order,
    ) -> (Result<Vec<u8>, Refused>, Duration) {
        if Identify::is_in(request) {
            return (Ok(identity("OS: 10.0.20348 SP: 0.0 Stack: 3.0")), Duration::MAX);
        }
        match header::read(request) {
            Ok((header, resource)) => {
                (self.operation(call, request, &header, resource, order), header.operation_timeout)
            }
            Err(fault) => (Err(fault), Duration::MAX),
        }
    }

    fn operation(
        &mut self,
        call: &Call<'_>,
        request: &Envelope,
        header: &RequestHeader,
        resource: Resource,
        order: &Order,
    ) -> Result<Vec<u8>, Refused> {
        let limit = usize::try_from(header.max_envelope_size).unwrap_or(usize::MAX);
        let action =
            request.header.action.as_deref().ok_or_else(|| fault::missing_header("a:Action"))?;
        let invalid = |error: wsman::Error| match error {
            wsman::Error::FilterDialect(_) => fault::filter_dialect(),
            wsman::Error::Value { name: "w:EnumerationMode", .. } => {
                fault::unsupported("EnumerationMode", 2_150_858_886)
            }
            error => fault::schema(&error.to_string()),
        };
        let reply = |body: Option<Element>| {
            let declarations = match action {
                Enumerate::ACTION | Pull::ACTION | Release::ACTION => {
                    vec![("n", wsman::ENUMERATION), ("w", WSMAN)]
                }
                _ => vec![("x", TRANSFER), ("w", WSMAN), ("p", WSMV)],
            };
            let header = answer_to(request, message_id(call));
            write(&Envelope { header, body: body.into_iter().collect(), declarations })
        };
        let answer = match action {
            Get::ACTION => {
                let row = self.find(&resource)?;
                let instance =
                    self.repository.instance(row, call.now).ok_or_else(fault::no_instance)?;
                self.repository.seen(row);
                reply(Some(instance.encode()))
            }
            Enumerate::ACTION => {
                let enumerate = Enumerate::from_body(resource, &request.body).map_err(invalid)?;
                let overhead = reply(None)?.len();
                let enumerated =
                    self.enumerate(call, request, &enumerate, limit.saturating_sub(overhead))?;
                reply(Some(enumerated.to_body()))
            }
            Pull::ACTION => {
                let pull = Pull::from_body(resource, &request.body).map_err(invalid)?;
                let overhead = reply(None)?.len();
                let page = self.pull(call, &pull, limit.saturating_sub(overhead))?;
                reply(Some(page.to_body()))
            }
            Release::ACTION => {
                let release = Release::from_body(resource, &request.body).map_err(invalid)?;
                self.contexts
                    .take(&release.context, call.user, call.now)
                    .ok_or_else(fault::unknown_context)?;
                reply(None)
            }
            action => reply(Some(self.invoke(call, action, &resource, &request.body, order)?)),
        }?;
        if answer.len() > limit { Err(fault::answer_too_large()) } else { Ok(answer) }
    }

    /// The class of a resource.
    fn class(&self, resource: &Resource) -> Result<&'static Class, Refused> {
        let namespace = resource
            .uri
            .wmi_namespace()
            .ok_or_else(|| fault::invalid_resource_uri(&resource.uri))?;
        if !namespace.eq_ignore_ascii_case(NAMESPACE) {
            return Err(fault::no_namespace(namespace));
        }
        let class = resource.uri.class();
        schema().find(class).ok_or_else(|| fault::no_class(class))
    }

    /// The one instance that the selectors identify, which need not be the whole key.
    fn find(&self, resource: &Resource) -> Result<Row, Refused> {
        let class = self.class(resource)?;
        let selectors = keys_of(resource)?;
        if selectors.is_empty() {
            return Err(fault::insufficient_selectors());
        }
        let keys = schema().keys(&class.name);
        if let Some((name, _)) = selectors
            .iter()
            .find(|(name, _)| !keys.iter().any(|key| key.eq_ignore_ascii_case(name)))
        {
            return Err(fault::unexpected_selector(name));
        }
        let is_meant = |row: &Row| {
            self.repository.resource(*row).is_some_and(|candidate| {
                selectors.iter().all(|(name, value)| match value {
                    Selector::Text(value) => candidate
                        .selectors
                        .find(name)
                        .is_some_and(|own| own.eq_ignore_ascii_case(value)),
                    _ => false,
                })
            })
        };
        let mut rows = self.repository.rows(&class.name).into_iter().filter(is_meant);
        match (rows.next(), rows.next()) {
            (None, _) => Err(fault::no_instance()),
            (Some(row), None) => Ok(row),
            (Some(_), Some(_)) => Err(fault::ambiguous_selectors()),
        }
    }

    fn script_for(&mut self, request: &Envelope) -> Option<Do> {
        let action = if Identify::is_in(request) {
            "Identify"
        } else {
            request.header.action.as_deref()?.rsplit('/').next()?
        };
        let vms = &self.repository.vms;
        let is_on = |name: &str| {
            vms.iter().filter(|vm| vm.name == name || vm.guid().eq_ignore_ascii_case(name)).any(
                |vm| {
                    request
                        .body
                        .iter()
                        .flat_map(|input| &input.children)
                        .filter_map(|parameter| Resource::from_children(parameter).ok())
                        .filter_map(|resource| resource.selectors.find("Name").map(str::to_owned))
                        .any(|name| name.eq_ignore_ascii_case(&vm.guid()))
                },
            )
        };
        self.script.next(action, is_on)
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("journal", &self.journal).finish_non_exhaustive()
    }
}

/// The selectors that are keys: the namespace, which some clients name too, has to agree with the resource URI.
fn keys_of(resource: &Resource) -> Result<Vec<(&str, &Selector)>, Refused> {
    let mut keys: Vec<_> = resource.selectors.iter().collect();
    if let Some(namespace) = resource.selectors.find("__cimnamespace") {
        if !namespace.replace('\\', "/").eq_ignore_ascii_case(NAMESPACE) {
            return Err(fault::different_namespace_selector());
        }
        keys.retain(|(name, _)| !name.eq_ignore_ascii_case("__cimnamespace"));
    }
    Ok(keys)
}

fn identity(version: &str) -> Vec<u8> {
    Identity::new("Microsoft Corporation", version).envelope().to_bytes().unwrap_or_default()
}

fn instead(delivery: Delivery) -> Answer {
    Answer { status: 200, body: Vec::new(), delay: Duration::ZERO, delivery }
}

fn refuse(call: &Call<'_>, request: Option<&Envelope>, fault: &wsman::Fault) -> Answer {
    let relates_to = request.and_then(|request| request.header.message_id.clone());
    let mut envelope = fault.envelope(message_id(call), relates_to);
    for name in &fault.soap.not_understood {
        let header = Element::new(SOAP, "NotUnderstood")
            .attribute(Name::local_only("qname"), format!("u:{}", name.local()));
        let header = match name.namespace() {
            Some(namespace) => header.declare("u", namespace),
            None => header,
        };
        envelope.header.others.push(header);
    }
    let body = write(&envelope).unwrap_or_default();
    Answer { status: 500, body, delay: Duration::ZERO, delivery: Delivery::Sealed }
}

/// Writes an answer with its language, as hosts do.
fn write(envelope: &Envelope) -> Result<Vec<u8>, Refused> {
    envelope
        .to_element()
        .attribute(Name::new(XML, "lang"), "en-US")
        .to_xml()
        .map(String::into_bytes)
        .map_err(|error| fault::internal(&error.to_string()))
}

fn message_id(call: &Call<'_>) -> String {
    format!("uuid:{}", guid(call.message_id))
}

/// A time as exact as CIM has it.
fn microseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}
