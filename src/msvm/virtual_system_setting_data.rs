//! `Msvm_VirtualSystemSettingData`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{NAMESPACE, values};
use crate::cim::typed::{Rest, class, codec};

/// Settings of a virtual machine, a snapshot or a recovery point, as far as failover needs them.
///
/// On the wire: `Msvm_VirtualSystemSettingData`, derived from `CIM_VirtualSystemSettingData`. Since Windows
/// Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VirtualSystemSettingData {
    /// Identity of the settings. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// GUID of the virtual machine that the settings belong to.
    pub virtual_system_identifier: Option<Uuid>,
    /// Kind of settings.
    pub virtual_system_type: Option<values::VirtualSystemType>,
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
    /// Path of the settings that these are based on.
    pub parent: Option<String>,
    /// Whether there is a saved state.
    pub is_saved: Option<bool>,
    /// Version of the configuration, such as `9.0`.
    pub version: Option<String>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    VirtualSystemSettingData is "Msvm_VirtualSystemSettingData" in NAMESPACE, keys ["InstanceID"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    virtual_system_identifier = codec::Guid, "VirtualSystemIdentifier";
    virtual_system_type = codec::Text, "VirtualSystemType";
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
    parent = codec::Plain, "Parent";
    is_saved = codec::Plain, "IsSaved";
    version = codec::Plain, "Version";
}
