//! `Msvm_VirtualSystemManagementService` and its methods.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use std::time::Duration;

use jiff::Timestamp;

use super::{NAMESPACE, values};
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec, method};

/// The service that manages virtual machines.
///
/// On the wire: `Msvm_VirtualSystemManagementService`, derived from `CIM_VirtualSystemManagementService`.
/// Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VirtualSystemManagementService {
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
    /// Name of the service within its system. At most 256 characters. Part of the key.
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
    /// Class of the system that has the service. At most 256 characters. Part of the key.
    pub system_creation_class_name: Option<String>,
    /// Name of the system that has the service; of Hyper-V, the host's NetBIOS name. At most 256 characters.
    /// Part of the key.
    pub system_name: Option<String>,
    /// Class of the service. At most 256 characters. Part of the key.
    pub creation_class_name: Option<String>,
    /// Who is responsible for it. At most 64 characters.
    pub primary_owner_name: Option<String>,
    /// How to reach who is responsible for it. At most 256 characters.
    pub primary_owner_contact: Option<String>,
    /// How the service is started: `Automatic` or `Manual`. At most 10 characters. Deprecated:
    /// `CIM_Service.EnabledDefault`.
    pub start_mode: Option<String>,
    /// Whether the service has been started.
    pub started: Option<bool>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    VirtualSystemManagementService is "Msvm_VirtualSystemManagementService" in NAMESPACE, keys ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"];
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
    primary_owner_name = codec::Plain, "PrimaryOwnerName";
    primary_owner_contact = codec::Plain, "PrimaryOwnerContact";
    start_mode = codec::Plain, "StartMode";
    started = codec::Plain, "Started";
}

/// Input of `Msvm_VirtualSystemManagementService.DestroySystem`: deletes a virtual machine, such as a test
/// replica.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct DestroySystem {
    /// Virtual machine to delete, which must be off or saved.
    pub affected_system: Reference,
}

/// Output of [`DestroySystem`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DestroySystemOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    DestroySystem is "Msvm_VirtualSystemManagementService"."DestroySystem";
    in {
        required affected_system = codec::Plain, "AffectedSystem";
    }
    out DestroySystemOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_VirtualSystemManagementService.GetSummaryInformation`: tells much of many virtual machines
/// and snapshots at once.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct GetSummaryInformation {
    /// Settings of each virtual machine or snapshot to tell of; null is all virtual machines.
    pub setting_data: Option<Vec<Reference>>,
    /// Properties of `Msvm_SummaryInformation` to tell; the others are null.
    pub requested_information: Vec<values::RequestedInformation>,
}

/// Output of [`GetSummaryInformation`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GetSummaryInformationOutput {
    /// A summary for each element of `SettingData`, in its order.
    pub summary_information: Option<Vec<super::SummaryInformation>>,
}

method! {
    GetSummaryInformation is "Msvm_VirtualSystemManagementService"."GetSummaryInformation";
    in {
        optional setting_data = codec::Array<codec::Plain>, "SettingData";
        required requested_information = codec::Array<codec::Number<u32>>, "RequestedInformation";
    }
    out GetSummaryInformationOutput {
        summary_information = codec::Array<codec::Embedded>, "SummaryInformation";
    }
}

/// Input of `Msvm_VirtualSystemManagementService.StartService`: starts the service.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StartService {}

method! {
    StartService is "Msvm_VirtualSystemManagementService"."StartService";
    in {}
    out () {}
}

/// Input of `Msvm_VirtualSystemManagementService.StopService`: stops the service.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StopService {}

method! {
    StopService is "Msvm_VirtualSystemManagementService"."StopService";
    in {}
    out () {}
}

/// Input of `Msvm_VirtualSystemManagementService.RequestStateChange`: asks for a change of the state.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RequestStateChange {
    /// Wanted state.
    pub requested_state: Option<u16>,
    /// How long the change may take; null is no limit.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub timeout_period: Option<Duration>,
}

/// Output of [`RequestStateChange`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RequestStateChangeOutput {
    /// Path of the job that makes the change; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    RequestStateChange is "Msvm_VirtualSystemManagementService"."RequestStateChange";
    in {
        optional requested_state = codec::Plain, "RequestedState";
        optional timeout_period = codec::Interval, "TimeoutPeriod";
    }
    out RequestStateChangeOutput {
        job = codec::Plain, "Job";
    }
}
