//! A client of one host: operations as `async` calls.

mod builder;
mod enumeration;
mod invoke;
mod observer;
mod pool;

use std::{fmt, sync::Arc, time::Duration};

use tokio::time::Instant;
use uuid::Uuid;

pub use builder::ClientBuilder;
pub use enumeration::Enumeration;
pub use invoke::Invocation;
pub use observer::{Exchange, Observer};

use self::{observer::Watch, pool::Pool};
use crate::{
    cim::{Instance, wql::Select},
    error::{Context, Error, ErrorKind, Result},
    mof,
    soap::Envelope,
    transport::{self, Endpoint, Execution},
    wsman::{
        self, EnumerationMode, Filter, Get, Identify, Identity, Operation, RequestHeader, Resource,
        ResourceUri, read_answer,
    },
    xml::Limits,
};

/// The namespace of WMI that has the classes of Hyper-V.
pub const VIRTUALIZATION: &str = "root/virtualization/v2";

/// A client of one host.
///
/// Cheap to clone; clones share a small pool of authenticated connections, on each of which one request travels at a
/// time. Nothing is sent before the first call.
///
/// # What is sent twice, and what is not
/// A request goes out again, once, on a new connection, when the host certainly did not execute it: it had closed the
/// connection before the request was written, or it answered 401, or 400 with an empty body to a sealed request. When
/// the connection broke after that, only requests that read are repeated. A method never is: its error then says
/// [`outcome_unknown`](Error::outcome_unknown).
///
/// Credentials that the host refused are not sent again, by this client and its clones: hosts lock accounts after a few
/// wrong passwords. Build a new client to try again.
///
/// # Cancellation
/// Dropping the future of a call closes the connection that it used; other calls and clones go on. What a method began
/// on the host goes on there.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    pool: Pool,
    watch: Watch,
    endpoint: Endpoint,
    session_id: String,
    max_envelope_size: u32,
    operation_timeout: Duration,
    total_timeout: Duration,
    limits: Limits,
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

    /// Asks the host what it is.
    ///
    /// On the wire: `wsmid:Identify`; DSP0226 section 11.
    ///
    /// # Errors
    /// When there is no answer, or none that is WS-Management.
    pub async fn identify(&self) -> Result<Identity> {
        let context = self.context("Identify", None, None);
        let envelope = Identify::default().envelope();
        self.exchange(
            Effect::Reads,
            &context,
            |_| envelope.clone(),
            |answer, _| Identity::read(answer),
        )
        .await
    }

    /// Reads the one instance that a resource names; it must exist.
    ///
    /// On the wire: `Get`; DSP0226 section 7.3.
    ///
    /// # Errors
    /// When there is no such instance (kind [`Fault`](ErrorKind::Fault), code 2150858752), or no answer.
    pub async fn get(&self, resource: &Resource) -> Result<Instance> {
        let get = Get { resource: resource.clone() };
        let context = self.context("Get", Some(resource.uri.class()), None);
        let element = self.send(&get, Effect::Reads, &context).await?;
        Instance::decode(&element, mof::schema())
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

    /// Begins to read the instances that a query selects.
    ///
    /// On the wire: `Enumerate` with a WQL filter on all classes of the namespace, optimized; DSP0226 section 8.
    ///
    /// # Errors
    /// When the host refuses the query, or gives no answer.
    pub async fn query(&self, namespace: &str, query: &Select) -> Result<Enumeration> {
        let resource = Resource::new(ResourceUri::all_classes(namespace));
        let filter = Some(Filter::Wql(query.to_string()));
        Enumeration::start(self, resource, filter, EnumerationMode::Object, query.class()).await
    }

    /// Begins to read all instances of a class.
    ///
    /// # Errors
    /// When there is no such class, or no answer.
    pub async fn enumerate(&self, class: &ResourceUri) -> Result<Enumeration> {
        Enumeration::start(
            self,
            Resource::new(class.clone()),
            None,
            EnumerationMode::Object,
            class.class(),
        )
        .await
    }

    /// The references of all instances of a class, each with the full key as the host itself writes it.
    ///
    /// # Errors
    /// When there is no such class, no answer, or one with something else than references.
    pub async fn references(&self, class: &ResourceUri) -> Result<Vec<Resource>> {
        let resource = Resource::new(class.clone());
        let mut enumeration =
            Enumeration::start(self, resource, None, EnumerationMode::Epr, class.class()).await?;
        let context = || self.context("Enumerate", Some(class.class()), None);
        let mut references = Vec::new();
        while let Some(item) = enumeration.next_item().await? {
            let reference = Resource::from_children(&item);
            references.push(reference.map_err(|error| Error::from(error).with_context(context()))?);
        }
        Ok(references)
    }

    /// Begins to call a method of a resource.
    pub fn invoke(&self, resource: Resource, method: &str) -> Invocation {
        Invocation::new(self.clone(), resource, method)
    }

    async fn send<O: Operation>(
        &self,
        operation: &O,
        effect: Effect,
        context: &Context,
    ) -> Result<O::Answer> {
        let header = |message_id: &str| RequestHeader {
            to: self.shared.endpoint.to_string(),
            message_id: message_id.to_owned(),
            session_id: Some(self.shared.session_id.clone()),
            max_envelope_size: self.shared.max_envelope_size,
            operation_timeout: self.shared.operation_timeout,
        };
        self.exchange(
            effect,
            context,
            |message_id| header(message_id).envelope(operation),
            |answer, message_id| read_answer(operation, message_id, answer),
        )
        .await
    }

    /// Sends a request and reads the answer, under the rules that the type documents.
    async fn exchange<T>(
        &self,
        effect: Effect,
        context: &Context,
        request: impl Fn(&str) -> Envelope,
        read: impl Fn(&Envelope, &str) -> std::result::Result<T, wsman::Error>,
    ) -> Result<T> {
        let fail = |error: Error| error.with_context(context.clone());
        let deadline = Instant::now() + self.shared.total_timeout;
        let mut repeated = false;
        loop {
            let mut lease = self
                .shared
                .pool
                .lease(effect == Effect::Changes, repeated, deadline)
                .await
                .map_err(fail)?;
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
            let answer = lease.exchange(&envelope, deadline);
            match self.shared.watch.exchange(context, &message_id, &envelope, answer).await {
                Ok(answer) => {
                    tracing::trace!(status = answer.status, envelope = %String::from_utf8_lossy(&answer.body), "answer");
                    let envelope = Envelope::parse(&answer.body, self.shared.limits)
                        .map_err(wsman::Error::from);
                    let result = envelope.and_then(|envelope| read(&envelope, &message_id));
                    if matches!(&result, Ok(_) | Err(wsman::Error::Fault(_))) {
                        lease.give_back();
                    }
                    return result.map_err(|error| {
                        let unknown = match &error {
                            wsman::Error::Fault(fault) => !fault.precedes_execution(),
                            _ => true,
                        };
                        fail(
                            Error::from(error)
                                .with_unknown_outcome(unknown && effect == Effect::Changes),
                        )
                    });
                }
                Err(error) if !repeated && may_repeat(&error, effect) => {
                    tracing::warn!(host = %self.shared.endpoint, operation = context.operation, %error, "sending again on a new connection");
                    repeated = true;
                }
                Err(error) => {
                    let unknown =
                        effect == Effect::Changes && error.execution() == Execution::Unknown;
                    let error = self.shared.pool.describe(error);
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
