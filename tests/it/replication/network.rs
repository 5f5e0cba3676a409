//! Network adapters and what guests get there after a failover.

use hyperv_replica::{
    cim::{Instance, Reference, ResourceUri, Value},
    client::VIRTUALIZATION,
    replication::{FailoverAdapter, ReplicationService, VirtualMachine},
    sim::{Inventory, Script, Vm},
    soap::ADDRESSING,
    wsman::WSMAN,
    xml::Element,
};

use super::{
    id, row,
    rows::{host_giving, instance, queries},
    text, uuid,
};
use crate::host::ClearHost;

const ADAPTER: &str = "Msvm_SyntheticEthernetPortSettingData";
const EMULATED: &str = "Msvm_EmulatedEthernetPortSettingData";
const SETTINGS: &str = "Msvm_FailoverNetworkAdapterSettingData";

fn vm() -> VirtualMachine {
    VirtualMachine::from_instance(&row(&[("Name", text(&id(1)))])).unwrap()
}

fn reference(class: &str, id: &str) -> Reference {
    Reference::new(ResourceUri::wmi(VIRTUALIZATION, class)).selector("InstanceID", id)
}

fn adapter_id(name: &str) -> String {
    format!(r"Microsoft:{}\{name}", id(1))
}

fn tie(adapter: Reference, settings: Reference) -> Instance {
    instance(
        "Msvm_EthernetPortFailoverSettingDataComponent",
        &[
            ("GroupComponent", Value::Reference(adapter)),
            ("PartComponent", Value::Reference(settings)),
        ],
    )
}

/// Settings with an address, and the reference that the host has for them.
fn settings(address: &str, id: &str) -> (Instance, Reference) {
    let addresses = Value::Array(vec![text(address)]);
    let settings = instance(SETTINGS, &[("InstanceID", Value::Null), ("IPAddresses", addresses)]);
    (settings, reference(SETTINGS, id))
}

/// A host with two adapters of the virtual machine, `a` and `b`, and what of the given settings is tied to which adapter.
async fn host(
    ties: Vec<Instance>,
    all: &[(Instance, Reference)],
    more: Vec<Vec<Instance>>,
) -> ClearHost {
    let adapter = |name: &str| {
        instance(
            ADAPTER,
            &[
                ("InstanceID", text(&adapter_id(name))),
                ("ElementName", text("Network Adapter")),
                ("Address", text("00155D012A03")),
            ],
        )
    };
    let with_reference = |(settings, reference): &(Instance, Reference)| {
        let element = Element::new(ADDRESSING, "EndpointReference");
        let item = Element::new(WSMAN, "Item").child(settings.encode());
        item.child(reference.into_children_of(element))
    };
    let encoded = |rows: Vec<Instance>| Some(rows.iter().map(Instance::encode).collect());
    let mut items = vec![encoded(vec![adapter("b"), adapter("a")]), encoded(ties)];
    items.push(Some(all.iter().map(with_reference).collect()));
    items.extend(more.into_iter().map(encoded));
    host_giving(Inventory::new("HV02"), Script::new(), items).await
}

fn facts(adapters: &[FailoverAdapter]) -> Vec<(String, Option<&str>, Vec<String>)> {
    let short = |id: &str| id.rsplit('\\').next().unwrap().to_owned();
    let addresses = |adapter: &FailoverAdapter| {
        let settings = adapter.settings.iter();
        settings.flat_map(|settings| settings.data().ip_addresses.clone().unwrap()).collect()
    };
    adapters
        .iter()
        .map(|one| (short(&one.id), one.mac_address.as_deref(), addresses(one)))
        .collect()
}

#[tokio::test]
async fn adapters_stand_with_the_settings_that_are_tied_to_them() {
    let other = format!(r"Microsoft:{}\a", id(2));
    let ties = vec![
        tie(reference(ADAPTER, &adapter_id("a").to_lowercase()), reference(SETTINGS, "1")),
        tie(reference(ADAPTER, &other), reference(SETTINGS, "2")),
        tie(reference(EMULATED, &adapter_id("c")), reference(SETTINGS, "3")),
    ];
    let all = [settings("fd00::2", "2"), settings("192.0.2.1", "1"), settings("192.0.2.3", "3")];
    let host = host(ties, &all, Vec::new()).await;
    let adapters = ReplicationService::new(&host.client()).failover_adapters(&vm()).await.unwrap();
    let mac = Some("00155D012A03");
    let expected = [
        ("a".to_owned(), mac, vec!["192.0.2.1".to_owned()]),
        ("b".to_owned(), mac, Vec::new()),
        ("c".to_owned(), None, vec!["192.0.2.3".to_owned()]),
    ];
    assert_eq!(facts(&adapters), expected);
    assert_eq!(adapters[0].name.as_deref(), Some("Network Adapter"));
    assert_eq!(adapters[0].settings[0].data().rest.uri, Some(all[0].0.uri.clone()));
    assert_eq!(host.requests().len(), 3);
    let expected = [
        format!(r"SELECT * FROM {ADAPTER} WHERE InstanceID LIKE 'Microsoft:{}\\%'", id(1)),
        "SELECT * FROM Msvm_EthernetPortFailoverSettingDataComponent".to_owned(),
    ];
    assert_eq!(queries(&host), expected);
}

#[tokio::test]
async fn settings_without_a_key_of_their_own_are_asked_for_by_adapter() {
    let ties = vec![
        tie(reference(ADAPTER, &adapter_id("a")), reference(SETTINGS, "")),
        tie(reference(ADAPTER, &adapter_id("b")), reference(SETTINGS, "")),
    ];
    let all = [settings("192.0.2.2", ""), settings("192.0.2.1", "")];
    let more = vec![vec![all[1].0.clone()], vec![all[0].0.clone()]];
    let host = host(ties, &all, more).await;
    let adapters = ReplicationService::new(&host.client()).failover_adapters(&vm()).await.unwrap();
    let mac = Some("00155D012A03");
    let expected = [
        ("a".to_owned(), mac, vec!["192.0.2.1".to_owned()]),
        ("b".to_owned(), mac, vec!["192.0.2.2".to_owned()]),
    ];
    assert_eq!(facts(&adapters), expected);
    let walk = format!(
        r#"ASSOCIATORS OF {{root/virtualization/v2:{ADAPTER}.InstanceID="Microsoft:{}\\a"}} WHERE AssocClass = Msvm_EthernetPortFailoverSettingDataComponent ResultClass = {SETTINGS}"#,
        id(1),
    );
    assert_eq!(queries(&host).get(2), Some(&walk));
}

#[tokio::test]
async fn an_adapter_with_settings_for_each_protocol_has_each_of_them_once() {
    let one = || tie(reference(ADAPTER, &adapter_id("a")), reference(SETTINGS, ""));
    let all = [settings("192.0.2.1", ""), settings("fd00::1", "")];
    let both = all.iter().map(|(settings, _)| settings.clone()).collect();
    let host = host(vec![one(), one()], &all, vec![both]).await;
    let adapters = ReplicationService::new(&host.client()).failover_adapters(&vm()).await.unwrap();
    let expected = vec!["192.0.2.1".to_owned(), "fd00::1".to_owned()];
    assert_eq!(facts(&adapters)[0], ("a".to_owned(), Some("00155D012A03"), expected));
    assert_eq!(host.requests().len(), 4);
}

#[tokio::test]
async fn the_adapters_of_one_machine_are_read_beside_those_of_others() {
    let vm = |number: u128, name: &str| Vm::new(uuid(number), name).adapter("LAN").adapter("DMZ");
    let inventory = Inventory::new("HV02").vm(vm(1, "web01")).vm(vm(2, "web02"));
    let host = ClearHost::start(inventory, Script::new(), |_, _, answer| answer).await;
    let service = ReplicationService::new(&host.client());
    let vm = service.find_virtual_machine("web02").await.unwrap().unwrap();
    let adapters = service.failover_adapters(&vm).await.unwrap();
    let mut names: Vec<_> = adapters.iter().map(|adapter| adapter.name.as_deref()).collect();
    names.sort();
    assert_eq!(names, [Some("DMZ"), Some("LAN")]);
    assert!(adapters.iter().all(|adapter| adapter.settings.len() == 1), "{adapters:#?}");
    assert!(adapters.iter().all(|adapter| adapter.id.contains(&id(2))), "{adapters:#?}");
    assert_eq!(host.requests().len(), 4, "that of the virtual machine, and three");
}
