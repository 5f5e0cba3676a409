//! Hyper-V Replica over WS-Management, in pure Rust.

pub mod auth;
pub mod cim;
pub mod mof;
pub mod soap;
pub mod wsman;
pub mod xml;
