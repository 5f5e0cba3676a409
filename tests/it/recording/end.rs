//! The end of a recording.

use std::fs;

use hyperv_replica::recording::{Error, Recording, RecordingOptions, read};

use super::{client, files, host};
use crate::host::start;

#[tokio::test]
async fn what_is_exchanged_after_the_end_is_not_kept() {
    let host = start(host()).await;
    let folder = tempfile::tempdir().unwrap();
    let options = RecordingOptions::default().max_bytes(8000);
    let recording = Recording::create(folder.path(), options).unwrap();
    let client = client(&host, recording.clone());
    client.identify().await.unwrap();
    assert_eq!(recording.finish().unwrap(), 1);
    for _ in 0..20 {
        client.identify().await.unwrap();
    }
    assert_eq!(recording.finish().unwrap(), 1);
}

#[tokio::test]
async fn an_end_that_failed_fails_again() {
    let host = start(host()).await;
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::create(folder.path(), RecordingOptions::default()).unwrap();
    client(&host, recording.clone()).identify().await.unwrap();
    let taken = folder.path().join("0001-Identify.request.xml");
    fs::write(&taken, "").unwrap();
    for _ in 0..2 {
        let error = recording.finish().unwrap_err();
        assert!(matches!(&error, Error::Write(path, _) if *path == taken), "{error:?}");
    }
}

#[tokio::test]
async fn what_an_error_quotes_is_left_out() {
    let host = crate::host::serve(async |mut stream| {
        use tokio::io::AsyncWriteExt as _;
        while crate::host::read_request(&mut stream).await.is_some() {
            let refusal = crate::host::http(503, "text/plain", "no service on pay&#x72;oll");
            stream.write_all(refusal.as_bytes()).await.unwrap();
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::create(folder.path(), RecordingOptions::default()).unwrap();
    let client = hyperv_replica::Client::builder(&format!("http://{host}/wsman"))
        .credentials(hyperv_replica::Credentials::basic("user", "password"))
        .dangerous_clear_text(true)
        .observer(recording.clone())
        .build()
        .unwrap();
    client.identify().await.unwrap_err();
    recording.finish().unwrap();
    let error = read(folder.path()).unwrap().1[0].entry.error.clone().unwrap();
    assert!(error.ends_with("not authenticated: (left out)"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn files_with_names_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let host = start(host()).await;
    let folder = tempfile::tempdir().unwrap();
    let options = RecordingOptions::default().dangerous_keep_names(true);
    let recording = Recording::create(folder.path(), options).unwrap();
    client(&host, recording.clone()).identify().await.unwrap();
    recording.finish().unwrap();
    for file in files(folder.path()).keys() {
        let mode = fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
