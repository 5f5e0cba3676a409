//! The values of the properties of instances.

mod network;
mod server;
mod vm_setting;

use std::time::Duration;

pub(in crate::sim) use self::network::failover_id;

use jiff::Timestamp;

use super::{
    NEVER, Repository,
    row::{COMPUTER_SYSTEM, Row},
};
use crate::{
    cim::{Datetime, Value},
    sim::inventory::{PointKind, Relationship, Vm},
};

impl Repository {
    /// The value of a property, by its name as the class has it; nothing when the instance is gone.
    pub(in crate::sim) fn property(&self, row: Row, name: &str) -> Option<Value> {
        if let Some(ends) = row.ends() {
            let end = ends.into_iter().find(|(role, _)| *role == name);
            return Some(match end {
                Some((_, end)) => Value::Reference(self.resource(end)?),
                // "Unknown", as recorded of a job and its virtual machine.
                None if name == "ElementEffects" => Value::Array(vec![Value::UInt16(0)]),
                // The only settings that there are, so the current ones.
                None if name == "IsCurrent" => Value::UInt16(1),
                None => Value::Null,
            });
        }
        let relationship = |vm: usize, index: usize| {
            let vm = self.vms.get(vm)?;
            Some((vm, vm.relationships.get(index)?, relationship_id(vm, index)))
        };
        Some(match row {
            Row::Service => self.service(name),
            Row::ServiceSetting => self.service_setting(name),
            Row::Authorization(id) => {
                server::authorization(self.authorizations.iter().find(|it| it.id == id)?, name)
            }
            Row::Host => self.host(name),
            Row::Vm(vm) => self.vm(self.vms.get(vm)?, name),
            Row::Provider => self.provider(name),
            Row::VmSetting(vm) => self.vm_setting(self.vms.get(vm)?, name),
            Row::Point(vm, id) => {
                let vm = self.vms.get(vm)?;
                vm_setting::point(vm, vm.points.iter().find(|point| point.id == id)?, name)
            }
            Row::Adapter(vm, id) => {
                let vm = self.vms.get(vm)?;
                network::adapter(vm, vm.adapters.iter().find(|it| it.id == id)?, name)
            }
            Row::FailoverSetting(vm, id) => {
                let vm = self.vms.get(vm)?;
                network::failover(vm, vm.adapters.iter().find(|it| it.id == id)?, name)
            }
            Row::Relationship(vm, index) => {
                let (vm, relationship, id) = relationship(vm, index)?;
                relationship_property(vm, relationship, &id, name)
            }
            Row::Setting(vm, index) => {
                let (vm, relationship, id) = relationship(vm, index)?;
                setting_property(vm, relationship, &id, name)
            }
            Row::Job(id) => {
                let job = self.jobs.iter().find(|job| job.id == id && job.is_visible())?;
                job.property(name, self.now)
            }
            _ => return None,
        })
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

    fn vm(&self, vm: &Vm, name: &str) -> Value {
        let relationship = vm.relationships.first();
        let uptime = || self.now.duration_since(self.started).as_millis().unsigned_abs();
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
            "LastApplicationConsistentReplicationTime" => time(last_consistent(vm)),
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

fn relationship_property(vm: &Vm, relationship: &Relationship, id: &str, name: &str) -> Value {
    match name {
        "InstanceID" => text(id),
        "ReplicationState" => Value::UInt16(relationship.state),
        "ReplicationHealth" => Value::UInt16(relationship.health),
        "FailedOverReplicationType" => Value::UInt16(0),
        "LastReplicationType" => Value::UInt16(last_type(relationship)),
        "LastReplicationTime" | "LastApplyTime" => time(relationship.last),
        "LastApplicationConsistentReplicationTime" => time(last_consistent(vm)),
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
pub(in crate::sim) fn relationship_id(vm: &Vm, relationship: usize) -> String {
    format!(r"Microsoft:{}\HVR\{relationship}", vm.guid())
}

/// When the last application-consistent recovery point was made.
fn last_consistent(vm: &Vm) -> Timestamp {
    let points = vm.points.iter().filter(|it| it.kind == PointKind::ApplicationConsistent);
    points.map(|point| point.time).max().unwrap_or(NEVER)
}

/// `LastReplicationType`: 1 is a regular one, 0 none.
fn last_type(relationship: &Relationship) -> u16 {
    u16::from(relationship.last != NEVER)
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

pub(in crate::sim) fn texts(of: &[&str]) -> Value {
    Value::Array(of.iter().copied().map(text).collect())
}

fn time(time: Timestamp) -> Value {
    Value::Datetime(Datetime::Timestamp(time))
}
