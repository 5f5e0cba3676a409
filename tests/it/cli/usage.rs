//! What is typed wrong, and help.

use std::collections::BTreeSet;

use hyperv_replica::sim::{Inventory, Script};
use serde_json::Value;

use super::{JOB, hvr, hvr_on, run};
use crate::{fixture, host::ClearHost};

const COMMANDS: [&[&str]; 18] = [
    &[],
    &["identify"],
    &["get"],
    &["enumerate"],
    &["associators"],
    &["references"],
    &["invoke"],
    &["vm"],
    &["vm", "list"],
    &["resync"],
    &["job"],
    &["job", "show"],
    &["job", "wait"],
    &["job", "cancel"],
    &["explain"],
    &["sim"],
    &["sim", "serve"],
    &["demo"],
];

#[test]
fn the_help_of_every_command_ends_with_an_example() {
    for command in COMMANDS {
        for option in ["--help", "-h"] {
            let run = run(hvr(&[command, &[option]].concat())).exits(0);
            assert_eq!(run.stderr, "");
            let (_, example) = run
                .stdout
                .rsplit_once("\nExample")
                .unwrap_or_else(|| panic!("{command:?} has no example: {}", run.stdout));
            let typed = format!("hvr {}", command.join(" "));
            let own = example.lines().any(|line| {
                let line = line.trim_start().replace("--host hv01 --user admin ", "");
                line.starts_with(typed.trim_end())
            });
            assert!(own, "{command:?}: {example}");
        }
    }
}

#[test]
fn the_version_goes_to_stdout() {
    let run = run(hvr(&["--version"])).exits(0);
    assert_eq!(run.stdout, concat!("hvr ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(run.stderr, "");
}

#[test]
fn what_cannot_be_understood_is_exit_2() {
    for arguments in [
        &[][..],
        &["--nonsense"],
        &["explode"],
        &["vm"],
        &["resync"],
        &["explain"],
        &["resync", "web01", "--at", "tomorrow"],
        &["resync", "web01", "--wait-timeout", "soon"],
        &["resync", "web01", "--no-wait", "--wait-timeout", "1h"],
        &["identify", "-o", "yaml"],
        &["identify", "--connect-timeout", "0s"],
        &["identify", "--total-timeout", "soon"],
        &["get"],
        &["get", "root/Class"],
        &["get", "Msvm_ComputerSystem", "-s", "Name"],
        &["get", "Msvm_ComputerSystem", "-s", "Name=a", "-s", "name=b"],
        &["get", "Msvm_ComputerSystem", "--namespace", "root//v2"],
        &["get", "Msvm_ComputerSystem", "--resource-uri", "http://x/y"],
        &["get", "Msvm_AffectedJobElement", "-s", "AffectedElement=x"],
        &["enumerate"],
        &["enumerate", "Msvm_ComputerSystem", "--wql", "SELECT * FROM Msvm_ComputerSystem"],
        &["enumerate", "Msvm_ComputerSystem", "--limit", "0"],
        &["enumerate", "Msvm_ComputerSystem", "--page-size", "0"],
        &["enumerate", "Msvm_ComputerSystem", "--epr", "--properties", "Name"],
        &["associators"],
        &["associators", "--resource-uri", "http://x/y", "-s", "a=b"],
        &["references", "Msvm_ComputerSystem", "-s", "Name=x", "--result-role", "Dependent"],
        &["invoke", "Msvm_ReplicationService"],
        &["invoke", "A", "B", "--resource-uri", "http://x/y"],
        &["identify", "--timeout", "60"],
        &["identify", "--host", "ftp://hv01"],
        &["identify", "--host", "http://admin:secret@hv01"],
        &["identify", "--ca", "/nowhere"],
        &["sim", "serve", "--listen", "nowhere"],
        &["sim", "serve", "--job-seconds", "-1"],
        &["sim", "serve", "--listen", "192.0.2.1:1"],
        &["sim", "serve", "--ready-file", "/nowhere/ready"],
    ] {
        let run = run(hvr_on("hv01", arguments)).exits(2);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(run.stderr.contains("error"), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_host_and_a_user_are_needed() {
    let text = run(hvr(&["identify"])).exits(2).stderr;
    assert!(text.contains("--host") && text.contains("HVR_HOST"), "{text}");
    let text = run(hvr(&["identify", "--host", "hv01"])).exits(2).stderr;
    assert!(text.contains("--user") && text.contains("HVR_USER"), "{text}");
}

#[test]
fn a_usage_error_is_json_too_where_json_is_asked_for() {
    let error = run(hvr(&["identify", "-o", "json"])).exits(2).error();
    assert_eq!(error["kind"], "usage");
    let mut command = hvr(&["identify"]);
    command.env("HVR_OUTPUT", "ndjson");
    assert_eq!(run(command).exits(2).error()["kind"], "usage");
}

#[tokio::test(flavor = "multi_thread")]
async fn clear_text_is_sent_only_when_it_is_asked_for_by_name() {
    let host = ClearHost::start(Inventory::sample(), Script::new(), |_, _, answer| answer).await;
    let arguments = ["--auth", "basic", "vm", "list"];
    let text = run(hvr_on(&host.url(), &arguments)).exits(2).stderr;
    assert!(text.contains("Basic authentication over http"), "{text}");
    assert!(host.requests().is_empty());

    let arguments = [&arguments[..], &["--dangerous-clear-text"]].concat();
    run(hvr_on(&host.url(), &arguments)).exits(0);
    assert_eq!(host.requests().len(), 1);
}

#[test]
fn the_readme_shows_what_is_printed() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let text = |name| String::from_utf8(fixture(&format!("cli/{name}"))).unwrap();
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let members =
        |object: &Value| object.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();

    assert!(readme.contains(&text("vm-list.txt")), "the table of virtual machines");
    assert!(readme.contains(&text("explain.txt")), "what a code means");
    for any_class in ["enumerate.txt", "associators.txt", "invoke.txt", "dry-run.xml"] {
        assert!(readme.contains(&text(any_class)), "{any_class}");
    }
    let what_next =
        format!("{}hvr job wait {JOB} follows the job to its end\n", text("invoke.txt"));
    assert!(readme.contains(&what_next), "what goes to stderr stands below it");

    let mut blocks =
        readme.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let (vm, report) = (json(blocks.next().unwrap()), json(blocks.next().unwrap()));
    assert_eq!(members(&vm), members(&json(&text("vm-list.json"))[0]));
    let printed = json(&text("resync.json"));
    assert_eq!(members(&report), members(&printed));
    for inner in ["vm", "job"] {
        assert_eq!(members(&report[inner]), members(&printed[inner]), "{inner}");
    }

    let errors = readme.split("An error is one object on stderr: ").nth(1).unwrap();
    let errors = errors.split(".\n").next().unwrap();
    let named: BTreeSet<_> = errors.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(named, members(&json(&text("error.json"))));
}
