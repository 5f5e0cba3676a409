//! Recovery points of a replica.

use std::time::Duration;

use hyperv_replica::{
    cim::{Datetime, Instance, Value},
    replication::{RecoveryPointKind, ReplicationService, VirtualMachine},
    sim::{Inventory, PointKind, Relationship, Script, Vm},
};

use super::{
    id, row,
    rows::{host_with, instance, queries},
    text, uuid,
};
use crate::host::{client, sim, start};

const REPLICA: &str = "Microsoft:Hyper-V:Snapshot:Replica:";

fn vm() -> VirtualMachine {
    VirtualMachine::from_instance(&row(&[("Name", text(&id(1)))])).unwrap()
}

/// Settings that are a recovery point, by the last part of their type.
fn point(name: &str, kind: &str, time: &str) -> Instance {
    let time = Value::Datetime(Datetime::Timestamp(time.parse().unwrap()));
    instance(
        "Msvm_VirtualSystemSettingData",
        &[
            ("InstanceID", text(&format!("Microsoft:{name}"))),
            ("ElementName", text(name)),
            ("VirtualSystemType", text(kind)),
            ("VirtualSystemIdentifier", text(&id(1))),
            ("CreationTime", time),
        ],
    )
}

#[tokio::test]
async fn recovery_points_come_in_the_order_of_time_with_what_they_hold() {
    let mut unknown_time = point("e", &format!("{REPLICA}Standard"), "2026-11-23T12:00:00Z");
    unknown_time.set("CreationTime", Value::Null);
    let mut no_key = point("f", &format!("{REPLICA}Standard"), "2026-11-23T12:00:00Z");
    no_key.set("InstanceID", Value::Null);
    let rows = vec![
        point("b", &format!("{REPLICA}ApplicationConsistent"), "2026-11-23T10:00:00Z"),
        point("d", &format!("{REPLICA}Synchronous"), "2026-11-23T11:30:00Z"),
        point("c", &format!("{REPLICA}PlannedFailover"), "2026-11-23T11:00:00Z"),
        point("checkpoint", "Microsoft:Hyper-V:Snapshot:Realized", "2026-11-23T10:30:00Z"),
        point("short", "Microsoft", "2026-11-23T10:30:00Z"),
        point("a", &format!("{REPLICA}Standard"), "2026-11-23T09:00:00Z"),
        unknown_time,
        no_key,
    ];
    let host = host_with(Inventory::new("HV02"), Script::new(), vec![Some(rows)]).await;
    let points = ReplicationService::new(&host.client()).recovery_points(&vm()).await.unwrap();
    let found: Vec<_> = points.iter().map(|point| (point.name.as_str(), &point.kind)).collect();
    let unknown = RecoveryPointKind::Unknown(format!("{REPLICA}Synchronous"));
    let expected = [
        ("e", &RecoveryPointKind::Standard),
        ("a", &RecoveryPointKind::Standard),
        ("b", &RecoveryPointKind::ApplicationConsistent),
        ("c", &RecoveryPointKind::PlannedFailover),
        ("d", &unknown),
    ];
    assert_eq!(found, expected);
    let reference = &points[1].reference;
    assert_eq!(reference.class(), "Msvm_VirtualSystemSettingData");
    assert_eq!(reference.selectors.find("InstanceID"), Some("Microsoft:a"));
    let json = serde_json::to_value(&points[2]).unwrap();
    let expected = serde_json::json!({
        "name": "b", "time": "2026-11-23T10:00:00Z", "kind": "ApplicationConsistent",
    });
    assert_eq!(json, expected);
    assert_eq!(points[4].kind.to_string(), format!("{REPLICA}Synchronous"));
    let expected = format!(
        "SELECT * FROM Msvm_VirtualSystemSettingData WHERE (VirtualSystemIdentifier = '{}') AND (VirtualSystemType LIKE '{REPLICA}%')",
        id(1),
    );
    assert_eq!(queries(&host), [expected]);
}

#[tokio::test]
async fn what_is_no_replica_has_no_recovery_points() {
    let host = start(sim()).await;
    let service = ReplicationService::new(&client(&host.url()));
    let vm = service.find_virtual_machine("web01").await.unwrap().unwrap();
    assert_eq!(service.recovery_points(&vm).await.unwrap(), []);
}

#[tokio::test]
async fn a_recovery_point_is_what_its_reference_refers_to() {
    let minutes = |count: u64| Duration::from_secs(60 * count);
    let replica = |number: u128, name: &str| {
        Vm::new(uuid(number), name)
            .replica(Relationship::new("hv01.example.com", "hv02.example.com"))
    };
    let vm = replica(1, "web01")
        .point(PointKind::ApplicationConsistent, minutes(60))
        .point(PointKind::Standard, minutes(120))
        .point(PointKind::Standard, minutes(5));
    let other = replica(2, "web02").point(PointKind::Standard, minutes(30));
    let host = start(sim().inventory(Inventory::new("HV02").vm(vm).vm(other))).await;
    let service = ReplicationService::new(&client(&host.url()));
    let vm = service.find_virtual_machine("web01").await.unwrap().unwrap();
    let points = service.recovery_points(&vm).await.unwrap();
    let kinds: Vec<_> = points.iter().map(|point| &point.kind).collect();
    use RecoveryPointKind as K;
    assert_eq!(kinds, [&K::Standard, &K::ApplicationConsistent, &K::Standard]);
    let instance = service.client().get(&points[1].reference).await.unwrap();
    assert_eq!(instance.text("ElementName"), Some(points[1].name.as_str()));
    assert_eq!(instance.time("CreationTime"), points[1].time);
    assert_eq!(instance.text("VirtualSystemIdentifier"), Some(vm.id.as_str()));
}
