//! What guests get at their network adapters after a failover, as the host has it.

use std::collections::{BTreeMap, BTreeSet};

use super::{FailoverNetworkSettings, ReplicationService, VirtualMachine, read};
use crate::{
    cim::{
        ObjectPath, Reference,
        typed::Class as _,
        wql::{Associators, Condition, Select, escape_pattern},
    },
    error::Result,
    mof,
    msvm::{
        EthernetPortFailoverSettingDataComponent, FailoverNetworkAdapterSettingData, NAMESPACE,
        SyntheticEthernetPortSettingData,
    },
};

/// A network adapter of a virtual machine, and what the guest gets there after a failover.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FailoverAdapter {
    /// The `InstanceID` of its settings: `Microsoft:<GUID of the virtual machine>\<GUID of the adapter>`.
    pub id: String,
    /// The name that people gave it, which need not be unique; nothing of an emulated adapter.
    pub name: Option<String>,
    /// The MAC address, twelve hexadecimal digits; nothing of an emulated adapter.
    pub mac_address: Option<String>,
    /// What the guest gets. As a rule it is one; to be changed and sent back, in it is hidden which adapter it is for.
    pub settings: Vec<FailoverNetworkSettings>,
}

impl ReplicationService {
    /// The network adapters of a virtual machine, in the order of their identifiers, each with what the guest gets there
    /// after a failover. Legacy adapters, which are emulated, are among them where they have such settings.
    ///
    /// On the wire: a query on `Msvm_SyntheticEthernetPortSettingData`, by the beginning of `InstanceID`; one on
    /// `Msvm_EthernetPortFailoverSettingDataComponent`, which ties settings to adapters; and an enumeration of
    /// `Msvm_FailoverNetworkAdapterSettingData` with references, as Microsoft documents its key as NULL. The latter two
    /// are all of the host. Where the references do not tell the settings of two adapters apart, also a query for each
    /// adapter, of what is associated with it.
    ///
    /// # Errors
    /// When the host does not answer.
    pub async fn failover_adapters(&self, vm: &VirtualMachine) -> Result<Vec<FailoverAdapter>> {
        let client = self.client();
        let prefix = format!(r"Microsoft:{}\", vm.id);
        let pattern = format!("{}%", escape_pattern(&prefix));
        let query = Select::all_of(SyntheticEthernetPortSettingData::CLASS)?
            .filter(Condition::like("InstanceID", &pattern)?);
        let synthetic = read::select::<SyntheticEthernetPortSettingData>(client, query).await?;
        let mut adapters = BTreeMap::new();
        for adapter in synthetic {
            if let Some(id) = adapter.instance_id {
                let key = id.to_uppercase();
                let (name, mac_address) = (adapter.element_name, adapter.address);
                let settings = Vec::new();
                adapters.insert(key, FailoverAdapter { id, name, mac_address, settings });
            }
        }
        let ties = read::all::<EthernetPortFailoverSettingDataComponent>(client).await?;
        let settings = client.all::<FailoverNetworkAdapterSettingData>();
        let settings = settings.with_references().collect().await?;
        let mut asked = BTreeSet::new();
        for tie in ties {
            let Some((adapter, part)) = tie.group_component.zip(tie.part_component) else {
                continue;
            };
            let id = adapter.selectors.find("InstanceID").unwrap_or_default().to_owned();
            let key = id.to_uppercase();
            if !key.starts_with(&prefix.to_uppercase()) {
                continue;
            }
            let mut found = settings.iter().filter(|(_, reference)| *reference == part);
            let of_adapter = match (found.next(), found.next()) {
                (Some((settings, _)), None) => vec![settings.clone()],
                // A key that is NULL tells no settings from others, also not two of one adapter.
                _ if asked.insert(key.clone()) => self.settings_of(&adapter).await?,
                _ => continue,
            };
            let emulated =
                || FailoverAdapter { id, name: None, mac_address: None, settings: Vec::new() };
            let adapter = adapters.entry(key).or_insert_with(emulated);
            adapter.settings.extend(of_adapter.into_iter().map(FailoverNetworkSettings::from));
        }
        Ok(adapters.into_values().collect())
    }

    /// The settings at the other end of the associations of an adapter.
    async fn settings_of(
        &self,
        adapter: &Reference,
    ) -> Result<Vec<FailoverNetworkAdapterSettingData>> {
        let query = Associators::of(ObjectPath::of(adapter, mof::schema())?)
            .association_class(EthernetPortFailoverSettingDataComponent::CLASS)?
            .result_class(FailoverNetworkAdapterSettingData::CLASS)?;
        let settings = self.client().query(NAMESPACE, query);
        settings.of::<FailoverNetworkAdapterSettingData>().collect().await
    }
}
