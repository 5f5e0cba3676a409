//! Hyper-V Replica over WS-Management, in pure Rust.

pub mod auth;
pub mod cim;
#[cfg(feature = "cli")]
pub mod cli;
pub mod client;
pub mod error;
pub mod job;
pub mod mof;
pub mod replication;
#[cfg(feature = "sim")]
pub mod sim;
pub mod soap;
pub mod transport;
pub mod wsman;
pub mod xml;
