//! `Msvm_ReplicationSettingData`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{NAMESPACE, values};
use crate::cim::typed::{Rest, class, codec};

/// Settings of one replication relationship; only the service changes them.
///
/// On the wire: `Msvm_ReplicationSettingData`, derived from `CIM_VirtualSystemSettingData`. Since Windows
/// Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReplicationSettingData {
    /// Identity of the settings. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// Identity of the virtual system.
    pub virtual_system_identifier: Option<Uuid>,
    /// Kind of virtual system.
    pub virtual_system_type: Option<String>,
    /// Notes of people.
    pub notes: Option<Vec<String>>,
    /// When the settings were made.
    pub creation_time: Option<Timestamp>,
    /// Identity of the configuration.
    pub configuration_id: Option<Uuid>,
    /// Directory of the configuration.
    pub configuration_data_root: Option<String>,
    /// File of the configuration, below its directory.
    pub configuration_file: Option<String>,
    /// Directory of the snapshots.
    pub snapshot_data_root: Option<String>,
    /// Directory of saved states.
    pub suspend_data_root: Option<String>,
    /// Directory of swap files.
    pub swap_file_data_root: Option<String>,
    /// Directory of logs.
    pub log_data_root: Option<String>,
    /// What happens to it when the host starts, a number of the DMTF.
    pub automatic_startup_action: Option<u16>,
    /// How long its start waits after the host's.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub automatic_startup_action_delay: Option<Duration>,
    /// Place in the order in which the host starts its virtual systems.
    pub automatic_startup_action_sequence_number: Option<u16>,
    /// What happens to it when the host shuts down, a number of the DMTF.
    pub automatic_shutdown_action: Option<u16>,
    /// What happens when its software fails, a number of the DMTF.
    pub automatic_recovery_action: Option<u16>,
    /// File for the recovery.
    pub recovery_file: Option<String>,
    /// How to authenticate to the recovery server.
    pub authentication_type: Option<values::AuthenticationType>,
    /// Thumbprint of the certificate, where the authentication is 2. At most 128 characters.
    pub certificate_thumb_print: Option<String>,
    /// Thumbprint of the root of the certificate in use; the service sets it. At most 128 characters.
    pub root_certificate_thumb_print: Option<String>,
    /// Compress what is sent.
    pub compression_enabled: Option<bool>,
    /// Connect past the proxy.
    pub bypass_proxy_server: Option<bool>,
    /// Recovery host, or the broker of a cluster. At most 256 characters.
    pub recovery_connection_point: Option<String>,
    /// Full DNS name of the host that has the replica; the service sets it. At most 256 characters.
    pub recovery_host_system: Option<String>,
    /// Primary host, or the cluster's broker; the service sets it. At most 256 characters.
    pub primary_connection_point: Option<String>,
    /// Full DNS name of the primary host; the service sets it. At most 256 characters.
    pub primary_host_system: Option<String>,
    /// Port of the listener of the recovery host. The default of the class is `0`.
    pub recovery_server_port_number: Option<u16>,
    /// Replicate the key-value pairs that only hosts see. The default of the class is `true`.
    pub replicate_host_kvp_items: Option<bool>,
    /// Time between application-consistent points, 1 to 12; 0 is none.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub application_consistent_snapshot_interval: Option<Duration>,
    /// Number of recovery points that are kept besides the latest, 0 to 24. The default of the class is `0`.
    pub recovery_history: Option<u16>,
    /// Disks to replicate: documented as each `InstanceID` of `Msvm_StorageAllocationSettingData`, marked on
    /// hosts as an embedded `CIM_StorageAllocationSettingData`.
    pub included_disks: Option<Vec<String>>,
    /// Resynchronize without being asked, inside of the window. The default of the class is `true`.
    pub auto_resynchronize_enabled: Option<bool>,
    /// Time of day at which the window for resynchronization starts, local. The default of the class is
    /// `00000000183000.000000:000`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub auto_resynchronize_interval_start: Option<Duration>,
    /// Time of day at which the window for resynchronization ends, local. The default of the class is
    /// `00000000060000.000000:000`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub auto_resynchronize_interval_end: Option<Duration>,
    /// Obsolete; always true since 2012 R2. Deprecated: no replacement.
    pub enable_write_order_preservation_across_disks: Option<bool>,
    /// Path of the `Msvm_ReplicationProvider`; null is from host to host. Since Windows Server 2012 R2.
    pub replication_provider: Option<String>,
    /// Time between two cycles: 30, 300 or 900. Since Windows Server 2012 R2. The default of the class is
    /// `300`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub replication_interval: Option<Duration>,
    /// Settings of the provider, which nobody else reads. Since Windows Server 2012 R2.
    pub additional_settings: Option<String>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    ReplicationSettingData is "Msvm_ReplicationSettingData" in NAMESPACE, keys ["InstanceID"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    virtual_system_identifier = codec::Guid, "VirtualSystemIdentifier";
    virtual_system_type = codec::Plain, "VirtualSystemType";
    notes = codec::Array<codec::Plain>, "Notes";
    creation_time = codec::Time, "CreationTime";
    configuration_id = codec::Guid, "ConfigurationID";
    configuration_data_root = codec::Plain, "ConfigurationDataRoot";
    configuration_file = codec::Plain, "ConfigurationFile";
    snapshot_data_root = codec::Plain, "SnapshotDataRoot";
    suspend_data_root = codec::Plain, "SuspendDataRoot";
    swap_file_data_root = codec::Plain, "SwapFileDataRoot";
    log_data_root = codec::Plain, "LogDataRoot";
    automatic_startup_action = codec::Plain, "AutomaticStartupAction";
    automatic_startup_action_delay = codec::Interval, "AutomaticStartupActionDelay";
    automatic_startup_action_sequence_number = codec::Plain, "AutomaticStartupActionSequenceNumber";
    automatic_shutdown_action = codec::Plain, "AutomaticShutdownAction";
    automatic_recovery_action = codec::Plain, "AutomaticRecoveryAction";
    recovery_file = codec::Plain, "RecoveryFile";
    authentication_type = codec::Number<u16>, "AuthenticationType";
    certificate_thumb_print = codec::Plain, "CertificateThumbPrint";
    root_certificate_thumb_print = codec::Plain, "RootCertificateThumbPrint";
    compression_enabled = codec::Plain, "CompressionEnabled";
    bypass_proxy_server = codec::Plain, "BypassProxyServer";
    recovery_connection_point = codec::Plain, "RecoveryConnectionPoint";
    recovery_host_system = codec::Plain, "RecoveryHostSystem";
    primary_connection_point = codec::Plain, "PrimaryConnectionPoint";
    primary_host_system = codec::Plain, "PrimaryHostSystem";
    recovery_server_port_number = codec::Plain, "RecoveryServerPortNumber";
    replicate_host_kvp_items = codec::Plain, "ReplicateHostKvpItems";
    application_consistent_snapshot_interval = codec::Hours<u16>, "ApplicationConsistentSnapshotInterval";
    recovery_history = codec::Plain, "RecoveryHistory";
    included_disks = codec::Array<codec::Plain>, "IncludedDisks";
    auto_resynchronize_enabled = codec::Plain, "AutoResynchronizeEnabled";
    auto_resynchronize_interval_start = codec::Interval, "AutoResynchronizeIntervalStart";
    auto_resynchronize_interval_end = codec::Interval, "AutoResynchronizeIntervalEnd";
    enable_write_order_preservation_across_disks = codec::Plain, "EnableWriteOrderPreservationAcrossDisks";
    replication_provider = codec::Plain, "ReplicationProvider";
    replication_interval = codec::Seconds<u16>, "ReplicationInterval";
    additional_settings = codec::Plain, "AdditionalSettings";
}
