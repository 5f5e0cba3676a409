//! `Msvm_VirtualSystemReferencePointExportJob` and its methods.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use std::time::Duration;

use jiff::Timestamp;

use super::{NAMESPACE, values};
use crate::cim::typed::{Rest, class, codec, method};

/// An export of a reference point.
///
/// On the wire: `Msvm_VirtualSystemReferencePointExportJob`, derived from `CIM_ConcreteJob`. Since Windows
/// 10, version 1511.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VirtualSystemReferencePointExportJob {
    /// Identity of the job, a GUID. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// When it was installed or made.
    pub install_date: Option<Timestamp>,
    /// Name of the job for people to read. At most 1024 characters.
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
    /// Status as free text.
    pub job_status: Option<String>,
    /// When the job was made.
    pub time_submitted: Option<Timestamp>,
    /// When the job is to start; the DMTF allows an interval from now, too. Deprecated: `CIM_Job.RunMonth`,
    /// `CIM_Job.RunDay`, `CIM_Job.RunDayOfWeek`, `CIM_Job.RunStartInterval`.
    pub scheduled_start_time: Option<Timestamp>,
    /// When the job started.
    pub start_time: Option<Timestamp>,
    /// How long the job has run, or ran.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub elapsed_time: Option<Duration>,
    /// How many times the job is to run. The default of the class is `1`.
    pub job_run_times: Option<u32>,
    /// Month in which the job is to run, counted from 0.
    pub run_month: Option<u8>,
    /// Day of the month on which the job is to run; below 0 counted from its end.
    pub run_day: Option<i8>,
    /// Day of the week on which the job is to run, counted from 1 for Sunday; 0 is any.
    pub run_day_of_week: Option<i8>,
    /// Time of day after midnight at which the job is to run.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub run_start_interval: Option<Duration>,
    /// Whether the times to run are local or UTC.
    pub local_or_utc_time: Option<values::LocalOrUtcTime>,
    /// When the job stops to be valid.
    pub until_time: Option<Timestamp>,
    /// Who is told when the job ends or fails.
    pub notify: Option<String>,
    /// Who made the job.
    pub owner: Option<String>,
    /// Importance; 0 is the highest.
    pub priority: Option<u32>,
    /// How much is done, 0 to 100; 101 means not known.
    pub percent_complete: Option<u16>,
    /// Delete the job when it ends.
    pub delete_on_completion: Option<bool>,
    /// Error code of the job; 0 is none.
    pub error_code: Option<u16>,
    /// Error of the job in words.
    pub error_description: Option<String>,
    /// What is to be done when the job fails.
    pub recovery_action: Option<values::RecoveryAction>,
    /// What is to be done in words, where `RecoveryAction` is 1.
    pub other_recovery_action: Option<String>,
    /// State; 7 and 32768 are success, and 32768 is Hyper-V's own.
    pub job_state: Option<values::JobState>,
    /// When `JobState` last changed.
    pub time_of_last_state_change: Option<Timestamp>,
    /// How long the job stays after its end. The default of the class is `00000000000500.000000:000`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub time_before_removal: Option<Duration>,
    /// Whether the job can be cancelled.
    pub cancellable: Option<bool>,
    /// Short text of the error.
    pub error_summary_description: Option<String>,
    /// Directory to export to.
    pub export_directory: Option<String>,
    /// GUID of the virtual machine.
    pub virtual_machine_id: Option<String>,
    /// GUID of the point.
    pub reference_point_id: Option<String>,
    /// GUID of the base point.
    pub base_reference_point_id: Option<String>,
    /// Disks that were exported.
    pub exported_disks: Option<Vec<String>>,
    /// Paths of the log files that were written.
    pub exported_log_file_paths: Option<Vec<String>>,
    /// Path of the configuration file that was written.
    pub exported_config_file_path: Option<String>,
    /// Path of the state file that was written.
    pub exported_runtime_file_path: Option<String>,
    /// Path of the guest state file that was written. Since build 16299 of Windows.
    pub exported_guest_state_file_path: Option<String>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    VirtualSystemReferencePointExportJob is "Msvm_VirtualSystemReferencePointExportJob" in NAMESPACE, keys ["InstanceID"];
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
    job_status = codec::Plain, "JobStatus";
    time_submitted = codec::Time, "TimeSubmitted";
    scheduled_start_time = codec::Time, "ScheduledStartTime";
    start_time = codec::Time, "StartTime";
    elapsed_time = codec::Interval, "ElapsedTime";
    job_run_times = codec::Plain, "JobRunTimes";
    run_month = codec::Plain, "RunMonth";
    run_day = codec::Plain, "RunDay";
    run_day_of_week = codec::Plain, "RunDayOfWeek";
    run_start_interval = codec::Interval, "RunStartInterval";
    local_or_utc_time = codec::Number<u16>, "LocalOrUtcTime";
    until_time = codec::Time, "UntilTime";
    notify = codec::Plain, "Notify";
    owner = codec::Plain, "Owner";
    priority = codec::Plain, "Priority";
    percent_complete = codec::Plain, "PercentComplete";
    delete_on_completion = codec::Plain, "DeleteOnCompletion";
    error_code = codec::Plain, "ErrorCode";
    error_description = codec::Plain, "ErrorDescription";
    recovery_action = codec::Number<u16>, "RecoveryAction";
    other_recovery_action = codec::Plain, "OtherRecoveryAction";
    job_state = codec::Number<u16>, "JobState";
    time_of_last_state_change = codec::Time, "TimeOfLastStateChange";
    time_before_removal = codec::Interval, "TimeBeforeRemoval";
    cancellable = codec::Plain, "Cancellable";
    error_summary_description = codec::Plain, "ErrorSummaryDescription";
    export_directory = codec::Plain, "ExportDirectory";
    virtual_machine_id = codec::Plain, "VirtualMachineId";
    reference_point_id = codec::Plain, "ReferencePointId";
    base_reference_point_id = codec::Plain, "BaseReferencePointId";
    exported_disks = codec::Array<codec::Plain>, "ExportedDisks";
    exported_log_file_paths = codec::Array<codec::Plain>, "ExportedLogFilePaths";
    exported_config_file_path = codec::Plain, "ExportedConfigFilePath";
    exported_runtime_file_path = codec::Plain, "ExportedRuntimeFilePath";
    exported_guest_state_file_path = codec::Plain, "ExportedGuestStateFilePath";
}

/// Input of `Msvm_VirtualSystemReferencePointExportJob.GetError`: tells the error of the job.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct GetError {}

/// Output of [`GetError`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GetErrorOutput {
    /// The first error; null where there is none.
    pub error: Option<super::MsvmError>,
}

method! {
    GetError is "Msvm_VirtualSystemReferencePointExportJob"."GetError";
    in {}
    out GetErrorOutput {
        error = codec::Embedded, "Error";
    }
}

/// Input of `Msvm_VirtualSystemReferencePointExportJob.GetErrorEx`: tells all errors of the job.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct GetErrorEx {}

/// Output of [`GetErrorEx`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GetErrorExOutput {
    /// All errors; null where there is none.
    pub errors: Option<Vec<super::MsvmError>>,
}

method! {
    GetErrorEx is "Msvm_VirtualSystemReferencePointExportJob"."GetErrorEx";
    in {}
    out GetErrorExOutput {
        errors = codec::Array<codec::Embedded>, "Errors";
    }
}

/// Input of `Msvm_VirtualSystemReferencePointExportJob.RequestStateChange`: asks the job to stop or to pause;
/// `Cancellable` tells whether it may work.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RequestStateChange {
    /// Wanted state; 4 to terminate and 5 to kill are the useful ones.
    pub requested_state: values::RequestedJobState,
    /// How long the change may take; null is no limit.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub timeout_period: Option<Duration>,
}

method! {
    RequestStateChange is "Msvm_VirtualSystemReferencePointExportJob"."RequestStateChange";
    in {
        required requested_state = codec::Number<u16>, "RequestedState";
        optional timeout_period = codec::Interval, "TimeoutPeriod";
    }
    out () {}
}

/// Input of `Msvm_VirtualSystemReferencePointExportJob.KillJob`: not supported by Hyper-V's jobs;
/// `RequestStateChange` takes its place.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct KillJob {
    /// Delete the job, too.
    pub delete_on_kill: Option<bool>,
}

method! {
    KillJob is "Msvm_VirtualSystemReferencePointExportJob"."KillJob";
    in {
        optional delete_on_kill = codec::Plain, "DeleteOnKill";
    }
    out () {}
}
