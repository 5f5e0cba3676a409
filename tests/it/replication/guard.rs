//! What is refused before it is sent, by what the host says just before.

use std::time::Duration;

use hyperv_replica::{
    error::{Error, ErrorKind, Result},
    replication::{
        Call, Gives, ReplicationMode, ReplicationService, ReplicationSettings, ReplicationState,
        VirtualMachine,
    },
    sim::{Do, Inventory, On, Relationship, Script, Vm},
};

use super::{
    extended_vm,
    resynchronize::{fault, vm_of},
    uuid,
};
use crate::host::ClearHost;

/// A replica and its test replica.
pub(super) fn with_test_replica() -> Inventory {
    let replica = Vm::new(uuid(1), "web").replica(Relationship::new("hv02", "hv01")).off();
    let test = Vm::new(uuid(2), "web - Test").test_replica(uuid(1)).off();
    Inventory::new("HV01").vm(replica).vm(test)
}

/// The answer of a `DestroySystem` that returned this number, made of the fault that it was.
pub(super) fn returned(fault: &str, number: u32) -> String {
    const URI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_VirtualSystemManagementService";
    let element = |name: &str, new: &str| {
        let begin = fault.find(&format!(":{name}>")).unwrap() + name.len() + 2;
        let end = begin + fault[begin..].find(&format!(":{name}>")).unwrap();
        let end = fault[..end].rfind("</").unwrap();
        (begin, end, new.to_owned())
    };
    let action = element("Action", &format!("{URI}/DestroySystemResponse"));
    let body = format!(
        "<m:DestroySystem_OUTPUT xmlns:m=\"{URI}\"><m:ReturnValue>{number}</m:ReturnValue></m:DestroySystem_OUTPUT>"
    );
    let body = element("Body", &body);
    format!(
        "{}{}{}{}{}",
        &fault[..action.0],
        action.2,
        &fault[action.1..body.0],
        body.2,
        &fault[body.1..]
    )
}

/// How often a method was called.
fn calls(host: &ClearHost, method: &str) -> usize {
    let is_call = |action: &str| action.ends_with(&format!("/{method}"));
    let requests = host.requests();
    requests.iter().filter(|it| is_call(it.header.action.as_deref().unwrap())).count()
}

fn refused<T: std::fmt::Debug>(result: Result<T>) -> String {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Refused, false), "{error:?}");
    error.to_string()
}

async fn host(inventory: Inventory, script: Script) -> ClearHost {
    ClearHost::start(inventory, script, |action, _, answer| {
        if action == "DestroySystem" { returned(&answer, 0) } else { answer }
    })
    .await
}

#[tokio::test]
async fn nothing_but_a_test_replica_is_deleted_whatever_the_caller_believes() {
    let host = host(with_test_replica(), Script::new()).await;
    let (service, mut replica) = vm_of(&host.client(), "web").await;
    for believed in [Some(ReplicationMode::Replica), Some(ReplicationMode::TestReplica), None] {
        replica.replication_mode = believed;
        assert_eq!(
            refused(service.destroy_test_replica(&replica).send().await),
            "web is no test replica, as its mode is Replica, and would be deleted all the same"
        );
    }
    assert_eq!(calls(&host, "DestroySystem"), 0);
    let (service, mut test) = vm_of(&host.client(), "web - Test").await;
    test.replication_mode = Some(ReplicationMode::Replica);
    assert!(service.destroy_test_replica(&test).send().await.unwrap().job().is_none());
    assert_eq!(calls(&host, "DestroySystem"), 1);
}

#[tokio::test]
async fn a_machine_without_a_mode_is_not_deleted() {
    let host = ClearHost::start(with_test_replica(), Script::new(), |action, _, answer| {
        if action == "Get" { answer.replace("ReplicationMode", "Hidden") } else { answer }
    })
    .await;
    let (service, test) = vm_of(&host.client(), "web - Test").await;
    assert_eq!(
        refused(service.destroy_test_replica(&test).send().await),
        "web - Test is not known to be a test replica, and would be deleted all the same"
    );
    assert_eq!(calls(&host, "DestroySystem"), 0);
}

/// A replica in this state.
fn replica(state: u16) -> Inventory {
    let relationship = Relationship::new("hv02.example.com", "hv01.example.com").state(state);
    Inventory::new("HV01").vm(Vm::new(uuid(1), "web").replica(relationship).off())
}

#[tokio::test]
async fn only_what_is_failed_over_is_committed() {
    let all = || Script::new().always(On::action("CommitFailover"), Do::Return(0));
    for state in [0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12] {
        let host = host(replica(state), all()).await;
        let (service, mut vm) = vm_of(&host.client(), "web").await;
        vm.replication_state = Some(ReplicationState::Recovered);
        let text = refused(service.commit_failover(&vm).send().await);
        let state = ReplicationState::from(state);
        assert_eq!(
            text,
            format!(
                "web is not failed over, as its replication state is {state}, and a commit cannot be undone"
            )
        );
        assert_eq!(calls(&host, "CommitFailover"), 0);
    }
    // What is not known here is the host's to judge.
    for state in [5, 6, 17, 4711] {
        let host = host(replica(state), all()).await;
        let (service, mut vm) = vm_of(&host.client(), "web").await;
        vm.replication_state = Some(ReplicationState::Replicating);
        assert!(service.commit_failover(&vm).send().await.unwrap().job().is_none());
        assert_eq!(calls(&host, "CommitFailover"), 1);
    }
}

#[tokio::test]
async fn a_guard_judges_again_after_a_wait() {
    // It is failed over until the first refusal, and reverted by the job that is waited for.
    let script = Script::new()
        .always(On::action("CommitFailover"), Do::Return(32774))
        .always(On::action("RevertFailover"), Do::Return(0));
    let host = ClearHost::start(Inventory::sample(), script, |action, count, answer| {
        let answer = answer.replace(
            ":JobState>7<",
            if action == "Enumerate" { ":JobState>4<" } else { ":JobState>7<" },
        );
        match (action, count) {
            ("Get", 1 | 2) => answer.replace(":ReplicationState>7<", ":ReplicationState>5<"),
            _ => answer,
        }
    })
    .await;
    let (service, vm) = vm_of(&host.client(), "dc02").await;
    // A job of the machine, for the sake of having one.
    drop(service.suspend_replication(&vm).send().await.unwrap());
    let call = service.commit_failover(&vm).after_running_jobs(Duration::from_secs(30));
    let text = refused(call.send().await);
    assert!(text.contains("its replication state is Suspended"), "{text}");
    assert_eq!(calls(&host, "CommitFailover"), 1);
}

/// Sends a call that acts on another relationship than is meant where the machine is a replica.
async fn send_each(
    service: &ReplicationService,
    vm: &VirtualMachine,
    extended: bool,
) -> Vec<(&'static str, Result<()>)> {
    async fn sent<M, T>(call: Call<M, T>) -> Result<()>
    where
        M: hyperv_replica::cim::typed::Method + Clone + Send + Sync + 'static,
        T: Gives<M>,
    {
        call.send().await.map(drop)
    }
    let settings = service.relationships_of(vm).await.unwrap().remove(0).settings.unwrap();
    let settings = ReplicationSettings::from(settings);
    vec![
        ("Resynchronize", sent(service.resynchronize(vm).extended(extended)).await),
        ("StartReplication", sent(service.start_replication(vm).extended(extended)).await),
        (
            "ModifyReplicationSettings",
            sent(service.modify_replication_settings(vm, &settings).extended(extended)).await,
        ),
        (
            "CreateReplicationRelationship",
            sent(service.create_replication_relationship(vm, &settings).extended(extended)).await,
        ),
    ]
}

fn all_return_zero() -> Script {
    [
        "Resynchronize",
        "StartReplication",
        "ModifyReplicationSettings",
        "CreateReplicationRelationship",
    ]
    .into_iter()
    .fold(Script::new(), |script, method| script.always(On::action(method), Do::Return(0)))
}

#[tokio::test]
async fn what_would_act_on_the_other_relationship_is_refused_whatever_the_caller_believes() {
    let inventory = || {
        let primary = Relationship::new("hv01.example.com", "hv02.example.com").state(9);
        Inventory::new("HV01").vm(extended_vm()).vm(Vm::new(uuid(9), "web").primary(primary))
    };
    for (name, extended, believed, text) in [
        ("relay", false, ReplicationMode::Primary, Some("is a replica, whose primary is on hv02")),
        ("relay", true, ReplicationMode::Primary, None),
        ("web", false, ReplicationMode::Replica, None),
        ("web", true, ReplicationMode::Replica, Some("so it has no extended relationship")),
    ] {
        let host = host(inventory(), all_return_zero()).await;
        let (service, mut vm) = vm_of(&host.client(), name).await;
        vm.replication_mode = Some(believed);
        for (method, result) in send_each(&service, &vm, extended).await {
            match text {
                Some(text) => {
                    let refusal = refused(result);
                    assert!(refusal.contains(text), "{method}: {refusal}");
                    assert_eq!(calls(&host, method), 0);
                }
                None => {
                    result.unwrap_or_else(|error| panic!("{method}: {error:?}"));
                    assert_eq!(calls(&host, method), 1, "{method}");
                }
            }
        }
    }
}

/// Sends each call that is guarded.
async fn guarded(service: &ReplicationService, vm: &VirtualMachine) -> [Error; 3] {
    [
        service.destroy_test_replica(vm).send().await.unwrap_err(),
        service.commit_failover(vm).send().await.unwrap_err(),
        service.resynchronize(vm).send().await.unwrap_err(),
    ]
}

#[tokio::test]
async fn what_cannot_be_read_is_not_sent_past_a_guard() {
    for (act, kind) in [(fault(5), ErrorKind::Fault), (fault(2_150_858_752), ErrorKind::Refused)] {
        let script = Script::new().always(On::action("Get"), act);
        let host = host(Inventory::sample(), script).await;
        let (service, vm) = vm_of(&host.client(), "web01").await;
        for error in guarded(&service, &vm).await {
            assert_eq!((error.kind(), error.outcome_unknown()), (kind, false), "{error:?}");
            if kind == ErrorKind::Refused {
                assert_eq!(error.to_string(), "web01 is no longer there");
            }
        }
        for method in ["DestroySystem", "CommitFailover", "Resynchronize"] {
            assert_eq!(calls(&host, method), 0);
        }
    }
}

#[tokio::test]
async fn all_else_is_the_host_s_to_judge() {
    let host = host(Inventory::sample(), Script::new()).await;
    let (service, vm) = vm_of(&host.client(), "sql01").await;
    for (error, method) in [
        (
            service.cancel_resynchronization(&vm).send().await.unwrap_err(),
            "RequestReplicationStateChangeEx",
        ),
        (service.start(&vm).send().await.unwrap_err(), "RequestStateChange"),
    ] {
        assert_eq!(error.return_value(), Some(32775));
        assert_eq!(calls(&host, method), 1);
    }
}

#[tokio::test]
async fn what_resumes_cancels_no_prepared_failover_and_the_other_way_round() {
    let vm = |number, name: &str, state| {
        Vm::new(uuid(number), name).primary(Relationship::new("hv01", "hv02").state(state)).off()
    };
    let inventory = Inventory::new("HV01").vm(vm(1, "prepared", 4)).vm(vm(2, "paused", 7));
    let host = ClearHost::start(inventory, Script::new(), |_, _, answer| answer).await;
    let (service, prepared) = vm_of(&host.client(), "prepared").await;
    let (_, paused) = vm_of(&host.client(), "paused").await;

    let refusal = refused(service.resume_replication(&prepared).send().await);
    assert!(refusal.starts_with("prepared is prepared for a failover"), "{refusal}");
    let refusal = refused(service.cancel_failover_preparation(&paused).send().await);
    assert!(refusal.starts_with("paused is not prepared for a failover"), "{refusal}");
    assert_eq!(calls(&host, "RequestReplicationStateChangeEx"), 0);

    service.resume_replication(&paused).send().await.unwrap().wait().await.unwrap();
    service.cancel_failover_preparation(&prepared).send().await.unwrap().wait().await.unwrap();
    assert_eq!(calls(&host, "RequestReplicationStateChangeEx"), 2);
}
