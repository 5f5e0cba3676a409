//! What methods bring about, as data: at once, or by a job.

use jiff::Timestamp;
use uuid::Uuid;

use super::inventory::{Authorization, FailoverSettings, ReplicaServer};

/// A relationship, by its virtual machine and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) vm: usize,
    pub(super) relationship: usize,
}

/// A change of what the host has.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// `ReplicationState`
    State(Place, u16),
    /// `ReplicationHealth`
    Health(Place, u16),
    /// A replica arrived.
    Replicated(Place),
    /// A virtual machine runs, or is off.
    Running { vm: usize, running: bool },
    /// The replica server has these settings.
    Server(ReplicaServer),
    /// There is this authorization entry, in the place of what was there under its identifier.
    Authorization(Authorization),
    /// A network adapter gets this at failover.
    Failover { vm: usize, adapter: Uuid, settings: FailoverSettings },
    /// An authorization entry is gone.
    NoAuthorization(Uuid),
    /// A replica uses this authorization entry.
    AuthorizedBy { vm: usize, authorization: Uuid },
}

/// What a method is to bring about, once all has been found to be in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// `JobType` of the job that does it; nothing where it is done at once.
    pub(super) job_type: Option<u16>,
    /// The virtual machine that the job works on.
    pub(super) vm: Option<usize>,
    /// When the job starts, where not at once.
    pub(super) start: Option<Timestamp>,
    /// Whether it ends a resynchronization that runs on the virtual machine, instead of being refused for it.
    pub(super) interrupts: bool,
    /// What comes of it when the job starts, when it succeeds and when it does not.
    pub(super) running: Vec<Change>,
    pub(super) success: Vec<Change>,
    pub(super) failure: Vec<Change>,
}
