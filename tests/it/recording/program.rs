//! Recording and replaying with the program, as a user does.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use hyperv_replica::{
    recording::read,
    sim::{Host, Replay},
};

use super::{files, host};
use crate::{fixture, host::start};

fn hvr(url: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hvr"));
    command.env_clear().env("HVR_HOST", url).env("HVR_USER", super::USER);
    command.env("HVR_PASSWORD", super::PASSWORD).args(arguments).stdin(Stdio::null());
    command.output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recordings")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_against_a_recording_prints_what_it_printed_when_it_was_made() {
    let replay = Replay::open(recordings().join("resync")).unwrap();
    let host = Host::builder().user(super::USER, super::PASSWORD).replay(replay);
    let host = start(host).await;
    let output = hvr(&host.url(), &["resync", "vm-1", "-o", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let expected = String::from_utf8(fixture("recordings/resync.json")).unwrap();
    // Made with the real name, which the recording does not have.
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, expected.replace("web01", "vm-1"));
    assert_eq!(host.unasked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_serves_a_recording() {
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("ready");
    let mut replay = Command::new(env!("CARGO_BIN_EXE_hvr"));
    replay.env_clear().env("HVR_USER", super::USER).env("HVR_PASSWORD", super::PASSWORD);
    replay.arg("replay").arg(recordings().join("resync")).arg("--ready-file").arg(&ready);
    let mut replay = replay.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    crate::host::until(|| ready.exists()).await;
    let line = std::fs::read_to_string(&ready).unwrap();
    let url = line.trim_end().strip_prefix("replay ").unwrap();
    let output = hvr(url, &["resync", "vm-1"]);
    replay.kill().unwrap();
    replay.wait().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));

    let none = hvr(url, &["replay", "/none"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(stderr(&none).contains("there is no recording in /none"), "{}", stderr(&none));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_recorded_however_it_ends() {
    let host = start(host()).await;
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, arguments: &[&str]| {
        let folder = folder.path().join(name);
        let output =
            hvr(&host.url(), &[&["--record", folder.to_str().unwrap()], arguments].concat());
        (output, folder)
    };

    let (done, folder) = run("done", &["vm", "list"]);
    assert_eq!(done.status.code(), Some(0));
    let note =
        format!("recorded 1 exchange in {}; look at them before you share them", folder.display());
    assert!(stderr(&done).contains(&note), "{}", stderr(&done));
    assert!(read(&folder).unwrap().0.redacted);
    let (again, _) = run("done", &["vm", "list"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("is not empty"), "{}", stderr(&again));
    assert_eq!(again.stdout, b"", "nothing was done");

    let (failed, folder) = run("failed", &["resync", "nobody", "-o", "json"]);
    assert_eq!(failed.status.code(), Some(7));
    assert!(!read(&folder).unwrap().1.is_empty());
    assert!(serde_json::from_slice::<serde_json::Value>(&failed.stderr).is_ok(), "one object only");

    let (named, folder) = run("named", &["vm", "list", "--dangerous-record-names"]);
    assert_eq!(named.status.code(), Some(0));
    assert!(!read(&folder).unwrap().0.redacted);
    let is_there = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains("payroll");
    assert!(files(&folder).values().any(is_there));

    let alone = hvr(&host.url(), &["vm", "list", "--dangerous-record-names"]);
    assert_eq!(alone.status.code(), Some(2));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_recorded_when_it_is_interrupted() {
    use hyperv_replica::sim::{Do, On, Script};
    let script = Script::new().once(On::action("Resynchronize"), Do::Hang);
    let host = start(host().script(script)).await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("interrupted");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hvr"));
    command.env_clear().env("HVR_HOST", host.url()).env("HVR_USER", super::USER);
    command.env("HVR_PASSWORD", super::PASSWORD).stdin(Stdio::null()).stderr(Stdio::null());
    command.arg("--record").arg(&folder).args(["-q", "resync", "payroll"]);
    let mut child = command.spawn().unwrap();
    crate::host::until(|| !host.journal().is_empty()).await;
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupt.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!read(&folder).unwrap().1.is_empty());
}
