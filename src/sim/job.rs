//! Jobs: what runs on after a method has answered 4096.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{change::Plan, inventory::guid, repository::texts};
use crate::cim::{Datetime, Value};

/// How a job ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobEnd {
    /// `JobState` 7: it did what it had to.
    #[default]
    Completed,
    /// `JobState` 32768: the same, with warnings.
    CompletedWithWarnings,
    /// `JobState` 8: it was cancelled half-way.
    Terminated,
    /// `JobState` 9: it was killed half-way.
    Killed,
    /// `JobState` 10: it failed half-way.
    Exception {
        /// `ErrorCode`, mostly 32768.
        code: u16,
        /// `ErrorDescription`. Each line of it is an error of its own to `GetErrorEx`.
        description: String,
    },
}

/// A job of the host.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) id: Uuid,
    /// What it does.
    pub(super) plan: Plan,
    /// Who began it.
    pub(super) owner: String,
    pub(super) submitted: Timestamp,
    pub(super) start: Timestamp,
    /// How long it runs if it completes.
    pub(super) duration: Duration,
    pub(super) end: JobEnd,
    /// How long it had been running when a client ended it.
    pub(super) cut: Option<Duration>,
    /// Whether it is gone once a client has seen it.
    pub(super) vanishes: bool,
    pub(super) seen: bool,
    /// What of the plan has come to pass.
    pub(super) stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Waiting,
    Running,
    Ended,
}

impl JobEnd {
    const fn state(&self) -> u16 {
        match self {
            Self::Completed => 7,
            Self::Terminated => 8,
            Self::Killed => 9,
            Self::Exception { .. } => 10,
            Self::CompletedWithWarnings => 32768,
        }
    }

    pub(super) const fn is_success(&self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithWarnings)
    }
}

impl Job {
    /// A host keeps an ended job for `TimeBeforeRemoval`, five minutes on real hosts.
    const KEPT: Duration = Duration::from_secs(300);

    /// Ends a job that has not ended.
    pub(super) fn cancel(&mut self, now: Timestamp, end: JobEnd) {
        if self.stage_at(now) == Stage::Waiting {
            self.start = now;
            self.stage = Stage::Ended;
        }
        self.cut = Some(self.running(now));
        self.end = end;
    }

    pub(super) fn stage_at(&self, now: Timestamp) -> Stage {
        if now < self.start {
            Stage::Waiting
        } else if self.running(now) < self.length() {
            Stage::Running
        } else {
            Stage::Ended
        }
    }

    pub(super) fn is_kept(&self, now: Timestamp) -> bool {
        self.running(now) < self.length().saturating_add(Self::KEPT)
    }

    /// Whether a client can see it.
    pub(super) const fn is_visible(&self) -> bool {
        !(self.vanishes && self.seen)
    }

    pub(super) fn ended_at(&self) -> Timestamp {
        self.start.saturating_add(self.length()).unwrap_or(Timestamp::MAX)
    }

    /// A property as a host shows it.
    pub(super) fn property(&self, name: &str, now: Timestamp) -> Value {
        let stage = self.stage_at(now);
        let (state, status) = match (stage, &self.end) {
            (Stage::Waiting, _) => (2, "The job waits for its start time"),
            (Stage::Running, _) => (4, "The job is running"),
            (Stage::Ended, end) if end.is_success() => (end.state(), "The job has completed"),
            (Stage::Ended, end @ JobEnd::Exception { .. }) => (end.state(), "The job has failed"),
            (Stage::Ended, end) => (end.state(), "The job was cancelled"),
        };
        let (code, description) = match (stage, &self.end) {
            (Stage::Ended, JobEnd::Exception { code, description }) => {
                (*code, description.as_str())
            }
            _ => (0, ""),
        };
        let text = |text: &str| Value::String(text.to_owned());
        let time = |time: Timestamp| Value::Datetime(Datetime::Timestamp(time));
        let job_type = self.plan.job_type.unwrap_or_default();
        let (work, work_description) = work(job_type);
        match name {
            "InstanceID" => text(&guid(self.id)),
            "Caption" | "ElementName" | "Name" => text(work),
            "Description" => text(work_description),
            "JobState" => Value::UInt16(state),
            "JobStatus" => text(status),
            "JobType" => Value::UInt16(job_type),
            "PercentComplete" => Value::UInt16(self.percent(now)),
            "ErrorCode" => Value::UInt16(code),
            "ErrorDescription" | "ErrorSummaryDescription" => text(description),
            "Cancellable" => Value::Boolean(stage != Stage::Ended),
            "DeleteOnCompletion" => Value::Boolean(false),
            "ElapsedTime" => {
                Value::Datetime(Datetime::Interval(self.running(now).min(self.length())))
            }
            "InstallDate" => time(super::repository::NEVER),
            "StartTime" | "ScheduledStartTime" => time(self.start),
            "TimeSubmitted" => time(self.submitted),
            "TimeOfLastStateChange" => time(match stage {
                Stage::Waiting => self.submitted,
                Stage::Running => self.start,
                Stage::Ended => self.ended_at(),
            }),
            "TimeBeforeRemoval" => Value::Datetime(Datetime::Interval(Self::KEPT)),
            "HealthState" => Value::UInt16(5),
            // A completed job of a real host has [17, 2], a running one [2].
            "OperationalStatus" => Value::Array(match stage {
                Stage::Ended => vec![Value::UInt16(17), Value::UInt16(2)],
                _ => vec![Value::UInt16(2)],
            }),
            "StatusDescriptions" => match stage {
                Stage::Ended => texts(&[status, "OK"]),
                _ => texts(&[status]),
            },
            "Status" => text("OK"),
            "JobRunTimes" => Value::UInt32(1),
            "LocalOrUtcTime" | "RecoveryAction" => Value::UInt16(2),
            "Priority" => Value::UInt32(0),
            "Notify" | "OtherRecoveryAction" => text(""),
            "Owner" => text(&self.owner),
            _ => Value::Null,
        }
    }

    /// What is wrong with an ended job, as the properties of one `Msvm_Error` each. A job that a client ended has an error,
    /// too, as Microsoft documents of `GetError`.
    pub(super) fn errors(&self, now: Timestamp) -> Vec<Vec<(&'static str, Value)>> {
        const WARNING: u16 = 3;
        const MAJOR: u16 = 5;
        let (code, severity, text) = match &self.end {
            _ if self.stage_at(now) != Stage::Ended => return Vec::new(),
            JobEnd::Completed => return Vec::new(),
            JobEnd::CompletedWithWarnings => (0, WARNING, "The job has completed with a warning"),
            JobEnd::Terminated | JobEnd::Killed => (32768, MAJOR, "The job was cancelled"),
            JobEnd::Exception { code, description } => (*code, MAJOR, description.as_str()),
        };
        let id = guid(self.id);
        text.lines().map(|message| error(code, severity, message, &[&id])).collect()
    }

    /// What fails or is cancelled by a script ends half-way.
    fn length(&self) -> Duration {
        let whole = if self.end.is_success() { self.duration } else { self.duration / 2 };
        self.cut.unwrap_or(whole)
    }

    /// How long it has been running, or would have been, had it not ended.
    fn running(&self, now: Timestamp) -> Duration {
        now.duration_since(self.start).try_into().unwrap_or_default()
    }

    fn percent(&self, now: Timestamp) -> u16 {
        if self.stage_at(now) == Stage::Ended && self.end.is_success() {
            return 100;
        }
        let done = self.running(now).min(self.length()).as_millis().saturating_mul(100);
        let percent = done.checked_div(self.duration.as_millis()).unwrap_or(0);
        u16::try_from(percent.min(99)).unwrap_or(99)
    }
}

/// The properties of an `Msvm_Error`.
pub(super) fn error(
    id: u16,
    severity: u16,
    message: &str,
    arguments: &[&str],
) -> Vec<(&'static str, Value)> {
    let string = |text: &str| Value::String(text.to_owned());
    vec![
        ("ErrorType", Value::UInt16(1)),
        ("OtherErrorType", string("Virtualization")),
        ("OwningEntity", string("Microsoft Hyper-V")),
        ("MessageID", string(&id.to_string())),
        ("Message", string(message)),
        ("MessageArguments", texts(arguments)),
        ("PerceivedSeverity", Value::UInt16(severity)),
        ("RecommendedActions", texts(&["See the event log Hyper-V-VMMS/Admin"])),
    ]
}

/// What a kind of job is called, and what it does, by `JobType`. The words of a host are in its language.
const fn work(job_type: u16) -> (&'static str, &'static str) {
    match job_type {
        90 => ("Modifying settings", "Modifying the settings of the replication service"),
        12 => ("Starting", "Starting a virtual machine"),
        13 => ("Turning off", "Turning off a virtual machine"),
        96 => ("Changing replication", "Pausing or resuming the replication of a virtual machine"),
        100 => ("Preparing failover", "Preparing the planned failover of a virtual machine"),
        101 => ("Cancelling failover", "Cancelling the planned failover of a virtual machine"),
        109 => ("Stopping", "Stopping the initial replication of a virtual machine"),
        110 => ("Stopping", "Stopping the resynchronization of a virtual machine"),
        107 | 121 => ("Resynchronizing", "Resynchronizing the replica of a virtual machine"),
        _ => ("Working", "Working on the host"),
    }
}
