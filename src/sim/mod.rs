//! A simulated host with Hyper-V Replica.
//!
//! For trying things out and for tests of programs that operate replication: it demands what a real host demands,
//! refuses what a real host refuses, and answers as recordings of real hosts look. Its classes are those of the
//! compiled-in schemas; it shares no code with the client but the messages themselves.
//!
//! ```text
//! http         sockets, authentication, sealed bodies, the clock and randomness
//! provider     requests in, answers out: headers, operations, faults, the methods
//! enumeration  open enumerations
//! wql          queries
//! repository   instances, as the classes have them
//! change       what methods bring about
//! job          jobs that advance
//! limits       how much of what it takes
//! inventory    the virtual machines to begin with
//! script       what is to go wrong
//! replay       a recording in the place of all that
//! ```

mod change;
mod enumeration;
mod http;
mod inventory;
mod job;
mod limits;
mod provider;
mod replay;
mod repository;
mod script;
mod wql;

use jiff::Timestamp;

use crate::cim::Value;

pub use http::{Error, Host, HostBuilder};
pub use inventory::{Inventory, PointKind, Relationship, Vm};
pub use job::JobEnd;
pub use provider::{Answer, Call, Delivery, Provider};
pub use replay::Replay;
pub use script::{Do, On, Script};

/// A method that was executed, whatever it returned and whether or not the client ever heard of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Invocation {
    /// The class.
    pub class: String,
    /// The method.
    pub method: String,
    /// The parameters that the client sent.
    pub parameters: Vec<(String, Value)>,
    /// Who called it.
    pub user: String,
    /// When.
    pub time: Timestamp,
    /// What it returned.
    pub return_value: u32,
}
