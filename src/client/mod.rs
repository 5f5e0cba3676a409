//! A client of one host: operations as `async` calls.

mod builder;
mod enumeration;
mod invoke;
pub mod kerberos;
mod login;
mod observer;
mod pool;
mod typed;

use std::{fmt, sync::Arc, time::Duration};

use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

pub use crate::transport::{Endpoint, Pin, PinError, Proxy, ProxyError};
pub use builder::ClientBuilder;
pub use enumeration::{Enumerating, Enumeration, Item};
pub use invoke::Invocation;
pub use kerberos::Kerberos;
pub use login::{Authentication, TicketFacts};
pub use observer::{Exchange, Observer};
pub use typed::Returned;

use self::{observer::Watch, pool::Pool};
use crate::{
    auth::Mechanism,
    cim::{Instance, wql::Query},
    error::{Context, Error, ErrorKind, Result},
    mof,
    soap::Envelope,
    transport::{self, Execution},
    wsman::{
        self, Association, Create, Cursor, Delete, Enumerate, Filter, Get, Identify, Identity,
        Operation, Put, RequestHeader, Resource, ResourceUri, WSMAN, read_answer,
    },
    xml::Limits,
};

type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The namespace of WMI that has the classes of Hyper-V.
pub const VIRTUALIZATION: &str = "root/virtualization/v2";

/// A client of one host.
///
/// Cheap to clone; clones share a small pool of authenticated connections, on each of which one request travels at a
/// time. Nothing is sent before the first call. Calls get their connections in the order in which they began. One
/// connection is opened at a time; when the host does not answer, or what is before it, all calls that wait fail with
/// that one error, and the next one tries anew. A connection that was idle for 100 s is closed, before the host does.
///
/// # What is sent twice, and what is not
/// A request goes out again, once, on another connection, when the host certainly did not execute it; one that only
/// reads also when that is not certain.
///
/// | the connection | a read | a method, and all that changes something |
/// | --- | --- | --- |
/// | cannot be opened, or breaks in the handshake | error | error, [did not run](Error::outcome_unknown) |
/// | was found closed before the request was written | sent again | sent again |
/// | breaks while the request is written, or before the answer is complete | sent again | error, outcome unknown |
/// | gives no answer in time | error | error, outcome unknown |
/// | answers 401, or 400 with an empty body to a sealed request | sent again | sent again |
/// | answers that a quota is used up | sent again, four times, later | sent again, four times, later |
/// | answers 503 | sent again, four times, later | error, outcome unknown |
/// | gives an answer that cannot be believed | error | error, outcome unknown |
///
/// `Pull` reads, but moves on what it reads from: it is treated as a method, without an outcome that matters. A method
/// goes out on a connection that was idle for 15 s only after an `Identify` has shown that it lives. An error whose
/// outcome is unknown says [`outcome_unknown`](Error::outcome_unknown); with any other the request did not run, or was
/// refused.
///
/// A password that the host refused is not sent again, by this client and its clones: hosts lock accounts after a few
/// wrong ones. Build a new client to try again.
///
/// # Cancellation
/// Dropping the future of a call closes the connection that it used; other calls and clones go on. What a method began
/// on the host goes on there.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    times: Times,
}

struct Shared {
    pool: Pool,
    watch: Watch,
    endpoint: Endpoint,
    mechanism: Mechanism,
    session_id: String,
    limits: Limits,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
struct Times {
    connect: Duration,
    operation: Duration,
    /// As it was asked for; else it follows from the others.
    total: Option<Duration>,
}

/// How much longer than the host we wait: what Windows' own clients add, too (`NetworkDelayms`).
const NETWORK_DELAY: Duration = Duration::from_secs(5);
/// No call takes longer, whatever was asked for: clocks cannot count to the end of a `Duration`.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);
/// How long to wait before a request goes out again that a busy host refused, at first.
const BACK_OFF: Duration = Duration::from_millis(500);
/// How often a request goes out again that a busy host refused.
const BUSY_REPETITIONS: u32 = 4;

impl Times {
    /// How long we wait for the answer to one request.
    fn request(&self) -> Duration {
        self.operation.saturating_add(NETWORK_DELAY)
    }

    fn total(&self) -> Duration {
        let default = || self.connect.saturating_add(self.request().saturating_mul(2));
        self.total.unwrap_or_else(default).min(LONGEST)
    }
}

/// What a request does on the host, which decides whether it may be sent again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It reads: it may be repeated.
    Reads,
    /// It reads, but moves on what it reads from, as `Pull` does: a second one would skip something.
    Advances,
    /// It changes something.
    Changes,
}

impl Client {
    /// Begins to build a client of the host at a URL, or of a host name: see [`Endpoint`] for the forms.
    pub fn builder(host: &str) -> ClientBuilder {
        ClientBuilder::new(host)
    }

    /// Where the host listens.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.shared.endpoint
    }

    /// How the client proves who it is. Where that depends on whether there is a Kerberos ticket, one is got, once for
    /// all connections.
    ///
    /// # Errors
    /// When there is no ticket, and nothing else may be tried, or the [time of a call](ClientBuilder::total_timeout) is
    /// over.
    pub async fn authentication(&self) -> Result<Authentication> {
        timeout_at(self.deadline(), self.shared.pool.authentication()).await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Timeout, "the KDCs of the realm took too long"))
        })
    }

    /// Who we want to be, as it was asked for.
    pub(crate) fn mechanism(&self) -> Mechanism {
        self.shared.mechanism
    }

    /// How the host is reached.
    pub(crate) fn settings(&self) -> &Arc<transport::Settings> {
        self.shared.pool.settings()
    }

    /// Asks the host what it is. The only operation that needs no [credentials](crate::auth::Credentials::none); without
    /// them a host hides the version of its system.
    ///
    /// On the wire: `wsmid:Identify`, without credentials with the HTTP header `WSMANIDENTIFY: unauthenticated`; DSP0226
    /// section 11, MS-WSMV section 3.1.4.1.23.
    ///
    /// # Errors
    /// When there is no answer, or none that is WS-Management.
    pub async fn identify(&self) -> Result<Identity> {
        let context = self.context("Identify", None, None);
        self.exchange(
            Effect::Reads,
            &context,
            self.deadline(),
            |_| Identify::default().envelope(),
            |answer, _| Identity::read(&Envelope::parse(&answer, self.shared.limits)?),
        )
        .await
    }

    /// The same client with another [time-out of a request](ClientBuilder::operation_timeout). It shares the connections.
    #[must_use]
    pub fn operation_timeout(&self, time: Duration) -> Self {
        Self { times: Times { operation: time, ..self.times }, ..self.clone() }
    }

    /// The same client with another [time-out of a whole call](ClientBuilder::total_timeout). It shares the connections.
    #[must_use]
    pub fn total_timeout(&self, time: Duration) -> Self {
        Self { times: Times { total: Some(time), ..self.times }, ..self.clone() }
    }

    /// Reads the one instance that a resource names; it must exist. One that is larger than an envelope is asked for
    /// again, in a larger one, which a host gives as far as its own limit goes (`MaxEnvelopeSizekb`).
    ///
    /// On the wire: `Get`; DSP0226 section 7.3.
    ///
    /// # Errors
    /// When there is no such instance (kind [`Fault`](ErrorKind::Fault), code 2150858752), or no answer.
    pub async fn get(&self, resource: &Resource) -> Result<Instance> {
        let get = Get { resource: resource.clone() };
        let context = self.context("Get", Some(resource.uri.class()), None);
        let deadline = self.deadline();
        let ask = |size| self.send_sized(&get, Effect::Reads, &context, deadline, size);
        let mut answer = ask(Cursor::ENVELOPE_SIZE).await;
        if let Err(error) = &answer
            && error.fault().is_some_and(|fault| fault.is(WSMAN, "EncodingLimit"))
        {
            answer = ask(Cursor::LARGEST_ENVELOPE_SIZE).await;
        }
        Instance::decode(&answer?, mof::schema())
            .map_err(|error| Error::from(error).with_context(context))
    }

    /// Reads the one instance that a resource names, if it exists.
    ///
    /// # Errors
    /// As [`get`](Self::get), but that there is no such instance is `None`.
    pub async fn find(&self, resource: &Resource) -> Result<Option<Instance>> {
        match self.get(resource).await {
            Ok(instance) => Ok(Some(instance)),
            Err(error) if error.fault().is_some_and(|fault| fault.has_code(2_150_858_752)) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Changes properties of the one instance that a resource names: those that `instance` has; Windows keeps the others.
    /// Gives the instance as it is then, if the host does.
    ///
    /// The providers of Hyper-V refuse it: they have methods for what can be changed.
    ///
    /// On the wire: `Put`; DSP0226 section 7.4.
    ///
    /// # Errors
    /// When the host refuses it, or gives no answer. [`outcome_unknown`](Error::outcome_unknown) says whether it may have
    /// been done.
    pub async fn put(&self, resource: &Resource, instance: &Instance) -> Result<Option<Instance>> {
        let put = Put { resource: resource.clone(), instance: instance.encode() };
        let context = self.context("Put", Some(resource.uri.class()), None);
        let element = self.send(&put, Effect::Changes, &context).await?;
        element
            .map(|element| Instance::decode(&element, mof::schema()))
            .transpose()
            .map_err(|error| Error::from(error).with_unknown_outcome(true).with_context(context))
    }

    /// Creates an instance of a class, and says where it is.
    ///
    /// The providers of Hyper-V refuse it: they have methods that define things.
    ///
    /// On the wire: `Create`; DSP0226 section 7.6.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn create(&self, class: &ResourceUri, instance: &Instance) -> Result<Resource> {
        let create = Create { resource: Resource::new(class.clone()), instance: instance.encode() };
        self.send(&create, Effect::Changes, &self.context("Create", Some(class.class()), None))
            .await
    }

    /// Deletes the one instance that a resource names.
    ///
    /// The providers of Hyper-V refuse it: they have methods that destroy things.
    ///
    /// On the wire: `Delete`; DSP0226 section 7.5.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn delete(&self, resource: &Resource) -> Result<()> {
        let delete = Delete { resource: resource.clone() };
        let context = self.context("Delete", Some(resource.uri.class()), None);
        self.send(&delete, Effect::Changes, &context).await
    }

    /// All instances of a class, subclasses included.
    ///
    /// ```
    /// # #[cfg(feature = "sim")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let host = hyperv_replica::sim::Host::builder().user("admin", "secret").bind("127.0.0.1:0").await?;
    /// # let url = &host.url();
    /// use hyperv_replica::{Client, Credentials, cim::ResourceUri, client::VIRTUALIZATION};
    ///
    /// let client = Client::builder(url).credentials(Credentials::ntlm("admin", "secret")).build()?;
    /// let class = ResourceUri::wmi(VIRTUALIZATION, "Msvm_ComputerSystem");
    /// let mut systems = client.enumerate(&class).page_size(500).start().await?;
    /// while let Some(system) = systems.next().await? {
    ///     println!("{:?} {:?}", system.text("ElementName"), system.number("EnabledState"));
    /// }
    ///
    /// for (system, reference) in client.enumerate(&class).with_references().collect().await? {
    ///     println!("{:?} is {reference}", system.text("ElementName"));
    /// }
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sim"))]
    /// # fn main() {}
    /// ```
    pub fn enumerate(&self, class: &ResourceUri) -> Enumerating {
        let enumerate = Enumerate::new(Resource::new(class.clone()));
        Enumerating::new(self, enumerate, Some(class.class()))
    }

    /// What a query gives: see [`wql`](crate::cim::wql).
    ///
    /// On the wire: a WQL filter on all classes of the namespace; DSP0226 section 8.3.
    pub fn query(&self, namespace: &str, query: impl Into<Query>) -> Enumerating {
        let query = query.into();
        let enumerate = Enumerate::new(Resource::new(ResourceUri::all_classes(namespace)));
        Enumerating::new(self, enumerate, query.class())
            .filter(Filter::Wql(query.as_str().to_owned()))
    }

    /// What is associated with an instance, or its associations themselves, in a namespace.
    ///
    /// On the wire: an association filter on all classes of the namespace; DSP0227 section 8.2.
    pub fn associations(&self, namespace: &str, association: Association) -> Enumerating {
        let enumerate = Enumerate::new(Resource::new(ResourceUri::all_classes(namespace)));
        Enumerating::new(self, enumerate, Some(association.object().class()))
            .filter(Filter::Association(association))
    }

    /// Begins to call a method of a resource.
    pub fn invoke(&self, resource: Resource, method: &str) -> Invocation {
        Invocation::new(self.clone(), resource, method)
    }

    /// After this time, counted from when a request was sent, the host no longer works on it.
    pub(crate) fn request_time(&self) -> Duration {
        self.times.request()
    }

    async fn send<O: Operation>(
        &self,
        operation: &O,
        effect: Effect,
        context: &Context,
    ) -> Result<O::Answer> {
        let deadline = self.deadline();
        self.send_sized(operation, effect, context, deadline, Cursor::ENVELOPE_SIZE).await
    }

    async fn send_sized<O: Operation>(
        &self,
        operation: &O,
        effect: Effect,
        context: &Context,
        deadline: Instant,
        max_envelope_size: u32,
    ) -> Result<O::Answer> {
        self.exchange(
            effect,
            context,
            deadline,
            self.request(operation, max_envelope_size)
                .map_err(|error| error.with_context(context.clone()))?,
            |answer, message_id| {
                let envelope = Envelope::parse(&answer, self.shared.limits)?;
                read_answer(operation, message_id, &envelope)
            },
        )
        .await
    }

    /// The envelope of an operation, by the identifier that it gets.
    fn request<O: Operation>(
        &self,
        operation: &O,
        max_envelope_size: u32,
    ) -> Result<impl Fn(&str) -> Envelope> {
        if self.shared.mechanism == Mechanism::None {
            return Err(Error::new(ErrorKind::Usage, "without credentials there is only Identify"));
        }
        Ok(move |message_id: &str| self.header(message_id, max_envelope_size).envelope(operation))
    }

    fn header(&self, message_id: &str, max_envelope_size: u32) -> RequestHeader {
        RequestHeader {
            to: self.shared.endpoint.to_string(),
            message_id: message_id.to_owned(),
            session_id: Some(self.shared.session_id.clone()),
            max_envelope_size,
            operation_timeout: self.times.operation,
        }
    }

    /// When a call that begins now has to end.
    fn deadline(&self) -> Instant {
        Instant::now() + self.times.total()
    }

    /// Sends a request and reads the answer, under the rules that the type documents.
    async fn exchange<T>(
        &self,
        effect: Effect,
        context: &Context,
        deadline: Instant,
        request: impl Fn(&str) -> Envelope,
        read: impl Fn(Vec<u8>, &str) -> std::result::Result<T, wsman::Error>,
    ) -> Result<T> {
        let fail = |error: Error| error.with_context(context.clone());
        let pool = &self.shared.pool;
        let ticket = pool.ticket();
        let mut previous = None;
        let mut repeated = false;
        let mut refused_busy = 0;
        loop {
            let for_change = effect == Effect::Changes;
            // Boxed, and without their types, which would make the futures of callers too deep for the compiler.
            let lease: BoxFuture<'_, _> =
                Box::pin(pool.lease(ticket, previous, for_change, self.times.request(), deadline));
            let mut lease = lease.await.map_err(fail)?;
            previous = None;
            let message_id = message_id().map_err(fail)?;
            let envelope = request(&message_id).to_bytes().map_err(|error| {
                fail(
                    Error::new(ErrorKind::Usage, "the request cannot be written")
                        .with_source(error),
                )
            })?;
            tracing::debug!(host = %self.shared.endpoint, operation = context.operation, %message_id, "request");
            tracing::trace!(envelope = %String::from_utf8_lossy(&envelope), "request");
            if Instant::now() >= deadline {
                return Err(fail(Error::new(
                    ErrorKind::Timeout,
                    "there was no time left to send the request",
                )));
            }
            let answer: BoxFuture<'_, _> = Box::pin(lease.exchange(&envelope, deadline));
            match self.shared.watch.exchange(context, &message_id, &envelope, answer).await {
                Ok(answer) => {
                    tracing::trace!(status = answer.status, envelope = %String::from_utf8_lossy(&answer.body), "answer");
                    let result = read(answer.body, &message_id);
                    if matches!(&result, Ok(_) | Err(wsman::Error::Fault(_))) {
                        lease.give_back();
                    }
                    let error = match result {
                        Ok(answer) => return Ok(answer),
                        Err(error) => error,
                    };
                    let (is_quota, ran_not) = match &error {
                        wsman::Error::Fault(fault) => {
                            (fault.is_quota(), fault.precedes_execution())
                        }
                        _ => (false, false),
                    };
                    if is_quota && back_off(&mut refused_busy, deadline, context, &error).await {
                        continue;
                    }
                    return Err(fail(
                        Error::from(error)
                            .with_unknown_outcome(!ran_not && effect == Effect::Changes),
                    ));
                }
                Err(error) if !repeated && may_repeat(&error, effect) => {
                    tracing::warn!(host = %self.shared.endpoint, operation = context.operation, %error, "sending again on another connection");
                    repeated = true;
                    previous = Some(lease);
                }
                Err(error) => {
                    let is_busy = matches!(error, transport::Error::Status { status: 503, .. })
                        && effect == Effect::Reads;
                    let unknown =
                        effect == Effect::Changes && error.execution() == Execution::Unknown;
                    let error = pool.describe(error);
                    drop(lease);
                    if is_busy && back_off(&mut refused_busy, deadline, context, &error).await {
                        continue;
                    }
                    return Err(fail(error.with_unknown_outcome(unknown)));
                }
            }
        }
    }

    /// What an error says of where it happened.
    pub(crate) fn context(
        &self,
        operation: &'static str,
        class: Option<&str>,
        method: Option<&str>,
    ) -> Context {
        Context {
            host: Some(self.shared.endpoint.to_string()),
            operation: Some(operation),
            class: class.map(str::to_owned),
            method: method.map(str::to_owned),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.shared.endpoint.to_string())
            .finish_non_exhaustive()
    }
}

/// Waits before a request goes out again that a busy host refused. Whether it may: not too often, and not when there
/// is no time left.
async fn back_off(
    times: &mut u32,
    deadline: Instant,
    context: &Context,
    refusal: &(dyn std::error::Error + Sync),
) -> bool {
    let wait = BACK_OFF.saturating_mul(1 << *times);
    if *times >= BUSY_REPETITIONS || Instant::now() + wait >= deadline {
        return false;
    }
    *times += 1;
    tracing::warn!(
        host = context.host,
        operation = context.operation,
        error = %refusal,
        ?wait,
        times,
        "the host is busy; sending again"
    );
    tokio::time::sleep(wait).await;
    true
}

/// Whether a request that failed on its first connection may go out on a second one.
fn may_repeat(error: &transport::Error, effect: Effect) -> bool {
    use transport::Error as E;
    match error {
        // The host did not execute it, and says nothing against us.
        E::Closed | E::Unauthenticated | E::ContextLost | E::ClearTextRefused { status: 401 } => {
            true
        }
        E::Broken(_) => effect == Effect::Reads,
        _ => false,
    }
}

/// `uuid:` and a GUID in upper case, as Windows writes it.
fn message_id() -> Result<String> {
    let mut bytes = [0; 16];
    #[expect(clippy::disallowed_methods, reason = "the client is an I/O layer")]
    getrandom::getrandom(&mut bytes).map_err(|error| {
        Error::new(ErrorKind::Usage, "the system gives no random bytes").with_source(error)
    })?;
    let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
    Ok(format!("uuid:{}", Uuid::hyphenated(id).to_string().to_uppercase()))
}
