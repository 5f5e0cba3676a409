//! Hyper-V Replica: the verbs that people say, over `Msvm_ReplicationService`.
//!
//! Facts about the service are from Microsoft's documentation of the [Hyper-V WMI provider (V2)].
//!
//! [Hyper-V WMI provider (V2)]: https://learn.microsoft.com/windows/win32/hyperv_v2/windows-virtualization-portal

mod call;
mod calls;
mod certificates;
mod gives;
mod guard;
mod invoked;
mod network;
mod points;
mod read;
mod reconcile;
mod relationship;
mod return_code;
mod server;
mod service;
pub mod settings;
mod situation;
mod states;
mod statistics;
mod status;
mod verb;
mod virtual_machine;

pub use call::Call;
pub use certificates::{CertificateError, SystemCertificate, Validity};
pub use gives::{Gives, Sent};
pub use invoked::{Invoked, Outcome, Report};
pub use network::FailoverAdapter;
pub use points::{RecoveryPoint, RecoveryPointKind};
pub use reconcile::{Answer, Attempt, Reconciliation, reconcile};
pub use relationship::{Lag, Relationship, RelationshipKind, Side};
pub use return_code::{MethodError, ReturnCode};
pub use server::{BUILT_IN_PROVIDER, ReplicaServer};
pub use service::ReplicationService;
pub use settings::{
    AuthorizationEntry, FailoverNetworkSettings, ReplicationSettings, ServiceSettings,
};
pub use situation::{Conflict, Situation};
pub use states::{ReplicationHealth, ReplicationMode, ReplicationState, VmState};
pub use statistics::{HealthIssue, PeriodStatistics, Statistics};
pub use status::VirtualMachineStatus;
pub use verb::{Sign, Verb};
pub use virtual_machine::VirtualMachine;
