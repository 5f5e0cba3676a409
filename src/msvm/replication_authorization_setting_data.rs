//! `Msvm_ReplicationAuthorizationSettingData`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::typed::{Rest, class, codec};

/// An authorization entry of a replica server.
///
/// On the wire: `Msvm_ReplicationAuthorizationSettingData`, derived from `CIM_SettingData`. Since Windows
/// Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReplicationAuthorizationSettingData {
    /// Identity of the settings. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// Primary servers that are meant: a full DNS name, a wildcard such as `*.contoso.com`, or `*`.
    pub allowed_primary_host_system: Option<String>,
    /// Name that is common to the entries whose servers may stand in for each other.
    pub trust_group: Option<String>,
    /// Directory for the replicas that come from there.
    pub replica_storage_location: Option<String>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    ReplicationAuthorizationSettingData is "Msvm_ReplicationAuthorizationSettingData" in NAMESPACE, keys ["InstanceID"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    allowed_primary_host_system = codec::Plain, "AllowedPrimaryHostSystem";
    trust_group = codec::Plain, "TrustGroup";
    replica_storage_location = codec::Plain, "ReplicaStorageLocation";
}
