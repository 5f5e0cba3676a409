//! `Msvm_VirtualSystemReferencePointService` and its methods.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use std::time::Duration;

use jiff::Timestamp;

use super::{NAMESPACE, values};
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec, method};

/// The service of the reference points, which backup uses and replication does not.
///
/// On the wire: `Msvm_VirtualSystemReferencePointService`, derived from `CIM_Service`. Since Windows 10.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VirtualSystemReferencePointService {
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
    VirtualSystemReferencePointService is "Msvm_VirtualSystemReferencePointService" in NAMESPACE, keys ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"];
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

/// Input of `Msvm_VirtualSystemReferencePointService.CreateReferencePoint`: makes a point. Since Windows 10.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CreateReferencePoint {
    /// The virtual machine.
    pub affected_system: Reference,
    /// Wanted consistency; it may be null.
    pub reference_point_settings: Option<super::VirtualSystemReferencePointSettingData>,
    /// Kind of point; its numbers differ from those of the point's property.
    pub reference_point_type: values::RequestedReferencePointType,
    /// The new point.
    pub resulting_reference_point: Option<Reference>,
}

/// Output of [`CreateReferencePoint`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CreateReferencePointOutput {
    /// The new point.
    pub resulting_reference_point: Option<Reference>,
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    CreateReferencePoint is "Msvm_VirtualSystemReferencePointService"."CreateReferencePoint";
    in {
        required affected_system = codec::Plain, "AffectedSystem";
        optional reference_point_settings = codec::Embedded, "ReferencePointSettings";
        required reference_point_type = codec::Number<u16>, "ReferencePointType";
        optional resulting_reference_point = codec::Plain, "ResultingReferencePoint";
    }
    out CreateReferencePointOutput {
        resulting_reference_point = codec::Plain, "ResultingReferencePoint";
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_VirtualSystemReferencePointService.DestroyReferencePoint`: deletes a point. Since Windows
/// 10.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct DestroyReferencePoint {
    /// The point.
    pub affected_reference_point: Reference,
}

/// Output of [`DestroyReferencePoint`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DestroyReferencePointOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    DestroyReferencePoint is "Msvm_VirtualSystemReferencePointService"."DestroyReferencePoint";
    in {
        required affected_reference_point = codec::Plain, "AffectedReferencePoint";
    }
    out DestroyReferencePointOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_VirtualSystemReferencePointService.ExportReferencePoint`: exports what changed up to a
/// point. Since Windows 10.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ExportReferencePoint {
    /// The point.
    pub reference_point: Reference,
    /// Directory to export to.
    pub export_directory: String,
    /// Base point and disks of the export.
    pub export_setting_data: super::VirtualSystemReferencePointExportSettingData,
}

/// Output of [`ExportReferencePoint`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ExportReferencePointOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    ExportReferencePoint is "Msvm_VirtualSystemReferencePointService"."ExportReferencePoint";
    in {
        required reference_point = codec::Plain, "ReferencePoint";
        required export_directory = codec::Plain, "ExportDirectory";
        required export_setting_data = codec::Embedded, "ExportSettingData";
    }
    out ExportReferencePointOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_VirtualSystemReferencePointService.ImportReferencePointMetadata`: takes in the metadata of
/// points. Since Windows 10, version 1511.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ImportReferencePointMetadata {
    /// The virtual machine.
    pub affected_system: Reference,
    /// Path of the configuration file.
    pub config_file_path: String,
    /// Path of the state file.
    pub runtime_state_file_path: String,
}

/// Output of [`ImportReferencePointMetadata`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ImportReferencePointMetadataOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    ImportReferencePointMetadata is "Msvm_VirtualSystemReferencePointService"."ImportReferencePointMetadata";
    in {
        required affected_system = codec::Plain, "AffectedSystem";
        required config_file_path = codec::Plain, "ConfigFilePath";
        required runtime_state_file_path = codec::Plain, "RuntimeStateFilePath";
    }
    out ImportReferencePointMetadataOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_VirtualSystemReferencePointService.RemoveAssociatedData`: deletes the change log of a
/// point. Since Windows 10.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RemoveAssociatedData {
    /// The point.
    pub affected_reference_point: Reference,
}

/// Output of [`RemoveAssociatedData`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RemoveAssociatedDataOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    RemoveAssociatedData is "Msvm_VirtualSystemReferencePointService"."RemoveAssociatedData";
    in {
        required affected_reference_point = codec::Plain, "AffectedReferencePoint";
    }
    out RemoveAssociatedDataOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_VirtualSystemReferencePointService.StartService`: starts the service.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StartService {}

method! {
    StartService is "Msvm_VirtualSystemReferencePointService"."StartService";
    in {}
    out () {}
}

/// Input of `Msvm_VirtualSystemReferencePointService.StopService`: stops the service.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StopService {}

method! {
    StopService is "Msvm_VirtualSystemReferencePointService"."StopService";
    in {}
    out () {}
}

/// Input of `Msvm_VirtualSystemReferencePointService.RequestStateChange`: asks for a change of the state.
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
    RequestStateChange is "Msvm_VirtualSystemReferencePointService"."RequestStateChange";
    in {
        optional requested_state = codec::Plain, "RequestedState";
        optional timeout_period = codec::Interval, "TimeoutPeriod";
    }
    out RequestStateChangeOutput {
        job = codec::Plain, "Job";
    }
}
