//! Recordings as hosts.

use std::{fs, path::Path};

use hyperv_replica::{
    error::ErrorKind,
    recording::{Error, Recording, RecordingOptions},
    sim::{Do, Host, On, Replay, Script},
    xml::{Edit, Limits},
};

use super::{PASSWORD, USER, client, client_of, files, host, record, work, work_on};
use crate::host::start;

/// What stands for the user in a recording.
const PSEUDONYM: &str = r"domain-1\user-1";

async fn replay(folder: &Path) -> Host {
    start(
        Host::builder()
            .user(USER, PASSWORD)
            .user(PSEUDONYM, PASSWORD)
            .replay(Replay::open(folder).unwrap()),
    )
    .await
}

/// The files of a recording without what differs from run to run.
fn comparable(folder: &Path) -> Vec<(String, String)> {
    const OF_RUN: [&str; 4] = ["MessageID", "RelatesTo", "SessionId", "To"];
    let blank = |(name, bytes): (String, Vec<u8>)| {
        let text = String::from_utf8(bytes).unwrap();
        let text = if name.ends_with(".xml") {
            let edits = Edit::of_document(&text, Limits::default(), &mut |place, text| {
                let local = place.open.last().unwrap().name.local();
                let edit = Edit { range: 0..text.len(), text: String::new() };
                let is_of_run = OF_RUN.contains(&local) && place.attribute.is_none();
                is_of_run.then_some(edit).into_iter().collect()
            });
            Edit::apply(&edits.unwrap(), &text)
        } else {
            let lines = text.lines().map(|line| {
                let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
                for member in ["offset_ms", "elapsed_ms"] {
                    line.as_object_mut().unwrap().remove(member);
                }
                line.to_string()
            });
            lines.collect()
        };
        (name, text)
    };
    files(folder).into_iter().map(blank).collect()
}

#[tokio::test]
async fn a_recording_of_a_replayed_recording_is_the_same() {
    for redacted in [false, true] {
        let options = RecordingOptions::default().dangerous_keep_names(!redacted);
        let first = {
            let host = start(host()).await;
            record(&host, options.clone(), "payroll").await
        };
        let host = replay(first.path()).await;
        let (user, vm, missing) = if redacted {
            (PSEUDONYM, "vm-1", "vm-4")
        } else {
            (USER, "payroll", "no such machine")
        };
        let folder = tempfile::tempdir().unwrap();
        let recording = Recording::create(folder.path(), options).unwrap();
        let client = client_of(user, &host, recording.clone());
        work_on(&client, vm, missing).await;
        recording.finish().unwrap();
        assert_eq!(host.unasked(), 0);
        let (again, first) = (comparable(folder.path()), comparable(first.path()));
        assert_eq!(again.len(), first.len());
        for (again, first) in again.iter().zip(&first) {
            assert_eq!(again, first);
        }
    }
}

#[tokio::test]
async fn what_was_not_recorded_is_refused_by_name() {
    let host = start(host()).await;
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::create(folder.path(), RecordingOptions::default()).unwrap();
    let replica = |client| hyperv_replica::ReplicationService::new(client);
    let recorded = client(&host, recording.clone());
    replica(&recorded).find_virtual_machine("payroll").await.unwrap();
    recording.finish().unwrap();

    let host = replay(folder.path()).await;
    let client = client(&host, Silent);
    let text = |error: hyperv_replica::Error| {
        assert!(!error.outcome_unknown());
        error.fault().unwrap().text().to_owned()
    };
    let identify = text(client.identify().await.unwrap_err());
    assert!(identify.contains("Identify was asked for and was not recorded"), "{identify}");
    let vm = replica(&client).find_virtual_machine("vm-1").await.unwrap().unwrap();
    let again = text(replica(&client).find_virtual_machine("vm-1").await.unwrap_err());
    assert!(
        again.contains("Enumerate of * was asked for more often than it was recorded"),
        "{again}"
    );
    let method = text(replica(&client).resynchronize(&vm).send().await.unwrap_err());
    assert!(method.contains("Get of Msvm_ComputerSystem"), "{method}");
}

#[tokio::test]
async fn identify_has_its_last_answer_again_and_again() {
    let host = start(host()).await;
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::create(folder.path(), RecordingOptions::default()).unwrap();
    client(&host, recording.clone()).identify().await.unwrap();
    recording.finish().unwrap();
    let host = replay(folder.path()).await;
    let client = client(&host, Silent);
    for _ in 0..3 {
        let identity = client.identify().await.unwrap();
        assert_eq!(identity.product_version.as_deref(), Some("OS: 10.0.20348 SP: 0.0 Stack: 3.0"));
    }
}

#[tokio::test]
async fn what_had_no_answer_has_none_again() {
    let script = Script::new()
        .once(On::action("Enumerate"), Do::DropBefore)
        .once(On::action("Resynchronize"), Do::Unauthorized);
    let recorded = {
        let host = start(host().script(script)).await;
        record(&host, RecordingOptions::default().dangerous_keep_names(true), "payroll").await
    };
    let host = replay(recorded.path()).await;
    work(&client(&host, Silent), "payroll").await;
    assert_eq!(host.unasked(), 0, "what was sent again is sent again");
}

#[tokio::test]
async fn a_method_whose_connection_broke_has_an_unknown_outcome_again() {
    let script = Script::new().once(On::action("Resynchronize"), Do::DropAfter);
    let host = start(host().script(script)).await;
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::create(folder.path(), RecordingOptions::default()).unwrap();
    let break_off = async |client: hyperv_replica::Client, vm: &str| {
        let replica = hyperv_replica::ReplicationService::new(&client);
        let vm = replica.find_virtual_machine(vm).await.unwrap().unwrap();
        replica.resynchronize(&vm).send().await.unwrap_err()
    };
    break_off(client(&host, recording.clone()), "payroll").await;
    recording.finish().unwrap();
    let error = break_off(client(&replay(folder.path()).await, Silent), "vm-1").await;
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Connect, true));
}

#[test]
fn what_is_no_recording_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let open = |index: &str| {
        fs::write(folder.path().join("exchanges.ndjson"), index).unwrap();
        Replay::open(folder.path()).unwrap_err()
    };
    let header = r#"{"format":1,"program":"","host":null,"redacted":true}"#;
    let entry = |file: &str| {
        format!(
            "{header}\n{{\"number\":1,\"offset_ms\":0,\"elapsed_ms\":0,\"request\":\"{file}\"}}"
        )
    };
    assert!(matches!(open(""), Error::Line(_, 1, _)));
    assert!(matches!(open(&header.replace(":1", ":2")), Error::Format(2)));
    assert!(matches!(open(&format!("{header}\n\n{{}}")), Error::Line(_, 3, _)));
    assert!(matches!(open(&entry("none.xml")), Error::Read(..)));
    for outside in ["../secret", "/etc/passwd", "..", ""] {
        assert!(matches!(open(&entry(outside)), Error::Outside(_)), "{outside}");
    }
    assert!(matches!(Replay::open(folder.path().join("none")), Err(Error::Read(..))));
}

struct Silent;

impl hyperv_replica::client::Observer for Silent {
    fn exchanged(&self, _: &hyperv_replica::client::Exchange<'_>) {}
}
