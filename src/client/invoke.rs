//! Calls of methods.

use super::{Client, Effect};
use crate::{
    cim::{Output, Value, encode_input},
    error::{Error, ErrorKind, Result},
    mof,
    wsman::{Invoke, Resource},
};

/// A call of a method that is not sent yet.
#[must_use = "a call does nothing until it is sent"]
#[derive(Debug)]
pub struct Invocation {
    client: Client,
    resource: Resource,
    method: String,
    arguments: Vec<(String, Value)>,
}

impl Invocation {
    pub(super) fn new(client: Client, resource: Resource, method: &str) -> Self {
        Self { client, resource, method: method.to_owned(), arguments: Vec::new() }
    }

    /// Names the instance whose method it is, by one of its keys.
    pub fn selector(mut self, name: &str, value: impl Into<String>) -> Self {
        self.resource = self.resource.selector(name, value);
        self
    }

    /// Gives a parameter. Parameters that are not given are NULL.
    pub fn parameter(mut self, name: &str, value: Value) -> Self {
        self.arguments.push((name.to_owned(), value));
        self
    }

    /// Sends the call and waits for its return value.
    ///
    /// On the wire: the action `<resource URI>/<method>`, the parameters in the order of the MOF; DSP0226 section 9.
    ///
    /// # Errors
    /// When the schema does not have the method or a parameter, or the host answers with a fault or not at all. A return
    /// value that means failure is no error here.
    /// [`outcome_unknown`](Error::outcome_unknown) says whether the method may have run.
    ///
    /// # Cancellation
    /// The method may have run, and what it began goes on.
    pub async fn send(self) -> Result<Output> {
        let uri = &self.resource.uri;
        let context = self.client.context("Invoke", Some(uri.class()), Some(&self.method));
        let fail = |error: Error| error.with_context(context.clone());
        let method = mof::schema().find_method(uri.class(), &self.method).ok_or_else(|| {
            let message = format!("the schema has no method {} of {}", self.method, uri.class());
            fail(Error::new(ErrorKind::Usage, message))
        })?;
        let arguments: Vec<(&str, Value)> =
            self.arguments.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let input = encode_input(uri, method, &arguments).map_err(|error| fail(error.into()))?;
        let invoke = Invoke { resource: self.resource.clone(), method: method.name.clone(), input };
        let output = self.client.send(&invoke, Effect::Changes, &context).await?;
        // The method has run; only what it returned cannot be read.
        Output::decode(&output, method)
            .map_err(|error| fail(Error::from(error).with_unknown_outcome(true)))
    }
}
