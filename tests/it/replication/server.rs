//! The replica server: its settings, whom it lets in, its providers.

use hyperv_replica::{
    cim::Value,
    error::ErrorKind,
    msvm::values::OperationalStatus,
    replication::{AuthorizationEntry, BUILT_IN_PROVIDER, ReplicationService},
    sim::{Do, Inventory, On, Script},
    soap::FaultCode,
    wsman::{ENUMERATION, Fault},
    xml::Name,
};

use super::{
    rows::{host_with, instance, queries},
    text,
};
use crate::host::{client, sim, start};

const ENTRY: &str = "Msvm_ReplicationAuthorizationSettingData";

#[tokio::test]
async fn a_replica_server_is_its_settings_and_whether_it_is_up() {
    let host = start(sim()).await;
    let service = ReplicationService::new(&client(&host.url()));
    let server = service.replica_server().await.unwrap();
    assert_eq!((server.status, server.is_up()), (Some(OperationalStatus::Ok), Some(true)));
    assert!(server.accepts_replicas());
    assert_eq!(server.settings, service.service_settings().await.unwrap());
    assert_eq!(server.settings.data().http_port, Some(80));

    let host = start(sim().inventory(Inventory::new("HV01"))).await;
    let server = ReplicationService::new(&client(&host.url())).replica_server().await.unwrap();
    assert_eq!(server.is_up(), Some(true));
    assert!(!server.accepts_replicas(), "up, but not enabled");
}

#[tokio::test]
async fn only_a_known_status_says_whether_the_server_is_up() {
    for (status, up) in [
        (Value::Array(vec![Value::UInt16(6), Value::UInt16(2)]), Some(false)),
        (Value::Array(vec![Value::UInt16(2), Value::UInt16(6)]), Some(true)),
        (Value::Array(vec![Value::UInt16(3)]), None),
        (Value::Array(vec![Value::UInt16(4711)]), None),
        (Value::Array(Vec::new()), None),
        (Value::Null, None),
    ] {
        let row = instance("Msvm_ReplicationService", &[("OperationalStatus", status)]);
        let host = host_with(Inventory::sample(), Script::new(), vec![Some(vec![row])]).await;
        let server = ReplicationService::new(&host.client()).replica_server().await.unwrap();
        assert_eq!((server.is_up(), server.accepts_replicas()), (up, up == Some(true)));
    }
}

#[tokio::test]
async fn a_host_without_the_service_is_an_error() {
    let host = host_with(Inventory::sample(), Script::new(), vec![Some(Vec::new())]).await;
    let error = ReplicationService::new(&host.client()).replica_server().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert_eq!(error.to_string(), "the host has no instance of Msvm_ReplicationService");
}

#[tokio::test]
async fn authorization_entries_have_no_key_and_are_found_by_their_servers() {
    let entry = |primary: &str, storage: &str| {
        instance(
            ENTRY,
            &[
                ("InstanceID", Value::Null),
                ("AllowedPrimaryHostSystem", text(primary)),
                ("ReplicaStorageLocation", text(storage)),
                ("TrustGroup", text("DEFAULT")),
            ],
        )
    };
    let both = vec![entry("*.example.com", r"D:\Replicas"), entry("*", r"E:\")];
    let one = vec![entry("*", r"E:\")];
    let rows = vec![Some(both), Some(one), Some(Vec::new())];
    let host = host_with(Inventory::sample(), Script::new(), rows).await;
    let service = ReplicationService::new(&host.client());
    let all = service.authorization_entries().await.unwrap();
    let primary = |entry: &AuthorizationEntry| entry.data().allowed_primary_host_system.clone();
    let found: Vec<_> =
        all.iter().map(|one| (primary(one).unwrap(), one.is_any_server())).collect();
    assert_eq!(found, [("*.example.com".to_owned(), false), ("*".to_owned(), true)]);
    assert_eq!(all[0].data().replica_storage_location.as_deref(), Some(r"D:\Replicas"));

    assert_eq!(service.find_authorization_entry("*").await.unwrap().as_ref(), all.get(1));
    assert_eq!(service.find_authorization_entry("hv'09").await.unwrap(), None);
    let expected = [
        format!("SELECT * FROM {ENTRY}"),
        format!("SELECT * FROM {ENTRY} WHERE AllowedPrimaryHostSystem = '*'"),
        format!(r"SELECT * FROM {ENTRY} WHERE AllowedPrimaryHostSystem = 'hv\'09'"),
    ];
    assert_eq!(queries(&host), expected);
}

#[tokio::test]
async fn server_2012_has_no_instances_of_providers() {
    let name = BUILT_IN_PROVIDER.to_string().to_uppercase();
    let built_in = instance("Msvm_ReplicationProvider", &[("Name", text(&name))]);
    let host = host_with(Inventory::sample(), Script::new(), vec![Some(vec![built_in])]).await;
    let providers = ReplicationService::new(&host.client()).providers().await.unwrap();
    let names: Vec<_> = providers.iter().map(|provider| provider.name.as_deref()).collect();
    assert_eq!(names, [Some("22391CDC-272C-4DDF-BA88-9BEFB1A0975C")]);

    let subcode = Name::new(ENUMERATION, "CannotProcessFilter");
    let fault = Fault::make(FaultCode::Sender, subcode, 2_150_858_778, "no such class");
    let script = Script::new().once(On::action("Enumerate"), Do::Fault(Box::new(fault)));
    let host = start(sim().script(script)).await;
    let none = ReplicationService::new(&client(&host.url())).providers().await.unwrap();
    assert_eq!(none, []);
}

#[tokio::test]
async fn authorization_entries_of_a_host_are_read() {
    let inventory = Inventory::new("HV02")
        .authorization("hv01.example.com", "web", r"D:\Replicas")
        .authorization("*.example.net", "db", r"E:\");
    let host = start(sim().inventory(inventory)).await;
    let service = ReplicationService::new(&client(&host.url()));
    assert_eq!(service.authorization_entries().await.unwrap().len(), 2);
    let entry = service.find_authorization_entry("HV01.example.com").await.unwrap().unwrap();
    assert_eq!(entry.data().trust_group.as_deref(), Some("web"));
    assert!(!entry.is_any_server());
    assert_eq!(service.find_authorization_entry("*").await.unwrap(), None);
}
