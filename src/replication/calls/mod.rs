//! The methods as calls: which host each is for, from which states, and what it cannot undo.

mod authorization;
mod failover;
mod initial;
mod machine;
mod network;
mod relationship;
mod resynchronization;
mod server;
mod state;
mod statistics;
