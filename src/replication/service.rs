//! The service.

use uuid::Uuid;

use super::{VirtualMachine, call::Target};
use crate::{
    cim::{
        Instance, Output, Reference, ResourceUri, Value,
        wql::{Condition, Select},
    },
    client::{Client, VIRTUALIZATION},
    error::{Error, ErrorKind, Result},
    mof,
};

/// The replication service of a host: `Msvm_ReplicationService`.
#[derive(Clone, Debug)]
pub struct ReplicationService {
    client: Client,
}

const COMPUTER_SYSTEM: &str = "Msvm_ComputerSystem";

/// Codes of faults that say, before anything ran, that the service was not addressed as this host wants it.
const WRONG_ADDRESS: [u32; 4] = [
    2_150_858_842, // too few selectors
    2_150_858_843, // unexpected selectors
    2_150_858_846, // ambiguous selectors
    0x8004_102F,   // WBEM_E_INVALID_METHOD_PARAMETERS
];

impl ReplicationService {
    /// The service of the client's host.
    #[must_use]
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone() }
    }

    /// The client.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// All virtual machines that the account sees.
    ///
    /// An account whose token is filtered by UAC sees none, without any error.
    ///
    /// # Errors
    /// When the host does not answer, or has no namespace of Hyper-V.
    pub async fn virtual_machines(&self) -> Result<Vec<VirtualMachine>> {
        let rows = self.query(Select::all_of(COMPUTER_SYSTEM)?).await?;
        Ok(rows.iter().filter_map(VirtualMachine::from_instance).collect())
    }

    /// Finds a virtual machine by its name, which is compared without case, or by its GUID.
    ///
    /// # Errors
    /// When several have the name: kind [`Ambiguous`](ErrorKind::Ambiguous), with all of them in the message. When the
    /// host does not answer, or has no namespace of Hyper-V.
    pub async fn find_virtual_machine(&self, name_or_id: &str) -> Result<Option<VirtualMachine>> {
        let by_name = Condition::equals("ElementName", name_or_id)?;
        let id =
            Uuid::try_parse(name_or_id).ok().map(|id| id.hyphenated().to_string().to_uppercase());
        let condition = match &id {
            Some(id) => Condition::equals("Name", id)?.or(by_name),
            None => by_name,
        };
        let rows = self.query(Select::all_of(COMPUTER_SYSTEM)?.filter(condition)).await?;
        let mut found: Vec<_> = rows.iter().filter_map(VirtualMachine::from_instance).collect();
        // A machine may bear the GUID of another one as its name; the GUID is meant then.
        if let Some(id) = id
            && let Some(position) = found.iter().position(|vm| vm.id == id)
        {
            return Ok(Some(found.swap_remove(position)));
        }
        if found.len() > 1 {
            let candidates: Vec<_> =
                found.iter().map(|vm| format!("{} ({})", vm.name, vm.id)).collect();
            let message = format!(
                "{} virtual machines have the name {name_or_id:?}: {}; give the GUID of the one that you mean",
                found.len(),
                candidates.join(", "),
            );
            let context = self.client.context("Enumerate", Some(COMPUTER_SYSTEM), None);
            return Err(Error::new(ErrorKind::Ambiguous, message).with_context(context));
        }
        Ok(found.pop())
    }

    /// Reads a virtual machine again.
    ///
    /// # Errors
    /// When it is no longer there, or the host does not answer.
    pub async fn read_again(&self, vm: &VirtualMachine) -> Result<VirtualMachine> {
        let instance = self.client.get(&vm.reference).await?;
        VirtualMachine::from_instance(&instance).ok_or_else(|| {
            let message = format!("{} is no virtual machine", vm.reference);
            let context = self.client.context("Get", Some(vm.reference.uri.class()), None);
            Error::new(ErrorKind::Protocol, message).with_context(context)
        })
    }

    /// The host that has the primary of a replica, as far as the settings of its replication tell.
    ///
    /// # Errors
    /// When the host does not answer.
    pub async fn primary_host(&self, vm: &VirtualMachine) -> Result<Option<String>> {
        let of_vm = Condition::equals("VirtualSystemIdentifier", &vm.id)?;
        let rows = self.query(Select::all_of("Msvm_ReplicationSettingData")?.filter(of_vm)).await?;
        // With an extended relationship, which has the suffix 1, there are two.
        let settings = rows
            .iter()
            .find(|row| row.text("InstanceID").is_some_and(|id| !id.ends_with(r"\HVR\1")))
            .or_else(|| rows.first());
        let text = |name| settings?.text(name).filter(|host| !host.is_empty()).map(str::to_owned);
        Ok(text("PrimaryHostSystem").or_else(|| text("PrimaryConnectionPoint")))
    }

    /// Calls a method.
    ///
    /// A service is addressed by its class alone, which hosts accept for their singletons. One that does not says so
    /// before it runs anything; then, once, by the full key that it gives itself.
    pub(super) async fn call(
        &self,
        target: &Target,
        method: &str,
        arguments: &[(&'static str, Value)],
    ) -> Result<Output> {
        let invoke = async |resource: Reference| {
            let call = self.client.invoke(resource, method);
            arguments
                .iter()
                .fold(call, |call, (name, value)| call.parameter(name, value.clone()))
                .send()
                .await
        };
        let class = match target {
            Target::Instance(instance) => return invoke(instance.clone()).await,
            Target::Service(class) => class,
            Target::Found(query) => return invoke(self.find_one(query, method).await?).await,
        };
        let uri = ResourceUri::wmi(VIRTUALIZATION, class);
        match invoke(Reference::new(uri.clone()).selector("CreationClassName", *class)).await {
            Err(error)
                if !error.outcome_unknown()
                    && error.fault().is_some_and(|fault| {
                        WRONG_ADDRESS.iter().any(|code| fault.has_code(*code))
                    }) =>
            {
                match self.client.enumerate(&uri).references().collect().await?.pop() {
                    Some(full) => invoke(full).await,
                    None => Err(error),
                }
            }
            result => result,
        }
    }

    /// The only instance that a query finds.
    async fn find_one(&self, query: &Select, method: &str) -> Result<Reference> {
        let rows = self.query(query.clone()).await?;
        let Some(row) = rows.first() else {
            let message = format!("the host has no {} of the virtual machine", query.class());
            let context = self.client.context("Enumerate", Some(query.class()), Some(method));
            return Err(Error::new(ErrorKind::Refused, message).with_context(context));
        };
        let keys = mof::schema().keys(query.class());
        Ok(keys.iter().fold(Reference::new(row.uri.clone()), |reference, key| {
            reference.selector(key, row.text(key).unwrap_or_default())
        }))
    }

    async fn query(&self, query: Select) -> Result<Vec<Instance>> {
        self.client.query(VIRTUALIZATION, &query).collect().await
    }
}
