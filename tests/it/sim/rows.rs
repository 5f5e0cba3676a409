//! Recovery points, network adapters, test replicas and the provider.

use std::time::Duration;

use hyperv_replica::{
    cim::{Instance, Value},
    mof,
    sim::{Inventory, PointKind, Relationship, Script, Vm},
    wsman::{Association, Enumerate, Filter, Resource},
};

use super::{Bench, class, embedded, vm, vm_resource};

const VM: &str = "Msvm_VirtualSystemSettingData";
const FAILOVER: &str = "Msvm_FailoverNetworkAdapterSettingData";
const INVALID_PARAMETER: u32 = 32773;

/// What a way leads to.
fn follow(bench: &mut Bench, from: Resource, by: &str, to: &str) -> Vec<Instance> {
    let way = Association::associators(from).association_class(by).result_class(to);
    let request = Enumerate {
        filter: Some(Filter::Association(way)),
        optimize: Some(100),
        ..Enumerate::new(class("*"))
    };
    let items = bench.run(&request).unwrap().page.items;
    items.iter().map(|item| Instance::decode(item, mof::schema()).unwrap()).collect()
}

fn shown(instance: &Instance, name: &str) -> String {
    instance.find(name).unwrap().to_string()
}

#[test]
fn recovery_points_are_settings_of_their_own() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let there = Relationship::new("hv02.example.com", "hv01.example.com");
    let replica = Vm::new(vm(1).parse().unwrap(), "dc02")
        .replica(there)
        .off()
        .point(PointKind::ApplicationConsistent, minutes(65))
        .point(PointKind::Standard, minutes(5));
    let mut bench = Bench::new(Inventory::new("HV01").vm(replica), Script::new());
    let points = follow(&mut bench, vm_resource(&vm(1)), "Msvm_SnapshotOfVirtualSystem", VM);
    let seen = |point: &Instance| {
        ["ElementName", "VirtualSystemType", "CreationTime", "VirtualSystemIdentifier"]
            .map(|name| shown(point, name))
    };
    let kind = "Microsoft:Hyper-V:Snapshot:Replica";
    assert_eq!(
        points.iter().map(seen).collect::<Vec<_>>(),
        [
            [
                "Application Consistent Replica - (11/23/2026 - 7:55:00 AM)",
                &format!("{kind}:ApplicationConsistent"),
                "2026-11-23T07:55:00Z",
                &vm(1)
            ],
            [
                "Standard Replica - (11/23/2026 - 8:55:00 AM)",
                &format!("{kind}:Standard"),
                "2026-11-23T08:55:00Z",
                &vm(1)
            ],
        ]
    );
    let ids: Vec<_> = points.iter().map(|point| point.text("InstanceID").unwrap()).collect();
    assert_ne!(ids[0], ids[1]);
    for id in ids {
        let point = bench.get(class(VM).selector("InstanceID", id)).unwrap();
        assert_eq!(point.find("IsSaved"), Some(&Value::Boolean(false)));
    }
    let current = follow(&mut bench, vm_resource(&vm(1)), "Msvm_SettingsDefineState", VM);
    let kinds: Vec<_> = current.iter().map(|it| shown(it, "VirtualSystemType")).collect();
    assert_eq!(kinds, ["Microsoft:Hyper-V:System:Realized"]);
    let relationship = bench.one("select * from Msvm_ReplicationRelationship");
    let last = shown(&relationship, "LastApplicationConsistentReplicationTime");
    assert_eq!(last, "2026-11-23T07:55:00Z");
    let kinds = bench.column(
        &format!("select * from {VM} where VirtualSystemType like '%Replica:Standard'"),
        "ElementName",
    );
    assert_eq!(kinds.len(), 1);
}

/// The way from a virtual machine to its adapters and on.
fn failover_settings(bench: &mut Bench, vm: &str) -> (Instance, Instance) {
    let settings = class(VM).selector("InstanceID", format!("Microsoft:{vm}"));
    let adapter = "Msvm_SyntheticEthernetPortSettingData";
    let component = "Msvm_VirtualSystemSettingDataComponent";
    let [port] = follow(bench, settings, component, adapter).try_into().unwrap();
    let from = class(adapter).selector("InstanceID", port.text("InstanceID").unwrap());
    let component = "Msvm_EthernetPortFailoverSettingDataComponent";
    let [failover] = follow(bench, from, component, FAILOVER).try_into().unwrap();
    (port, failover)
}

#[test]
fn an_adapter_has_failover_settings() {
    let mut bench = Bench::sample();
    let (port, failover) = failover_settings(&mut bench, &vm(3));
    let id = port.text("InstanceID").unwrap();
    let device = id.strip_prefix(&format!(r"Microsoft:{}\", vm(3))).unwrap();
    assert!(device.parse::<uuid::Uuid>().is_ok(), "{id}");
    assert_eq!(port.text("ElementName"), Some("Network Adapter"));
    assert_eq!(port.text("ResourceSubType"), Some("Microsoft:Hyper-V:Synthetic Ethernet Port"));
    assert_eq!(port.text("Address").map(str::len), Some(12));
    assert_eq!(shown(&failover, "ProtocolIFType"), "4096");
    assert_eq!(shown(&failover, "DHCPEnabled"), "true");
    assert_eq!(failover.find("IPAddresses"), None, "a NULL array is left out");
}

/// Failover settings as CIM-XML, by what stands between its tags.
fn settings(id: &str, dhcp: Option<bool>, arrays: &[(&str, &[&str])]) -> Value {
    let Value::String(head) = embedded(FAILOVER, &[("InstanceID", "string", id)]) else { panic!() };
    let arrays = arrays.iter().map(|(name, values)| {
        let values = values.iter().map(|value| format!("<VALUE>{value}</VALUE>"));
        let values: String = values.collect();
        format!(r#"<PROPERTY.ARRAY NAME="{name}" TYPE="string"><VALUE.ARRAY>{values}</VALUE.ARRAY></PROPERTY.ARRAY>"#)
    });
    let dhcp = dhcp.map(|dhcp| {
        format!(r#"<PROPERTY NAME="DHCPEnabled" TYPE="boolean"><VALUE>{dhcp}</VALUE></PROPERTY>"#)
    });
    let tail: String = dhcp.into_iter().chain(arrays).collect();
    Value::String(head.replace("</INSTANCE>", &format!("{tail}</INSTANCE>")))
}

#[test]
fn failover_settings_are_set_by_what_was_read() {
    let mut bench = Bench::sample();
    let (_, failover) = failover_settings(&mut bench, &vm(3));
    let id = failover.text("InstanceID").unwrap();
    let fixed: &[(&str, &[&str])] = &[
        ("IPAddresses", &["192.0.2.7"]),
        ("Subnets", &["255.255.255.0"]),
        ("DefaultGateways", &["192.0.2.1"]),
        ("DNSServers", &["192.0.2.2", "192.0.2.3"]),
    ];
    let set = |bench: &mut Bench, number, given: Vec<Value>| {
        let system = Value::Reference(vm_resource(&vm(number)));
        let arguments = [("ComputerSystem", system), ("NetworkSettings", Value::Array(given))];
        bench.serve("SetFailoverNetworkAdapterSettings", &arguments)
    };
    assert_eq!(set(&mut bench, 3, vec![settings(id, Some(false), fixed)]), 0);
    let (_, failover) = failover_settings(&mut bench, &vm(3));
    assert_eq!(shown(&failover, "DHCPEnabled"), "false");
    assert_eq!(shown(&failover, "IPAddresses"), "192.0.2.7");
    assert_eq!(shown(&failover, "DNSServers"), "192.0.2.2, 192.0.2.3");

    let dhcp = || settings(id, Some(true), &[("IPAddresses", &[])]);
    for (refused, why) in [
        (vec![], "none"),
        (vec![dhcp(), dhcp()], "an adapter twice"),
        (vec![settings("", Some(true), &[("IPAddresses", &[])])], "no adapter"),
        (vec![settings(id, None, fixed)], "no DHCPEnabled"),
        (vec![settings(id, Some(true), &[])], "no IPAddresses"),
        (vec![settings(id, Some(false), &[("IPAddresses", &[])])], "no address"),
        (vec![settings(id, Some(false), &fixed[..1])], "no subnet"),
        (vec![settings(id, Some(false), &[("IPAddresses", &["x"]), fixed[1]])], "no such address"),
        (vec![settings(id, Some(false), &[("IPAddresses", &["::1"]), fixed[1]])], "not IPv4"),
        (vec![settings(id, Some(false), &[fixed[0], ("Subnets", &["129"])])], "no such prefix"),
        (
            vec![settings(
                id,
                Some(false),
                &[fixed[0], fixed[1], ("DefaultGateways", &["192.0.2.1"; 6])],
            )],
            "too many gateways",
        ),
    ] {
        assert_eq!(set(&mut bench, 3, refused), INVALID_PARAMETER, "{why}");
    }
    assert_eq!(set(&mut bench, 2, vec![dhcp()]), INVALID_PARAMETER, "another's adapter");
    let (_, failover) = failover_settings(&mut bench, &vm(3));
    assert_eq!(shown(&failover, "IPAddresses"), "192.0.2.7");
    assert_eq!(set(&mut bench, 3, vec![dhcp()]), 0);
    let (_, failover) = failover_settings(&mut bench, &vm(3));
    assert_eq!(failover.find("IPAddresses"), None);
}

#[test]
fn a_replica_leads_to_its_test_replica() {
    let replica = Vm::new(vm(1).parse().unwrap(), "dc02").replica(Relationship::new("b", "a"));
    let test = Vm::new(vm(2).parse().unwrap(), "dc02 - Test").test_replica(vm(1).parse().unwrap());
    let inventory = Inventory::new("HV01").vm(replica.off()).vm(test.off());
    let mut bench = Bench::new(inventory, Script::new());
    let by = "Msvm_ReplicaSystemDependency";
    let found = follow(&mut bench, vm_resource(&vm(1)), by, "Msvm_ComputerSystem");
    let names: Vec<_> = found.iter().map(|it| shown(it, "ElementName")).collect();
    assert_eq!(names, ["dc02 - Test"]);
    assert_eq!(found[0].number("ReplicationMode"), Some(3));
    assert_eq!(found[0].number("ReplicationState"), Some(0));
    let back = follow(&mut bench, vm_resource(&vm(2)), by, "Msvm_ComputerSystem");
    assert_eq!(back.len(), 1);
}

#[test]
fn the_built_in_provider_is_there() {
    let provider = Bench::sample().one("select * from Msvm_ReplicationProvider");
    let name = "22391CDC-272C-4DDF-BA88-9BEFB1A0975C";
    assert_eq!(provider.text("Name"), Some(name));
    let id = format!(r"Microsoft:HV01\ReplicationProvider\{name}");
    assert_eq!(provider.text("InstanceID"), Some(id.as_str()));
    let resource = class("Msvm_ReplicationProvider").selector("Name", name);
    assert_eq!(shown(&Bench::sample().get(resource).unwrap(), "OperationalStatus"), "2");
}
