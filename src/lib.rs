//! Hyper-V Replica over WS-Management, in pure Rust.

pub mod cim;
