//! `Msvm_SummaryInformation`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use jiff::Timestamp;

use super::{NAMESPACE, values};
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// Summary of a virtual machine or a snapshot; only ever embedded in something else.
///
/// On the wire: `Msvm_SummaryInformation`, derived from `Msvm_SummaryInformationBase`. Since Windows Server
/// 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SummaryInformation {
    /// Identity of the summary. Since Windows 10. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name of the virtual machine or snapshot for people to read. Since Windows Server 2012.
    pub element_name: Option<String>,
    /// When the virtual machine or snapshot was made. Since Windows Server 2012.
    pub creation_time: Option<Timestamp>,
    /// Whether the virtual machine runs. Since Windows Server 2012.
    pub enabled_state: Option<values::EnabledState>,
    /// State in words, where `EnabledState` is 1. Since Windows Server 2012.
    pub other_enabled_state: Option<String>,
    /// Health of the virtual machine; not of a snapshot. Since Windows Server 2012.
    pub health_state: Option<values::HealthState>,
    /// GUID of the virtual machine, or identity of the snapshot; null or empty where it was not found. Since
    /// Windows Server 2012.
    pub name: Option<String>,
    /// Notes of people. Since Windows Server 2012.
    pub notes: Option<String>,
    /// Version of the configuration, such as `9.0`. Since Windows 10.
    pub version: Option<String>,
    /// Number of virtual processors. Since Windows Server 2012.
    pub number_of_processors: Option<u16>,
    /// Status, then the running activity. Since Windows Server 2012.
    pub operational_status: Option<Vec<values::OperationalStatus>>,
    /// Text to each element of `OperationalStatus`. Since Windows Server 2012.
    pub status_descriptions: Option<Vec<String>>,
    /// Time since the last start, in a unit that is not documented; not of a snapshot. Since Windows Server
    /// 2012.
    pub up_time: Option<u64>,
    /// Whether enhanced sessions are allowed and possible. Since Windows Server 2012 R2.
    pub enhanced_session_mode_state: Option<values::EnhancedSessionModeState>,
    /// Names of the virtual switches that it is connected to. Since Windows Server 2012 R2.
    pub virtual_switch_names: Option<Vec<String>>,
    /// Generation of the virtual machine. Since Windows Server 2012 R2.
    pub virtual_system_sub_type: Option<values::VirtualSystemSubType>,
    /// Name of the host. Since Windows 10.
    pub host_computer_system_name: Option<String>,
    /// Graphics processor that `RemoteFX` gave to the virtual machine.
    pub allocated_gpu: Option<String>,
    /// Jobs that act on the virtual machine now.
    pub asynchronous_tasks: Option<Vec<super::ConcreteJob>>,
    /// Name of the guest's operating system; null where it is not known.
    pub guest_operating_system: Option<String>,
    /// Whether the guest gives a sign of life; not of a snapshot.
    pub heartbeat: Option<values::Heartbeat>,
    /// Memory in use; not of a snapshot.
    pub memory_usage: Option<u64>,
    /// Part of its memory that is free, with dynamic memory.
    pub memory_available: Option<i32>,
    /// Part of the wanted memory buffer that is there, with dynamic memory.
    pub available_memory_buffer: Option<i32>,
    /// Whether the host pages memory of the virtual machine to disk.
    pub swap_files_in_use: Option<bool>,
    /// Load of the virtual processors; not of a snapshot.
    pub processor_load: Option<u16>,
    /// The last 100 samples of `ProcessorLoad`.
    pub processor_load_history: Option<Vec<u16>>,
    /// Settings of each snapshot of the virtual machine.
    pub snapshots: Option<Vec<super::VirtualSystemSettingData>>,
    /// Small picture of the screen, in RGB565.
    pub thumbnail_image: Option<Vec<u8>>,
    /// Width of `ThumbnailImage` in pixels. Since Windows 10.
    pub thumbnail_image_width: Option<u16>,
    /// Height of `ThumbnailImage` in pixels. Since Windows 10.
    pub thumbnail_image_height: Option<u16>,
    /// Replication state of the primary relationship. Deprecated:
    /// `Msvm_SummaryInformation.ReplicationStateEx`.
    pub replication_state: Option<values::ReplicationState>,
    /// Replication state of each relationship: the primary one, then the extended one. Since Windows Server
    /// 2012 R2.
    pub replication_state_ex: Option<Vec<values::ReplicationStateEx>>,
    /// Replication health of the primary relationship. Deprecated:
    /// `Msvm_SummaryInformation.ReplicationHealthEx`.
    pub replication_health: Option<values::ReplicationHealth>,
    /// Replication health of each relationship: the primary one, then the extended one. Since Windows Server
    /// 2012 R2.
    pub replication_health_ex: Option<Vec<values::ReplicationHealthEx>>,
    /// Role of the virtual machine in replication.
    pub replication_mode: Option<values::ReplicationMode>,
    /// Test replica of the virtual machine; not of a snapshot.
    pub test_replica_system: Option<Reference>,
    /// GUID of the replication provider of each relationship. Since Windows Server 2012 R2.
    pub replication_provider_id: Option<Vec<String>>,
    /// Health of the applications in the guest, where they are watched; not of a snapshot.
    pub application_health: Option<values::ApplicationHealth>,
    /// Whether the guest's integration services are as new as the host's.
    pub integration_services_version_state: Option<values::IntegrationServicesVersionState>,
    /// Whether the memory of a virtual NUMA node spans several of the host.
    pub memory_spans_physical_numa_nodes: Option<bool>,
    /// Whether the virtual machine is shielded. Since Windows Server 2016.
    pub shielded: Option<bool>,
    /// Identity of the hypervisor's partition. Since Windows Server 2019.
    pub hypervisor_partition_id: Option<u64>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    SummaryInformation is "Msvm_SummaryInformation" in NAMESPACE, keys ["InstanceID"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    creation_time = codec::Time, "CreationTime";
    enabled_state = codec::Number<u16>, "EnabledState";
    other_enabled_state = codec::Plain, "OtherEnabledState";
    health_state = codec::Number<u16>, "HealthState";
    name = codec::Plain, "Name";
    notes = codec::Plain, "Notes";
    version = codec::Plain, "Version";
    number_of_processors = codec::Plain, "NumberOfProcessors";
    operational_status = codec::Array<codec::Number<u16>>, "OperationalStatus";
    status_descriptions = codec::Array<codec::Plain>, "StatusDescriptions";
    up_time = codec::Plain, "UpTime";
    enhanced_session_mode_state = codec::Number<u16>, "EnhancedSessionModeState";
    virtual_switch_names = codec::Array<codec::Plain>, "VirtualSwitchNames";
    virtual_system_sub_type = codec::Text, "VirtualSystemSubType";
    host_computer_system_name = codec::Plain, "HostComputerSystemName";
    allocated_gpu = codec::Plain, "AllocatedGPU";
    asynchronous_tasks = codec::Array<codec::Embedded>, "AsynchronousTasks";
    guest_operating_system = codec::Plain, "GuestOperatingSystem";
    heartbeat = codec::Number<u16>, "Heartbeat";
    memory_usage = codec::Plain, "MemoryUsage";
    memory_available = codec::Plain, "MemoryAvailable";
    available_memory_buffer = codec::Plain, "AvailableMemoryBuffer";
    swap_files_in_use = codec::Plain, "SwapFilesInUse";
    processor_load = codec::Plain, "ProcessorLoad";
    processor_load_history = codec::Array<codec::Plain>, "ProcessorLoadHistory";
    snapshots = codec::Array<codec::Embedded>, "Snapshots";
    thumbnail_image = codec::Array<codec::Plain>, "ThumbnailImage";
    thumbnail_image_width = codec::Plain, "ThumbnailImageWidth";
    thumbnail_image_height = codec::Plain, "ThumbnailImageHeight";
    replication_state = codec::Number<u16>, "ReplicationState";
    replication_state_ex = codec::Array<codec::Number<u16>>, "ReplicationStateEx";
    replication_health = codec::Number<u16>, "ReplicationHealth";
    replication_health_ex = codec::Array<codec::Number<u16>>, "ReplicationHealthEx";
    replication_mode = codec::Number<u16>, "ReplicationMode";
    test_replica_system = codec::Plain, "TestReplicaSystem";
    replication_provider_id = codec::Array<codec::Plain>, "ReplicationProviderId";
    application_health = codec::Number<u16>, "ApplicationHealth";
    integration_services_version_state = codec::Number<u16>, "IntegrationServicesVersionState";
    memory_spans_physical_numa_nodes = codec::Plain, "MemorySpansPhysicalNumaNodes";
    shielded = codec::Plain, "Shielded";
    hypervisor_partition_id = codec::Plain, "HypervisorPartitionId";
}
