//! What comes of a resynchronization, and what is said of it.

use std::{error::Error as _, time::Duration};

use hyperv_replica::{
    cim::{Datetime, Value},
    client::Client,
    error::{Error, ErrorKind},
    replication::{
        Outcome, ReplicationMode, ReplicationService, ReplicationState, Report, ReturnCode,
        VirtualMachine,
    },
    sim::{Do, Host, HostBuilder, Inventory, JobEnd, On, Script},
    soap::FaultCode,
    wsman::{Fault, SelectorSet, WSMAN},
    xml::Name,
};
use jiff::Timestamp;
use serde_json::json;
use tokio::task::JoinSet;

use super::extended_vm;
use crate::host::{ClearHost, Proxy, advance, client, settle, sim, start};

const NEEDED: ReplicationState = ReplicationState::WaitingToStartResynchronization;

/// A host, and `web01`, which needs resynchronization.
async fn web01(host: HostBuilder) -> (Host, ReplicationService, VirtualMachine) {
    let host = start(host).await;
    let (service, vm) = vm_of(&client(&host.url()), "web01").await;
    (host, service, vm)
}

pub(super) async fn vm_of(client: &Client, name: &str) -> (ReplicationService, VirtualMachine) {
    let service = ReplicationService::new(client);
    let vm = service.find_virtual_machine(name).await.unwrap().unwrap();
    (service, vm)
}

fn resynchronizing(act: Do) -> HostBuilder {
    sim().script(Script::new().once(On::action("Resynchronize"), act))
}

/// What comes of a resynchronization of `web01` that goes this way.
async fn report(act: Do) -> Report {
    let (_host, service, vm) = web01(resynchronizing(act)).await;
    service.resynchronize(&vm).send().await.unwrap().report_with(|_| {}).await.unwrap()
}

/// How a host refuses to resynchronize.
async fn refusal(act: Do) -> Error {
    let (host, service, vm) = web01(resynchronizing(act)).await;
    let error = service.resynchronize(&vm).send().await.unwrap_err();
    assert_eq!(error.context().method.as_deref(), Some("Resynchronize"));
    assert_eq!(error.context().host, Some(host.url()));
    error
}

pub(super) fn fault(code: u32) -> Do {
    let subcode = Name::new(WSMAN, "InvalidSelectors");
    Do::Fault(Box::new(Fault::make(FaultCode::Sender, subcode, code, "as the test has it")))
}

pub(super) fn in_an_hour() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "a start time is compared with the clock")]
    let now = Timestamp::now();
    now + Duration::from_secs(3600)
}

#[tokio::test]
async fn a_job_that_completes_is_a_completed_resynchronization() {
    let (host, service, vm) = web01(sim()).await;
    let resynchronization = service.resynchronize(&vm).send().await.unwrap();
    let job = resynchronization.job().unwrap().id().to_owned();
    let report = resynchronization.report_with(|_| {}).await.unwrap();
    assert_eq!(report.result, Outcome::Completed);
    let started = report.job.as_ref().unwrap().started_at.unwrap();
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        json!({
            "vm": { "name": "web01", "id": "56495254-0000-4000-8000-000000000001" },
            "result": "completed",
            "return_value": 4096,
            "job": {
                "id": job,
                "class": "Msvm_ConcreteJob",
                "name": "Resynchronizing",
                "state": "Completed",
                "percent": 100,
                "status": "The job has completed",
                "error_code": null,
                "error_description": null,
                "error_summary": null,
                "started_at": started,
                "elapsed_seconds": 0,
            },
            "state_before": "WaitingToStartResynchronization",
            "state_after": "Replicating",
        })
    );
    let [invocation] = host.journal().try_into().unwrap();
    let parameters = [
        ("ComputerSystem".to_owned(), Value::Reference(vm.reference.clone())),
        ("StartTime".to_owned(), Value::Null),
    ];
    assert_eq!(invocation.parameters, parameters);
    report.checked().unwrap();
}

#[tokio::test]
async fn warnings_are_success() {
    let report = report(Do::EndJob(JobEnd::CompletedWithWarnings)).await;
    assert_eq!(serde_json::to_value(report.result).unwrap(), "completed_with_warnings");
    assert_eq!(report.state_after, Some(ReplicationState::Replicating));
    let [warning] = report.checked().unwrap().errors.try_into().unwrap();
    assert_eq!(warning.message.as_deref(), Some("The job has completed with a warning"));
}

#[tokio::test]
async fn a_failed_job_keeps_its_code_and_text() {
    let end = JobEnd::Exception { code: 32768, description: "The replica is gone.".to_owned() };
    let report = report(Do::EndJob(end)).await;
    assert_eq!(report.result, Outcome::Failed);
    assert_eq!((report.state_before, report.state_after), (Some(NEEDED), Some(NEEDED)));
    let job = report.job.as_ref().unwrap();
    assert_eq!((job.error_code, job.error_text()), (Some(32768), Some("The replica is gone.")));

    let error = report.checked().unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Job, false));
    assert_eq!(error.to_string(), "the resynchronization of web01 failed");
    let because = error.source().unwrap();
    assert!(because.to_string().ends_with("failed"));
    assert_eq!(because.source().unwrap().to_string(), "error 32768: The replica is gone.");
    let failed = error.job().unwrap();
    assert_eq!(failed.error_code, Some(32768));
    let [told] = &failed.errors[..] else { panic!("{failed:?}") };
    assert_eq!(told.message.as_deref(), Some("The replica is gone."));
}

#[tokio::test]
async fn a_cancelled_job_is_no_failure_and_no_success() {
    for end in [JobEnd::Terminated, JobEnd::Killed] {
        let report = report(Do::EndJob(end)).await;
        assert_eq!(report.result, Outcome::Cancelled);
        let error = report.checked().unwrap_err();
        assert_eq!(error.to_string(), "the resynchronization of web01 was cancelled");
        assert!(!error.outcome_unknown());
    }
}

#[tokio::test]
async fn a_host_that_is_done_at_once_has_no_job() {
    let report = report(Do::Return(0)).await;
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        json!({
            "vm": { "name": "web01", "id": "56495254-0000-4000-8000-000000000001" },
            "result": "completed",
            "return_value": 0,
            "job": null,
            "state_before": "WaitingToStartResynchronization",
            "state_after": "Replicating",
        })
    );
}

#[tokio::test]
async fn what_nobody_waited_for_has_only_begun() {
    let (_host, service, vm) = web01(sim().job_duration(Duration::from_secs(3600))).await;
    let report = service.resynchronize(&vm).send().await.unwrap().report().await;
    assert_eq!(report.result, Outcome::Started);
    assert_eq!(report.job.as_ref().unwrap().percent, Some(0));
    assert_eq!(report.state_after, Some(ReplicationState::Resynchronizing));
    report.checked().unwrap();
}

#[tokio::test]
async fn what_begins_later_is_scheduled_and_not_waited_for() {
    let start = in_an_hour();
    let (host, service, vm) = web01(sim()).await;
    let resynchronization = service.resynchronize(&vm).at(start).send().await.unwrap();
    assert!(resynchronization.is_scheduled());
    let report = resynchronization.report_with(|_| {}).await.unwrap();
    assert_eq!(serde_json::to_value(report.result).unwrap(), "scheduled");
    assert_eq!(report.job.as_ref().unwrap().state.to_string(), "New");
    assert_eq!(report.state_after, Some(NEEDED));
    let journal = host.journal();
    let Value::Datetime(Datetime::Timestamp(sent)) = journal[0].parameters[1].1 else {
        panic!("{journal:?}")
    };
    assert_eq!(sent.as_microsecond(), start.as_microsecond());
    report.checked().unwrap();
}

#[tokio::test]
async fn what_begins_later_is_never_completed_whatever_the_host_returns() {
    let (_host, service, vm) = web01(resynchronizing(Do::Return(0))).await;
    let scheduled = service.resynchronize(&vm).at(in_an_hour()).send().await.unwrap();
    assert_eq!(scheduled.report_with(|_| {}).await.unwrap().result, Outcome::Scheduled);
}

#[tokio::test]
async fn an_export_begins_at_once_whatever_its_time_says() {
    let script = Script::new().always(On::action("StartReplication"), Do::Return(0));
    let (_host, service, vm) = web01(sim().script(script)).await;
    let (call, later) = (service.start_replication(&vm), in_an_hour());
    for (call, scheduled) in [
        (call.clone().at(later), true),
        (call.clone().at(later).export_to(r"E:\Export"), false),
        (call.clone().export_to(r"E:\Export").at(later), false),
        (call.export_to(r"E:\Export").at(later).seeded(), true),
    ] {
        assert_eq!(call.send().await.unwrap().is_scheduled(), scheduled);
    }
}

#[tokio::test]
async fn a_start_in_the_past_is_now() {
    let (_host, service, vm) = web01(sim()).await;
    let call = service.resynchronize(&vm).at("2020-01-01T00:00:00Z".parse().unwrap());
    let resynchronization = call.send().await.unwrap();
    assert!(!resynchronization.is_scheduled());
    assert_eq!(resynchronization.report_with(|_| {}).await.unwrap().result, Outcome::Completed);
}

/// What comes of a resynchronization whose job is seen once and vanishes, by the replication states before and after.
async fn vanished(before: u16, after: u16, seen: bool) -> Report {
    let script = Script::new().once(On::action("Resynchronize"), Do::LoseJob(JobEnd::Completed));
    // Reads come in this order: the virtual machine; the job; the job, which is gone; then the virtual machine, twice.
    let script = if seen { script } else { script.nth(2, On::action("Get"), fault(2_150_858_752)) };
    let of_vm = if seen { 3 } else { 2 };
    let host = ClearHost::start(Inventory::sample(), script, move |action, count, answer| {
        match (action, count) {
            ("Get", 0) => set(&answer, "ReplicationState", before),
            ("Get", 1) if seen => set(&answer, "JobState", 4),
            ("Get", count) if count >= of_vm => set(&answer, "ReplicationState", after),
            _ => answer,
        }
    })
    .await;
    let (service, vm) = vm_of(&host.client(), "web01").await;
    let report =
        service.resynchronize(&vm).send().await.unwrap().report_with(|_| {}).await.unwrap();
    assert_eq!(report.state_before, Some(before.into()));
    assert_eq!(report.state_after, Some(after.into()));
    assert_eq!(report.job.is_some(), seen);
    assert_eq!(report.return_value, Some(4096));
    report
}

/// Alters the value of a property.
fn set(answer: &str, property: &str, value: u16) -> String {
    let begin = answer.find(&format!(":{property}>")).unwrap() + property.len() + 2;
    let end = begin + answer[begin..].find('<').unwrap();
    format!("{}{value}{}", &answer[..begin], &answer[end..])
}

#[tokio::test]
async fn the_replication_state_decides_of_a_job_that_vanished() {
    let mut cases = JoinSet::new();
    for (before, after, outcome) in [
        (9, 3, Outcome::Completed),
        (8, 3, Outcome::Completed),
        (9, 8, Outcome::Failed),
        (8, 9, Outcome::Failed),
        (9, 10, Outcome::Unknown),
        (9, 42, Outcome::Unknown),
        // The same as before: it says nothing.
        (3, 3, Outcome::Unknown),
        (9, 9, Outcome::Unknown),
        (8, 8, Outcome::Unknown),
    ] {
        cases.spawn(async move {
            assert_eq!(vanished(before, after, true).await.result, outcome, "{before} -> {after}");
        });
    }
    cases.join_all().await;
}

#[tokio::test]
async fn of_a_job_that_nobody_saw_nothing_is_known() {
    let report = vanished(9, 3, false).await;
    assert_eq!(report.result, Outcome::Unknown);
    let error = report.checked().unwrap_err();
    assert!(error.outcome_unknown());
    assert_eq!(
        error.to_string(),
        "what came of the resynchronization of web01 is unknown; its replication state is Replicating"
    );
}

#[tokio::test]
async fn the_state_of_a_replica_says_nothing_of_its_extended_relationship() {
    let inventory = Inventory::new("HV01").vm(extended_vm());
    let script = Script::new().once(On::action("Resynchronize"), Do::LoseJob(JobEnd::Completed));
    let host = ClearHost::start(inventory, script, |action, count, answer| match (action, count) {
        ("Get", 0) => set(&answer, "ReplicationState", 10),
        ("Get", 1) => set(&answer, "JobState", 4),
        _ => answer,
    })
    .await;
    let (service, vm) = vm_of(&host.client(), "relay").await;
    let call = service.resynchronize(&vm).extended(true);
    let report = call.send().await.unwrap().report_with(|_| {}).await.unwrap();
    // The replica itself was resynchronizing, to what it seems; its extended relationship waited, and replicates now.
    assert_eq!(report.state_before, Some(NEEDED));
    assert_eq!(report.state_after, Some(ReplicationState::Replicating));
    assert_eq!(report.result, Outcome::Completed);
}

#[tokio::test]
async fn every_return_value_is_an_error_with_its_number_and_its_meaning() {
    for (number, code, unknown) in [
        (32768, ReturnCode::Failed, false),
        (32769, ReturnCode::AccessDenied, false),
        (32770, ReturnCode::NotSupported, false),
        (32771, ReturnCode::StatusUnknown, true),
        (32772, ReturnCode::Timeout, true),
        (32773, ReturnCode::InvalidParameter, false),
        (32774, ReturnCode::SystemInUse, false),
        (32775, ReturnCode::InvalidState, false),
        (32776, ReturnCode::IncorrectDataType, false),
        (32777, ReturnCode::SystemNotAvailable, false),
        (32778, ReturnCode::OutOfMemory, false),
        (32779, ReturnCode::FileNotFound, false),
        (1, ReturnCode::Unknown(1), false),
        (4_000_000_000, ReturnCode::Unknown(4_000_000_000), false),
    ] {
        let error = refusal(Do::Return(number)).await;
        assert_eq!(error.kind(), ErrorKind::ReturnValue, "{number}");
        assert_eq!(error.return_value(), Some(number));
        assert_eq!(error.outcome_unknown(), unknown, "{number}");
        assert_eq!(
            error.to_string(),
            "the host does not resynchronize web01, whose replication state is WaitingToStartResynchronization"
        );
        let source = error.source().unwrap().to_string();
        assert_eq!(source, format!("Resynchronize returned {number} ({code}): {}", code.meaning()));
        assert_eq!(ReturnCode::from(number), code);
        assert!(code.next_step().ends_with('.'));
        assert!(!code.next_step().contains("start time"), "other methods have none");
    }
}

#[tokio::test]
async fn a_job_without_a_reference_is_no_success() {
    let error = refusal(Do::Return(4096)).await;
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.outcome_unknown());
    assert_eq!(error.to_string(), "the host began a job and did not say which");
}

#[tokio::test]
async fn a_call_without_an_answer_is_reported_with_the_state_as_it_is_now() {
    let (_host, service, vm) = web01(resynchronizing(Do::DropAfter)).await;
    let call = service.resynchronize(&vm);
    let error = call.clone().send().await.unwrap_err();
    assert!(error.outcome_unknown());
    let report = call.report_unknown(&error).await;
    assert_eq!((report.result, report.return_value), (Outcome::Unknown, None));
    assert_eq!(report.state_after, Some(ReplicationState::Replicating));
    assert!(report.checked().unwrap_err().outcome_unknown());
}

#[tokio::test]
async fn a_result_that_the_host_does_not_know_keeps_its_number() {
    let (_host, service, vm) = web01(resynchronizing(Do::Return(32771))).await;
    let call = service.resynchronize(&vm);
    let error = call.clone().send().await.unwrap_err();
    assert!(error.outcome_unknown());
    assert_eq!(call.report_unknown(&error).await.return_value, Some(32771));
}

#[tokio::test]
async fn a_start_that_the_clock_of_the_host_may_call_future_is_never_completed() {
    let (_host, service, vm) = web01(resynchronizing(Do::Return(0))).await;
    let start = in_an_hour() - Duration::from_secs(2 * 3600);
    let scheduled = service.resynchronize(&vm).at(start).send().await.unwrap();
    assert_eq!(scheduled.report_with(|_| {}).await.unwrap().result, Outcome::Scheduled);
}

#[tokio::test]
async fn a_replica_is_refused_with_the_host_of_its_primary() {
    let inventory = Inventory::sample().vm(extended_vm());
    let host = start(sim().inventory(inventory)).await;
    for name in ["dc02", "relay"] {
        let (service, vm) = vm_of(&client(&host.url()), name).await;
        let error = service.resynchronize(&vm).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(error.context().host, Some(host.url()));
        assert_eq!(
            error.to_string(),
            format!(
                "{name} is a replica, whose primary is on hv02.example.com: resynchronize it there, or choose the extended relationship to mean the replica's own replica"
            )
        );
    }
    assert!(host.journal().is_empty());
}

#[tokio::test]
async fn a_replica_whose_primary_is_not_known_is_refused_all_the_same() {
    for act in [Do::DropBefore, fault(5)] {
        let host = start(sim().script(Script::new().nth(3, On::action("Enumerate"), act))).await;
        let (service, mut vm) = vm_of(&client(&host.url()), "dc02").await;
        // A machine without settings of replication, and settings that cannot be read.
        vm.id = super::id(99);
        let error = service.resynchronize(&vm).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains("on another host"), "{error}");
    }
}

#[tokio::test]
async fn a_replica_s_own_replica_is_resynchronized_when_it_is_meant() {
    let host = start(sim().inventory(Inventory::new("HV01").vm(extended_vm()))).await;
    let (service, vm) = vm_of(&client(&host.url()), "relay").await;
    let call = service.resynchronize(&vm).extended(true);
    let report = call.send().await.unwrap().report_with(|_| {}).await.unwrap();
    assert_eq!(report.result, Outcome::Completed);
    assert_eq!(host.journal().len(), 1);
}

#[tokio::test]
async fn what_has_no_relationship_of_the_kind_is_refused_before_anything_is_sent() {
    let (host, service, vm) = web01(sim()).await;
    for (mode, extended, text) in [
        (ReplicationMode::None, true, "web01 is no replica, so it has no extended relationship"),
        (ReplicationMode::Primary, true, "web01 is no replica, so it has no extended relationship"),
    ] {
        let mut vm = vm.clone();
        vm.replication_mode = Some(mode);
        let error = service.resynchronize(&vm).extended(extended).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(error.to_string(), text);
    }
    assert!(host.journal().is_empty());
}

#[tokio::test]
async fn other_states_are_the_host_s_to_judge() {
    let host = start(sim()).await;
    let (service, vm) = vm_of(&client(&host.url()), "sql01").await;
    assert_eq!(vm.replication_state, Some(ReplicationState::Replicating));
    let error = service.resynchronize(&vm).send().await.unwrap_err();
    assert_eq!(error.return_value(), Some(32775));
    assert_eq!(host.journal().len(), 1);
}

/// Where `Resynchronize` went on a host that answers the first of them with a fault.
async fn addresses(code: u32, always: bool) -> (Vec<SelectorSet>, Option<Error>) {
    let on = On::action("Resynchronize");
    let script = if always {
        Script::new().always(on, fault(code))
    } else {
        Script::new().once(on, fault(code))
    };
    let host = ClearHost::start(Inventory::sample(), script, |_, _, answer| answer).await;
    let (service, vm) = vm_of(&host.client(), "web01").await;
    let error = service.resynchronize(&vm).send().await.err();
    let addresses = host
        .requests()
        .iter()
        .filter(|request| request.header.action.as_deref().unwrap().ends_with("Resynchronize"))
        .map(|request| {
            SelectorSet::from_element(request.header.find(WSMAN, "SelectorSet").unwrap()).unwrap()
        })
        .collect();
    (addresses, error)
}

fn by_class() -> SelectorSet {
    SelectorSet::new().with("CreationClassName", "Msvm_ReplicationService")
}

fn by_key() -> SelectorSet {
    by_class()
        .with("Name", "replicasvc")
        .with("SystemCreationClassName", "Msvm_ComputerSystem")
        .with("SystemName", "HV01")
}

#[tokio::test]
async fn a_host_that_wants_the_full_key_gets_it() {
    for code in [2_150_858_842, 2_150_858_843, 2_150_858_846, 0x8004_102F] {
        let (addresses, error) = addresses(code, false).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(addresses, [by_class(), by_key()], "{code}");
    }
}

#[tokio::test]
async fn the_full_key_is_tried_once() {
    let (addresses, error) = addresses(2_150_858_843, true).await;
    assert_eq!(addresses, [by_class(), by_key()]);
    let error = error.unwrap();
    assert!(error.fault().unwrap().has_code(2_150_858_843));
    assert!(!error.outcome_unknown());
}

#[tokio::test]
async fn no_other_fault_leads_to_a_second_call() {
    for (code, unknown) in [
        (5, false),
        (87, true),
        (0x8004_1001, true),
        (0x8004_1003, true),
        (2_150_858_752, false),
        (2_150_858_755, true),
        (2_150_858_793, true),
        (2_150_858_844, false),
        (2_150_858_847, false),
    ] {
        let (addresses, error) = addresses(code, false).await;
        assert_eq!(addresses, [by_class()], "{code}");
        let error = error.unwrap();
        assert!(error.fault().is_some());
        assert_eq!(error.outcome_unknown(), unknown, "{code}");
    }
}

#[tokio::test]
async fn shows_each_look_at_the_job() {
    let (_host, service, vm) = web01(sim().job_duration(Duration::from_secs(3600))).await;
    let resynchronization = service.resynchronize(&vm).send().await.unwrap();
    let (sender, mut looks) = tokio::sync::mpsc::unbounded_channel();
    let waiting = tokio::spawn(resynchronization.report_with(move |progress| {
        sender.send((progress.status.percent, progress.waited)).unwrap();
    }));
    let (percent, waited) = looks.recv().await.unwrap();
    assert_eq!(percent, Some(0));
    assert!(waited < Duration::from_secs(60), "{waited:?}");
    advance(Duration::from_secs(3700)).await;
    assert_eq!(waiting.await.unwrap().unwrap().result, Outcome::Completed);
    let mut last = None;
    while let Ok(look) = looks.try_recv() {
        last = Some(look);
    }
    let (percent, waited) = last.unwrap();
    assert_eq!(percent, Some(100));
    assert!(waited >= Duration::from_secs(3700), "{waited:?}");
}

#[tokio::test]
async fn a_job_that_takes_too_long_goes_on() {
    let (host, service, vm) = web01(sim().job_duration(Duration::from_secs(3600))).await;
    let resynchronization = service.resynchronize(&vm).send().await.unwrap();
    let job = resynchronization.job().unwrap().clone();
    let error = resynchronization.limit(Duration::ZERO).report_with(|_| {}).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.context().host, Some(host.url()));
    assert_eq!(error.to_string(), format!("the job {job} did not end in time; it goes on"));
    assert_eq!(job.status().await.unwrap().unwrap().state.to_string(), "Running");
    assert_eq!(host.journal().len(), 1);
}

/// The result of a wait for a job where so many looks in a row fail.
async fn watch(failures: u32) -> hyperv_replica::error::Result<Report> {
    let script =
        (1..=failures).fold(Script::new(), |s, n| s.nth(n + 1, On::action("Get"), fault(5)));
    let (_host, service, vm) = web01(sim().script(script)).await;
    let resynchronization = service.resynchronize(&vm).send().await.unwrap();
    let waiting = tokio::spawn(resynchronization.report_with(|_| {}));
    while !waiting.is_finished() {
        settle().await;
        advance(Duration::from_millis(500)).await;
    }
    waiting.await.unwrap()
}

#[tokio::test]
async fn five_looks_may_fail() {
    assert_eq!(watch(5).await.unwrap().result, Outcome::Completed);
    let error = watch(6).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fault);
    assert!(error.outcome_unknown());
    assert!(error.to_string().ends_with("cannot be watched any more; it goes on"), "{error}");
}

#[tokio::test]
async fn a_host_that_forgets_every_connection_is_given_up_after_six_looks() {
    let on = || On::action("Get");
    let script = (2..=20).fold(Script::new(), |script, n| script.nth(n, on(), Do::Unauthorized));
    let host = start(sim().script(script)).await;
    let proxy = Proxy::start(&host).await;
    let (service, vm) = vm_of(&client(&proxy.url()), "web01").await;
    let error =
        service.resynchronize(&vm).send().await.unwrap().report_with(|_| {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.outcome_unknown());
    assert_eq!(host.journal().len(), 1);
    assert_eq!(
        proxy.counts().total,
        12,
        "each look is repeated once, the first on the old connection"
    );
}
