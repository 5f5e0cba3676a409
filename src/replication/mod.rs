//! Hyper-V Replica: the verbs that people say, over `Msvm_ReplicationService`.
//!
//! Reading gives values: [`status`](ReplicationService::status) of all machines, relationships, recovery points, settings. Every
//! method is a [`Call`], which is sent and gives an [`Invoked`]: done at once, or a [`Job`](crate::job::Job) that is waited for. What a host
//! refuses is explained ([`MethodError`], [`Conflict`]); what came of a call whose answer was lost, [`reconcile`] finds out.
//!
//! ```
//! # #[cfg(feature = "sim")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let host = hyperv_replica::sim::Host::builder()
//! #     .user("admin", "secret")
//! #     .job_duration(std::time::Duration::from_millis(50))
//! #     .bind("127.0.0.1:0")
//! #     .await?;
//! # let url = &host.url();
//! use hyperv_replica::{Client, Credentials, ReplicationService, replication::ReplicationState};
//!
//! // let url = "hv02.example.com";
//! let client = Client::builder(url).credentials(Credentials::ntlm("admin", "secret")).build()?;
//! let replica = ReplicationService::new(&client);
//!
//! for machine in replica.status().await? {
//!     for relationship in &machine.relationships {
//!         println!("{} {:?} {:?}", machine.vm.name, relationship.state(), relationship.health());
//!     }
//! }
//!
//! // Every call tells its progress, if the host makes a job of it, and what it gives.
//! let vm = replica.find_virtual_machine("sql01").await?.ok_or("there is no sql01")?;
//! replica.suspend_replication(&vm).send().await?.wait().await?;
//! let [relationship] = replica.relationships_of(&vm).await?.try_into().map_err(|_| "not one")?;
//! assert_eq!(relationship.state(), Some(ReplicationState::Suspended));
//!
//! let statistics = replica.replication_statistics(&vm, &relationship).send().await?.wait().await?;
//! for issue in &statistics.value.health_issues {
//!     println!("{issue}");
//! }
//! replica.resume_replication(&vm).send().await?.wait().await?;
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "sim"))]
//! # fn main() {}
//! ```
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
mod look;
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
