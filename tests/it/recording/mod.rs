//! Recordings: what they keep, what they hide, and that they can be replayed.

mod end;
mod hidden;
#[cfg(feature = "cli")]
mod program;
mod replay;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyperv_replica::{
    Client, Credentials, ReplicationService,
    cim::ResourceUri,
    client::{Exchange, Observer, VIRTUALIZATION},
    recording::{Entry, Error, Recorded, Recording, RecordingOptions, read},
    sim::{Do, Host, Inventory, On, Relationship, Script, Vm},
    wsman::Resource,
};
use tempfile::TempDir;

use crate::host::start;

const USER: &str = r"CONTOSO\Jane.Doe";
const PASSWORD: &str = "Pa$$w0rd of Jane";
/// Names of the host and the machines on it, and who operates it.
const NAMES: &[&str] =
    &["HV77", "dc77", "payroll", "O'Brien & <Söhne>", "hv88", "CONTOSO", "Jane.Doe", PASSWORD];

/// A host whose names are nowhere else.
fn host() -> hyperv_replica::sim::HostBuilder {
    let relationship = Relationship::new("HV77.contoso.example", "hv88.contoso.example").state(9);
    let vm = |number: u128, name: &str| {
        Vm::new(uuid::Uuid::from_u128(number), name).primary(relationship.clone())
    };
    let inventory = Inventory::new("HV77")
        .vm(vm(1, "payroll"))
        .vm(vm(2, "O'Brien & <Söhne>"))
        .vm(vm(3, "dc77"));
    Host::builder()
        .user(USER, PASSWORD)
        .job_duration(std::time::Duration::ZERO)
        .inventory(inventory)
}

fn client(host: &Host, observer: impl Observer + 'static) -> Client {
    client_of(USER, host, observer)
}

fn client_of(user: &str, host: &Host, observer: impl Observer + 'static) -> Client {
    Client::builder(&host.url())
        .credentials(Credentials::ntlm(user, PASSWORD))
        .observer(observer)
        .build()
        .unwrap()
}

/// Does what names everything: lists, finds, resynchronizes, and is refused.
async fn work(client: &Client, vm: &str) {
    work_on(client, vm, "no such machine").await;
}

async fn work_on(client: &Client, vm: &str, missing: &str) {
    let replica = ReplicationService::new(client);
    client.identify().await.unwrap();
    let vms = replica.virtual_machines().await.unwrap();
    assert_eq!(vms.len(), 3);
    let vm = replica.find_virtual_machine(vm).await.unwrap().unwrap();
    assert!(replica.find_virtual_machine(missing).await.unwrap().is_none());
    drop(replica.primary_host(&vm).await.unwrap());
    let report = replica.resynchronize(&vm).send().await.unwrap();
    let report = report.report_with(|_| {}).await.unwrap();
    assert_ne!(report.state_after, vm.replication_state);
    let class = ResourceUri::wmi(VIRTUALIZATION, "Msvm_ConcreteJob");
    let gone = Resource::new(class).selector("InstanceID", "no such job");
    client.get(&gone).await.unwrap_err();
}

/// The files of a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
    });
    entries.collect()
}

async fn record(host: &Host, options: RecordingOptions, vm: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::create(folder.path(), options).unwrap();
    work(&client(host, recording.clone()), vm).await;
    let number = recording.finish().unwrap();
    assert_eq!(read(folder.path()).unwrap().1.len(), number);
    folder
}

#[tokio::test]
async fn no_name_is_in_any_file_of_a_recording() {
    let host = start(host()).await;
    let folder = record(&host, RecordingOptions::default(), "O'Brien & <Söhne>").await;
    let files = files(folder.path());
    assert!(files.len() > 10);
    for (file, bytes) in files {
        let text = format!("{file}\n{}", String::from_utf8(bytes).unwrap());
        let all =
            text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").to_lowercase();
        for name in NAMES.iter().chain(&["no such machine", "contoso.example", "Söhne", "jane"]) {
            assert!(!all.contains(&name.to_lowercase()), "{name} is in {text}");
            let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for bytes in [name.as_bytes(), &utf16] {
                let encoded = BASE64_STANDARD.encode(bytes);
                assert!(!text.contains(encoded.trim_end_matches('=')), "{name} is in {text}");
            }
        }
    }
}

/// Keeps what was sent and received.
#[derive(Clone, Default)]
struct Tee(Arc<Mutex<Vec<Pair>>>, Option<Recording>);

/// A request and its answer.
type Pair = (Vec<u8>, Vec<u8>);

impl Observer for Tee {
    fn exchanged(&self, exchange: &Exchange<'_>) {
        let answer = exchange.answer.map_or_else(|_| Vec::new(), |answer| answer.body.clone());
        self.0.lock().unwrap().push((exchange.request.to_vec(), answer));
        if let Some(recording) = &self.1 {
            recording.exchanged(exchange);
        }
    }
}

async fn record_and_tee(options: RecordingOptions) -> (Vec<Pair>, Vec<Recorded>) {
    let host = start(host()).await;
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::create(folder.path(), options).unwrap();
    let tee = Tee(Arc::default(), Some(recording.clone()));
    work(&client(&host, tee.clone()), "payroll").await;
    recording.finish().unwrap();
    let seen = tee.0.lock().unwrap().clone();
    (seen, read(folder.path()).unwrap().1)
}

#[tokio::test]
async fn a_recording_with_names_is_what_was_sent_and_received() {
    let options = RecordingOptions::default().dangerous_keep_names(true);
    let (seen, recorded) = record_and_tee(options).await;
    let recorded: Vec<_> = recorded
        .into_iter()
        .map(|recorded| (recorded.request, recorded.answer.unwrap_or_default()))
        .collect();
    assert_eq!(recorded, seen);
}

#[tokio::test]
async fn a_recording_is_what_was_sent_and_received_but_for_the_names() {
    let (seen, recorded) = record_and_tee(RecordingOptions::default()).await;
    assert_eq!(recorded.len(), seen.len());
    // In the order in which they are learned.
    let pseudonyms = [
        ("O'Brien &amp; &lt;Söhne&gt;", "vm-2"),
        (r"O\'Brien &amp; &lt;Söhne&gt;", "vm-2"),
        ("payroll", "vm-1"),
        ("dc77", "vm-3"),
        ("no such machine", "vm-4"),
        ("contoso.example", "domain-1"),
        ("CONTOSO", "domain-1"),
        ("HV77", "host-1"),
        ("hv88", "host-2"),
        ("Jane.Doe", "user-1"),
    ];
    for (seen, recorded) in seen.iter().zip(&recorded) {
        for (seen, recorded) in
            [(&seen.0, &recorded.request), (&seen.1, recorded.answer.as_ref().unwrap())]
        {
            let seen = String::from_utf8(seen.clone()).unwrap();
            let stand =
                pseudonyms.iter().fold(seen, |text, (name, stands)| text.replace(name, stands));
            assert_eq!(String::from_utf8_lossy(recorded), stand);
        }
    }
}

#[tokio::test]
async fn a_recording_tells_of_each_exchange_in_order() {
    let script = Script::new().once(On::action("Enumerate"), Do::DropBefore);
    let host = start(host().script(script)).await;
    let folder = record(&host, RecordingOptions::default(), "payroll").await;
    let (header, recorded) = read(folder.path()).unwrap();
    assert!(header.redacted);
    assert_eq!(header.host.as_deref(), Some("OS: 10.0.20348 SP: 0.0 Stack: 3.0"));
    let lines: Vec<String> = recorded.iter().map(|recorded| line(&recorded.entry)).collect();
    assert_eq!(
        lines[..4],
        [
            "1 Identify 200 ",
            "2 Enumerate Msvm_ComputerSystem - the connection broke before the answer was complete",
            "3 Enumerate Msvm_ComputerSystem 200 ",
            "4 Enumerate Msvm_ComputerSystem 200 ",
        ]
    );
    let find = |method| recorded.iter().find(|r| r.entry.method.as_deref() == Some(method));
    let invoke = &find("Resynchronize").unwrap().entry;
    let stem = format!("{:04}-Invoke-Msvm_ReplicationService-Resynchronize", invoke.number);
    assert_eq!(invoke.request, Some(format!("{stem}.request.xml")));
    assert_eq!(invoke.answer, Some(format!("{stem}.answer.xml")));
    assert!(recorded.iter().any(|recorded| recorded.entry.status == Some(500)), "a fault");
}

fn line(entry: &Entry) -> String {
    let status = entry.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
    let error = entry.error.clone().unwrap_or_default();
    let words = [entry.operation.as_deref(), entry.class.as_deref()];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    format!("{} {} {status} {error}", entry.number, words.join(" "))
}

#[tokio::test]
async fn tasks_can_record_at_once() {
    let host = start(host()).await;
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::create(folder.path(), RecordingOptions::default()).unwrap();
    let client = client(&host, recording.clone());
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.identify().await.unwrap() })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(recording.finish().unwrap(), 8);
    let numbers: Vec<_> =
        read(folder.path()).unwrap().1.iter().map(|recorded| recorded.entry.number).collect();
    assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
    client.identify().await.unwrap();
    assert_eq!(recording.finish().unwrap(), 8, "it has ended");
}

#[tokio::test]
async fn a_recording_is_written_when_it_is_dropped_without_an_end() {
    let host = start(host()).await;
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::create(folder.path(), RecordingOptions::default()).unwrap();
    let client = client(&host, recording);
    client.identify().await.unwrap();
    assert_eq!(files(folder.path()).len(), 1, "names may be in what is not written yet");
    drop(client);
    assert_eq!(read(folder.path()).unwrap().1.len(), 1);
}

#[test]
fn a_recording_is_not_written_over_anything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/one");
    let create = || Recording::create(&path, RecordingOptions::default());
    let first = create().unwrap();
    assert!(matches!(create(), Err(Error::NotEmpty(_))), "not even over an unfinished recording");
    assert_eq!(first.finish().unwrap(), 0);
    fs::write(folder.path().join("file"), "").unwrap();
    let file = Recording::create(folder.path().join("file"), RecordingOptions::default());
    assert!(matches!(file, Err(Error::Write(..))));
}

#[tokio::test]
async fn a_recording_that_is_not_whole_is_an_error() {
    let host = start(host()).await;
    let folder = tempfile::tempdir().unwrap();
    let options = RecordingOptions::default().max_bytes(1500);
    let recording = Recording::create(folder.path(), options).unwrap();
    let calls = client(&host, recording.clone());
    for _ in 0..5 {
        calls.identify().await.unwrap();
    }
    assert!(matches!(recording.finish(), Err(Error::TooLarge(1500))));
    let kept = read(folder.path()).unwrap().1.len();
    assert!((1..5).contains(&kept), "{kept}");

    let folder = folder.path().join("gone");
    let recording = Recording::create(&folder, RecordingOptions::default()).unwrap();
    client(&host, recording.clone()).identify().await.unwrap();
    fs::remove_dir_all(&folder).unwrap();
    assert!(matches!(recording.finish(), Err(Error::Write(..))));
}
