//! What a job says of itself.

use jiff::Timestamp;

pub use crate::msvm::values::JobState;
use crate::{
    cim::{Instance, Value},
    msvm::values::{JobType, OperationalStatus},
};

impl JobState {
    /// Whether the job has ended. A state that is not known is no end.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        self.is_success() || self.is_cancelled() || matches!(self, Self::Exception)
    }

    /// Whether it ended well.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithWarnings)
    }

    /// Whether it was cancelled.
    #[must_use]
    pub const fn is_cancelled(self) -> bool {
        matches!(self, Self::Terminated | Self::Killed)
    }
}

/// One look at a job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct JobStatus {
    /// `InstanceID`, a GUID.
    pub id: String,
    /// The name of its class.
    pub class: String,
    /// `Name`, in the language of the host.
    pub name: Option<String>,
    /// `JobState`.
    pub state: JobState,
    /// `PercentComplete`, 0 to 100; nothing where the host does not know (101).
    pub percent: Option<u16>,
    /// `JobStatus`, in the language of the host.
    pub status: Option<String>,
    /// `ErrorCode`; mostly one of the return codes of methods. Nothing where it is 0.
    pub error_code: Option<u16>,
    /// `ErrorDescription`, in the language of the host.
    pub error_description: Option<String>,
    /// `ErrorSummaryDescription`, in the language of the host.
    pub error_summary: Option<String>,
    /// `StartTime`.
    pub started_at: Option<Timestamp>,
    /// `ElapsedTime`, in seconds.
    pub elapsed_seconds: Option<u64>,
    /// `OperationalStatus`: 2 of a running job, 17 and 2 of a completed one. Only the state says whether it has ended.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub operational_status: Vec<OperationalStatus>,
    /// `JobType`: what it does. Of a job of `Msvm_ConcreteJob` alone, since other classes have other numbers.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub kind: Option<JobType>,
    /// `TimeSubmitted`, by the clock of the host.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub submitted_at: Option<Timestamp>,
    /// `Cancellable`: whether cancelling may work.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub cancellable: Option<bool>,
}

impl JobStatus {
    /// Reads an instance of a class of jobs; nothing if it has no state.
    #[must_use]
    pub fn from_instance(instance: &Instance) -> Option<Self> {
        let text = |name| instance.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
        Some(Self {
            id: text("InstanceID").unwrap_or_default(),
            class: instance.class().to_owned(),
            name: text("Name"),
            state: JobState::from(instance.small("JobState")?),
            percent: instance.small("PercentComplete").filter(|percent| *percent <= 100),
            status: text("JobStatus"),
            error_code: instance.small("ErrorCode").filter(|code| *code != 0),
            error_description: text("ErrorDescription"),
            error_summary: text("ErrorSummaryDescription"),
            started_at: instance.time("StartTime"),
            elapsed_seconds: match instance.find("ElapsedTime") {
                Some(Value::Datetime(time)) => time.interval().map(|length| length.as_secs()),
                _ => None,
            },
            operational_status: instance
                .find("OperationalStatus")
                .map_or(&[][..], Value::as_slice)
                .iter()
                .filter_map(|number| u16::try_from(number.as_u64()?).ok())
                .map(OperationalStatus::from)
                .collect(),
            kind: instance
                .small("JobType")
                .filter(|_| instance.class().eq_ignore_ascii_case("Msvm_ConcreteJob"))
                .map(JobType::from),
            submitted_at: instance.time("TimeSubmitted"),
            cancellable: match instance.find("Cancellable") {
                Some(Value::Boolean(yes)) => Some(*yes),
                _ => None,
            },
        })
    }

    /// The text that says most about an error.
    #[must_use]
    pub fn error_text(&self) -> Option<&str> {
        self.error_description.as_deref().or(self.error_summary.as_deref())
    }
}
