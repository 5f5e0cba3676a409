//! Calls: what the host says no to, and what is waited for.

use std::{error::Error as _, time::Duration};

use hyperv_replica::{
    error::{Error, ErrorKind},
    replication::{
        Conflict, Invoked, MethodError, ReplicationService, ReplicationState, ReturnCode,
        VirtualMachine,
    },
    sim::{Do, Host, Inventory, On, Script},
};

use super::{
    reconcile::without_items,
    resynchronize::{fault, vm_of},
};
use crate::host::{ClearHost, advance, client, settle, sim, start};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);
const STATE: &str = "RequestReplicationStateChangeEx";

/// A host on which the pause of `sql01` takes so long, and has begun.
async fn pausing(
    duration: Duration,
    script: Script,
) -> (Host, ReplicationService, VirtualMachine, Invoked) {
    let host = start(sim().job_duration(duration).script(script)).await;
    let (service, vm) = vm_of(&client(&host.url()), "sql01").await;
    let pause = service.suspend_replication(&vm).send().await.unwrap();
    (host, service, vm, pause)
}

fn conflict(error: &Error) -> &Conflict {
    MethodError::of(error).unwrap().conflict.as_ref().unwrap()
}

/// Waits while the clock of the runtime goes on, and gives how long it took by it.
async fn in_time<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> (T, Duration) {
    let begin = tokio::time::Instant::now();
    let work = tokio::spawn(work);
    settle().await;
    while !work.is_finished() {
        advance(Duration::from_millis(200)).await;
    }
    (work.await.unwrap(), begin.elapsed())
}

fn values(host: &Host) -> Vec<u32> {
    host.journal().iter().map(|call| call.return_value).collect()
}

#[tokio::test]
async fn a_refusal_comes_with_what_was_read_and_with_what_the_method_wants() {
    let host = start(sim()).await;
    let (service, mut vm) = vm_of(&client(&host.url()), "sql01").await;
    // What the caller believes is not what is told.
    vm.replication_state = Some(ReplicationState::Suspended);
    let error = service.resume_replication(&vm).send().await.unwrap_err();
    assert_eq!((error.kind(), error.return_value()), (ErrorKind::ReturnValue, Some(32775)));
    assert_eq!(
        error.to_string(),
        "the host does not resume the replication of sql01, whose replication state is Replicating"
    );
    let refusal = error.source().unwrap();
    assert!(
        refusal
            .to_string()
            .starts_with("RequestReplicationStateChangeEx returned 32775 (InvalidState)"),
        "{refusal}"
    );
    assert_eq!(
        refusal.source().unwrap().to_string(),
        "it takes a machine in state Suspended, Critical, WaitingToStartResynchronization or ResynchronizationSuspended; sql01 is in mode Primary, in state Replicating, Running"
    );
    assert!(conflict(&error).situation.running.is_empty());
    assert_eq!(values(&host), [32775]);
}

#[tokio::test]
async fn a_refusal_names_the_job_that_runs() {
    for code in [32774, 32775] {
        let script = Script::new().nth(2, On::action(STATE), Do::Return(code));
        let (host, service, vm, pause) = pausing(HOUR, script).await;
        let error = service.resume_replication(&vm).send().await.unwrap_err();
        assert_eq!(error.return_value(), Some(code));
        let [running] = &conflict(&error).situation.running[..] else { panic!("{error:?}") };
        assert_eq!(running.id, pause.job().unwrap().id());
        let text = conflict(&error).to_string();
        assert!(
            text.ends_with(&format!("; the job {} (Changing replication) is not done", running.id)),
            "{text}"
        );
        assert_eq!(values(&host), [4096, code]);
    }
}

#[tokio::test]
async fn other_refusals_have_no_conflict() {
    for code in [32768, 32773, 32777] {
        let script = Script::new().once(On::action(STATE), Do::Return(code));
        let host = start(sim().script(script)).await;
        let (service, vm) = vm_of(&client(&host.url()), "sql01").await;
        let error = service.suspend_replication(&vm).send().await.unwrap_err();
        assert_eq!(MethodError::of(&error).unwrap().conflict, None, "{code}");
    }
}

#[tokio::test]
async fn a_refusal_whose_conflict_cannot_be_read_is_a_refusal_all_the_same() {
    for act in [fault(5), Do::DropBefore] {
        // The machine is read before the call, and after the refusal.
        let script = Script::new()
            .once(On::action(STATE), Do::Return(32775))
            .nth(2, On::action("Get"), act.clone())
            .nth(3, On::action("Get"), act);
        let host = start(sim().script(script)).await;
        let (service, vm) = vm_of(&client(&host.url()), "sql01").await;
        let error = service.suspend_replication(&vm).send().await.unwrap_err();
        assert_eq!((error.kind(), error.return_value()), (ErrorKind::ReturnValue, Some(32775)));
        let refusal = MethodError::of(&error).unwrap();
        assert_eq!((refusal.code, &refusal.conflict), (ReturnCode::InvalidState, &None));
    }
}

#[tokio::test]
async fn what_waits_for_running_jobs_is_sent_twice() {
    let (host, service, vm, _pause) = pausing(MINUTE, Script::new()).await;
    let call = service.resume_replication(&vm).after_running_jobs(HOUR);
    let (sent, time) = in_time(call.send()).await;
    assert!(sent.unwrap().job().is_some());
    assert!((MINUTE / 2..2 * MINUTE).contains(&time), "{time:?}");
    assert_eq!(values(&host), [4096, 32775, 4096]);
}

#[tokio::test]
async fn after_the_limit_the_refusal_is_what_is_left() {
    let (host, service, vm, pause) = pausing(HOUR, Script::new()).await;
    let call = service.resume_replication(&vm).after_running_jobs(MINUTE);
    let (sent, time) = in_time(call.send()).await;
    let error = sent.unwrap_err();
    assert_eq!(error.return_value(), Some(32775));
    assert_eq!(conflict(&error).situation.running[0].id, pause.job().unwrap().id());
    assert!((MINUTE..2 * MINUTE).contains(&time), "{time:?}");
    assert_eq!(values(&host), [4096, 32775]);
}

#[tokio::test]
async fn without_a_time_to_wait_nothing_is_waited_for() {
    let (host, service, vm, _pause) = pausing(HOUR, Script::new()).await;
    let call = service.resume_replication(&vm).after_running_jobs(Duration::ZERO);
    assert_eq!(call.send().await.unwrap_err().return_value(), Some(32775));
    assert_eq!(values(&host), [4096, 32775]);
}

#[tokio::test]
async fn nothing_is_sent_again_where_no_job_runs() {
    for code in [32774, 32775, 32768] {
        let script = Script::new().once(On::action(STATE), Do::Return(code));
        let host = start(sim().script(script)).await;
        let (service, vm) = vm_of(&client(&host.url()), "sql01").await;
        let call = service.suspend_replication(&vm).after_running_jobs(HOUR);
        assert_eq!(call.send().await.unwrap_err().return_value(), Some(code));
        assert_eq!(values(&host), [code]);
    }
}

#[tokio::test]
async fn nothing_is_sent_again_of_which_the_outcome_is_unknown() {
    // The answer that is lost is the first one, that after the wait, or says itself that the host does not know.
    for (number, act, calls) in [
        (2, Do::DropAfter, vec![4096, 32775]),
        (3, Do::DropAfter, vec![4096, 32775, 4096]),
        (2, Do::Return(32771), vec![4096, 32771]),
        (2, Do::Return(32772), vec![4096, 32772]),
        (2, Do::DropBefore, vec![4096]),
    ] {
        let script = Script::new().nth(number, On::action(STATE), act);
        let (host, service, vm, _pause) = pausing(MINUTE, script).await;
        let call = service.resume_replication(&vm).after_running_jobs(HOUR);
        let error = in_time(call.send()).await.0.unwrap_err();
        assert!(error.outcome_unknown(), "{error:?}");
        assert_eq!(values(&host), calls);
    }
}

/// How often the resumption of `sql01` is sent to a host that always refuses it while this type of job runs on it.
async fn sent(job_type: u16) -> usize {
    let script = (2..=50)
        .fold(Script::new(), |script, n| script.nth(n, On::action(STATE), Do::Return(32774)));
    // Queries show that the job runs, until one that asks for itself sees that it has ended.
    let host =
        ClearHost::start(Inventory::sample(), script, move |action, _, answer| match action {
            "Enumerate" => answer
                .replace(":JobState>7<", ":JobState>4<")
                .replace(":JobType>96<", &format!(":JobType>{job_type}<")),
            _ => answer,
        })
        .await;
    let (service, vm) = vm_of(&host.client(), "sql01").await;
    drop(service.suspend_replication(&vm).send().await.unwrap());
    let call = service.resume_replication(&vm).after_running_jobs(Duration::from_secs(2));
    let error = in_time(call.send()).await.0.unwrap_err();
    assert_eq!(error.return_value(), Some(32774));
    let is_call = |action: &str| action.ends_with(STATE);
    let requests = host.requests();
    requests.iter().filter(|it| is_call(it.header.action.as_deref().unwrap())).count() - 1
}

#[tokio::test]
async fn changes_that_are_sent_all_the_time_are_waited_for_once() {
    assert_eq!(sent(105).await, 2);
    assert_eq!(sent(106).await, 2);
    assert!(sent(96).await > 2);
}

#[tokio::test]
async fn a_call_that_cannot_be_looked_at_before_is_the_host_s_to_judge() {
    for (action, number) in [("Get", 1), ("Enumerate", 2)] {
        let script = Script::new().nth(number, On::action(action), fault(5));
        let host = start(sim().script(script)).await;
        let (service, vm) = vm_of(&client(&host.url()), "sql01").await;
        service.suspend_replication(&vm).send().await.unwrap().wait().await.unwrap();
        assert_eq!(values(&host), [4096]);
    }
}

#[tokio::test]
async fn a_service_that_is_stopped_is_called_all_the_same() {
    // Queries: for the machine; then, as it is gone, for the service; for a call about none, for the service.
    let script = Script::new().always(On::action("Get"), fault(2_150_858_752));
    let host = ClearHost::start(Inventory::sample(), script, |action, count, answer| {
        if action == "Enumerate" && count > 0 { without_items(&answer) } else { answer }
    })
    .await;
    let (service, vm) = vm_of(&host.client(), "sql01").await;
    assert!(service.suspend_replication(&vm).send().await.unwrap().job().is_some());
    let removed = service.remove_authorization_entry("hv02.example.com").send().await.unwrap();
    assert!(removed.job().is_none());
}

#[tokio::test]
async fn a_host_that_is_not_there_before_a_call_leaves_nothing_unknown() {
    let host = start(sim()).await;
    let (service, vm) = vm_of(&client(&host.url()), "sql01").await;
    drop(host);
    let error = service.suspend_replication(&vm).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Connect, false));
}

#[tokio::test]
async fn numbers_of_a_method_s_own_mean_what_their_names_say() {
    for (number, means, unknown) in [
        (1, ReturnCode::NotSupported, false),
        (2, ReturnCode::Failed, false),
        (3, ReturnCode::Timeout, true),
        (4, ReturnCode::InvalidParameter, false),
        (5, ReturnCode::InvalidState, false),
        (6, ReturnCode::Unknown(6), false),
    ] {
        let (error, _) = destroyed(number).await;
        let refusal = MethodError::of(&error).unwrap();
        assert_eq!(refusal.means(), means);
        assert_eq!((refusal.code, error.return_value()), (number.into(), Some(number)));
        assert_eq!(error.outcome_unknown(), unknown, "{number}");
        assert_eq!(refusal.conflict.is_some(), means == ReturnCode::InvalidState);
        let text = refusal.to_string();
        assert_eq!(text, format!("DestroySystem returned {number} ({means}): {}", means.meaning()));
    }
}

/// How a host refuses to delete a test replica, which the simulated one cannot do at all.
async fn destroyed(number: u32) -> (Error, ClearHost) {
    let inventory = super::guard::with_test_replica();
    let host = ClearHost::start(inventory, Script::new(), move |action, _, answer| {
        if action == "DestroySystem" { super::guard::returned(&answer, number) } else { answer }
    })
    .await;
    let (service, test) = vm_of(&host.client(), "web - Test").await;
    (service.destroy_test_replica(&test).send().await.unwrap_err(), host)
}
