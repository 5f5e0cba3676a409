//! How calls and the program end when something goes wrong around them.

use std::{
    process::{Output, Stdio},
    time::Duration,
};

use hyperv_replica::{
    Client, Credentials,
    sim::{Do, Host, JobEnd, On, Script},
};
use serde_json::Value;
use tokio::time::Instant;

async fn host(script: Script) -> Host {
    Host::builder()
        .user("admin", "secret")
        .script(script)
        .job_duration(Duration::ZERO)
        .bind("127.0.0.1:0")
        .await
        .unwrap()
}

fn resync(act: Do) -> Script {
    Script::new().once(On::action("Resynchronize"), act)
}

/// Runs the program, its stdout going to `stdout`.
async fn hvr(host: &Host, arguments: &[&str], stdout: Stdio) -> Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hvr"));
    command.env("HVR_PASSWORD", "secret").args(["--host", &host.url(), "--user", "admin"]);
    command.args(["-o", "json"]).args(arguments).stdin(Stdio::null());
    command.stdout(stdout).stderr(Stdio::piped());
    let run = tokio::task::spawn_blocking(move || command.spawn()?.wait_with_output());
    run.await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn times_and_numbers_that_no_clock_or_semaphore_can_hold_are_cut() {
    let host = host(Script::new()).await;
    let builder = Client::builder(&host.url()).credentials(Credentials::ntlm("admin", "secret"));
    let client = builder
        .connect_timeout(Duration::MAX)
        .operation_timeout(Duration::MAX)
        .connections(usize::MAX)
        .build()
        .unwrap();
    assert!(client.identify().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pipe_does_not_hide_a_failure() {
    for (act, code) in [(Do::EndJob(JobEnd::Terminated), 1), (Do::DropAfter, 5), (Do::Return(0), 0)]
    {
        let host = host(resync(act)).await;
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = hvr(&host, &["resync", "web01"], writer.into()).await;
        assert_eq!(output.status.code(), Some(code));
        assert_eq!(output.stderr.is_empty(), code == 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stderr_of_a_failure_is_one_json_object() {
    let host = host(resync(Do::EndJob(JobEnd::Terminated))).await;
    let output = hvr(&host, &["resync", "web01"], Stdio::null()).await;
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["kind"], "job");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_failed_at_once_is_not_called_started() {
    let host = host(resync(Do::EndJob(JobEnd::Terminated))).await;
    let output = hvr(&host, &["resync", "web01", "--no-wait"], Stdio::piped()).await;
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["result"], "cancelled");
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_ends_in_time_when_the_host_is_silent() {
    // The first reads the virtual machine before the call.
    let script = (2..60)
        .fold(Script::new(), |script, number| script.nth(number, On::action("Get"), Do::Hang));
    let host = host(script).await;
    let start = Instant::now();
    let output = hvr(&host, &["resync", "web01", "--wait-timeout", "1s"], Stdio::null()).await;
    assert_eq!(output.status.code(), Some(5));
    assert!(start.elapsed() < Duration::from_secs(30), "a request alone would have had 65 s");
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["host"], host.url());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_has_ended_is_seen_even_with_no_time_to_wait() {
    let host = host(Script::new()).await;
    let output = hvr(&host, &["resync", "web01", "--wait-timeout", "0s"], Stdio::piped()).await;
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["result"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_on_the_host_is_a_time_out() {
    let slow = Do::Delay(Duration::from_secs(60));
    let host = host(Script::new().once(On::action("Enumerate"), slow)).await;
    let output = hvr(&host, &["--timeout", "100ms", "vm", "list"], Stdio::null()).await;
    assert_eq!(output.status.code(), Some(5));
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(
        (&error["kind"], &error["fault_code"]),
        (&"timeout".into(), &2_150_858_793_u32.into())
    );
}
