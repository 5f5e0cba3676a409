//! Calls of methods.

use super::{Client, Effect, VIRTUALIZATION, message_id};
use crate::{
    cim::{
        Output, ResourceUri, Value,
        class::{Class, Method},
        encode_input, encode_untyped_input,
    },
    error::{Context, Error, Result},
    mof,
    soap::Envelope,
    wsman::{Cursor, Invoke, Resource},
};

/// A call of a method that is not sent yet.
///
/// The [schema](mof::schema) gives the order and the types of the parameters where it has the
/// [class](Self::known_class) and the method. Any other method gets the parameters as they are given, in that order.
///
/// Also the only instance of a service has to be named by a selector: without one it fails in a way that differs from
/// service to service, and says nothing of selectors.
///
/// ```
/// # #[cfg(feature = "sim")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let host = hyperv_replica::sim::Host::builder().user("admin", "secret").bind("127.0.0.1:0").await?;
/// # let url = &host.url();
/// use hyperv_replica::{
///     Client, Credentials,
///     cim::{Reference, ResourceUri, Value},
///     client::VIRTUALIZATION,
/// };
///
/// let client = Client::builder(url).credentials(Credentials::ntlm("admin", "secret")).build()?;
/// let class = |name| Reference::new(ResourceUri::wmi(VIRTUALIZATION, name));
/// let vm = class("Msvm_ComputerSystem").selector("Name", "56495254-0000-4000-8000-000000000001");
/// let output = client
///     .invoke(class("Msvm_ReplicationService"), "Resynchronize")
///     .selector("CreationClassName", "Msvm_ReplicationService")
///     .parameter("ComputerSystem", Value::Reference(vm))
///     .send()
///     .await?;
/// assert_eq!(output.return_value, 4096); // a job has begun
/// println!("{}", output.find("Job").unwrap_or(&Value::Null));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sim"))]
/// # fn main() {}
/// ```
#[must_use = "a call does nothing until it is sent"]
#[derive(Debug)]
pub struct Invocation {
    client: Client,
    resource: Resource,
    method: String,
    arguments: Vec<(String, Value)>,
    untyped: bool,
}

impl Invocation {
    pub(super) fn new(client: Client, resource: Resource, method: &str) -> Self {
        Self { client, resource, method: method.to_owned(), arguments: Vec::new(), untyped: false }
    }

    /// Names the instance whose method it is, by one of its keys.
    pub fn selector(mut self, name: &str, value: impl Into<String>) -> Self {
        self.resource = self.resource.selector(name, value);
        self
    }

    /// Gives a parameter. Parameters that are not given are NULL, and those of a method that the schema does not have are
    /// left out.
    pub fn parameter(mut self, name: &str, value: Value) -> Self {
        self.arguments.push((name.to_owned(), value));
        self
    }

    /// Leaves what the schema says of the method aside, as if it did not have it.
    pub fn untyped(mut self) -> Self {
        self.untyped = true;
        self
    }

    /// The class of a resource, where the schema has it: the classes of Hyper-V, in their own namespace.
    #[must_use]
    pub fn known_class(uri: &ResourceUri) -> Option<&'static Class> {
        uri.wmi_namespace()
            .filter(|namespace| namespace.eq_ignore_ascii_case(VIRTUALIZATION))
            .and_then(|_| mof::schema().find(uri.class()))
    }

    /// What would be sent. Sends nothing, and needs no [credentials](crate::auth::Credentials::none).
    ///
    /// # Errors
    /// When the schema has the method, but not a parameter, or a value is of another type.
    pub fn envelope(&self) -> Result<Envelope> {
        let (invoke, _) = self.prepare().map_err(|error| error.with_context(self.context()))?;
        Ok(self.client.header(&message_id()?, Cursor::ENVELOPE_SIZE).envelope(&invoke))
    }

    /// Sends the call and waits for its return value.
    ///
    /// On the wire: the action `<resource URI>/<method>`, the parameters in the order of the MOF; DSP0226 section 9.
    ///
    /// # Errors
    /// When the schema has the method, but not a parameter, or the host answers with a fault or not at all.
    /// A return value that means failure is no error here.
    /// [`outcome_unknown`](Error::outcome_unknown) says whether the method may have run.
    ///
    /// # Cancellation
    /// The method may have run, and what it began goes on.
    pub async fn send(self) -> Result<Output> {
        let context = self.context();
        let fail = |error: Error| error.with_context(context.clone());
        let (invoke, method) = self.prepare().map_err(fail)?;
        let output = self.client.send(&invoke, Effect::Changes, &context).await?;
        let output = match method {
            Some(method) => Output::decode(&output, method),
            None => Output::decode_untyped(&output),
        };
        // The method has run; only what it returned cannot be read.
        output.map_err(|error| fail(Error::from(error).with_unknown_outcome(true)))
    }

    fn prepare(&self) -> Result<(Invoke, Option<&'static Method>)> {
        let uri = &self.resource.uri;
        let arguments: Vec<(&str, Value)> =
            self.arguments.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let known = Self::known_class(uri).filter(|_| !self.untyped);
        let method = known.and_then(|class| mof::schema().find_method(&class.name, &self.method));
        let (name, input) = match method {
            Some(method) => (&method.name, encode_input(uri, method, &arguments)?),
            None => (&self.method, encode_untyped_input(uri, &self.method, &arguments)),
        };
        let invoke = Invoke { resource: self.resource.clone(), method: name.clone(), input };
        Ok((invoke, method))
    }

    fn context(&self) -> Context {
        self.client.context("Invoke", Some(self.resource.uri.class()), Some(&self.method))
    }
}
