//! `Msvm_ReplicationRelationship`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use jiff::Timestamp;

use super::{NAMESPACE, values};
use crate::cim::typed::{Rest, class, codec};

/// State of one replication relationship of a virtual machine.
///
/// On the wire: `Msvm_ReplicationRelationship`, derived from `CIM_ManagedSystemElement`. Since Windows Server
/// 2012 R2.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReplicationRelationship {
    /// Identity: `Microsoft:<VM GUID>\HVR\<0 primary, 1 extended>`. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// When it was installed or made.
    pub install_date: Option<Timestamp>,
    /// Name by which the host knows it. At most 1024 characters.
    pub name: Option<String>,
    /// Status, the most important first.
    pub operational_status: Option<Vec<values::OperationalStatus>>,
    /// Text to each element of `OperationalStatus`.
    pub status_descriptions: Option<Vec<String>>,
    /// Status as one word. At most 10 characters. Deprecated: `CIM_ManagedSystemElement.OperationalStatus`.
    pub status: Option<String>,
    /// Health as a whole.
    pub health_state: Option<values::HealthState>,
    /// Whether it can be reached, a number of the DMTF.
    pub communication_status: Option<u16>,
    /// Detail to `PrimaryStatus`, a number of the DMTF.
    pub detailed_status: Option<u16>,
    /// What it is doing, a number of the DMTF.
    pub operating_status: Option<u16>,
    /// Health at a glance, a number of the DMTF.
    pub primary_status: Option<u16>,
    /// How far replication is.
    pub replication_state: Option<values::ReplicationState>,
    /// How well replication works.
    pub replication_health: Option<values::ReplicationHealth>,
    /// Kind of recovery point that was failed over to.
    pub failed_over_replication_type: Option<values::FailedOverReplicationType>,
    /// Kind of the last replica that was received.
    pub last_replication_type: Option<values::LastReplicationType>,
    /// When the last application-consistent replica was received.
    pub last_application_consistent_replication_time: Option<Timestamp>,
    /// When the last replica was received.
    pub last_replication_time: Option<Timestamp>,
    /// When the last replica was applied on the recovery side.
    pub last_apply_time: Option<Timestamp>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    ReplicationRelationship is "Msvm_ReplicationRelationship" in NAMESPACE, keys ["InstanceID"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    install_date = codec::Time, "InstallDate";
    name = codec::Plain, "Name";
    operational_status = codec::Array<codec::Number<u16>>, "OperationalStatus";
    status_descriptions = codec::Array<codec::Plain>, "StatusDescriptions";
    status = codec::Plain, "Status";
    health_state = codec::Number<u16>, "HealthState";
    communication_status = codec::Plain, "CommunicationStatus";
    detailed_status = codec::Plain, "DetailedStatus";
    operating_status = codec::Plain, "OperatingStatus";
    primary_status = codec::Plain, "PrimaryStatus";
    replication_state = codec::Number<u16>, "ReplicationState";
    replication_health = codec::Number<u16>, "ReplicationHealth";
    failed_over_replication_type = codec::Number<u16>, "FailedOverReplicationType";
    last_replication_type = codec::Number<u16>, "LastReplicationType";
    last_application_consistent_replication_time = codec::Time, "LastApplicationConsistentReplicationTime";
    last_replication_time = codec::Time, "LastReplicationTime";
    last_apply_time = codec::Time, "LastApplyTime";
}
