//! How calls and the program end when something goes wrong around them.

use std::{
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use hyperv_replica::{
    Client, Credentials,
    sim::{Do, Host, JobEnd, On, Script},
};
use serde_json::Value;

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
