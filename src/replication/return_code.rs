//! What the methods of `Msvm_ReplicationService` return.

use super::Conflict;
use crate::{
    cim::{open_enum, typed::Method},
    error::Error,
    mof,
};

open_enum! {
    /// The return value of a method.
    pub enum ReturnCode: u32 {
        /// Done.
        Ok = 0,
        /// A job was begun; what comes of it is the job's result.
        JobStarted = 4096,
        /// Failed; the host's event log says why.
        Failed = 32768,
        /// The account is no Hyper-V administrator.
        AccessDenied = 32769,
        /// The host or this kind of virtual machine does not support it.
        NotSupported = 32770,
        /// The result is not known.
        StatusUnknown = 32771,
        /// It took too long.
        Timeout = 32772,
        /// A parameter is wrong.
        InvalidParameter = 32773,
        /// Another operation is running on the virtual machine.
        SystemInUse = 32774,
        /// The role or the state of the virtual machine does not allow it.
        InvalidState = 32775,
        /// A value has the wrong type.
        IncorrectDataType = 32776,
        /// The virtual machine or the host cannot be reached.
        SystemNotAvailable = 32777,
        /// The host is out of memory.
        OutOfMemory = 32778,
        /// A file or disk is missing.
        FileNotFound = 32779,
        /// The guest is not ready. Of `InitiateShutdown` alone.
        SystemNotReady = 32780,
        /// The guest is locked and a shutdown not forced. Of `InitiateShutdown` alone.
        MachineLocked = 32781,
        /// The guest is shutting down already. Of `InitiateShutdown` alone.
        ShutdownInProgress = 32782,
    }
}

/// A method that ran and said no: its name and its return value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{method} returned {} ({}): {}", u32::from(*.code), self.name(), self.means().meaning())]
#[non_exhaustive]
pub struct MethodError {
    /// The class that has the method.
    pub class: &'static str,
    /// The method.
    pub method: &'static str,
    /// What it returned.
    pub code: ReturnCode,
    /// What the host wants and has, as it was read after it said [`InvalidState`](ReturnCode::InvalidState) or
    /// [`SystemInUse`](ReturnCode::SystemInUse).
    #[source]
    pub conflict: Option<Conflict>,
}

impl MethodError {
    pub(super) const fn new<M: Method>(code: ReturnCode, conflict: Option<Conflict>) -> Self {
        Self { class: M::CLASS, method: M::METHOD, code, conflict }
    }

    /// The name of the number, which some methods have of their own.
    fn name(&self) -> String {
        let ReturnCode::Unknown(number) = self.code else { return self.code.to_string() };
        mof::schema()
            .find_method(self.class, self.method)
            .and_then(|method| method.qualifiers.value_name(number.into()))
            .map_or_else(|| self.code.to_string(), str::to_owned)
    }

    /// What it means: a number of the method's own is the code of the same name. `DestroySystem` says 5 for
    /// [`InvalidState`](ReturnCode::InvalidState), and 3 for [`Timeout`](ReturnCode::Timeout).
    #[must_use]
    pub fn means(&self) -> ReturnCode {
        let name = self.name();
        ReturnCode::REFUSALS.into_iter().find(|code| code.to_string() == name).unwrap_or(self.code)
    }

    /// The refusal that an error of [`ErrorKind::ReturnValue`](crate::ErrorKind::ReturnValue) comes from.
    #[must_use]
    pub fn of(error: &Error) -> Option<&Self> {
        std::error::Error::source(error)?.downcast_ref()
    }
}

impl ReturnCode {
    /// Those by which all methods say no.
    const REFUSALS: [Self; 12] = [
        Self::Failed,
        Self::AccessDenied,
        Self::NotSupported,
        Self::StatusUnknown,
        Self::Timeout,
        Self::InvalidParameter,
        Self::SystemInUse,
        Self::InvalidState,
        Self::IncorrectDataType,
        Self::SystemNotAvailable,
        Self::OutOfMemory,
        Self::FileNotFound,
    ];

    /// What it means, as a clause.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "done",
            Self::JobStarted => "a job was begun",
            Self::Failed => "the method failed",
            Self::AccessDenied => "the account may not do this",
            Self::NotSupported => "the host or this kind of virtual machine does not support it",
            Self::StatusUnknown => "the host does not know the result",
            Self::Timeout => "the host gave up after too long a time",
            Self::InvalidParameter => "the host considers a parameter wrong",
            Self::SystemInUse => "another operation is running on the virtual machine",
            Self::InvalidState => "the role or state of the virtual machine does not allow it",
            Self::IncorrectDataType => "the host considers the type of a value wrong",
            Self::SystemNotAvailable => "the virtual machine or the host is not available",
            Self::OutOfMemory => "the host is out of memory",
            Self::FileNotFound => "a file or disk is missing on the host",
            Self::SystemNotReady => "the guest is not ready",
            Self::MachineLocked => "the guest is locked, and may have unsaved data",
            Self::ShutdownInProgress => "the guest is shutting down already",
            Self::Unknown(_) => "no meaning is documented",
        }
    }

    /// What to do next, as a sentence.
    #[must_use]
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::Ok => "Nothing is left to do.",
            Self::JobStarted => "Wait for the job.",
            Self::Failed => {
                "The event log Microsoft-Windows-Hyper-V-VMMS/Admin of the host says why."
            }
            Self::AccessDenied => "Use an account of the group Hyper-V Administrators of the host.",
            Self::NotSupported => {
                "Check the version of the host, and that the machine is one that replicates."
            }
            Self::StatusUnknown | Self::Timeout => {
                "Read the state of the virtual machine before you try again."
            }
            Self::InvalidParameter | Self::IncorrectDataType => {
                "Check the parameters. If they are right, report this with a log at -vvv."
            }
            Self::SystemInUse => "Wait for the other operation to end, and try again.",
            Self::InvalidState => {
                "Look at the mode and state of the virtual machine, and for a job that is still running on it."
            }
            Self::SystemNotAvailable => {
                "Check that the Virtual Machine Management service runs on the host."
            }
            Self::OutOfMemory => "Free memory on the host.",
            Self::FileNotFound => {
                "Check that the disks of the virtual machine are where its settings say."
            }
            Self::SystemNotReady => "Wait until the guest is up.",
            Self::MachineLocked => "Unlock the guest, or force the shutdown.",
            Self::ShutdownInProgress => "Wait until the machine is off.",
            Self::Unknown(_) => {
                "The event log Microsoft-Windows-Hyper-V-VMMS/Admin of the host may say why; please report the number."
            }
        }
    }

    /// Whether the method may have done something all the same.
    #[must_use]
    pub const fn outcome_unknown(self) -> bool {
        matches!(self, Self::StatusUnknown | Self::Timeout)
    }
}
