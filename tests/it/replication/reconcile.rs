//! What came of a call whose answer was lost.

use std::time::Duration;

use hyperv_replica::{
    cim::{ResourceUri, Value},
    client::{Client, VIRTUALIZATION},
    error::{Error, ErrorKind, Result},
    msvm::values::RequestedReplicationState,
    replication::{
        Answer, AuthorizationEntry, Reconciliation, ReplicationService, ReplicationState,
        VirtualMachine, reconcile,
    },
    sim::{Do, Host, HostBuilder, Inventory, JobEnd, On, Relationship, Script, Vm},
};
use tokio::time::Instant;

use super::{
    extended_vm,
    resynchronize::{fault, in_an_hour},
    uuid,
};
use crate::host::{ClearHost, advance, builder, settle, sim, start};

const HOUR: Duration = Duration::from_secs(3600);
/// The time of an operation, and that of the way.
const LIMIT: Duration = Duration::from_secs(1 + 5);

pub(super) fn quick(client: &Client) -> ReplicationService {
    ReplicationService::new(&client.operation_timeout(Duration::from_secs(1)))
}

pub(super) async fn vm_of(service: &ReplicationService, name: &str) -> VirtualMachine {
    service.find_virtual_machine(name).await.unwrap().unwrap()
}

/// A host where this happens to the first call of a method, and a machine on it.
pub(super) async fn host(
    host: HostBuilder,
    method: &str,
    act: Do,
    vm: &str,
) -> (Host, ReplicationService, VirtualMachine) {
    let host = start(host.script(Script::new().once(On::action(method), act))).await;
    let service = quick(&builder(&host.url()).build().unwrap());
    let vm = vm_of(&service, vm).await;
    (host, service, vm)
}

/// What is told of an error, and how long that took by the clock of the runtime.
async fn try_tell(
    service: &ReplicationService,
    error: &Error,
) -> (Result<Reconciliation>, Duration) {
    let (client, error, begin) = (service.client().clone(), error.clone(), Instant::now());
    let telling = tokio::spawn(async move { reconcile(&client, &error).await });
    settle().await;
    while !telling.is_finished() {
        advance(Duration::from_millis(100)).await;
    }
    (telling.await.unwrap(), begin.elapsed())
}

pub(super) async fn tell(service: &ReplicationService, error: &Error) -> Reconciliation {
    assert!(error.outcome_unknown(), "{error:?}");
    let (told, time) = try_tell(service, error).await;
    let told = told.unwrap();
    if told.answer == Answer::DidNotRun {
        assert!(time >= LIMIT, "too soon: {time:?}");
    }
    told
}

/// What is told, as the answer and its evidence.
pub(super) async fn evidence(service: &ReplicationService, error: &Error) -> (Answer, String) {
    let told = tell(service, error).await;
    (told.answer, told.evidence)
}

/// A host whose answer to a method cannot be read, so that nobody knows what came of it.
pub(super) async fn garbled(
    inventory: Inventory,
    script: Script,
    method: &'static str,
    alter: impl Fn(&str, usize, String) -> String + Send + Sync + 'static,
) -> (ClearHost, ReplicationService) {
    let host = ClearHost::start(inventory, script, move |action, count, answer| {
        if action == method { "<garbled/>".to_owned() } else { alter(action, count, answer) }
    })
    .await;
    let service = quick(&host.client());
    (host, service)
}

pub(super) fn same(_: &str, _: usize, answer: String) -> String {
    answer
}

/// An answer without its items.
pub(super) fn without_items(answer: &str) -> String {
    let begin = answer.find(":Items>").map(|at| at + ":Items>".len());
    let end = answer.rfind(":Items>").and_then(|at| answer[..at].rfind("</"));
    match (begin, end) {
        (Some(begin), Some(end)) if begin < end => {
            format!("{}{}", &answer[..begin], &answer[end..])
        }
        _ => answer.to_owned(),
    }
}

#[tokio::test]
async fn what_did_not_arrive_did_not_run_and_that_is_said_only_after_the_time_of_an_operation() {
    let (host, service, vm) = host(sim(), "Resynchronize", Do::DropBefore, "web01").await;
    let error = service.resynchronize(&vm).send().await.unwrap_err();
    let told = tell(&service, &error).await;
    assert_eq!(
        (told.answer, told.evidence.as_str()),
        (
            Answer::DidNotRun,
            "web01 is in mode Primary, in state WaitingToStartResynchronization, Running, as before, and no job has come"
        )
    );
    assert_eq!(told.job, None);
    assert_eq!(
        told.situation.unwrap().state,
        Some(ReplicationState::WaitingToStartResynchronization)
    );
    assert!(host.journal().is_empty());
}

#[tokio::test]
async fn a_job_that_was_not_there_before_tells_that_it_ran_at_once() {
    for duration in [HOUR, Duration::ZERO] {
        let sim = sim().job_duration(duration);
        let (host, service, vm) = host(sim, "Resynchronize", Do::DropAfter, "web01").await;
        let error = service.resynchronize(&vm).send().await.unwrap_err();
        let (told, time) = try_tell(&service, &error).await;
        let told = told.unwrap();
        assert!(time < LIMIT, "{time:?}");
        let job = told.job.unwrap();
        assert_eq!(told.answer, Answer::Ran);
        assert_eq!(job.state.has_ended(), duration.is_zero());
        assert_eq!(
            told.evidence,
            format!("the job {} of the resynchronization was not there before the call", job.id)
        );
        assert_eq!(host.journal().len(), 1);
    }
}

#[tokio::test]
async fn a_host_that_answers_too_late_is_asked_what_it_did() {
    let sim = sim().job_duration(HOUR);
    let (host, service, vm) = host(sim, "Resynchronize", Do::Hang, "web01").await;
    let sending = tokio::spawn({
        let call = service.resynchronize(&vm);
        async move { call.send().await }
    });
    while !sending.is_finished() {
        settle().await;
        advance(Duration::from_millis(500)).await;
    }
    let error = sending.await.unwrap().unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(tell(&service, &error).await.answer, Answer::Ran);
    assert_eq!(host.journal().len(), 1);
}

#[tokio::test]
async fn the_clocks_of_hosts_do_not_matter() {
    // A job that failed, so that all is as it was before, and was made hours ago by the clock of the host, or will be.
    for time in ["2001-01-01T00:00:00Z", "2101-01-01T00:00:00Z"] {
        let end = JobEnd::Exception { code: 32768, description: "No.".to_owned() };
        let script = Script::new().once(On::action("Resynchronize"), Do::EndJob(end));
        let alter = move |_: &str, _: usize, answer: String| {
            let mut parts = answer.split("Datetime>");
            let mut altered = parts.next().unwrap().to_owned();
            for part in parts {
                let is_value = part.starts_with("20");
                let rest = if is_value { &part[part.find('<').unwrap()..] } else { part };
                altered += "Datetime>";
                altered += if is_value { time } else { "" };
                altered += rest;
            }
            altered
        };
        let (_host, service) = garbled(Inventory::sample(), script, "Resynchronize", alter).await;
        let vm = vm_of(&service, "web01").await;
        let error = service.resynchronize(&vm).send().await.unwrap_err();
        let told = tell(&service, &error).await;
        assert_eq!(told.answer, Answer::Ran);
        assert_eq!(told.job.unwrap().submitted_at, Some(time.parse().unwrap()));
    }
}

#[tokio::test]
async fn the_job_of_an_earlier_call_is_not_taken_for_ours() {
    let end = JobEnd::Exception { code: 32768, description: "No.".to_owned() };
    let on = || On::action("Resynchronize");
    let script = Script::new().once(on(), Do::EndJob(end)).nth(2, on(), Do::DropBefore);
    let host = start(sim().script(script)).await;
    let service = quick(&builder(&host.url()).build().unwrap());
    let vm = vm_of(&service, "web01").await;
    let earlier = service.resynchronize(&vm).send().await.unwrap();
    earlier.wait().await.unwrap_err();
    let error = service.resynchronize(&vm).send().await.unwrap_err();
    assert_eq!(tell(&service, &error).await.answer, Answer::DidNotRun);
    let calls = host.journal().into_iter().filter(|call| call.method == "Resynchronize");
    assert_eq!(calls.count(), 1);
}

#[tokio::test]
async fn a_new_job_of_another_kind_may_be_ours() {
    let (host, service, vm) = host(sim(), "SetAuthorizationEntry", Do::DropBefore, "dc02").await;
    let entry = AuthorizationEntry::new("hv02.example.com", r"D:\Replicas", "EXAMPLE");
    let error = service.set_authorization_entry(&vm, &entry).send().await.unwrap_err();
    drop(service.suspend_replication(&vm).send().await.unwrap());
    let told = tell(&service, &error).await;
    assert_eq!(told.answer, Answer::Unknown);
    let job = told.job.unwrap();
    assert!(
        told.evidence.ends_with(&format!(
            ", and the job {} may be that of the choice of the authorization entry",
            job.id
        )),
        "{}",
        told.evidence
    );
    assert_eq!(host.journal().len(), 1);
}

#[tokio::test]
async fn a_state_that_was_not_there_before_tells_that_it_ran() {
    let script = Script::new().once(On::action("Resynchronize"), Do::Return(0));
    let (_host, service) = garbled(Inventory::sample(), script, "Resynchronize", same).await;
    let vm = vm_of(&service, "web01").await;
    let error = service.resynchronize(&vm).send().await.unwrap_err();
    let told = tell(&service, &error).await;
    assert_eq!(
        (told.answer, told.evidence.as_str(), told.job),
        (
            Answer::Ran,
            "web01 is in mode Primary, in state Replicating, Running, which it was not before",
            None
        )
    );
}

#[tokio::test]
async fn the_state_before_is_the_one_just_before_not_the_one_that_the_caller_read() {
    let on = || On::action("RequestReplicationStateChangeEx");
    let script = Script::new().nth(2, on(), Do::DropBefore);
    let host = start(sim().script(script)).await;
    let service = quick(&builder(&host.url()).build().unwrap());
    let vm = vm_of(&service, "sql01").await;
    service.suspend_replication(&vm).send().await.unwrap().wait().await.unwrap();
    // By now it is suspended, which the caller does not know.
    assert_eq!(vm.replication_state, Some(ReplicationState::Replicating));
    let error = service.suspend_replication(&vm).send().await.unwrap_err();
    let (answer, evidence) = evidence(&service, &error).await;
    assert_eq!(answer, Answer::Unknown);
    assert!(evidence.ends_with(", and what the call makes of it was so before"), "{evidence}");
    assert_eq!(host.journal().len(), 1);
}

#[tokio::test]
async fn a_failure_that_may_have_come_by_itself_does_not_tell_that_it_ran() {
    let script = Script::new().once(On::action("Resynchronize"), fault(87));
    // It turned critical after the call.
    let alter = |action: &str, count: usize, answer: String| {
        if action == "Get" && count > 0 {
            let before = ":ReplicationState>9<";
            assert!(answer.contains(before));
            answer.replace(before, ":ReplicationState>8<")
        } else {
            answer
        }
    };
    let (_host, service) = garbled(Inventory::sample(), script, "Resynchronize", alter).await;
    let vm = vm_of(&service, "web01").await;
    let error = service.resynchronize(&vm).send().await.unwrap_err();
    let (answer, evidence) = evidence(&service, &error).await;
    assert_eq!(answer, Answer::Unknown);
    assert!(evidence.ends_with("in state Critical, Running, which does not tell"), "{evidence}");
}

#[tokio::test]
async fn a_job_that_may_be_forgotten_leaves_it_untold() {
    let (_host, service, vm) = host(sim(), "Resynchronize", Do::DropBefore, "web01").await;
    let error = service.resynchronize(&vm).send().await.unwrap_err();
    advance(HOUR).await;
    let (answer, evidence) = evidence(&service, &error).await;
    assert_eq!(answer, Answer::Unknown);
    assert!(
        evidence.ends_with("as before, but a job that has ended may be forgotten by now"),
        "{evidence}"
    );
}

#[tokio::test]
async fn what_may_begin_later_never_did_not_run() {
    let (_host, service, vm) = host(sim(), "Resynchronize", Do::DropBefore, "web01").await;
    let error = service.resynchronize(&vm).at(in_an_hour()).send().await.unwrap_err();
    let (answer, evidence) = evidence(&service, &error).await;
    assert_eq!(answer, Answer::Unknown);
    assert!(evidence.ends_with("as before, but it may begin later"), "{evidence}");
}

#[tokio::test]
async fn a_guest_that_may_still_shut_down_never_did_not_run() {
    const URI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ShutdownComponent";
    // Queries: for the machine; for its jobs; for its shutdown component, which the simulated host does not have.
    let alter = |action: &str, count: usize, answer: String| {
        let keys = ["CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"];
        let keys = keys.map(|key| format!("<m:{key}>x</m:{key}>")).concat();
        let component = format!(
            "<m:Msvm_ShutdownComponent xmlns:m=\"{URI}\">{keys}</m:Msvm_ShutdownComponent>"
        );
        match (action, count, answer.find(":EndOfSequence")) {
            ("Enumerate", 2, Some(at)) => {
                let begin = answer[..at].rfind('<').unwrap();
                let name = format!("{}:Items", &answer[begin + 1..at]);
                let items = format!("<{name}>{component}</{name}>");
                format!("{}{items}{}", &answer[..begin], &answer[begin..])
            }
            _ => answer,
        }
    };
    let (_host, service) =
        garbled(Inventory::sample(), Script::new(), "InitiateShutdown", alter).await;
    let vm = vm_of(&service, "sql01").await;
    let error = service.shut_down(&vm, "maintenance").send().await.unwrap_err();
    let (answer, evidence) = evidence(&service, &error).await;
    assert_eq!(answer, Answer::Unknown);
    assert!(evidence.ends_with("as before, but it may show later"), "{evidence}");
}

#[tokio::test]
async fn jobs_that_cannot_be_read_leave_it_untold() {
    // Queries: for the machine; before the call, for jobs; after it, for jobs, again and again.
    for of_jobs in [2, 3] {
        let on = || On::action("Enumerate");
        let script = Script::new().once(On::action("Resynchronize"), Do::DropBefore);
        let last = if of_jobs == 2 { 2 } else { 20 };
        let script = (of_jobs..=last).fold(script, |script, n| script.nth(n, on(), fault(5)));
        let host = start(sim().script(script)).await;
        let service = quick(&builder(&host.url()).build().unwrap());
        let vm = vm_of(&service, "web01").await;
        let error = service.resynchronize(&vm).send().await.unwrap_err();
        let (answer, evidence) = evidence(&service, &error).await;
        assert_eq!(answer, Answer::Unknown);
        assert!(evidence.ends_with("as before, but jobs cannot be read"), "{evidence}");
    }
}

#[tokio::test]
async fn a_machine_that_is_gone_tells_nothing() {
    let on = || On::action("Get");
    let script = Script::new().once(On::action("Resynchronize"), Do::DropBefore);
    let script = (2..=20).fold(script, |script, n| script.nth(n, on(), fault(2_150_858_752)));
    let host = start(sim().script(script)).await;
    let service = quick(&builder(&host.url()).build().unwrap());
    let vm = vm_of(&service, "web01").await;
    let error = service.resynchronize(&vm).send().await.unwrap_err();
    let (answer, evidence) = evidence(&service, &error).await;
    assert_eq!(
        (answer, evidence.as_str()),
        (Answer::Unknown, "web01 is no longer there, which does not tell")
    );
    assert!(host.journal().is_empty());
}

/// The deletion of a test replica that is gone then, on a host that shows its service or nothing at all.
async fn deleted(shows_service: bool) -> Result<Reconciliation> {
    let replica = Vm::new(uuid(1), "web").replica(Relationship::new("hv02", "hv01")).off();
    let test = Vm::new(uuid(2), "web - Test").test_replica(uuid(1)).off();
    let on = || On::action("Get");
    let script =
        (2..=20).fold(Script::new(), |script, n| script.nth(n, on(), fault(2_150_858_752)));
    // Queries: for the machine; for its jobs; and when it is gone, for the service.
    let alter = move |action: &str, count: usize, answer: String| {
        let is_service = action == "Enumerate" && count >= 2;
        if is_service && !shows_service { without_items(&answer) } else { answer }
    };
    let inventory = Inventory::new("HV01").vm(replica).vm(test);
    let (_host, service) = garbled(inventory, script, "DestroySystem", alter).await;
    let test = vm_of(&service, "web - Test").await;
    let error = service.destroy_test_replica(&test).send().await.unwrap_err();
    assert!(error.outcome_unknown());
    try_tell(&service, &error).await.0
}

#[tokio::test]
async fn a_deletion_ran_when_the_machine_is_gone_and_the_host_shows_others() {
    let told = deleted(true).await.unwrap();
    assert_eq!(
        (told.answer, told.evidence.as_str()),
        (Answer::Ran, "web - Test is no longer there, which it was not before")
    );
    let error = deleted(false).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.to_string().contains("Virtual Machine Management service"), "{error}");
}

/// What is told of a test failover, by whether the replica has a test replica before and after.
async fn tested(before: bool, after: bool) -> Answer {
    let replica = Vm::new(uuid(1), "web").replica(Relationship::new("hv02", "hv01")).off();
    let test = Vm::new(uuid(2), "web - Test").test_replica(uuid(1)).off();
    // Queries: for the machine; for its test replica, then for its jobs, before and after.
    let alter = move |action: &str, count: usize, answer: String| match (action, count) {
        ("Enumerate", 1) if !before => without_items(&answer),
        ("Enumerate", 3 | 5 | 7 | 9 | 11 | 13) if !after => without_items(&answer),
        _ => answer,
    };
    let inventory = Inventory::new("HV01").vm(replica).vm(test);
    let (_host, service) = garbled(inventory, Script::new(), "TestReplicaSystem", alter).await;
    let vm = vm_of(&service, "web").await;
    let error = service.test_replica_system(&vm).send().await.unwrap_err();
    tell(&service, &error).await.answer
}

#[tokio::test]
async fn a_test_failover_ran_when_there_is_a_test_replica_that_was_not_there() {
    assert_eq!(tested(false, true).await, Answer::Ran);
    assert_eq!(tested(true, true).await, Answer::Unknown);
    assert_eq!(tested(false, false).await, Answer::DidNotRun);
}

#[tokio::test]
async fn an_extended_relationship_is_told_by_its_own_state() {
    let inventory = || Inventory::new("HV01").vm(extended_vm());
    for (act, answer) in [(Do::DropBefore, Answer::DidNotRun), (Do::DropAfter, Answer::Ran)] {
        let (_host, service, vm) =
            host(sim().inventory(inventory()), "Resynchronize", act, "relay").await;
        let error = service.resynchronize(&vm).extended(true).send().await.unwrap_err();
        assert_eq!(tell(&service, &error).await.answer, answer);
    }
    let script = Script::new().once(On::action("Resynchronize"), Do::Return(0));
    let (_host, service) = garbled(inventory(), script, "Resynchronize", same).await;
    let vm = vm_of(&service, "relay").await;
    let error = service.resynchronize(&vm).extended(true).send().await.unwrap_err();
    let told = tell(&service, &error).await;
    assert_eq!((told.answer, told.job), (Answer::Ran, None));
}

#[tokio::test]
async fn an_extended_relationship_that_is_not_there_is_disabled() {
    let relay = Vm::new(uuid(1), "relay").replica(Relationship::new("hv02", "hv01"));
    let inventory = Inventory::new("HV01").vm(relay);
    let (_host, service, vm) =
        host(sim().inventory(inventory), "CreateReplicationRelationship", Do::DropBefore, "relay")
            .await;
    let situation = service.situation(&vm, true).await.unwrap();
    assert_eq!(situation.state, Some(ReplicationState::Disabled));
}

#[tokio::test]
async fn what_shows_in_nothing_is_told_by_its_job_alone() {
    let requested = RequestedReplicationState::Suspend;
    for (act, answer) in [(Do::DropBefore, Answer::Unknown), (Do::DropAfter, Answer::Ran)] {
        let (_host, service, vm) =
            host(sim(), "RequestReplicationStateChangeEx", act, "sql01").await;
        let error = service.request_replication_state(&vm, requested).send().await.unwrap_err();
        assert_eq!(tell(&service, &error).await.answer, answer);
    }
}

#[tokio::test]
async fn what_only_reads_can_be_called_again() {
    let (_host, service, vm) =
        host(sim(), "GetReplicationStatistics", Do::DropAfter, "sql01").await;
    let error = service.primary_replication_statistics(&vm).send().await.unwrap_err();
    let (told, time) = try_tell(&service, &error).await;
    assert!(time < LIMIT);
    assert_eq!(
        told.unwrap().evidence,
        "the reading of the statistics changes nothing, so it can be called again"
    );
}

#[tokio::test]
async fn a_host_that_is_not_there_gives_no_answer() {
    let (host, service, vm) = host(sim(), "Resynchronize", Do::DropBefore, "web01").await;
    let error = service.resynchronize(&vm).send().await.unwrap_err();
    drop(host);
    let told = try_tell(&service, &error).await.0.unwrap_err();
    assert_eq!(told.kind(), ErrorKind::Connect);
}

#[tokio::test]
async fn an_error_that_leaves_nothing_unknown_cannot_be_told() {
    let script = Script::new().always(On::action("Resynchronize"), Do::DropAfter);
    let host = start(sim().script(script)).await;
    let service = quick(&builder(&host.url()).build().unwrap());
    let vm = vm_of(&service, "sql01").await;
    // It has no attempt, as the call was made by its wire name.
    let resource = hyperv_replica::cim::Reference::new(ResourceUri::wmi(
        VIRTUALIZATION,
        "Msvm_ReplicationService",
    ))
    .selector("CreationClassName", "Msvm_ReplicationService");
    let bare = service.client().invoke(resource, "Resynchronize");
    let unknown =
        bare.parameter("ComputerSystem", Value::Reference(vm.reference.clone())).send().await;
    let unknown = unknown.unwrap_err();
    assert!(unknown.outcome_unknown());
    let refused = service.resume_replication(&vm).send().await.unwrap_err();
    assert_eq!(refused.return_value(), Some(32775));
    for error in [unknown, refused] {
        let told = reconcile(service.client(), &error).await.unwrap_err();
        assert_eq!(told.kind(), ErrorKind::Usage);
        assert_eq!(told.to_string(), "the error leaves the outcome of no call unknown");
    }
}
