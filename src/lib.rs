//! Hyper-V Replica over WS-Management (WinRM), in pure Rust: from Linux and macOS, without PowerShell, COM, OpenSSL,
//! a Kerberos library, or an agent on the host.
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
//! use hyperv_replica::{Client, Credentials, ReplicationService};
//!
//! // let url = "hv01.example.com";
//! let client = Client::builder(url).credentials(Credentials::ntlm("admin", "secret")).build()?;
//!
//! let replica = ReplicationService::new(&client);
//! let vm = replica.find_virtual_machine("web01").await?.ok_or("there is no web01")?;
//!
//! let finished = replica
//!     .resynchronize(&vm)
//!     .send()
//!     .await?
//!     .wait_with(|progress| eprintln!("{:?} %", progress.status.percent))
//!     .await?;
//! println!("{} warnings", finished.warnings.len());
//! # assert!(finished.warnings.is_empty());
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "sim"))]
//! # fn main() {}
//! ```
//!
//! # Layers
//! Each uses only those above it. Those marked with a star are pure: time, randomness and the network come in as
//! arguments.
//!
//! | module | what it knows |
//! | --- | --- |
//! | [`xml`]* | names, a reader with limits, a writer |
//! | [`soap`]* | envelopes, addressing, faults |
//! | [`wsman`]* | the operations of WS-Management as values |
//! | [`cim`]* | classes, instances, values, queries |
//! | [`mof`]* | schemas as text, and those that are compiled in |
//! | [`auth`]* | Kerberos, NTLM, SPNEGO, sealing, Basic: tokens in and tokens out |
//! | [`transport`] | one authenticated HTTP connection |
//! | [`client`] | operations as `async` calls, the pool of connections |
//! | [`msvm`]* | the classes of Hyper-V Replica as types, generated |
//! | [`job`] | what a host does in the background |
//! | [`replication`] | what operators say: virtual machines, resynchronization |
//! | [`doctor`] | why a host cannot be operated, in findings |
//! | `recording` | what was exchanged, in files and without names (feature `record`) |
//! | `sim` | a simulated host (feature `sim`) |
//! | `cli` | the program `hvr` (feature `cli`) |

pub mod auth;
pub mod cim;
#[cfg(feature = "cli")]
pub mod cli;
pub mod client;
pub mod doctor;
pub mod error;
pub mod job;
pub mod mof;
pub mod msvm;
#[cfg(feature = "record")]
pub mod recording;
pub mod replication;
#[cfg(feature = "sim")]
pub mod sim;
pub mod soap;
pub mod transport;
pub mod wsman;
pub mod xml;

pub use auth::Credentials;
pub use client::Client;
pub use error::{Error, ErrorKind, Result};
pub use replication::ReplicationService;
