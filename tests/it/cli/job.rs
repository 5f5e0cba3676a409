//! `hvr job cancel`, and what `hvr job wait` tells besides the job.

use std::time::Duration;

use hyperv_replica::sim::{Do, Host, JobEnd, On, Script};
use serde_json::{Value, json};

use super::run_on;
use crate::host::{sim, start};

/// A host with a job that takes so long, and its identifier.
async fn job_of(time: Duration, script: Script) -> (Host, String) {
    let host = start(sim().job_duration(time).script(script)).await;
    let report = run_on(&host, &["resync", "web01", "--no-wait", "-o", "json"]).exits(0).json();
    let id = report["job"]["id"].as_str().unwrap().to_owned();
    (host, id)
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_job_has_ended_as_was_asked_for() {
    let (host, id) = job_of(HOUR, Script::new()).await;
    let braced = format!("{{{}}}", id.to_lowercase());
    let run = run_on(&host, &["job", "cancel", &braced, "--wait", "-o", "json"]).exits(0);
    assert_eq!((&run.json()["id"], &run.json()["state"]), (&json!(id), &json!("Terminated")));
    assert_eq!(run.stderr, "");
    assert_eq!(host.journal().iter().filter(|call| call.method == "RequestStateChange").count(), 1);
    let waited = run_on(&host, &["job", "wait", &id, "-o", "json"]).exits(1);
    assert_eq!(waited.error()["job"]["state"], "Terminated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_job_is_shown_as_it_is_then() {
    let (host, id) = job_of(HOUR, Script::new()).await;
    let run = run_on(&host, &["job", "cancel", &id]).exits(0);
    assert!(run.stdout.starts_with(&format!("job {id}\n")), "{}", run.stdout);
    assert!(run.stdout.contains("Terminated"), "{}", run.stdout);
    assert_eq!(
        run.stderr,
        format!("the host cancels it; hvr job wait {id} follows it to its end\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_the_host_does_not_cancel_is_exit_1() {
    let (host, id) = job_of(Duration::ZERO, Script::new()).await;
    let error = run_on(&host, &["job", "cancel", &id, "-o", "json"]).exits(1).error();
    assert_eq!((&error["kind"], &error["return_value"]), (&json!("return_value"), &json!(32775)));
    assert_eq!(error["method"], "RequestStateChange");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("whose state is Completed"), "{message}");
    assert!(error["hint"].as_str().unwrap().contains("hvr job show"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_done_before_it_could_be_cancelled_is_no_failure() {
    // The host takes it, and the job ends by itself all the same.
    let script = Script::new().once(On::action("RequestStateChange"), Do::Return(4096));
    let (host, id) = job_of(Duration::from_millis(300), script).await;
    let run = run_on(&host, &["job", "cancel", &id, "--wait"]).exits(0);
    assert!(run.stdout.contains("Completed"), "{}", run.stdout);
    assert_eq!(run.stderr, "warning: the job was done before it could be cancelled\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_for_a_cancelled_job_has_its_limit() {
    let script = Script::new().once(On::action("RequestStateChange"), Do::Return(0));
    let (host, id) = job_of(HOUR, script).await;
    let arguments = ["job", "cancel", &id, "--wait", "--wait-timeout", "0s", "-o", "json"];
    let error = run_on(&host, &arguments).exits(5).error();
    assert_eq!(error["kind"], "timeout");
    assert!(error["message"].as_str().unwrap().contains(&id), "{error}");
    run_on(&host, &["job", "cancel", &id, "--wait-timeout", "0s"]).exits(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_are_told_where_people_read() {
    let end = Do::EndJob(JobEnd::CompletedWithWarnings);
    let script = Script::new().once(On::action("Resynchronize"), end);
    let (host, id) = job_of(Duration::ZERO, script).await;
    let text = run_on(&host, &["job", "wait", &id]).exits(0);
    assert_eq!(text.stderr, "warning: The job has completed with a warning\n");
    let run = run_on(&host, &["job", "wait", &id, "-o", "json"]).exits(0);
    assert_eq!((&run.json()["state"], run.stderr.as_str()), (&json!("CompletedWithWarnings"), ""));
    assert_eq!(run.json()["error_code"], Value::Null);
}
