//! What a virtual machine does, and how its replication stands.

use crate::cim::open_enum;
pub use crate::msvm::values::{ReplicationHealth, ReplicationMode, ReplicationState};

open_enum! {
    /// What a virtual machine does: `EnabledState`, by the names that people have for it.
    pub enum VmState: u16 {
        /// Running.
        Running = 2,
        /// Turned off.
        Off = 3,
        /// About to stop.
        Stopping = 4,
        /// Saved to disk.
        Saved = 6,
        /// Paused.
        Paused = 9,
        /// About to start.
        Starting = 10,
    }
}
