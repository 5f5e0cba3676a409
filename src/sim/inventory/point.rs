//! Recovery points of replicas.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

/// What a recovery point holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PointKind {
    /// What had arrived at the time: as after a loss of power.
    Standard,
    /// What the applications in the virtual machine had prepared for it.
    ApplicationConsistent,
    /// What was sent last before a planned failover.
    PlannedFailover,
}

/// A recovery point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Point {
    pub(in crate::sim) id: Uuid,
    pub(in crate::sim) kind: PointKind,
    /// How long before the simulation begins it was made.
    pub(in crate::sim) age: Duration,
    /// When it was made; the simulation sets it.
    pub(in crate::sim) time: Timestamp,
}

impl PointKind {
    /// `VirtualSystemType`
    pub(in crate::sim) const fn system_type(self) -> &'static str {
        match self {
            Self::Standard => "Microsoft:Hyper-V:Snapshot:Replica:Standard",
            Self::ApplicationConsistent => {
                "Microsoft:Hyper-V:Snapshot:Replica:ApplicationConsistent"
            }
            Self::PlannedFailover => "Microsoft:Hyper-V:Snapshot:Replica:PlannedFailover",
        }
    }

    /// What the names of such points begin with.
    pub(in crate::sim) const fn title(self) -> &'static str {
        match self {
            Self::Standard => "Standard Replica",
            Self::ApplicationConsistent => "Application Consistent Replica",
            Self::PlannedFailover => "Planned Failover Replica",
        }
    }
}
