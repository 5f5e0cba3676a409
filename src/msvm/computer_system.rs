//! `Msvm_ComputerSystem` and its methods.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use std::time::Duration;

use jiff::Timestamp;

use super::{NAMESPACE, values};
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec, method};

/// A virtual machine, or the host itself; `Caption` tells, in the language of the host.
///
/// On the wire: `Msvm_ComputerSystem`, derived from `CIM_ComputerSystem`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ComputerSystem {
    /// Opaque identity of the instance.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// When it was installed or made.
    pub install_date: Option<Timestamp>,
    /// Name of the system; of Hyper-V, a VM's GUID or the host's NetBIOS name. At most 256 characters. Part
    /// of the key.
    pub name: Option<String>,
    /// Status first, as 2, 3, 5 or 11, then the running activity, 32768 to 32774.
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
    /// Whether it is enabled; of a VM, whether it runs. The default of the class is `5`.
    pub enabled_state: Option<values::EnabledState>,
    /// State in words, where `EnabledState` is 1.
    pub other_enabled_state: Option<String>,
    /// State last asked for; 12 means that requests are not kept. The default of the class is `12`.
    pub requested_state: Option<u16>,
    /// State after the start of its system; 2 is enabled. The default of the class is `2`.
    pub enabled_default: Option<u16>,
    /// When `EnabledState` last changed.
    pub time_of_last_state_change: Option<Timestamp>,
    /// States that may be asked for.
    pub available_requested_states: Option<Vec<u16>>,
    /// State that it is changing to; 12 is none. The default of the class is `12`.
    pub transitioning_to_state: Option<u16>,
    /// Class of the system. At most 256 characters. Part of the key.
    pub creation_class_name: Option<String>,
    /// How `Name` was made. At most 64 characters.
    pub name_format: Option<String>,
    /// Who is responsible for it. At most 64 characters.
    pub primary_owner_name: Option<String>,
    /// How to reach who is responsible for it. At most 256 characters.
    pub primary_owner_contact: Option<String>,
    /// What the system is there for, in words.
    pub roles: Option<Vec<String>>,
    /// Further identifiers. At most 256 characters.
    pub other_identifying_info: Option<Vec<String>>,
    /// What each of `OtherIdentifyingInfo` is.
    pub identifying_descriptions: Option<Vec<String>>,
    /// What the computer is dedicated to, numbers of the DMTF.
    pub dedicated: Option<Vec<u16>>,
    /// What it is dedicated to in words, where `Dedicated` is 2.
    pub other_dedicated_descriptions: Option<Vec<String>>,
    /// Whether it can be reset, a number of the DMTF.
    pub reset_capability: Option<u16>,
    /// What of power management it can do, numbers of the DMTF. Deprecated:
    /// `CIM_PowerManagementCapabilities.PowerCapabilities`.
    pub power_management_capabilities: Option<Vec<u16>>,
    /// Time since the start.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub on_time: Option<Duration>,
    /// Process on the host that runs it.
    pub process_id: Option<u32>,
    /// When the configuration was last changed.
    pub time_of_last_configuration_change: Option<Timestamp>,
    /// Number of NUMA nodes.
    pub number_of_numa_nodes: Option<u16>,
    /// Replication state of the primary relationship. Deprecated:
    /// `Msvm_ReplicationRelationship.ReplicationState`.
    pub replication_state: Option<values::ReplicationState>,
    /// Replication health of the primary relationship. Deprecated:
    /// `Msvm_ReplicationRelationship.ReplicationHealth`.
    pub replication_health: Option<values::ReplicationHealth>,
    /// Role of the virtual machine in replication.
    pub replication_mode: Option<values::ReplicationMode>,
    /// Kind of recovery point that was failed over to. Deprecated:
    /// `Msvm_ReplicationRelationship.FailedOverReplicationType`.
    pub failed_over_replication_type: Option<values::FailedOverReplicationType>,
    /// Kind of the last replica that was received. Deprecated:
    /// `Msvm_ReplicationRelationship.LastReplicationType`.
    pub last_replication_type: Option<values::LastReplicationType>,
    /// When the last application-consistent replica was received. Deprecated:
    /// `Msvm_ReplicationRelationship.LastApplicationConsistentReplicationTime`.
    pub last_application_consistent_replication_time: Option<Timestamp>,
    /// When the last replica was received. Deprecated: `Msvm_ReplicationRelationship.LastReplicationTime`.
    pub last_replication_time: Option<Timestamp>,
    /// When the last backup succeeded.
    pub last_successful_backup_time: Option<Timestamp>,
    /// Whether enhanced sessions are allowed and possible. Since Windows Server 2012 R2.
    pub enhanced_session_mode_state: Option<values::EnhancedSessionModeState>,
    /// Number of threads per core that the guest sees. Since Windows Server 2019.
    pub hw_threads_per_core_realized: Option<u32>,
    /// Version of the management VTL image in use. Since Windows Server 2025.
    pub management_vtl_image_version: Option<String>,
    /// File of the management VTL image in use. Since Windows Server 2025.
    pub management_vtl_image_file_name: Option<String>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    ComputerSystem is "Msvm_ComputerSystem" in NAMESPACE, keys ["CreationClassName", "Name"];
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
    enabled_state = codec::Number<u16>, "EnabledState";
    other_enabled_state = codec::Plain, "OtherEnabledState";
    requested_state = codec::Plain, "RequestedState";
    enabled_default = codec::Plain, "EnabledDefault";
    time_of_last_state_change = codec::Time, "TimeOfLastStateChange";
    available_requested_states = codec::Array<codec::Plain>, "AvailableRequestedStates";
    transitioning_to_state = codec::Plain, "TransitioningToState";
    creation_class_name = codec::Plain, "CreationClassName";
    name_format = codec::Plain, "NameFormat";
    primary_owner_name = codec::Plain, "PrimaryOwnerName";
    primary_owner_contact = codec::Plain, "PrimaryOwnerContact";
    roles = codec::Array<codec::Plain>, "Roles";
    other_identifying_info = codec::Array<codec::Plain>, "OtherIdentifyingInfo";
    identifying_descriptions = codec::Array<codec::Plain>, "IdentifyingDescriptions";
    dedicated = codec::Array<codec::Plain>, "Dedicated";
    other_dedicated_descriptions = codec::Array<codec::Plain>, "OtherDedicatedDescriptions";
    reset_capability = codec::Plain, "ResetCapability";
    power_management_capabilities = codec::Array<codec::Plain>, "PowerManagementCapabilities";
    on_time = codec::Milliseconds<u64>, "OnTimeInMilliseconds";
    process_id = codec::Plain, "ProcessID";
    time_of_last_configuration_change = codec::Time, "TimeOfLastConfigurationChange";
    number_of_numa_nodes = codec::Plain, "NumberOfNumaNodes";
    replication_state = codec::Number<u16>, "ReplicationState";
    replication_health = codec::Number<u16>, "ReplicationHealth";
    replication_mode = codec::Number<u16>, "ReplicationMode";
    failed_over_replication_type = codec::Number<u16>, "FailedOverReplicationType";
    last_replication_type = codec::Number<u16>, "LastReplicationType";
    last_application_consistent_replication_time = codec::Time, "LastApplicationConsistentReplicationTime";
    last_replication_time = codec::Time, "LastReplicationTime";
    last_successful_backup_time = codec::Time, "LastSuccessfulBackupTime";
    enhanced_session_mode_state = codec::Number<u16>, "EnhancedSessionModeState";
    hw_threads_per_core_realized = codec::Plain, "HwThreadsPerCoreRealized";
    management_vtl_image_version = codec::Plain, "ManagementVtlImageVersion";
    management_vtl_image_file_name = codec::Plain, "ManagementVtlImageFileName";
}

/// Input of `Msvm_ComputerSystem.RequestReplicationStateChange`: changes the replication state of the primary
/// relationship of this virtual machine. Deprecated: `RequestReplicationStateChangeEx`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RequestReplicationStateChange {
    /// Wanted replication state.
    pub requested_state: values::RequestedReplicationState,
    /// Not used; null.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub timeout_period: Option<Duration>,
}

/// Output of [`RequestReplicationStateChange`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RequestReplicationStateChangeOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    RequestReplicationStateChange is "Msvm_ComputerSystem"."RequestReplicationStateChange";
    in {
        required requested_state = codec::Number<u16>, "RequestedState";
        optional timeout_period = codec::Interval, "TimeoutPeriod";
    }
    out RequestReplicationStateChangeOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ComputerSystem.RequestReplicationStateChangeEx`: changes the replication state of a
/// relationship of this virtual machine. Since Windows Server 2012 R2.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RequestReplicationStateChangeEx {
    /// Relationship to act on; null is the primary one.
    pub replication_relationship: Option<super::ReplicationRelationship>,
    /// Wanted replication state.
    pub requested_state: values::RequestedReplicationState,
    /// Not used; null.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub timeout_period: Option<Duration>,
}

/// Output of [`RequestReplicationStateChangeEx`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RequestReplicationStateChangeExOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    RequestReplicationStateChangeEx is "Msvm_ComputerSystem"."RequestReplicationStateChangeEx";
    in {
        optional replication_relationship = codec::Embedded, "ReplicationRelationship";
        required requested_state = codec::Number<u16>, "RequestedState";
        optional timeout_period = codec::Interval, "TimeoutPeriod";
    }
    out RequestReplicationStateChangeExOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ComputerSystem.RequestStateChange`: changes the power state of the virtual machine.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RequestStateChange {
    /// Wanted power state.
    pub requested_state: values::RequestedState,
    /// Not used; null.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub timeout_period: Option<Duration>,
}

/// Output of [`RequestStateChange`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RequestStateChangeOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    RequestStateChange is "Msvm_ComputerSystem"."RequestStateChange";
    in {
        required requested_state = codec::Number<u16>, "RequestedState";
        optional timeout_period = codec::Interval, "TimeoutPeriod";
    }
    out RequestStateChangeOutput {
        job = codec::Plain, "Job";
    }
}
