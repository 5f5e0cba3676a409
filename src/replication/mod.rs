//! Hyper-V Replica: the verbs that people say, over `Msvm_ReplicationService`.
//!
//! Facts about the service are from Microsoft's documentation of the [Hyper-V WMI provider (V2)].
//!
//! [Hyper-V WMI provider (V2)]: https://learn.microsoft.com/windows/win32/hyperv_v2/windows-virtualization-portal

mod resynchronize;
mod return_code;
mod service;
pub mod settings;
mod states;
mod virtual_machine;

pub use resynchronize::{Outcome, Report, Resynchronization, Resynchronize};
pub use return_code::{MethodError, ReturnCode};
pub use service::ReplicationService;
pub use settings::{
    AuthorizationEntry, FailoverNetworkSettings, ReplicationSettings, ServiceSettings,
};
pub use states::{ReplicationHealth, ReplicationMode, ReplicationState, VmState};
pub use virtual_machine::VirtualMachine;
