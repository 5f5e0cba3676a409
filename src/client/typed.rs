//! Classes and methods as Rust types.

use super::{Client, Enumerating};
use crate::{
    cim::{
        ResourceUri,
        typed::{Class, Method},
    },
    error::{Error, Result},
    mof,
    wsman::Resource,
};

/// What a typed method returned.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Returned<T> {
    /// `ReturnValue`. A method that fails returns a number here, too: it is no error.
    pub return_value: u32,
    /// The out parameters.
    pub output: T,
}

impl Client {
    /// All instances of a class that is a Rust type, subclasses included.
    ///
    /// ```
    /// # #[cfg(feature = "sim")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let host = hyperv_replica::sim::Host::builder().user("admin", "secret").bind("127.0.0.1:0").await?;
    /// # let url = &host.url();
    /// use hyperv_replica::{Client, Credentials, msvm::ReplicationRelationship};
    ///
    /// let client = Client::builder(url).credentials(Credentials::ntlm("admin", "secret")).build()?;
    /// let mut relationships = client.all::<ReplicationRelationship>().start().await?;
    /// while let Some(relationship) = relationships.next().await? {
    ///     println!("{:?} {:?}", relationship.instance_id, relationship.replication_state);
    /// }
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sim"))]
    /// # fn main() {}
    /// ```
    pub fn all<T: Class>(&self) -> Enumerating<T> {
        self.enumerate(&ResourceUri::wmi(T::NAMESPACE, T::CLASS)).of()
    }

    /// Reads the one instance that a resource names as a Rust type; it must exist.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn read<T: Class>(&self, resource: &Resource) -> Result<T> {
        let instance = self.get(resource).await?;
        T::from_instance(instance).map_err(|error| {
            Error::from(error).with_context(self.context("Get", Some(resource.class()), None))
        })
    }

    /// Calls a method with a typed input on a resource, and reads its typed output. The only instance of a service is named by
    /// its class: see [`Invocation`](super::Invocation).
    ///
    /// # Errors
    /// When a value cannot be written, or the host answers with a fault or not at all; a return value that means failure is no
    /// error here. [`outcome_unknown`](Error::outcome_unknown) says whether the method may have run; it is set, too, when
    /// what it returned cannot be read.
    ///
    /// # Cancellation
    /// The method may have run, and what it began goes on.
    pub async fn call<M: Method>(
        &self,
        resource: Resource,
        input: &M,
    ) -> Result<Returned<M::Output>> {
        let context = self.context("Invoke", Some(resource.class()), Some(M::METHOD));
        let fail = |error: Error| error.with_context(context.clone());
        let arguments = input.arguments(mof::schema()).map_err(|error| fail(error.into()))?;
        let call =
            arguments.into_iter().fold(self.invoke(resource, M::METHOD), |call, (name, value)| {
                call.parameter(name, value)
            });
        let returned = call.send().await?;
        match M::output(&returned) {
            Ok(output) => Ok(Returned { return_value: returned.return_value, output }),
            Err(error) => Err(fail(Error::from(error).with_unknown_outcome(true))),
        }
    }
}
