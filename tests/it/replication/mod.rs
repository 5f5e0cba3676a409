//! Replication: virtual machines found and described, and resynchronized.

mod call;
mod certificates;
mod guard;
mod methods;
mod network;
mod points;
mod reconcile;
mod reconcile_settings;
mod resynchronize;
mod rows;
mod server;
mod settings;
mod settings_of_server;
mod situation;
mod statistics;
mod status;
mod verbs;

use hyperv_replica::{
    cim::{Datetime, Instance, ResourceUri, Value},
    client::VIRTUALIZATION,
    error::ErrorKind,
    replication::{ReplicationMode, ReplicationService, ReplicationState, VirtualMachine},
    sim::{Inventory, Relationship, Script, Vm},
};
use serde_json::json;
use uuid::Uuid;

use crate::host::{ClearHost, client, sim, start};

const VM: &str = "Msvm_ComputerSystem";

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0xABCD_EF00_0000_4000_8000_0000_0000_0000 | number)
}

/// A replica that has a replica of its own, whose relationship needs resynchronization.
fn extended_vm() -> Vm {
    let first = Relationship::new("hv02.example.com", "hv01.example.com");
    let second = Relationship::new("hv01.example.com", "hv03.example.com").state(9);
    Vm::new(uuid(1), "relay").extended(first, second)
}

fn id(number: u128) -> String {
    uuid(number).to_string().to_uppercase()
}

fn row(properties: &[(&str, Value)]) -> Instance {
    let mut instance = Instance::new(ResourceUri::wmi(VIRTUALIZATION, VM));
    for (name, value) in properties {
        instance.set(name, value.clone());
    }
    instance
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

async fn find(inventory: Inventory, name: &str) -> Result<Option<String>, String> {
    let host = start(sim().inventory(inventory)).await;
    let service = ReplicationService::new(&client(&host.url()));
    match service.find_virtual_machine(name).await {
        Ok(found) => Ok(found.map(|vm| vm.id)),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Ambiguous, "{error:?}");
            assert_eq!(error.context().host, Some(host.url()));
            Err(error.to_string())
        }
    }
}

#[tokio::test]
async fn finds_a_virtual_machine_by_name_without_case() {
    let inventory = || Inventory::new("HV01").vm(Vm::new(uuid(1), "Web01"));
    assert_eq!(find(inventory(), "web01").await, Ok(Some(id(1))));
    assert_eq!(find(inventory(), "WEB01").await, Ok(Some(id(1))));
    assert_eq!(find(inventory(), "web0").await, Ok(None));
    assert_eq!(find(inventory(), "").await, Ok(None));
}

#[tokio::test]
async fn finds_a_virtual_machine_by_guid_in_any_form() {
    let inventory = || Inventory::new("HV01").vm(Vm::new(uuid(1), "web01"));
    let guid = uuid(1);
    for form in [
        guid.hyphenated().to_string(),
        id(1),
        guid.braced().to_string(),
        guid.simple().to_string(),
        guid.urn().to_string(),
    ] {
        assert_eq!(find(inventory(), &form).await, Ok(Some(id(1))), "{form}");
    }
    assert_eq!(find(inventory(), &id(2)).await, Ok(None));
}

#[tokio::test]
async fn finds_names_that_would_be_a_part_of_a_query_or_of_xml() {
    let names = [
        "O'Brien",
        "'",
        r"back\slash",
        r"\'",
        r#"say "hi""#,
        "R&D <new>",
        "]]>",
        "50%_[a-z]",
        "x' OR ElementName = 'y",
        "Söhne \u{1F4BE}",
        " padded ",
        "two  spaces",
    ];
    let inventory = || {
        names.iter().zip(1..).fold(Inventory::new("HV01"), |inventory, (name, number)| {
            inventory.vm(Vm::new(uuid(number), name))
        })
    };
    for (name, number) in names.iter().zip(1..) {
        assert_eq!(find(inventory(), name).await, Ok(Some(id(number))), "{name}");
    }
}

#[tokio::test]
async fn a_name_of_several_is_an_error_that_lists_them_all() {
    let inventory = Inventory::new("HV01")
        .vm(Vm::new(uuid(1), "web"))
        .vm(Vm::new(uuid(2), "other"))
        .vm(Vm::new(uuid(3), "WEB"));
    let error = find(inventory, "Web").await.unwrap_err();
    let expected = format!(
        "2 virtual machines have the name \"Web\": web ({}), WEB ({}); give the GUID of the one that you mean",
        id(1),
        id(3)
    );
    assert_eq!(error, expected);
}

#[tokio::test]
async fn a_guid_means_the_machine_that_has_it_not_one_that_is_named_so() {
    let inventory =
        || Inventory::new("HV01").vm(Vm::new(uuid(1), &id(2))).vm(Vm::new(uuid(2), "web01"));
    assert_eq!(find(inventory(), &id(2)).await, Ok(Some(id(2))));
    let only_named = Inventory::new("HV01").vm(Vm::new(uuid(1), &id(2)));
    assert_eq!(find(only_named, &id(2)).await, Ok(Some(id(1))));
}

#[tokio::test]
async fn the_host_itself_is_never_a_virtual_machine() {
    let inventory = || Inventory::new("HV01").caption("Hostcomputersystem");
    assert_eq!(find(inventory(), "HV01").await, Ok(None));
    assert_eq!(find(inventory().vm(Vm::new(uuid(1), "hv01")), "HV01").await, Ok(Some(id(1))));

    let host = start(sim().inventory(inventory())).await;
    let vms = ReplicationService::new(&client(&host.url())).virtual_machines().await.unwrap();
    assert_eq!(vms, []);
}

#[tokio::test]
async fn lists_all_virtual_machines() {
    let host = start(sim()).await;
    let vms = ReplicationService::new(&client(&host.url())).virtual_machines().await.unwrap();
    let names: Vec<_> = vms.iter().map(|vm| vm.name.as_str()).collect();
    assert_eq!(names, ["web01", "sql01", "dc02", "files01", "legacy", "O'Brien & <Söhne>"]);
    assert_eq!(vms[2].replication_mode, Some(ReplicationMode::Replica));
    assert_eq!(vms[4].last_replication_time, None, "never");
}

#[tokio::test]
async fn reads_a_virtual_machine_again_by_its_reference() {
    let host = start(sim()).await;
    let service = ReplicationService::new(&client(&host.url()));
    let mut vm = service.find_virtual_machine("web01").await.unwrap().unwrap();
    let same = service.read_again(&vm).await.unwrap();
    assert_eq!(vm, same);
    vm.reference = vm.reference.selector("Name", id(99));
    assert_eq!(service.read_again(&vm).await.unwrap_err().kind(), ErrorKind::Fault);
    vm.reference = vm.reference.selector("Name", "HV01");
    assert_eq!(service.read_again(&vm).await.unwrap_err().kind(), ErrorKind::Protocol);
}

#[tokio::test]
async fn a_host_without_hyper_v_is_a_fault() {
    let host = ClearHost::start(Inventory::new("HV01"), Script::new(), |_, _, answer| answer).await;
    let error = host
        .client()
        .enumerate(&ResourceUri::wmi("root/virtualization/v9", VM))
        .start()
        .await
        .unwrap_err();
    assert!(error.fault().unwrap().has_code(0x8004_100E), "{error:?}");
}

#[test]
fn a_virtual_machine_as_json() {
    let time = "2026-11-23T09:00:00Z".parse().unwrap();
    let vm = VirtualMachine::from_instance(&row(&[
        ("CreationClassName", text(VM)),
        ("ElementName", text("web01")),
        ("Name", text(&id(1).to_lowercase())),
        ("EnabledState", Value::UInt16(2)),
        ("ReplicationMode", Value::UInt16(1)),
        ("ReplicationState", Value::UInt16(9)),
        ("ReplicationHealth", Value::UInt16(3)),
        ("LastReplicationTime", Value::Datetime(Datetime::Timestamp(time))),
    ]));
    assert_eq!(
        serde_json::to_value(vm.unwrap()).unwrap(),
        json!({
            "name": "web01",
            "id": id(1),
            "state": "Running",
            "replication_mode": "Primary",
            "replication_state": "WaitingToStartResynchronization",
            "replication_health": "Critical",
            "last_replication_time": "2026-11-23T09:00:00Z",
        })
    );
}

#[test]
fn numbers_and_values_that_nobody_knows_are_no_error() {
    let number = |number| Value::UInt16(number);
    let vm = VirtualMachine::from_instance(&row(&[
        ("Name", text(&id(1))),
        ("EnabledState", number(42)),
        ("ReplicationMode", number(4711)),
        ("ReplicationState", number(65535)),
        ("ReplicationHealth", Value::Null),
    ]))
    .unwrap();
    assert_eq!(vm.replication_state, Some(ReplicationState::Unknown(65535)));
    assert_eq!(
        serde_json::to_value(vm).unwrap(),
        json!({
            "name": "",
            "id": id(1),
            "state": "unknown(42)",
            "replication_mode": "unknown(4711)",
            "replication_state": "unknown(65535)",
            "replication_health": null,
            "last_replication_time": null,
        })
    );
}

#[test]
fn a_row_whose_name_is_no_guid_is_no_virtual_machine() {
    for name in [text("HV01"), text(""), Value::Null] {
        assert_eq!(VirtualMachine::from_instance(&row(&[("Name", name)])), None);
    }
    assert_eq!(VirtualMachine::from_instance(&row(&[])), None);
}
