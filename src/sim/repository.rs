//! The instances of the simulated host: what its classes hold at a moment.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    inventory::{Inventory, Relationship, Vm, guid},
    job::{Job, Stage},
};
use crate::{
    cim::{
        Datetime, Instance, Value,
        class::{Property, Schema},
    },
    mof,
    wsman::{Resource, ResourceUri, Selector, SelectorSet},
};

/// The only WMI namespace of the host that has classes.
pub(super) const NAMESPACE: &str = "root/virtualization/v2";

/// 1601-01-01, by which Windows means "never".
pub(super) const NEVER: Timestamp = Timestamp::constant(-11_644_473_600, 0);

const COMPUTER_SYSTEM: &str = "Msvm_ComputerSystem";
const RELATIONSHIP: &str = "Msvm_ReplicationRelationship";
const SETTING: &str = "Msvm_ReplicationSettingData";
const SERVICE: &str = "Msvm_ReplicationService";
const JOB: &str = "Msvm_ConcreteJob";

/// The state of the host.
pub(super) struct Repository {
    computer: String,
    caption: String,
    started: Timestamp,
    pub(super) vms: Vec<Vm>,
    pub(super) jobs: Vec<Job>,
    /// The properties of each class that has instances, in alphabetical order, as hosts write them.
    classes: BTreeMap<&'static str, Vec<&'static Property>>,
}

/// Which instance; enumerations keep these, so that a page shows how things stand when it is pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Service,
    Host,
    Vm(usize),
    /// A relationship of a virtual machine.
    Relationship(usize, usize),
    /// The settings of a relationship.
    Setting(usize, usize),
    Job(Uuid),
}

impl Row {
    const fn class(self) -> &'static str {
        match self {
            Self::Service => SERVICE,
            Self::Host | Self::Vm(_) => COMPUTER_SYSTEM,
            Self::Relationship(..) => RELATIONSHIP,
            Self::Setting(..) => SETTING,
            Self::Job(_) => JOB,
        }
    }
}

impl Repository {
    pub(super) fn new(inventory: Inventory, started: Timestamp) -> Self {
        let ago = |minutes: u64| {
            started.saturating_sub(Duration::from_secs(60 * minutes)).unwrap_or(Timestamp::MIN)
        };
        let mut vms = inventory.vms;
        for relationship in vms.iter_mut().flat_map(|vm| &mut vm.relationships) {
            relationship.last = match relationship.state {
                0..=2 => NEVER,
                3 => ago(2),
                _ => ago(180),
            };
        }
        let classes = [COMPUTER_SYSTEM, RELATIONSHIP, SETTING, SERVICE, JOB].map(|class| {
            let mut properties = schema().properties(class);
            properties.sort_by_cached_key(|property| property.name.to_ascii_lowercase());
            (class, properties)
        });
        Self {
            computer: inventory.computer,
            caption: inventory.caption,
            started,
            vms,
            jobs: Vec::new(),
            classes: BTreeMap::from(classes),
        }
    }

    /// Lets happen what has happened since: jobs begin, end and are removed.
    pub(super) fn advance(&mut self, now: Timestamp) {
        for job in &mut self.jobs {
            let Some(relationship) =
                self.vms.get_mut(job.vm).and_then(|vm| vm.relationships.get_mut(job.relationship))
            else {
                continue;
            };
            let stage = job.stage_at(now);
            if stage == job.stage {
                continue;
            }
            job.stage = stage;
            relationship.state = match stage {
                Stage::Waiting => continue,
                Stage::Running => 10,
                Stage::Ended if job.end.is_success() => {
                    relationship.resynchronized(job.ended_at());
                    continue;
                }
                // As after a cancelled resynchronization: it is still needed.
                Stage::Ended => {
                    relationship.health = 3;
                    9
                }
            };
        }
        self.jobs.retain(|job| job.is_kept(now));
    }

    /// A relationship was resynchronized without a job.
    pub(super) fn resynchronized(&mut self, vm: usize, relationship: usize, now: Timestamp) {
        if let Some(vm) = self.vms.get_mut(vm)
            && let Some(relationship) = vm.relationships.get_mut(relationship)
        {
            relationship.resynchronized(now);
        }
    }

    /// The instances of a class and its subclasses.
    pub(super) fn rows(&self, class: &str) -> Vec<Row> {
        let is = |concrete| schema().is_a(concrete, class);
        let of_relationships = |make: fn(usize, usize) -> Row| {
            self.vms.iter().enumerate().flat_map(move |(vm, of)| {
                (0..of.relationships.len()).map(move |relationship| make(vm, relationship))
            })
        };
        let mut rows = Vec::new();
        if is(SERVICE) {
            rows.push(Row::Service);
        }
        if is(COMPUTER_SYSTEM) {
            rows.push(Row::Host);
            rows.extend((0..self.vms.len()).map(Row::Vm));
        }
        if is(RELATIONSHIP) {
            rows.extend(of_relationships(Row::Relationship));
        }
        if is(SETTING) {
            rows.extend(of_relationships(Row::Setting));
        }
        if is(JOB) {
            let visible = self.jobs.iter().filter(|job| job.is_visible());
            rows.extend(visible.map(|job| Row::Job(job.id)));
        }
        rows
    }

    /// The key of an instance, in alphabetical order; nothing when it is gone.
    pub(super) fn resource(&self, row: Row) -> Option<Resource> {
        let keys = match row {
            Row::Service => vec![
                ("CreationClassName", SERVICE.to_owned()),
                ("Name", "replicasvc".to_owned()),
                ("SystemCreationClassName", COMPUTER_SYSTEM.to_owned()),
                ("SystemName", self.computer.clone()),
            ],
            Row::Host => vec![
                ("CreationClassName", COMPUTER_SYSTEM.to_owned()),
                ("Name", self.computer.clone()),
            ],
            Row::Vm(vm) => vec![
                ("CreationClassName", COMPUTER_SYSTEM.to_owned()),
                ("Name", self.vms.get(vm)?.guid()),
            ],
            Row::Relationship(vm, relationship) | Row::Setting(vm, relationship) => {
                vec![("InstanceID", instance_id(self.vms.get(vm)?, relationship))]
            }
            Row::Job(id) => {
                self.jobs.iter().find(|job| job.id == id && job.is_visible())?;
                vec![("InstanceID", guid(id))]
            }
        };
        let mut selectors = SelectorSet::new();
        for (name, value) in keys {
            selectors.insert(name, Selector::Text(value));
        }
        Some(Resource { uri: ResourceUri::wmi(NAMESPACE, row.class()), selectors })
    }

    /// The instance; nothing when it is gone. A NULL array is left out, as hosts do.
    pub(super) fn instance(&self, row: Row, now: Timestamp) -> Option<Instance> {
        let value: Box<dyn Fn(&str) -> Value + '_> = match row {
            Row::Service => Box::new(|name| self.service(name)),
            Row::Host => Box::new(|name| self.host(name)),
            Row::Vm(vm) => {
                let vm = self.vms.get(vm)?;
                Box::new(move |name| self.vm(vm, name, now))
            }
            Row::Relationship(vm, index) => {
                let vm = self.vms.get(vm)?;
                let relationship = vm.relationships.get(index)?;
                let id = instance_id(vm, index);
                Box::new(move |name| relationship_property(relationship, &id, name))
            }
            Row::Setting(vm, index) => {
                let vm = self.vms.get(vm)?;
                let relationship = vm.relationships.get(index)?;
                let id = instance_id(vm, index);
                Box::new(move |name| setting_property(vm, relationship, &id, name))
            }
            Row::Job(id) => {
                let job = self.jobs.iter().find(|job| job.id == id && job.is_visible())?;
                Box::new(move |name| job.property(name, now))
            }
        };
        let properties = self.classes.get(row.class())?.iter();
        let mut instance = Instance::new(ResourceUri::wmi(NAMESPACE, row.class()));
        instance.properties = properties
            .map(|property| (property, value(&property.name)))
            .filter(|(property, value)| !(property.array && *value == Value::Null))
            .map(|(property, value)| (property.name.clone(), value))
            .collect();
        Some(instance)
    }

    /// A client has been shown an instance.
    pub(super) fn seen(&mut self, row: Row) {
        if let Row::Job(id) = row {
            for job in self.jobs.iter_mut().filter(|job| job.id == id) {
                job.seen = true;
            }
        }
    }

    fn service(&self, name: &str) -> Value {
        match name {
            "SystemCreationClassName" => text(COMPUTER_SYSTEM),
            "SystemName" => text(&self.computer),
            "CreationClassName" => text(SERVICE),
            "Name" => text("replicasvc"),
            "Caption" | "ElementName" => text("Hyper-V Replication Service"),
            "Description" => text("Service for replicating virtual machines"),
            "Started" => Value::Boolean(true),
            "HealthState" => Value::UInt16(5),
            "EnabledDefault" | "EnabledState" => Value::UInt16(2),
            "RequestedState" => Value::UInt16(12),
            "OperationalStatus" => Value::Array(vec![Value::UInt16(2)]),
            "StatusDescriptions" => texts(&["OK"]),
            "Status" => text("OK"),
            _ => Value::Null,
        }
    }

    fn host(&self, name: &str) -> Value {
        match name {
            "Caption" => text(&self.caption),
            "Description" => text("Microsoft Hosting Computer System"),
            "ElementName" | "Name" => text(&self.computer),
            "EnabledState" => Value::UInt16(2),
            "RequestedState" => Value::UInt16(12),
            name => computer_system(name),
        }
    }

    fn vm(&self, vm: &Vm, name: &str, now: Timestamp) -> Value {
        let relationship = vm.relationships.first();
        let uptime = || now.duration_since(self.started).as_millis().unsigned_abs();
        match name {
            "Caption" => text("Virtual Machine"),
            "Description" => text("Microsoft Virtual Machine"),
            "ElementName" => text(&vm.name),
            "Name" => text(&vm.guid()),
            "EnabledState" => Value::UInt16(if vm.running { 2 } else { 3 }),
            "RequestedState" => Value::UInt16(5),
            "EnhancedSessionModeState" => Value::UInt16(6),
            "HwThreadsPerCoreRealized" => Value::UInt32(1),
            "InstallDate" | "TimeOfLastConfigurationChange" | "TimeOfLastStateChange" => {
                time(self.started)
            }
            "OnTimeInMilliseconds" if vm.running => {
                Value::UInt64(u64::try_from(uptime()).unwrap_or(u64::MAX))
            }
            "ProcessID" if vm.running => Value::UInt32(4_000),
            "ReplicationMode" => Value::UInt16(vm.mode),
            // This class knows the states up to 14 only; the newer ones are those of the relationship.
            "ReplicationState" => Value::UInt16(relationship.map_or(0, |r| r.state)),
            "ReplicationHealth" => Value::UInt16(relationship.map_or(0, |r| r.health)),
            "FailedOverReplicationType" => Value::UInt16(0),
            "LastReplicationType" => Value::UInt16(relationship.map_or(0, last_type)),
            "LastReplicationTime" => time(relationship.map_or(NEVER, |r| r.last)),
            "LastApplicationConsistentReplicationTime" => time(NEVER),
            name => computer_system(name),
        }
    }
}

/// What the host and its virtual machines have in common.
fn computer_system(name: &str) -> Value {
    match name {
        "CreationClassName" => text(COMPUTER_SYSTEM),
        "EnabledDefault" => Value::UInt16(2),
        "HealthState" => Value::UInt16(5),
        "NumberOfNumaNodes" | "ResetCapability" => Value::UInt16(1),
        "OperationalStatus" => Value::Array(vec![Value::UInt16(2)]),
        "Status" => text("OK"),
        "StatusDescriptions" => texts(&["OK"]),
        _ => Value::Null,
    }
}

fn relationship_property(relationship: &Relationship, id: &str, name: &str) -> Value {
    match name {
        "InstanceID" => text(id),
        "ReplicationState" => Value::UInt16(relationship.state),
        "ReplicationHealth" => Value::UInt16(relationship.health),
        "FailedOverReplicationType" => Value::UInt16(0),
        "LastReplicationType" => Value::UInt16(last_type(relationship)),
        "LastReplicationTime" | "LastApplyTime" => time(relationship.last),
        "LastApplicationConsistentReplicationTime" => time(NEVER),
        _ => Value::Null,
    }
}

fn setting_property(vm: &Vm, relationship: &Relationship, id: &str, name: &str) -> Value {
    let time_of_day =
        |hours: u64| Value::Datetime(Datetime::Interval(Duration::from_secs(hours * 3600)));
    match name {
        "InstanceID" => text(id),
        "ElementName" => text(&vm.name),
        "VirtualSystemIdentifier" => text(&vm.guid()),
        "VirtualSystemType" => text("Microsoft:Hyper-V:Replica"),
        "AuthenticationType" => Value::UInt16(1),
        "CompressionEnabled" | "ReplicateHostKvpItems" | "AutoResynchronizeEnabled" => {
            Value::Boolean(true)
        }
        "EnableWriteOrderPreservationAcrossDisks" => Value::Boolean(true),
        "BypassProxyServer" => Value::Boolean(false),
        "RecoveryConnectionPoint" | "RecoveryHostSystem" => text(&relationship.recovery_host),
        "PrimaryConnectionPoint" | "PrimaryHostSystem" => text(&relationship.primary_host),
        "RecoveryServerPortNumber" => Value::UInt16(80),
        "ApplicationConsistentSnapshotInterval" | "RecoveryHistory" => Value::UInt16(0),
        "ReplicationInterval" => Value::UInt16(300),
        "AutoResynchronizeIntervalStart" => time_of_day(18),
        "AutoResynchronizeIntervalEnd" => time_of_day(6),
        _ => Value::Null,
    }
}

/// `InstanceID` of a relationship and of its settings, as hosts from Windows Server 2012 R2 on write it.
fn instance_id(vm: &Vm, relationship: usize) -> String {
    format!(r"Microsoft:{}\HVR\{relationship}", vm.guid())
}

/// `LastReplicationType`: 1 is a regular one, 0 none.
fn last_type(relationship: &Relationship) -> u16 {
    u16::from(relationship.last != NEVER)
}

pub(super) fn schema() -> &'static Schema {
    mof::schema()
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

pub(super) fn texts(of: &[&str]) -> Value {
    Value::Array(of.iter().copied().map(text).collect())
}

fn time(time: Timestamp) -> Value {
    Value::Datetime(Datetime::Timestamp(time))
}
