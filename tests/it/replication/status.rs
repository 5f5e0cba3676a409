//! The status of all virtual machines of a host, and the relationships of one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hyperv_replica::{
    cim::{Datetime, Instance, Value},
    error::ErrorKind,
    job::JobState,
    replication::{
        Relationship, RelationshipKind, ReplicationHealth, ReplicationMode, ReplicationService,
        ReplicationState, Side, VirtualMachineStatus,
    },
    sim::{self, Do, Inventory, On, Script, Vm},
    soap::FaultCode,
    wsman::{ENUMERATION, Fault},
    xml::Name,
};
use jiff::Timestamp;
use serde_json::json;

use super::{
    VM, id,
    rows::{host_with, instance, queries},
    text, uuid,
};
use crate::host::{ClearHost, client, sim, start};

const RELATIONSHIP: &str = "Msvm_ReplicationRelationship";
const SETTING: &str = "Msvm_ReplicationSettingData";
const HERE: &str = "hv01.example.com";
const THERE: &str = "hv02.example.com";
const FAR: &str = "hv03.example.com";

fn time(text: &str) -> Value {
    Value::Datetime(Datetime::Timestamp(text.parse().unwrap()))
}

fn named<'a>(status: &'a [VirtualMachineStatus], name: &str) -> &'a VirtualMachineStatus {
    status.iter().find(|status| status.vm.name == name).unwrap()
}

/// What a host answers to a query on a class that it does not have, as `fixtures/faults/extended_error.xml` has it.
fn no_class() -> Do {
    let subcode = Name::new(ENUMERATION, "CannotProcessFilter");
    Do::Fault(Box::new(Fault::make(FaultCode::Sender, subcode, 2_150_858_778, "no such class")))
}

/// How many requests of each kind the status takes, and how large the answers are.
async fn cost(vms: u32) -> (Vec<String>, usize, usize) {
    let bytes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&bytes);
    let host = ClearHost::start(Inventory::with_vms(vms), Script::new(), move |_, _, answer| {
        counted.fetch_add(answer.len(), Ordering::Relaxed);
        answer
    })
    .await;
    let status = ReplicationService::new(&host.client()).status().await.unwrap();
    assert_eq!(u32::try_from(status.len()), Ok(vms));
    let replicating = status.iter().filter(|status| !status.relationships.is_empty()).count();
    assert!(replicating > status.len() / 2, "{replicating}");
    let requests = host.requests();
    let action = |action: &str| action.rsplit('/').next().unwrap().to_owned();
    let actions = requests.iter().map(|request| action(request.header.action.as_ref().unwrap()));
    let (pulls, others): (Vec<_>, Vec<_>) = actions.partition(|action| action == "Pull");
    (others, pulls.len(), bytes.load(Ordering::Relaxed))
}

#[tokio::test]
async fn the_status_of_300_costs_no_more_requests_than_that_of_3_but_for_full_pages() {
    let (few, pulls, _) = cost(3).await;
    assert_eq!((few.len(), pulls), (5, 0), "{few:?}");
    let (many, pulls, bytes) = cost(300).await;
    assert_eq!(many, few);
    // An answer holds 500 KiB, and a page is as full as it can be with whole instances.
    let full_pages = bytes / 480_000;
    assert!((1..=full_pages).contains(&pulls), "{pulls} pulls for {bytes} bytes");
}

#[tokio::test]
async fn each_relationship_stands_with_its_virtual_machine() {
    let host = start(sim()).await;
    let status = ReplicationService::new(&client(&host.url())).status().await.unwrap();
    let names: Vec<_> = status.iter().map(|status| status.vm.name.as_str()).collect();
    assert_eq!(names, ["web01", "sql01", "dc02", "files01", "legacy", "O'Brien & <Söhne>"]);

    let [web01] = named(&status, "web01").relationships.as_slice() else { panic!("{status:#?}") };
    assert_eq!(web01.kind, RelationshipKind::Primary);
    assert_eq!(web01.state(), Some(ReplicationState::WaitingToStartResynchronization));
    assert_eq!(web01.health(), Some(ReplicationHealth::Critical));
    assert!(!web01.is_healthy());
    assert_eq!((web01.side, web01.partner_host()), (Some(Side::Sending), Some(THERE)));
    assert_eq!(web01.interval(), Some(Duration::from_secs(300)));
    let reference = web01.reference.as_ref().unwrap();
    let id = reference.selectors.find("InstanceID").unwrap();
    assert_eq!(id, format!(r"Microsoft:{}\HVR\0", named(&status, "web01").vm.id));

    let [dc02] = named(&status, "dc02").relationships.as_slice() else { panic!("{status:#?}") };
    assert_eq!((dc02.side, dc02.partner_host()), (Some(Side::Receiving), Some(THERE)));
    assert!(dc02.is_healthy());

    let legacy = named(&status, "legacy");
    assert_eq!(legacy.vm.replication_mode, Some(ReplicationMode::None));
    assert_eq!(legacy.relationships, []);
}

#[tokio::test]
async fn a_replica_that_replicates_on_has_two_relationships_with_two_partners() {
    let extended = Vm::new(uuid(1), "web01").extended(
        sim::Relationship::new(THERE, HERE),
        sim::Relationship::new(HERE, FAR).state(8).health(3),
    );
    let host = start(sim().inventory(Inventory::new("HV01").vm(extended))).await;
    let service = ReplicationService::new(&client(&host.url()));
    let status = service.status().await.unwrap();
    let [primary, extended] = status[0].relationships.as_slice() else { panic!("{status:#?}") };
    assert_eq!(
        (primary.kind, extended.kind),
        (RelationshipKind::Primary, RelationshipKind::Extended)
    );
    assert_eq!((primary.side, primary.partner_host()), (Some(Side::Receiving), Some(THERE)));
    assert_eq!((extended.side, extended.partner_host()), (Some(Side::Sending), Some(FAR)));
    assert_eq!(extended.state(), Some(ReplicationState::Critical));
    let of_one = service.relationships_of(&status[0].vm).await.unwrap();
    assert_eq!(of_one, status[0].relationships);
}

#[tokio::test]
async fn the_relationships_of_one_machine_are_two_queries() {
    let host = ClearHost::start(Inventory::sample(), Script::new(), |_, _, answer| answer).await;
    let service = ReplicationService::new(&host.client());
    let vm = service.find_virtual_machine("dc02").await.unwrap().unwrap();
    let relationships = service.relationships_of(&vm).await.unwrap();
    assert_eq!(relationships.len(), 1);
    assert_eq!(relationships[0].partner_host(), Some(THERE));
    let all = queries(&host);
    let [_, relationship, setting] = all.as_slice() else { panic!("{all:?}") };
    let id = &vm.id;
    let condition = format!(
        r"((InstanceID = 'Microsoft:{id}\\HVR') OR (InstanceID = 'Microsoft:{id}\\HVR\\0')) OR (InstanceID = 'Microsoft:{id}\\HVR\\1')"
    );
    assert_eq!(*relationship, format!("SELECT * FROM {RELATIONSHIP} WHERE {condition}"));
    assert_eq!(*setting, format!("SELECT * FROM {SETTING} WHERE {condition}"));
}

/// A host of Windows Server 2012: no class of relationships, and settings without a number at the end of their key.
async fn server_2012() -> ClearHost {
    let setting = instance(
        SETTING,
        &[
            ("InstanceID", text(&format!(r"Microsoft:{}\HVR", id(1)))),
            ("PrimaryHostSystem", text("")),
            ("PrimaryConnectionPoint", text("broker.example.com")),
            ("RecoveryHostSystem", text(HERE)),
        ],
    );
    let script = Script::new().nth(2, On::action("Enumerate"), no_class());
    let inventory = Inventory::new("HV01")
        .vm(Vm::new(uuid(1), "web01").replica(sim::Relationship::new(THERE, HERE).health(2)))
        .vm(Vm::new(uuid(2), "legacy"));
    host_with(inventory, script, vec![None, None, Some(vec![setting])]).await
}

fn check_2012(relationships: &[Relationship]) {
    let [one] = relationships else { panic!("{relationships:#?}") };
    assert_eq!((one.kind, one.side), (RelationshipKind::Primary, Some(Side::Receiving)));
    assert_eq!(one.state(), Some(ReplicationState::Replicating));
    assert_eq!(one.health(), Some(ReplicationHealth::Warning));
    assert!(one.last_replication_time().is_some());
    assert_eq!(one.last_apply_time(), None);
    assert_eq!(one.partner_host(), Some("broker.example.com"), "whose node is not known");
    assert_eq!(one.interval(), Some(Duration::from_secs(300)));
    assert_eq!(one.reference, None);
    assert_eq!(one.facts.instance_id, Some(format!(r"Microsoft:{}\HVR", id(1))));
}

#[tokio::test]
async fn server_2012_has_its_relationships_with_the_virtual_machines() {
    let host = server_2012().await;
    let status = ReplicationService::new(&host.client()).status().await.unwrap();
    check_2012(&status[0].relationships);
    assert_eq!(status[1].relationships, []);

    let host = server_2012().await;
    let service = ReplicationService::new(&host.client());
    let vm = service.find_virtual_machine("web01").await.unwrap().unwrap();
    check_2012(&service.relationships_of(&vm).await.unwrap());
}

#[tokio::test]
async fn a_host_that_fails_is_not_taken_for_an_old_one() {
    for code in [5, 2_150_858_793] {
        let subcode = Name::new(ENUMERATION, "InvalidEnumerationContext");
        let fault = Fault::make(FaultCode::Receiver, subcode, code, "");
        let script = Script::new().nth(2, On::action("Enumerate"), Do::Fault(Box::new(fault)));
        let host = start(sim().script(script)).await;
        let service = ReplicationService::new(&client(&host.url()));
        let error = service.status().await.unwrap_err();
        assert!(error.fault().unwrap().has_code(code), "{error:?}");
        assert_eq!(error.context().class.as_deref(), Some(RELATIONSHIP));
    }
}

/// The status of a single primary, `web01`, with these rows in the place of the host's own.
async fn status_with(rows: Vec<Option<Vec<Instance>>>) -> VirtualMachineStatus {
    let primary = Vm::new(uuid(1), "web01").primary(sim::Relationship::new(HERE, THERE));
    let host = host_with(Inventory::new("HV01").vm(primary), Script::new(), rows).await;
    ReplicationService::new(&host.client()).status().await.unwrap().remove(0)
}

#[tokio::test]
async fn rows_are_joined_in_any_order_and_case_and_foreign_ones_left_out() {
    let relationship = |id: &str| instance(RELATIONSHIP, &[("InstanceID", text(id))]);
    let setting = |id: &str, host: &str| {
        instance(SETTING, &[("InstanceID", text(id)), ("RecoveryHostSystem", text(host))])
    };
    let lower = id(1).to_lowercase();
    let disabled = instance(
        RELATIONSHIP,
        &[
            ("InstanceID", text(&format!(r"Microsoft:{lower}\HVR\2"))),
            ("ReplicationState", Value::UInt16(0)),
        ],
    );
    let status = status_with(vec![
        None,
        Some(vec![
            relationship(&format!(r"microsoft:{lower}\hvr\1")),
            relationship(&format!(r"Microsoft:{}\HVR\0", id(2))),
            relationship(&format!(r"Microsoft:{lower}\HVR\0")),
            relationship(&format!(r"Microsoft:{lower}\HVR\x")),
            relationship(&format!(r"Microsoft:{lower}\HVR\0\0")),
            relationship(&format!(r"Microsoft:{lower}")),
            relationship("Microsoft:web01\\HVR\\0"),
            relationship(""),
            disabled,
            relationship(&format!(r"Microsoft:{lower}\HVR\7")),
        ]),
        Some(vec![
            setting(&format!(r"Microsoft:{}\HVR\1", id(1)), FAR),
            setting(&format!(r"Microsoft:{}\HVR\0", id(2)), "other"),
            setting(&format!(r"Microsoft:{}\HVR\0", id(1)), THERE),
            setting(&format!(r"Microsoft:{}\HVR", id(1)), "default"),
        ]),
    ])
    .await;
    let found: Vec<_> = status
        .relationships
        .iter()
        .map(|relationship| (relationship.kind, relationship.partner_host()))
        .collect();
    let expected = [
        (RelationshipKind::Primary, Some(THERE)),
        (RelationshipKind::Extended, Some(FAR)),
        (RelationshipKind::Unknown(7), None),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn numbers_that_nobody_knows_are_not_healthy() {
    for (health, healthy) in [
        (Value::UInt16(1), true),
        (Value::UInt16(0), false),
        (Value::UInt16(2), false),
        (Value::UInt16(3), false),
        (Value::UInt16(4), false),
        (Value::Null, false),
    ] {
        let row = instance(
            RELATIONSHIP,
            &[
                ("InstanceID", text(&format!(r"Microsoft:{}\HVR\0", id(1)))),
                ("ReplicationState", Value::UInt16(22)),
                ("ReplicationHealth", health.clone()),
            ],
        );
        let status = status_with(vec![None, Some(vec![row]), Some(Vec::new())]).await;
        let [one] = status.relationships.as_slice() else { panic!("{status:#?}") };
        assert_eq!(one.is_healthy(), healthy, "{health}");
        assert_eq!(one.state(), Some(ReplicationState::Unknown(22)));
        assert_eq!((one.partner_host(), one.interval()), (None, None), "without settings");
    }
}

#[tokio::test]
async fn the_lag_is_the_age_of_the_last_replica_against_the_interval() {
    let id = format!(r"Microsoft:{}\HVR\0", id(1));
    let one = |last: &str, interval: u16| {
        let row = [("InstanceID", text(&id)), ("LastReplicationTime", time(last))];
        let setting = [("InstanceID", text(&id)), ("ReplicationInterval", Value::UInt16(interval))];
        let rows = vec![
            None,
            Some(vec![instance(RELATIONSHIP, &row)]),
            Some(vec![instance(SETTING, &setting)]),
        ];
        async { status_with(rows).await.relationships.remove(0) }
    };
    let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let lag = one("2026-11-23T08:45:00Z", 300).await.lag(now).unwrap();
    assert_eq!(lag.age, Duration::from_secs(900));
    assert_eq!((lag.interval, lag.intervals()), (Some(Duration::from_secs(300)), Some(3.0)));
    let ahead = one("2026-11-23T09:00:01Z", 30).await.lag(now).unwrap();
    assert_eq!((ahead.age, ahead.intervals()), (Duration::ZERO, Some(0.0)));
    let without = one("2026-11-23T08:45:00Z", 0).await.lag(now).unwrap();
    assert_eq!((without.interval, without.intervals()), (None, None));
    assert_eq!(one("1601-01-01T00:00:00Z", 300).await.lag(now), None, "never");
}

#[tokio::test]
async fn a_test_replica_and_its_replica_name_each_other() {
    let inventory = Inventory::new("HV01")
        .vm(Vm::new(uuid(1), "web01").replica(sim::Relationship::new(THERE, HERE)))
        .vm(Vm::new(uuid(2), "web01 - Test").test_replica(uuid(1)));
    let host = start(sim().inventory(inventory)).await;
    let status = ReplicationService::new(&client(&host.url())).status().await.unwrap();
    let [replica, test] = status.as_slice() else { panic!("{status:#?}") };
    assert_eq!((&replica.test_replica, &replica.test_of), (&Some(id(2)), &None));
    assert_eq!((&test.test_of, &test.test_replica), (&Some(id(1)), &None));
}

#[tokio::test]
async fn jobs_that_have_not_ended_stand_with_what_they_work_on() {
    let host = start(sim().job_duration(Duration::from_secs(600))).await;
    let service = ReplicationService::new(&client(&host.url()));
    let vm = service.find_virtual_machine("web01").await.unwrap().unwrap();
    let resynchronization = service.resynchronize(&vm).send().await.unwrap();
    let status = service.status().await.unwrap();
    for status in &status {
        let jobs: Vec<_> = status.jobs.iter().map(|job| (job.id.as_str(), job.state)).collect();
        if status.vm.id == vm.id {
            assert_eq!(jobs, [(resynchronization.job().unwrap().id(), JobState::Running)]);
        } else {
            assert_eq!(jobs, []);
        }
    }
}

#[tokio::test]
async fn jobs_that_have_ended_are_left_out() {
    let host = start(sim()).await;
    let service = ReplicationService::new(&client(&host.url()));
    let vm = service.find_virtual_machine("web01").await.unwrap().unwrap();
    service.resynchronize(&vm).send().await.unwrap().wait().await.unwrap();
    let status = service.status().await.unwrap();
    assert_eq!(named(&status, "web01").jobs, []);
    let [one] = named(&status, "web01").relationships.as_slice() else { panic!("{status:#?}") };
    assert!(one.is_healthy());
}

#[tokio::test]
async fn a_status_as_json_has_the_names_of_people_and_no_references() {
    let status = status_with(vec![None; 3]).await;
    let json = serde_json::to_value(status).unwrap();
    let one = &json["relationships"][0];
    assert_eq!(json["vm"]["name"], "web01");
    assert_eq!((&one["kind"], &one["side"]), (&json!("Primary"), &json!("sending")));
    assert_eq!(one["facts"]["replication_state"], "Replicating");
    assert_eq!(one["settings"]["recovery_host_system"], THERE);
    assert_eq!(one["settings"]["replication_interval"], 300);
    assert_eq!(one.get("reference"), None);
    assert_eq!((&json["test_of"], &json["jobs"]), (&json!(null), &json!([])));
}

#[tokio::test]
async fn a_host_without_hyper_v_is_an_error() {
    let subcode = Name::new(ENUMERATION, "CannotProcessFilter");
    let fault = Fault::make(FaultCode::Sender, subcode, 0x8004_100E, "");
    let script = Script::new().once(On::action("Enumerate"), Do::Fault(Box::new(fault)));
    let host = start(sim().script(script)).await;
    let error = ReplicationService::new(&client(&host.url())).status().await.unwrap_err();
    assert_eq!((error.kind(), error.context().class.as_deref()), (ErrorKind::Fault, Some(VM)));
}

#[tokio::test]
async fn settings_begin_with_what_the_host_keeps() {
    let of = |vm: &str, kind: &str, server: &str| {
        let id = format!(r"Microsoft:{vm}\HVR{kind}");
        instance(SETTING, &[("InstanceID", text(&id)), ("RecoveryConnectionPoint", text(server))])
    };
    // Of the queries, the first finds the machine.
    let primary = vec![of(&id(1), "", "old"), of(&id(1), r"\0", "first")];
    let rows = vec![None, Some(primary), Some(vec![of(&id(1), r"\1", "second")])];
    let inventory = Inventory::new("HV01").vm(Vm::new(uuid(1), "web01"));
    let host = host_with(inventory, Script::new(), rows).await;
    let service = ReplicationService::new(&host.client());
    let vm = service.find_virtual_machine("web01").await.unwrap().unwrap();
    for (kind, server) in
        [(RelationshipKind::Primary, "first"), (RelationshipKind::Extended, "second")]
    {
        let settings = service.replication_settings(&vm, kind).await.unwrap();
        assert_eq!(settings.data().recovery_connection_point.as_deref(), Some(server));
        assert!(settings.changes().unwrap().is_empty());
    }

    let host = start(sim()).await;
    let service = ReplicationService::new(&client(&host.url()));
    for (name, has) in [("web01", true), ("legacy", false)] {
        let vm = service.find_virtual_machine(name).await.unwrap().unwrap();
        let settings = service.replication_settings(&vm, RelationshipKind::Primary).await.unwrap();
        assert_eq!(settings.data().instance_id.is_some(), has, "{name}");
        assert_eq!(settings.data().recovery_connection_point.is_some(), has, "{name}");
    }
}
