//! The current settings of virtual machines, and those that recovery points hold.

use super::{super::Repository, text, time};
use crate::{
    cim::Value,
    sim::inventory::{Point, Vm, guid},
};

impl Repository {
    /// The current settings of a virtual machine, as far as they are known here.
    pub(super) fn vm_setting(&self, vm: &Vm, name: &str) -> Value {
        match name {
            "InstanceID" => text(&format!("Microsoft:{}", vm.guid())),
            "ElementName" => text(&vm.name),
            "Caption" => text("Virtual Machine Settings"),
            "Description" => text("Active settings for the virtual machine."),
            "ConfigurationID" => text(&vm.guid()),
            "VirtualSystemType" => text("Microsoft:Hyper-V:System:Realized"),
            "CreationTime" => time(self.started),
            name => common(vm, name),
        }
    }
}

/// A recovery point.
pub(super) fn point(vm: &Vm, point: &Point, name: &str) -> Value {
    match name {
        "InstanceID" => text(&format!("Microsoft:{}", guid(point.id))),
        "ElementName" => {
            let made = point.time.strftime("%-m/%-d/%Y - %-I:%M:%S %p");
            text(&format!("{} - ({made})", point.kind.title()))
        }
        "Caption" => text("Virtual Machine Settings"),
        "Description" => text("Settings of the virtual machine at a recovery point."),
        "ConfigurationID" => text(&guid(point.id)),
        "VirtualSystemType" => text(point.kind.system_type()),
        "CreationTime" => time(point.time),
        name => common(vm, name),
    }
}

fn common(vm: &Vm, name: &str) -> Value {
    match name {
        "VirtualSystemIdentifier" => text(&vm.guid()),
        "IsSaved" => Value::Boolean(false),
        "Version" => text("9.0"),
        _ => Value::Null,
    }
}
