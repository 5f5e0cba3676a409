//! Recovery points of replicas.

use std::fmt;

use jiff::Timestamp;

use super::{ReplicationService, VirtualMachine, read};
use crate::{
    cim::{
        Reference,
        typed::Class as _,
        wql::{Condition, Select, escape_pattern},
    },
    error::Result,
    msvm::{VirtualSystemSettingData, values::VirtualSystemType},
};

/// What the `VirtualSystemType` of each recovery point begins with.
const RECOVERY_POINT: &str = "Microsoft:Hyper-V:Snapshot:Replica:";

/// A point in time to which a replica can be failed over.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RecoveryPoint {
    /// Its name, which has the time in the language of the host in it.
    pub name: String,
    /// When it was made; what it holds is about as old.
    pub time: Option<Timestamp>,
    /// What it holds.
    pub kind: RecoveryPointKind,
    /// The reference by which `InitiateFailover` and `TestReplicaSystem` take it.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub reference: Reference,
}

/// What a recovery point holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecoveryPointKind {
    /// What had arrived at that time: as after a loss of power.
    Standard,
    /// What the applications of the virtual machine had prepared for it.
    ApplicationConsistent,
    /// What was sent last before a planned failover.
    PlannedFailover,
    /// Something that is not listed here: the text of `VirtualSystemType`.
    Unknown(String),
}

impl ReplicationService {
    /// The recovery points of a replica, the oldest first. None where only the latest state is kept, and of what is no
    /// replica.
    ///
    /// The latest state needs no point: methods take none for it.
    ///
    /// On the wire: one query on `Msvm_VirtualSystemSettingData`, by `VirtualSystemIdentifier` and `VirtualSystemType`.
    /// The way along `Msvm_SnapshotOfVirtualSystem` takes one, too, but brings the checkpoints of people along.
    ///
    /// # Errors
    /// When the host does not answer.
    pub async fn recovery_points(&self, vm: &VirtualMachine) -> Result<Vec<RecoveryPoint>> {
        let pattern = format!("{}%", escape_pattern(RECOVERY_POINT));
        let condition = Condition::equals("VirtualSystemIdentifier", &vm.id)?
            .and(Condition::like("VirtualSystemType", &pattern)?);
        let query = Select::all_of(VirtualSystemSettingData::CLASS)?.filter(condition);
        let rows = read::select::<VirtualSystemSettingData>(self.client(), query).await?;
        let mut points: Vec<_> = rows.iter().filter_map(RecoveryPoint::of).collect();
        points.sort_by_key(|point| point.time);
        Ok(points)
    }
}

impl RecoveryPoint {
    /// Nothing for what is none, and for one without a key, which no method could take.
    fn of(settings: &VirtualSystemSettingData) -> Option<Self> {
        Some(Self {
            name: settings.element_name.clone().unwrap_or_default(),
            time: settings.creation_time,
            kind: RecoveryPointKind::of(settings.virtual_system_type.as_ref()?)?,
            reference: settings.reference().ok()?,
        })
    }
}

impl RecoveryPointKind {
    /// Nothing for the kinds of other settings.
    fn of(kind: &VirtualSystemType) -> Option<Self> {
        Some(match kind {
            VirtualSystemType::ReplicaStandard => Self::Standard,
            VirtualSystemType::ReplicaApplicationConsistent => Self::ApplicationConsistent,
            VirtualSystemType::ReplicaPlannedFailover => Self::PlannedFailover,
            VirtualSystemType::Unknown(text) => {
                let start = text.get(..RECOVERY_POINT.len())?;
                start.eq_ignore_ascii_case(RECOVERY_POINT).then(|| Self::Unknown(text.clone()))?
            }
            _ => return None,
        })
    }
}

/// The name, or the text of the wire.
impl fmt::Display for RecoveryPointKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Standard => "Standard",
            Self::ApplicationConsistent => "ApplicationConsistent",
            Self::PlannedFailover => "PlannedFailover",
            Self::Unknown(text) => text,
        })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for RecoveryPointKind {
    fn serialize<S: serde::Serializer>(
        &self,
        serializer: S,
    ) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
