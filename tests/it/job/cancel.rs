//! The end of a job before its time, and what a job tells of its errors.

use std::error::Error as _;

use hyperv_replica::{
    error::ErrorKind,
    job::{CancelCode, JobState},
    sim::{Do, Inventory, JobEnd, On, Script},
};

use super::{HOUR, begin, begin_on, ending, losing};
use crate::host::{ClearHost, sim};

#[tokio::test]
async fn a_cancelled_job_ends_as_cancelled() {
    let (host, job) = begin(sim().job_duration(HOUR)).await;
    job.cancel().await.unwrap();
    let error = job.wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Job);
    assert_eq!(error.job().unwrap().state, "Terminated");
    let again = job.cancel().await.unwrap_err();
    assert_eq!((again.kind(), again.return_value()), (ErrorKind::ReturnValue, Some(32775)));
    assert_eq!(
        again.to_string(),
        format!("the host does not cancel the job {job}, whose state is Terminated")
    );
    let context = again.context();
    assert_eq!(context.method.as_deref(), Some("RequestStateChange"));
    assert_eq!((context.host.clone(), context.operation), (Some(host.url()), Some("Invoke")));
}

#[tokio::test]
async fn both_lists_of_return_values_are_understood() {
    for (value, name, unknown) in [
        (0, None, false),
        (4096, None, false),
        (1, Some("DmtfNotSupported"), false),
        (3, Some("DmtfTimeout"), true),
        (4097, Some("InvalidStateTransition"), false),
        (4099, Some("Busy"), false),
        (32769, Some("AccessDenied"), false),
        (32771, Some("StatusUnknown"), true),
        (32775, Some("InvalidState"), false),
        (4242, Some("unknown(4242)"), false),
    ] {
        let script = Script::new().once(On::action("RequestStateChange"), Do::Return(value));
        let (_host, job) = begin(sim().job_duration(HOUR).script(script)).await;
        let cancelled = job.cancel().await;
        assert_eq!(job.status().await.unwrap().unwrap().state, JobState::Running);
        let Some(name) = name else {
            cancelled.unwrap();
            continue;
        };
        let error = cancelled.unwrap_err();
        assert_eq!(CancelCode::from(value).to_string(), name);
        assert_eq!(error.return_value(), Some(value));
        assert_eq!(error.outcome_unknown(), unknown, "{value}");
        assert!(error.to_string().ends_with("whose state is Running"), "{error}");
        let because = error.source().unwrap().to_string();
        assert_eq!(because, format!("RequestStateChange returned {value} ({name})"));
    }
}

#[tokio::test]
async fn a_job_that_cannot_be_cancelled_is_told_so() {
    let script = Script::new().always(On::action("RequestStateChange"), Do::Return(32770));
    let host = ClearHost::start(Inventory::sample(), script, |_, _, answer| {
        // The job of this host has ended, so that it is one that cannot be cancelled: make it run.
        answer.replace(":JobState>7<", ":JobState>4<")
    })
    .await;
    let job = begin_on(&host.client(), "web01").await;
    let error = job.cancel().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the host does not cancel the job {job}, whose state is Running: it cannot be cancelled"
        )
    );
}

#[tokio::test]
async fn a_call_without_an_answer_leaves_the_outcome_unknown() {
    let script = Script::new().once(On::action("RequestStateChange"), Do::DropAfter);
    let (host, job) = begin(sim().job_duration(HOUR).script(script)).await;
    assert!(job.cancel().await.unwrap_err().outcome_unknown());
    let calls = host.journal().iter().filter(|call| call.method == "RequestStateChange").count();
    assert_eq!(calls, 1);
}

#[tokio::test]
async fn a_job_that_is_gone_is_a_fault() {
    let (_host, job) = begin(losing()).await;
    assert!(job.status().await.unwrap().is_some());
    for error in [job.cancel().await.unwrap_err(), job.errors().await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Fault);
        assert!(!error.outcome_unknown());
    }
}

#[tokio::test]
async fn a_job_that_is_fine_has_no_errors() {
    let (_host, job) = begin(sim().job_duration(HOUR)).await;
    assert_eq!(job.errors().await.unwrap(), []);
    let (_host, job) = begin(sim()).await;
    assert_eq!(job.errors().await.unwrap(), []);
}

#[tokio::test]
async fn errors_are_read_with_all_that_they_say() {
    let description = "The disk <1> & its parent are gone.\nAsk \"hv02\".".to_owned();
    let (_host, job) = begin(ending(JobEnd::Exception { code: 32779, description })).await;
    let [first, second] = job.errors().await.unwrap().try_into().unwrap();
    assert_eq!(first.message.as_deref(), Some("The disk <1> & its parent are gone."));
    assert_eq!(first.message_id.as_deref(), Some("32779"));
    assert_eq!(first.perceived_severity.unwrap().to_string(), "Major");
    assert_eq!(first.message_arguments.unwrap(), [job.id()]);
    assert_eq!(first.recommended_actions.unwrap().len(), 1);
    assert_eq!(second.message.as_deref(), Some("Ask \"hv02\"."));
}

#[tokio::test]
async fn a_host_that_does_not_tell_errors_is_an_error() {
    let script = Script::new().once(On::action("GetErrorEx"), Do::Return(32769));
    let (_host, job) = begin(sim().script(script)).await;
    let error = job.errors().await.unwrap_err();
    assert_eq!((error.kind(), error.return_value()), (ErrorKind::ReturnValue, Some(32769)));
}
