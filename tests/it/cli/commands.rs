//! Each command, in each form of output.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use hyperv_replica::sim::{Do, Inventory, JobEnd, On, Script, Vm};
use uuid::Uuid;

use super::{JOB, TIME, assert_fixture, hvr, hvr_on, run, run_on, with_member};
use crate::host::{PASSWORD, USER, sim, start};

#[tokio::test(flavor = "multi_thread")]
async fn identify_tells_what_the_host_is() {
    let host = start(sim()).await;
    let table = run_on(&host, &["identify"]).exits(0);
    assert_fixture("identify.txt", &table.stdout.replace(&host.url(), "http://hv01:5985/wsman"));
    assert_fixture("identify.json", &run_on(&host, &["identify", "-o", "json"]).exits(0).stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn identify_needs_no_user_without_authentication() {
    let host = start(sim()).await;
    let run = run(hvr(&["identify", "--unauthenticated", "--host", &host.url(), "-o", "json"]));
    assert_eq!(run.exits(0).json()["product_version"], "OS: 0.0.0 SP: 0.0 Stack: 3.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_ends_in_its_total_time() {
    let host = start(sim().script(Script::new().always(On::any(), Do::Hang))).await;
    let arguments = ["vm", "list", "--total-timeout", "200ms", "-o", "json"];
    assert_eq!(run_on(&host, &arguments).exits(5).error()["kind"], "timeout");
}

#[tokio::test(flavor = "multi_thread")]
async fn vm_list_shows_every_virtual_machine() {
    let host = start(sim()).await;
    let table = run_on(&host, &["vm", "list"]).exits(0);
    assert_fixture("vm-list.txt", &table.stdout);
    assert_eq!(table.stderr, "");
    let json = run_on(&host, &["-o", "json", "vm", "list"]).exits(0);
    assert_fixture("vm-list.json", &with_member(&json.stdout, "last_replication_time", TIME));

    let lines = run_on(&host, &["vm", "list", "--output", "ndjson"]).exits(0).stdout;
    let rows: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json.json(), serde_json::Value::from(rows));
}

#[tokio::test(flavor = "multi_thread")]
async fn vm_list_of_nothing_warns_and_is_empty() {
    let host = start(sim().inventory(Inventory::new("HV01"))).await;
    let list = run_on(&host, &["vm", "list"]).exits(0);
    assert_eq!(list.stdout.split_whitespace().next(), Some("NAME"));
    assert_eq!(list.stdout.lines().count(), 1);
    assert!(list.stderr.contains("LocalAccountTokenFilterPolicy"), "{}", list.stderr);

    let json = run_on(&host, &["vm", "list", "-o", "json", "-q"]).exits(0);
    assert_eq!((json.stdout.as_str(), json.stderr.as_str()), ("[]\n", ""));
    assert_eq!(run_on(&host, &["vm", "list", "-o", "ndjson"]).exits(0).stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_steer_a_terminal_is_not_printed() {
    let vm = Vm::new(Uuid::from_u128(1), "\u{9b}31mred\u{7f}\u{85}\t");
    let host = start(sim().inventory(Inventory::new("HV01").vm(vm))).await;
    for arguments in [&["vm", "list"][..], &["resync", "00000000-0000-0000-0000-000000000001"]] {
        let run = run_on(&host, arguments);
        let printed = run.stdout + &run.stderr;
        assert!(printed.contains("31mred"), "{printed:?}");
        assert!(!printed.chars().any(|c| c.is_control() && c != '\n'), "{printed:?}");
    }
    let json = run_on(&host, &["vm", "list", "-o", "json"]).exits(0).json();
    assert_eq!(json[0]["name"], "\u{9b}31mred\u{7f}\u{85}\t", "a program gets it as it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn resync_follows_the_job_to_its_end() {
    let host = start(sim()).await;
    let json = run_on(&host, &["resync", "web01", "-o", "json", "-q"]).exits(0);
    assert_eq!(json.stderr, "");
    let stdout = with_member(&json.stdout, "started_at", TIME);
    let job = json.json()["job"]["id"].as_str().unwrap().to_owned();
    assert_fixture("resync.json", &stdout.replace(&job, JOB));

    let host = start(sim()).await;
    let text = run_on(&host, &["resync", "WEB01", "--no-progress"]).exits(0);
    assert_fixture("resync.txt", &text.stdout);
    assert!(text.stderr.starts_with("resynchronizing web01, job "), "{}", text.stderr);
    assert_eq!(host.journal().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn resync_with_warnings_is_done() {
    let act = Do::EndJob(JobEnd::CompletedWithWarnings);
    let host =
        start(sim().script(
            Script::new().once(On::any(), Do::Close).once(On::action("Resynchronize"), act),
        ))
        .await;
    let run = run_on(&host, &["resync", "web01", "-o", "ndjson"]).exits(0);
    assert_eq!(run.json()["result"], "completed_with_warnings");
    assert_eq!((run.stdout.lines().count(), run.stderr.as_str()), (1, ""));

    let act = Do::EndJob(JobEnd::CompletedWithWarnings);
    let host = start(sim().script(Script::new().once(On::action("Resynchronize"), act))).await;
    let text = run_on(&host, &["resync", "web01"]).exits(0);
    let warning = "warning: The job has completed with a warning\n";
    assert!(text.stderr.ends_with(warning), "{}", text.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn resync_can_be_scheduled_and_left_alone() {
    let host = start(sim().job_duration(Duration::from_secs(3600))).await;
    let later = run_on(&host, &["resync", "web01", "--at", "2126-01-01T00:00:00Z"]).exits(1);
    for part in ["32773", "at most seven days ahead. Check the parameters"] {
        assert!(later.stderr.contains(part), "{}", later.stderr);
    }

    let run = run_on(&host, &["resync", "web01", "--no-wait", "-o", "json"]).exits(0);
    assert_eq!(run.json()["result"], "started");
    assert_eq!(run.json()["state_after"], "Resynchronizing");

    #[expect(clippy::disallowed_methods, reason = "a start time is compared with the clock")]
    let at = (jiff::Timestamp::now() + Duration::from_secs(3600)).to_string();
    let host = start(sim()).await;
    let run = run_on(&host, &["resync", "web01", "--at", &at, "-o", "json"]).exits(0);
    assert_eq!(run.json()["result"], "scheduled");
    assert_eq!(run.json()["job"]["state"], "New");
    assert_eq!(run.json()["state_after"], "WaitingToStartResynchronization");
    let text = run_on(&start(sim()).await, &["resync", "web01", "--at", &at]).exits(0);
    assert!(text.stdout.starts_with("web01: the resynchronization is scheduled, job "));
}

#[tokio::test(flavor = "multi_thread")]
async fn job_shows_and_waits_for_what_resync_began() {
    let host = start(sim().job_duration(Duration::from_millis(300))).await;
    let report = run_on(&host, &["resync", "web01", "--no-wait", "-o", "json"]).exits(0);
    let id = report.json()["job"]["id"].as_str().unwrap().to_owned();

    let waited = run_on(&host, &["job", "wait", &id, "-o", "json"]).exits(0);
    assert_eq!(waited.json()["state"], "Completed");
    assert_eq!(waited.json()["id"], *id);

    let shown = run_on(&host, &["job", "show", &id.to_lowercase()]).exits(0);
    assert_fixture("job-show.txt", &shown.stdout.replace(&id, JOB));
    let shown = run_on(&host, &["job", "show", &id, "-o", "json"]).exits(0);
    let stdout = with_member(&shown.stdout, "started_at", TIME).replace(&id, JOB);
    assert_fixture("job-show.json", &stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_is_nothing_but_data() {
    let host = start(sim()).await;
    let run = run_on(&host, &["-q", "resync", "web01"]).exits(0);
    assert_eq!(run.stderr, "");
    assert!(!run.stdout.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_goes_to_stderr_and_holds_no_secret() {
    let host = start(sim()).await;
    let run = run_on(&host, &["-vvv", "vm", "list", "--color", "never"]).exits(0);
    assert_fixture("vm-list.txt", &run.stdout);
    assert!(run.stderr.contains("Enumerate"), "{}", run.stderr);
    assert!(!run.stderr.contains(PASSWORD) && !run.stderr.contains("Authorization"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_leaves_is_no_failure() {
    let host = start(sim().inventory(Inventory::with_vms(50))).await;
    for arguments in [&["vm", "list"][..], &["vm", "list", "-o", "json"], &["--help"]] {
        let mut child = hvr_on(&host.url(), arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    }
}

#[test]
fn the_demonstration_shows_it_all() {
    let run = run(hvr(&["demo", "--no-progress"])).exits(0);
    assert_eq!(run.stdout.matches("web01").count(), 3);
    assert!(run.stdout.contains("web01: the resynchronization is completed"), "{}", run.stdout);
    assert!(run.stderr.contains("$ hvr resync web01"), "{}", run.stderr);
    assert!(run.stderr.contains("hvr sim serve"), "it says what to type next: {}", run.stderr);
}

/// Serves a simulated host as a program of its own; `ready` gets the URL. It is interrupted then.
fn serve(arguments: &[&str], ready: impl FnOnce(&str, &str)) -> Option<i32> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ready");
    let mut command = hvr(&["sim", "serve", "--ready-file", file.to_str().unwrap()]);
    let mut child = command
        .args(arguments)
        .env("HVR_USER", USER)
        .env("HVR_PASSWORD", PASSWORD)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing but the ready file: {left:?}");
    let (name, url) = text.strip_suffix('\n').unwrap().split_once(' ').unwrap();
    assert!(line.contains(url), "{line}");
    ready(name, url);
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    child.wait().unwrap().code()
}

#[test]
fn sim_serve_says_when_it_listens_and_ends_when_interrupted() {
    let code = serve(&["--job-seconds", "0.1"], |name, url| {
        assert_eq!(name, "HV01");
        assert!(url.starts_with("http://127.0.0.1:") && url.ends_with("/wsman"), "{url}");
        run(hvr_on(url, &["resync", "web01", "-q"])).exits(0);
    });
    assert_eq!(code, Some(0));
}

#[test]
fn sim_serve_has_as_many_virtual_machines_as_asked_for() {
    serve(&["--vms", "12"], |_, url| {
        let json = run(hvr_on(url, &["vm", "list", "-o", "json"])).exits(0).json();
        assert_eq!(json.as_array().unwrap().len(), 12);
    });
}

#[test]
fn sim_serve_speaks_tls_with_a_certificate() {
    let pem = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/sim/host.pem");
    serve(&["--tls-cert", pem, "--cbt", "strict", "--basic"], |_, url| {
        assert!(url.starts_with("https://127.0.0.1:") && url.ends_with("/wsman"), "{url}");
        for auth in ["ntlm", "basic"] {
            let arguments = ["vm", "list", "-q", "--ca", pem, "--auth", auth];
            run(hvr_on(url, &arguments)).exits(0);
        }
    });
}

#[test]
fn sim_serve_says_what_does_not_fit() {
    let pem = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/sim/host.pem");
    for (arguments, says) in [
        (&["--cbt", "strict"][..], "--tls-cert"),
        (&["--basic"], "--tls-cert"),
        (&["--tls-key", pem], "--tls-cert"),
        (&["--tls-cert", "/nowhere/host.pem"], "/nowhere/host.pem"),
        (&["--tls-cert", "/dev/null"], "certificate of the simulated host"),
        (&["--host-keytab", "/nowhere/keytab"], "/nowhere/keytab"),
        (&["--host-keytab", pem], "host.pem"),
        (&[], "--user"),
    ] {
        let mut command = hvr(&["sim", "serve"]);
        command.args(arguments).env("HVR_PASSWORD", PASSWORD);
        if !arguments.is_empty() {
            command.env("HVR_USER", USER);
        }
        let text = run(command).exits(2).stderr;
        assert!(text.contains(says), "{arguments:?}: {text}");
    }
}
