//! Slips of the pen: what is told of them, before anything is sent where that is possible.

use super::{hvr_on, run, run_on, run_with_stdin};
use crate::host::{sim, start};

/// Where nobody listens: what would connect fails with another exit code than a usage error.
const NOWHERE: &str = "http://127.0.0.1:1/wsman";
const SERVICE: &str = "Msvm_ReplicationService";
const VM: &str = "Name=56495254-0000-4000-8000-000000000001";

#[test]
fn a_slip_is_a_usage_error_that_says_what_was_meant() {
    let reference = "ComputerSystem=Msvm_ReplicationRelationship.InstanceID=\"x\"";
    for (arguments, told) in [
        (
            &["invoke", "Msvm_ReplicatonService", "Resynchronize", "-p", "ComputerSystem=x"][..],
            "error: the class Msvm_ReplicatonService is not known here (did you mean Msvm_ReplicationService?): ",
        ),
        (
            &["invoke", SERVICE, "Resynchronise", "-p", "ComputerSystem=x"],
            "is known here (did you mean Resynchronize?); it has",
        ),
        (
            &["invoke", SERVICE, "Resynchronize", "-p", "ComputrSystem=x"],
            "there is no parameter ComputrSystem (did you mean ComputerSystem?); ",
        ),
        (
            &["invoke", SERVICE, "Resynchronize", "-p", reference],
            "ComputerSystem: Msvm_ReplicationRelationship is no CIM_ComputerSystem; ",
        ),
        (
            &["enumerate", "Msvm_ReplicationRelationship", "--properties", "InstancID"],
            "no property InstancID of Msvm_ReplicationRelationship is known here (did you mean InstanceID?)",
        ),
        (
            &[
                "associators",
                "Msvm_ComputerSystem",
                "-s",
                VM,
                "--result-class",
                "Msvm_ReplicationRelationship",
                "--properties",
                "InstancID",
            ],
            "(did you mean InstanceID?)",
        ),
        (&["enumerate"], "<CLASS|--wql <QUERY>|--resource-uri <URI>>"),
        (
            &["enumerate", "Msvm_ComputerSystem", "-o", "xml", "--properties", "Name"],
            "without --properties",
        ),
        (&["invoke", SERVICE, "StopService", "--dry-run", "-o", "json"], "--dry-run prints XML"),
        (&["vm", "list", "--auth", "basic"], "--dangerous-clear-text"),
        (&["vm", "list", "--record", "Cargo.toml"], "Cargo.toml: it is no folder"),
        (&["replay", "src"], "there is no recording in src"),
    ] {
        let text = run(hvr_on(NOWHERE, arguments)).exits(2).stderr;
        assert!(text.contains(told), "{arguments:?}: {text}");
    }
    let sealed =
        ["vm", "list", "--auth", "basic", "--sealing", "always", "--host", "https://nowhere"];
    let text = run(hvr_on(NOWHERE, &sealed)).exits(2).stderr;
    assert!(text.contains("only Kerberos and NTLM") && !text.contains("clear-text"), "{text}");
    let text = run(hvr_on(NOWHERE, &["vm", "list", "--auth", "certificate"])).exits(2).stderr;
    assert!(text.contains("--client-cert"), "{text}");
    let text = run(hvr_on(NOWHERE, &["invoke", SERVICE, "Nothing"])).exits(2).stderr;
    assert!(text.ends_with("\n  See hvr invoke --help.\n"), "{text}");
    assert!(!text.contains("did you mean"), "{text}");
}

#[test]
fn an_empty_password_is_not_tried() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, "\n").unwrap();
    let from_file = hvr_on(NOWHERE, &["identify", "--password-file", path.to_str().unwrap()]);
    let mut from_environment = hvr_on(NOWHERE, &["identify"]);
    from_environment.env("HVR_PASSWORD", "");
    let from_stdin = hvr_on(NOWHERE, &["identify", "--password-stdin"]);
    for run in [run(from_file), run(from_environment), run_with_stdin(from_stdin, "")] {
        assert!(run.exits(2).stderr.contains("the password is empty"));
    }
}

#[test]
fn nothing_is_recorded_where_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new");
    for command in [&["explain", "5"][..], &["invoke", SERVICE, "StopService", "--dry-run"]] {
        let arguments = [command, &["--record", path.to_str().unwrap()]].concat();
        let text = run(hvr_on(NOWHERE, &arguments)).exits(2).stderr;
        assert!(text.contains("--record has no meaning"), "{text}");
        assert!(!path.exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_no_instance_has_is_a_warning() {
    let host = start(sim()).await;
    let query = ["enumerate", "--wql", "SELECT * FROM Msvm_ComputerSystem", "--properties"];
    let run = run_on(&host, &[&query[..], &["Name,Colour"]].concat()).exits(0);
    assert_eq!(run.stderr, "warning: no instance has a property Colour\n");
    assert_eq!(run_on(&host, &[&query[..], &["name"]].concat()).exits(0).stderr, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_called_none() {
    let host = start(sim()).await;
    let query = ["enumerate", "--wql", "SELECT * FROM Msvm_ComputerSystem WHERE Name = 'x'"];
    let run = run_on(&host, &query).exits(0);
    assert_eq!((&*run.stdout, &*run.stderr), ("", "none\n"));
    assert_eq!(run_on(&host, &[&query[..], &["-q"]].concat()).exits(0).stderr, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_to_do_fits_the_command() {
    let host = start(sim()).await;
    let told = |arguments: &[&str]| run_on(&host, arguments).exits(1).stderr;
    for keys in [&[][..], &["-s", "Nam=x"]] {
        let text = told(&[&["get", "Msvm_ComputerSystem"], keys].concat());
        let keys = "The keys of Msvm_ComputerSystem are CreationClassName, Name.\n";
        assert!(text.ends_with(keys), "{text}");
    }
    let class = ["-s", "CreationClassName=Msvm_ComputerSystem", "--result-class", "Nope"];
    let text = told(&[&["associators", "Msvm_ComputerSystem", "-s", VM], &class[..]].concat());
    assert!(text.contains("names of the classes") && !text.contains("WQL"), "{text}");
    assert!(told(&["resync", "dc02"]).contains("--extended"));
}
