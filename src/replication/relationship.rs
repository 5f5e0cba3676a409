//! Relationships: where the changes of a virtual machine go to, or come from.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    VirtualMachine,
    states::{ReplicationHealth, ReplicationMode, ReplicationState},
};
use crate::{
    cim::{Reference, open_enum, typed::Class as _},
    error::{self, Error, ErrorKind},
    msvm::{ComputerSystem, ReplicationRelationship, ReplicationSettingData},
};

open_enum! {
    /// Which of the relationships of a virtual machine, by the number at the end of its `InstanceID`.
    pub enum RelationshipKind: u16 {
        /// The one between a primary and its replica; that of an extended replica, too.
        Primary = 0,
        /// The one by which a replica replicates on, to a third host.
        Extended = 1,
    }
}

/// What a host does in a relationship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Side {
    /// It sends the changes.
    Sending,
    /// It receives them.
    Receiving,
}

/// A relationship of a virtual machine, as the host that was asked sees it. The other host may see it otherwise.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Relationship {
    /// Which one it is.
    pub kind: RelationshipKind,
    /// What the host does in it; nothing where the role of the virtual machine does not tell.
    pub side: Option<Side>,
    /// How it stands. Methods that act on one relationship take just this, as it was read.
    pub facts: ReplicationRelationship,
    /// Its settings, if the host has any.
    pub settings: Option<ReplicationSettingData>,
    /// The reference to it; nothing on Server 2012, which has no instances of relationships.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub reference: Option<Reference>,
}

/// How far the replica is behind.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lag {
    /// The time since the last replica.
    pub age: Duration,
    /// The time that is to be between two replicas.
    pub interval: Option<Duration>,
}

/// What Server 2012, which has no setting for it, leaves between two replicas.
const INTERVAL_OF_2012: Duration = Duration::from_secs(300);

impl Relationship {
    /// Puts together what was read. The mode is that of the virtual machine.
    pub(super) fn new(
        kind: RelationshipKind,
        mode: Option<ReplicationMode>,
        facts: ReplicationRelationship,
        settings: Option<ReplicationSettingData>,
    ) -> Self {
        let from_host = facts.rest.uri.is_some();
        let reference = from_host.then(|| facts.reference().ok()).flatten();
        Self { kind, side: Side::of(kind, mode), facts, settings, reference }
    }

    /// How far it is.
    #[must_use]
    pub const fn state(&self) -> Option<ReplicationState> {
        self.facts.replication_state
    }

    /// How well it works, by the judgement of the host.
    #[must_use]
    pub const fn health(&self) -> Option<ReplicationHealth> {
        self.facts.replication_health
    }

    /// Whether the host says that it works well. What the host does not say, or by a number that nobody knows, is not well.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.health() == Some(ReplicationHealth::Ok)
    }

    /// The other host: the one that receives where this one sends, and the other way round. Its full DNS name, or that of
    /// the broker where it is a cluster and the node is not known.
    #[must_use]
    pub fn partner_host(&self) -> Option<&str> {
        let settings = self.settings.as_ref()?;
        let (host, broker) = match self.side? {
            Side::Sending => (&settings.recovery_host_system, &settings.recovery_connection_point),
            Side::Receiving => (&settings.primary_host_system, &settings.primary_connection_point),
        };
        [host, broker].into_iter().flatten().map(String::as_str).find(|name| !name.is_empty())
    }

    /// When the last replica was sent or received; nothing for "never".
    #[must_use]
    pub const fn last_replication_time(&self) -> Option<Timestamp> {
        self.facts.last_replication_time
    }

    /// When a replica was last applied to the disks of the replica; nothing for "never", and on Server 2012.
    #[must_use]
    pub const fn last_apply_time(&self) -> Option<Timestamp> {
        self.facts.last_apply_time
    }

    /// When the last application-consistent replica was sent or received; nothing for "never".
    #[must_use]
    pub const fn last_application_consistent_time(&self) -> Option<Timestamp> {
        self.facts.last_application_consistent_replication_time
    }

    /// The time that is to be between two replicas: 30 s, 5 min or 15 min. Nothing where there are no settings.
    #[must_use]
    pub fn interval(&self) -> Option<Duration> {
        let settings = self.settings.as_ref()?;
        let of_2012 = || self.reference.is_none().then_some(INTERVAL_OF_2012);
        settings.replication_interval.filter(|interval| !interval.is_zero()).or_else(of_2012)
    }

    /// How far the replica is behind at a time. Nothing where there never was one.
    ///
    /// The age is counted by the given clock, the last replica by that of the host: where the latter is ahead, the age is
    /// zero.
    #[must_use]
    pub fn lag(&self, now: Timestamp) -> Option<Lag> {
        let age = now.duration_since(self.last_replication_time()?);
        let age = Duration::try_from(age).unwrap_or_default();
        Some(Lag { age, interval: self.interval() })
    }
}

impl Side {
    const fn of(kind: RelationshipKind, mode: Option<ReplicationMode>) -> Option<Self> {
        match (kind, mode) {
            (RelationshipKind::Extended, _)
            | (RelationshipKind::Primary, Some(ReplicationMode::Primary)) => Some(Self::Sending),
            (
                RelationshipKind::Primary,
                Some(ReplicationMode::Replica | ReplicationMode::ExtendedReplica),
            ) => Some(Self::Receiving),
            _ => None,
        }
    }
}

impl Lag {
    /// The age in intervals: up to 1, and a little for the way, while nothing was missed.
    #[must_use]
    pub fn intervals(&self) -> Option<f64> {
        let interval = self.interval.filter(|interval| !interval.is_zero())?;
        Some(self.age.div_duration_f64(interval))
    }
}

/// Of which virtual machine a relationship or its settings are, and of which kind, by the `InstanceID`:
/// `Microsoft:<GUID>\HVR\<kind>`. On Server 2012, which has one kind only, the last part is left out.
pub(super) fn parse_id(id: &str) -> Option<(Uuid, RelationshipKind)> {
    let (vendor, rest) = id.split_once(':')?;
    let mut parts = rest.split('\\');
    let vm = Uuid::try_parse(parts.next()?).ok()?;
    let is_ours = vendor.eq_ignore_ascii_case("Microsoft")
        && parts.next().is_some_and(|part| part.eq_ignore_ascii_case("HVR"));
    let kind = match parts.next() {
        Some(number) => number.parse::<u16>().ok()?.into(),
        None => RelationshipKind::Primary,
    };
    (is_ours && parts.next().is_none()).then_some((vm, kind))
}

/// Checks that the relationship or settings with this `InstanceID` are of the virtual machine. What the `InstanceID` does
/// not tell is the host's to judge.
pub(super) fn check_owner(id: Option<&str>, vm: &VirtualMachine) -> error::Result<()> {
    match id.and_then(parse_id).zip(Uuid::try_parse(&vm.id).ok()) {
        Some(((owner, _), vm_id)) if owner != vm_id => {
            let message =
                format!("the relationship is that of another virtual machine than {}", vm.name);
            Err(Error::new(ErrorKind::Usage, message))
        }
        _ => Ok(()),
    }
}

/// Each `InstanceID` that a relationship of a virtual machine, or its settings, may have.
pub(super) fn ids_of(vm: &str) -> [String; 3] {
    ["", r"\0", r"\1"].map(|kind| format!(r"Microsoft:{vm}\HVR{kind}"))
}

/// What a host without instances of relationships says of its one kind: it has it with the virtual machine.
pub(super) fn facts_of(system: ComputerSystem) -> ReplicationRelationship {
    let [id, ..] = ids_of(system.name.as_deref().unwrap_or_default());
    ReplicationRelationship {
        instance_id: Some(id),
        replication_state: system.replication_state,
        replication_health: system.replication_health,
        failed_over_replication_type: system.failed_over_replication_type,
        last_replication_type: system.last_replication_type,
        last_application_consistent_replication_time: system
            .last_application_consistent_replication_time,
        last_replication_time: system.last_replication_time,
        ..Default::default()
    }
}
