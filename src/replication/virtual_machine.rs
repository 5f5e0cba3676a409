//! Virtual machines.

use jiff::Timestamp;
use uuid::Uuid;

use super::states::{ReplicationHealth, ReplicationMode, ReplicationState, VmState};
use crate::cim::{Instance, Reference};

/// A virtual machine, as it was when it was read.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VirtualMachine {
    /// The name that people gave it; not unique.
    pub name: String,
    /// Its GUID, in upper case.
    pub id: String,
    /// What it does.
    pub state: Option<VmState>,
    /// Its role in replication.
    pub replication_mode: Option<ReplicationMode>,
    /// How far its replication is.
    pub replication_state: Option<ReplicationState>,
    /// How well its replication works.
    pub replication_health: Option<ReplicationHealth>,
    /// When a replica was last sent or received; nothing for "never".
    pub last_replication_time: Option<Timestamp>,
    /// The reference by which methods take it.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub reference: Reference,
}

impl VirtualMachine {
    /// Reads a row of `Msvm_ComputerSystem`.
    ///
    /// Nothing for the row of the host itself: the name of a virtual machine is a GUID and that of the host is not,
    /// and nothing else tells them apart, as the other properties are localized or NULL for both.
    #[must_use]
    pub fn from_instance(instance: &Instance) -> Option<Self> {
        let id = instance.text("Name")?;
        Uuid::try_parse(id).ok()?;
        let reference = Reference::new(instance.uri.clone())
            .selector(
                "CreationClassName",
                instance.text("CreationClassName").unwrap_or("Msvm_ComputerSystem"),
            )
            .selector("Name", id);
        Some(Self {
            name: instance.text("ElementName").unwrap_or_default().to_owned(),
            id: id.to_uppercase(),
            state: instance.small("EnabledState").map(VmState::from),
            replication_mode: instance.small("ReplicationMode").map(ReplicationMode::from),
            replication_state: instance.small("ReplicationState").map(ReplicationState::from),
            replication_health: instance.small("ReplicationHealth").map(ReplicationHealth::from),
            last_replication_time: instance.time("LastReplicationTime"),
            reference,
        })
    }
}
