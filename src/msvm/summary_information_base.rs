//! `Msvm_SummaryInformationBase`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use jiff::Timestamp;

use super::{NAMESPACE, values};
use crate::cim::typed::{Rest, class, codec};

/// What a summary tells of every virtual system or snapshot; a property that was not asked for is null.
///
/// On the wire: `Msvm_SummaryInformationBase`, derived from `CIM_View`. Since Windows 10, version 1511.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SummaryInformationBase {
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
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    SummaryInformationBase is "Msvm_SummaryInformationBase" in NAMESPACE, keys ["InstanceID"];
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
}
