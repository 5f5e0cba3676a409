//! Network adapters, and what guests get at them after a failover.

use super::{text, texts};
use crate::{
    cim::Value,
    sim::inventory::{Adapter, Vm, guid},
};

pub(super) fn adapter(vm: &Vm, adapter: &Adapter, name: &str) -> Value {
    match name {
        "InstanceID" => text(&format!(r"Microsoft:{}\{}", vm.guid(), guid(adapter.id))),
        "ElementName" => text(&adapter.name),
        "Caption" => text("Ethernet Port"),
        "Description" => text("Settings of a synthetic network adapter"),
        "Address" => text(&adapter.mac),
        // An Ethernet adapter, as the DMTF counts resources.
        "ResourceType" => Value::UInt16(10),
        "ResourceSubType" => text("Microsoft:Hyper-V:Synthetic Ethernet Port"),
        "ConsumerVisibility" => Value::UInt16(3),
        "AllocationUnits" | "VirtualQuantityUnits" => text("count"),
        "VirtualQuantity" | "Reservation" | "Limit" => Value::UInt64(1),
        "Weight" => Value::UInt32(0),
        "AutomaticAllocation" | "AutomaticDeallocation" | "ClusterMonitored" => {
            Value::Boolean(true)
        }
        "StaticMacAddress" => Value::Boolean(false),
        "PoolID" => text(""),
        "VirtualSystemIdentifiers" => texts(&[&format!("{{{}}}", guid(adapter.id))]),
        _ => Value::Null,
    }
}

/// What the adapter gets at failover.
pub(super) fn failover(vm: &Vm, adapter: &Adapter, name: &str) -> Value {
    let settings = &adapter.failover;
    let list = |texts: &[String]| {
        // A NULL array, where there are none.
        match texts {
            [] => Value::Null,
            texts => Value::Array(texts.iter().map(|it| text(it)).collect()),
        }
    };
    match name {
        "InstanceID" => text(&failover_id(vm, adapter)),
        "Caption" | "ElementName" => text("Failover Network Adapter Settings"),
        "Description" => text("Settings that the guest gets at the adapter after a failover"),
        "ProtocolIFType" => Value::UInt16(settings.protocol),
        "DHCPEnabled" => Value::Boolean(settings.dhcp),
        "IPAddresses" => list(&settings.addresses),
        "Subnets" => list(&settings.subnets),
        "DefaultGateways" => list(&settings.gateways),
        "DNSServers" => list(&settings.dns_servers),
        _ => Value::Null,
    }
}

/// How failover settings name their adapter. It is not documented, so that this form is the simulation's own: a client
/// has to send back what it read.
pub(in crate::sim) fn failover_id(vm: &Vm, adapter: &Adapter) -> String {
    format!(r"Microsoft:FailoverNetwork\{}\{}", vm.guid(), guid(adapter.id))
}
