//! `Msvm_HeartbeatComponent` and its methods.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use std::time::Duration;

use jiff::Timestamp;

use super::{NAMESPACE, values};
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec, method};

/// The heartbeat component of a virtual machine, by which the guest tells whether it works; it can be read,
/// and nothing else.
///
/// On the wire: `Msvm_HeartbeatComponent`, derived from `CIM_LogicalDevice`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HeartbeatComponent {
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
    /// Name by which the host knows it. At most 1024 characters.
    pub name: Option<String>,
    /// Status of the heartbeat first, as 2, 3, 7, 12, 13 or 15, then that of the applications in the guest,
    /// as 2 or 32775 to 32784, if it is known.
    pub operational_status: Option<Vec<values::HeartbeatStatus>>,
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
    /// Class of the system that has the device. At most 256 characters. Part of the key.
    pub system_creation_class_name: Option<String>,
    /// Name of the system that has the device; of Hyper-V, the GUID of the virtual machine. At most 256
    /// characters. Part of the key.
    pub system_name: Option<String>,
    /// Class of the device. At most 256 characters. Part of the key.
    pub creation_class_name: Option<String>,
    /// Identity of the device within its system; of Hyper-V `Microsoft:<VM GUID>\<GUID>`, longer than the
    /// DMTF allows. At most 64 characters. Part of the key.
    pub device_id: Option<String>,
    /// Whether it can be power managed. Deprecated: `CIM_PowerManagementCapabilities`.
    pub power_management_supported: Option<bool>,
    /// What of power management it can do. Deprecated: `CIM_PowerManagementCapabilities.PowerCapabilities`.
    pub power_management_capabilities: Option<Vec<values::PowerManagementCapabilities>>,
    /// Whether it can be used, a number of the DMTF.
    pub availability: Option<u16>,
    /// Whether it is enabled. Deprecated: `CIM_EnabledLogicalElement.EnabledState`.
    pub status_info: Option<values::StatusInfo>,
    /// Code of the last error. Deprecated: `CIM_DeviceErrorData.LastErrorCode`.
    pub last_error_code: Option<u32>,
    /// Last error in words. Deprecated: `CIM_DeviceErrorData.ErrorDescription`.
    pub error_description: Option<String>,
    /// Whether the last error is over. Deprecated: `CIM_ManagedSystemElement.OperationalStatus`.
    pub error_cleared: Option<bool>,
    /// Further identifiers. At most 256 characters.
    pub other_identifying_info: Option<Vec<String>>,
    /// Time since it was last switched on.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub power_on_hours: Option<Duration>,
    /// Time that it was switched on in all.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub total_power_on_hours: Option<Duration>,
    /// What each of `OtherIdentifyingInfo` is.
    pub identifying_descriptions: Option<Vec<String>>,
    /// More on whether it can be used, numbers of the DMTF.
    pub additional_availability: Option<Vec<u16>>,
    /// Obsolete. Deprecated: no replacement.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub max_quiesce_time: Option<Duration>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    HeartbeatComponent is "Msvm_HeartbeatComponent" in NAMESPACE, keys ["CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"];
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
    system_creation_class_name = codec::Plain, "SystemCreationClassName";
    system_name = codec::Plain, "SystemName";
    creation_class_name = codec::Plain, "CreationClassName";
    device_id = codec::Plain, "DeviceID";
    power_management_supported = codec::Plain, "PowerManagementSupported";
    power_management_capabilities = codec::Array<codec::Number<u16>>, "PowerManagementCapabilities";
    availability = codec::Plain, "Availability";
    status_info = codec::Number<u16>, "StatusInfo";
    last_error_code = codec::Plain, "LastErrorCode";
    error_description = codec::Plain, "ErrorDescription";
    error_cleared = codec::Plain, "ErrorCleared";
    other_identifying_info = codec::Array<codec::Plain>, "OtherIdentifyingInfo";
    power_on_hours = codec::Hours<u64>, "PowerOnHours";
    total_power_on_hours = codec::Hours<u64>, "TotalPowerOnHours";
    identifying_descriptions = codec::Array<codec::Plain>, "IdentifyingDescriptions";
    additional_availability = codec::Array<codec::Plain>, "AdditionalAvailability";
    max_quiesce_time = codec::Milliseconds<u64>, "MaxQuiesceTime";
}

/// Input of `Msvm_HeartbeatComponent.RequestStateChange`: inherited; it does nothing here.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RequestStateChange {
    /// Wanted state; none of them is of use.
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
    /// Not used.
    pub job: Option<Reference>,
}

method! {
    RequestStateChange is "Msvm_HeartbeatComponent"."RequestStateChange";
    in {
        required requested_state = codec::Number<u16>, "RequestedState";
        optional timeout_period = codec::Interval, "TimeoutPeriod";
    }
    out RequestStateChangeOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_HeartbeatComponent.Reset`: inherited; it does nothing here.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Reset {}

method! {
    Reset is "Msvm_HeartbeatComponent"."Reset";
    in {}
    out () {}
}
