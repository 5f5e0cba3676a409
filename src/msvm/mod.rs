//! The classes of Hyper-V Replica as Rust types, one file per class.
//!
//! Properties are `None` where they are NULL or the host does not have them. Numbers with names are open
//! enumerations, which keep numbers that are not listed. Each method has a type for its input and, where it gives
//! something, one for its output.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

pub mod affected_job_element;
pub mod affected_storage_job_element;
pub mod collection_reference_point_export_job;
pub mod computer_system;
pub mod concrete_job;
pub mod copy_file_to_guest_job;
pub mod element_setting_data;
pub mod emulated_ethernet_port_setting_data;
pub mod ethernet_port_failover_setting_data_component;
pub mod failover_network_adapter_setting_data;
pub mod heartbeat_component;
pub mod hosted_service;
pub mod migration_job;
pub mod msvm_error;
pub mod owning_job_element;
pub mod reference_point_of_virtual_system;
pub mod replica_system_dependency;
pub mod replication_authorization_setting_data;
pub mod replication_provider;
pub mod replication_relationship;
pub mod replication_service;
pub mod replication_service_setting_data;
pub mod replication_setting_data;
pub mod replication_statistics;
pub mod service_affects_element;
pub mod settings_define_state;
pub mod shutdown_component;
pub mod snapshot_of_virtual_system;
pub mod storage_allocation_setting_data;
pub mod storage_job;
pub mod summary_information;
pub mod summary_information_base;
pub mod synthetic_ethernet_port_setting_data;
pub mod system_device;
pub mod system_replication_relationship;
pub mod values;
pub mod virtual_system_management_service;
pub mod virtual_system_reference_point;
pub mod virtual_system_reference_point_export_job;
pub mod virtual_system_reference_point_export_setting_data;
pub mod virtual_system_reference_point_service;
pub mod virtual_system_reference_point_setting_data;
pub mod virtual_system_setting_data;
pub mod virtual_system_setting_data_component;

pub use affected_job_element::AffectedJobElement;
pub use affected_storage_job_element::AffectedStorageJobElement;
pub use collection_reference_point_export_job::CollectionReferencePointExportJob;
pub use computer_system::ComputerSystem;
pub use concrete_job::ConcreteJob;
pub use copy_file_to_guest_job::CopyFileToGuestJob;
pub use element_setting_data::ElementSettingData;
pub use emulated_ethernet_port_setting_data::EmulatedEthernetPortSettingData;
pub use ethernet_port_failover_setting_data_component::EthernetPortFailoverSettingDataComponent;
pub use failover_network_adapter_setting_data::FailoverNetworkAdapterSettingData;
pub use heartbeat_component::HeartbeatComponent;
pub use hosted_service::HostedService;
pub use migration_job::MigrationJob;
pub use msvm_error::MsvmError;
pub use owning_job_element::OwningJobElement;
pub use reference_point_of_virtual_system::ReferencePointOfVirtualSystem;
pub use replica_system_dependency::ReplicaSystemDependency;
pub use replication_authorization_setting_data::ReplicationAuthorizationSettingData;
pub use replication_provider::ReplicationProvider;
pub use replication_relationship::ReplicationRelationship;
pub use replication_service::ReplicationService;
pub use replication_service_setting_data::ReplicationServiceSettingData;
pub use replication_setting_data::ReplicationSettingData;
pub use replication_statistics::ReplicationStatistics;
pub use service_affects_element::ServiceAffectsElement;
pub use settings_define_state::SettingsDefineState;
pub use shutdown_component::ShutdownComponent;
pub use snapshot_of_virtual_system::SnapshotOfVirtualSystem;
pub use storage_allocation_setting_data::StorageAllocationSettingData;
pub use storage_job::StorageJob;
pub use summary_information::SummaryInformation;
pub use summary_information_base::SummaryInformationBase;
pub use synthetic_ethernet_port_setting_data::SyntheticEthernetPortSettingData;
pub use system_device::SystemDevice;
pub use system_replication_relationship::SystemReplicationRelationship;
pub use virtual_system_management_service::VirtualSystemManagementService;
pub use virtual_system_reference_point::VirtualSystemReferencePoint;
pub use virtual_system_reference_point_export_job::VirtualSystemReferencePointExportJob;
pub use virtual_system_reference_point_export_setting_data::VirtualSystemReferencePointExportSettingData;
pub use virtual_system_reference_point_service::VirtualSystemReferencePointService;
pub use virtual_system_reference_point_setting_data::VirtualSystemReferencePointSettingData;
pub use virtual_system_setting_data::VirtualSystemSettingData;
pub use virtual_system_setting_data_component::VirtualSystemSettingDataComponent;

/// The namespace of WMI that the classes are in.
pub const NAMESPACE: &str = "root/virtualization/v2";
