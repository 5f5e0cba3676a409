//! Requests in, answers out: the host without its HTTP.

mod associate;
mod config;
mod enumerate;
mod fault;
mod header;
mod invoke;
mod job;
mod network;
mod resource;
mod server;
mod service;
mod state;
mod statistics;
mod transfer;

use std::{fmt, time::Duration};

use jiff::Timestamp;
use uuid::Uuid;

use self::fault::Refused;
use super::{
    Do, Inventory, Invocation, JobEnd, Script, enumeration::Contexts, inventory::guid,
    repository::Repository,
};
use crate::{
    auth::Hardening,
    soap::{Envelope, SOAP},
    wsman::{
        self, Create, Delete, Enumerate, Get, Identify, Identity, Pull, Put, Release,
        RequestHeader, Resource, TRANSFER, WSMAN, WSMV, answer_to,
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
    logon: Logon,
    /// The certificates of the machine, as DER.
    certificates: Vec<Vec<u8>>,
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
    /// The HTTP status: 200, or 500 for a fault, or what a script says.
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
    /// The status is sent, with an empty body.
    Empty,
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
    /// How many items a page may have, where the script says that.
    most_items: Option<usize>,
}

/// How one logs on, as the configuration of WinRM says.
#[derive(Clone, Copy, Debug, Default)]
struct Logon {
    kerberos: bool,
    basic: bool,
    hardening: Hardening,
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
            logon: Logon::default(),
            certificates: Vec::new(),
        }
    }

    /// What its configuration says of how one logs on.
    #[must_use]
    pub fn logon(self, kerberos: bool, basic: bool, hardening: Hardening) -> Self {
        Self { logon: Logon { kerberos, basic, hardening }, ..self }
    }

    /// The certificates in the machine's store `Personal`, as DER, which can be used for replication.
    #[must_use]
    pub fn certificates(self, certificates: Vec<Vec<u8>>) -> Self {
        Self { certificates, ..self }
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
            Some(Do::LimitItems(most)) => order.most_items = Some(most),
            Some(Do::Status(status)) => {
                return Answer { status, ..instead(Delivery::Empty) };
            }
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
            wsman::Error::Value { name: "b:PolymorphismMode", .. } => fault::polymorphism(),
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
            Get::ACTION => reply(Some(self.get(&resource)?)),
            Put::ACTION => return Err(self.put(&resource, &request.body)),
            Create::ACTION => return Err(self.create(&resource, &request.body)),
            Delete::ACTION => return Err(self.delete(&resource, &request.body)),
            Enumerate::ACTION => {
                let enumerate = Enumerate::from_body(resource, &request.body).map_err(invalid)?;
                let overhead = reply(None)?.len();
                let enumerated =
                    self.enumerate(call, &enumerate, limit.saturating_sub(overhead), order)?;
                reply(Some(enumerated.to_body()))
            }
            Pull::ACTION => {
                let pull = Pull::from_body(resource, &request.body).map_err(invalid)?;
                let overhead = reply(None)?.len();
                let page = self.pull(call, &pull, limit.saturating_sub(overhead), order)?;
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

    fn script_for(&mut self, request: &Envelope) -> Option<Do> {
        let action = if Identify::is_in(request) {
            "Identify"
        } else {
            request.header.action.as_deref()?.rsplit('/').next()?
        };
        let vms = &self.repository.vms;
        // A method of the virtual machine itself has it as its resource.
        let own = RequestHeader::read(request).ok().map(|(_, resource)| resource).filter(|own| {
            let uri = own.uri.as_str();
            request.header.action.as_deref().is_some_and(|action| action.starts_with(uri))
        });
        let is_on = |name: &str| {
            vms.iter().filter(|vm| vm.name == name || vm.guid().eq_ignore_ascii_case(name)).any(
                |vm| {
                    request
                        .body
                        .iter()
                        .flat_map(|input| &input.children)
                        .filter_map(|parameter| Resource::from_children(parameter).ok())
                        .chain(own.clone())
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
