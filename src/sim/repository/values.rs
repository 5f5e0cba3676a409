//! The values of the properties of instances.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    NEVER, Repository,
    row::{COMPUTER_SYSTEM, Row, SERVICE},
};
use crate::{
    cim::{Datetime, Value},
    sim::inventory::{Relationship, Vm},
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
                None => Value::Null,
            });
        }
        let relationship = |vm: usize, index: usize| {
            let vm = self.vms.get(vm)?;
            Some((vm, vm.relationships.get(index)?, instance_id(vm, index)))
        };
        Some(match row {
            Row::Service => self.service(name),
            Row::ServiceSetting => self.service_setting(name),
            Row::Host => self.host(name),
            Row::Vm(vm) => self.vm(self.vms.get(vm)?, name),
            Row::VmSetting(vm) => self.vm_setting(self.vms.get(vm)?, name),
            Row::Relationship(vm, index) => {
                let (_, relationship, id) = relationship(vm, index)?;
                relationship_property(relationship, &id, name)
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

    /// The settings of the replica server, which is on where there are replicas.
    fn service_setting(&self, name: &str) -> Value {
        let is_on = self.vms.iter().any(|vm| vm.mode == 2);
        match name {
            "InstanceID" => text(&format!("Microsoft:{}", self.computer)),
            "Caption" | "ElementName" => text("Replication Service Settings"),
            "Description" => text("Settings of the service for replicating virtual machines"),
            "RecoveryServerEnabled" => Value::Boolean(is_on),
            "AllowedAuthenticationType" => Value::UInt16(u16::from(is_on)),
            "HttpPort" => Value::UInt16(80),
            "HttpsPort" => Value::UInt16(443),
            "MonitoringStartTime" => {
                Value::Datetime(Datetime::Interval(Duration::from_secs(9 * 3600)))
            }
            "MonitoringInterval" => Value::UInt32(43_200),
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
            "LastApplicationConsistentReplicationTime" => time(NEVER),
            name => computer_system(name),
        }
    }

    /// The current settings of a virtual machine, as far as they are known here.
    fn vm_setting(&self, vm: &Vm, name: &str) -> Value {
        match name {
            "InstanceID" => text(&format!("Microsoft:{}", vm.guid())),
            "ElementName" => text(&vm.name),
            "Caption" => text("Virtual Machine Settings"),
            "Description" => text("Active settings for the virtual machine."),
            "VirtualSystemIdentifier" | "ConfigurationID" => text(&vm.guid()),
            "VirtualSystemType" => text("Microsoft:Hyper-V:System:Realized"),
            "CreationTime" => time(self.started),
            "IsSaved" => Value::Boolean(false),
            _ => Value::Null,
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

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

pub(in crate::sim) fn texts(of: &[&str]) -> Value {
    Value::Array(of.iter().copied().map(text).collect())
}

fn time(time: Timestamp) -> Value {
    Value::Datetime(Datetime::Timestamp(time))
}
