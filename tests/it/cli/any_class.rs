//! The commands that read instances of any class.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::{Arc, Mutex, mpsc},
};

use hyperv_replica::{
    client::VIRTUALIZATION,
    sim::{Do, Inventory, On, Script},
    soap::Envelope,
    wsman::{ENUMERATION, ResourceUri},
};
use serde_json::{Value, json};

use super::{Run, assert_fixture, hvr_on, run, run_on};
use crate::host::{ClearHost, sim, start, until};

const VM: &str = "Msvm_ComputerSystem";
const RELATIONSHIP: &str = "Msvm_ReplicationRelationship";
const WEB01: &str = "56495254-0000-4000-8000-000000000001";

fn lines(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A run against a host in clear text, whose answers `alter` changes.
async fn run_altered(
    arguments: &[&str],
    alter: impl Fn(String) -> String + Send + Sync + 'static,
) -> Run {
    let alter = move |_: &str, _, answer| alter(answer);
    let host = ClearHost::start(Inventory::sample(), Script::new(), alter).await;
    run(hvr_on(&host.url(), &[&["--auth", "basic", "--dangerous-clear-text"], arguments].concat()))
}

#[tokio::test(flavor = "multi_thread")]
async fn get_prints_the_properties_in_the_order_of_the_wire() {
    let host = start(sim()).await;
    let name = format!("name={WEB01}");
    let arguments = ["get", VM, "-s", &name, "-s", "CreationClassName=Msvm_ComputerSystem"];
    let run = run_on(&host, &[&arguments[..], &["-o", "json"]].concat()).exits(0);
    let begin = "{\n  \"__class\": \"Msvm_ComputerSystem\",\n  \"Caption\": \"Virtual Machine\",\n  \
                 \"CommunicationStatus\": null,\n";
    assert!(run.stdout.starts_with(begin), "{}", run.stdout);
    let vm = run.json();
    assert_eq!((&vm["Name"], &vm["EnabledState"]), (&json!(WEB01), &json!(2)));
    assert_eq!(
        (&vm["OperationalStatus"], &vm["StatusDescriptions"]),
        (&json!([2]), &json!(["OK"]))
    );
    assert!(vm["OnTimeInMilliseconds"].is_u64(), "{vm}");
    assert_eq!(vm["LastApplicationConsistentReplicationTime"], "1601-01-01T00:00:00Z");
    assert_eq!(vm.get("__invalid"), None);

    let text = run_on(&host, &arguments).exits(0).stdout;
    let (class, properties) = text.split_once('\n').unwrap();
    assert_eq!(class, VM);
    let name = properties.lines().find(|line| line.starts_with("  ElementName  ")).unwrap();
    assert!(name.ends_with("  web01"), "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_needs_no_selector_and_classes_no_exact_case() {
    let host = start(sim()).await;
    for arguments in [
        &["get", "msvm_replicationSERVICE", "--namespace", r"\root\virtualization\v2"][..],
        &[
            "get",
            "--resource-uri",
            ResourceUri::wmi(VIRTUALIZATION, "Msvm_ReplicationService").as_str(),
        ],
    ] {
        let service = run_on(&host, &[arguments, &["-o", "json"]].concat()).exits(0).json();
        assert_eq!(service["Name"], "replicasvc");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_host_does_not_have_is_a_fault() {
    let host = start(sim()).await;
    for (arguments, code) in [
        (&["get", "Msvm_Toaster", "-s", "Name=x"][..], 2_150_858_752_u32),
        (&["get", VM], 2_150_858_842),
        (&["get", VM, "-s", "Colour=red"], 2_150_858_843),
        (&["enumerate", "Win32_Service", "--namespace", "root/cimv2"], 2_150_858_752),
        (&["enumerate", "--wql", "SELECT"], 2_150_858_778),
    ] {
        let run = run_on(&host, &[arguments, &["-o", "json"]].concat()).exits(1);
        let error = run.error();
        assert_eq!(error["kind"], "fault", "{arguments:?}");
        assert_eq!(error["fault_code"], code, "{arguments:?}: {error}");
        assert_eq!(run.stdout, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_exact_and_lost_values_visible() {
    let alter = |answer: String| {
        let [head, tail] = ["<p:OnTimeInMilliseconds>", "</p:OnTimeInMilliseconds>"];
        let (before, rest) = answer.split_once(head).unwrap();
        let (_, after) = rest.split_once(tail).unwrap();
        format!("{before}{head}18446744073709551615{tail}{after}")
            .replace("<p:ReplicationState>9<", "<p:ReplicationState>many<")
    };
    let name = format!("Name={WEB01}");
    let get = ["get", VM, "-s", &name];
    let run = run_altered(&[&get[..], &["-o", "json"]].concat(), alter).await.exits(0);
    assert_eq!(run.stderr, "");
    let vm = run.json();
    assert_eq!(vm["OnTimeInMilliseconds"], u64::MAX);
    assert!(run.stdout.contains(": 18446744073709551615,"), "{}", run.stdout);
    assert_eq!(vm.get("ReplicationState"), None);
    assert_eq!(vm["__invalid"], json!({ "ReplicationState": "\"many\" is no uint16" }));
    let run = run_altered(&get, alter).await.exits(0);
    let warning = "warning: ReplicationState of an instance of Msvm_ComputerSystem is lost: \"many\" is no uint16\n";
    assert_eq!(run.stderr, warning);
}

#[tokio::test(flavor = "multi_thread")]
async fn enumerate_shows_wide_instances_in_blocks_and_named_properties_in_a_table() {
    let host = start(sim()).await;
    let properties = ["InstanceID,ReplicationState,ReplicationHealth", "replicationhealth,Nothing"];
    let [table, missing] =
        properties.map(|names| ["enumerate", RELATIONSHIP, "--properties", names]);
    assert_fixture("enumerate.txt", &run_on(&host, &table).exits(0).stdout);
    let rows = run_on(&host, &[&missing[..], &["-o", "json"]].concat()).exits(0).json();
    let first = json!({ "__class": RELATIONSHIP, "ReplicationHealth": 3, "Nothing": null });
    assert_eq!(rows[0], first);
    let twice =
        ["enumerate", RELATIONSHIP, "--properties", "InstanceID,Nothing,instanceid,NOTHING"];
    let text = run_on(&host, &[&twice[..], &["-o", "json"]].concat()).exits(0).stdout;
    for name in ["\"instanceid\"", "\"nothing\""] {
        assert_eq!(text.to_lowercase().matches(name).count(), 5, "once for each: {text}");
    }

    let blocks = run_on(&host, &["enumerate", RELATIONSHIP]).exits(0).stdout;
    let heads: Vec<_> = blocks.split("\n\n").map(|block| block.lines().next().unwrap()).collect();
    assert_eq!(heads, [RELATIONSHIP; 5]);
    assert_eq!(run_on(&host, &["enumerate", "Msvm_ConcreteJob"]).exits(0).stdout, "");
    assert_eq!(
        run_on(&host, &["enumerate", "Msvm_ConcreteJob", "-o", "json"]).exits(0).stdout,
        "[]\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn enumerate_gives_references_that_can_be_typed_again() {
    let host = start(sim()).await;
    let epr = ["enumerate", VM, "--epr"];
    let text = run_on(&host, &epr).exits(0).stdout;
    let path = format!(r#"root/virtualization/v2:{VM}.CreationClassName="{VM}",Name="{WEB01}""#);
    assert_eq!(text.lines().nth(1), Some(&*path));
    let rows = run_on(&host, &[&epr[..], &["-o", "json", "--page-size", "2"]].concat()).exits(0);
    let expected = json!({ "class": VM, "keys": { "CreationClassName": VM, "Name": WEB01 } });
    assert_eq!(rows.json()[1], expected);
    let parameter = format!("ComputerSystem={path}");
    run_on(&host, &["invoke", "Msvm_ReplicationService", "Resynchronize", "-p", &parameter])
        .exits(0);
    assert_eq!(host.journal().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn enumerate_gives_references_beside_instances() {
    let host = start(sim()).await;
    let both = ["enumerate", RELATIONSHIP, "--with-epr", "--limit", "1", "--properties"];
    let both = [&both[..], &["ReplicationState"]].concat();
    let id = format!(r"Microsoft:{WEB01}\HVR\0");
    let rows = run_on(&host, &[&both[..], &["-o", "json"]].concat()).exits(0).json();
    let reference = json!({ "class": RELATIONSHIP, "keys": { "InstanceID": id } });
    let row = json!({ "__class": RELATIONSHIP, "__reference": reference, "ReplicationState": 9 });
    assert_eq!(rows, json!([row]));
    let text = run_on(&host, &both).exits(0).stdout;
    let path = format!("root/virtualization/v2:{RELATIONSHIP}.InstanceID={id:?}");
    assert_eq!(text, format!("{path}\n  ReplicationState  9\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn enumerate_takes_a_query() {
    let host = start(sim()).await;
    let query = |what: &str| {
        let query = format!("SELECT {what} FROM {VM} WHERE ElementName = 'WEB01'");
        run_on(&host, &["enumerate", "--wql", &query, "-o", "ndjson"]).exits(0)
    };
    let rows = lines(&query("*"));
    assert_eq!(rows.iter().map(|row| &row["Name"]).collect::<Vec<_>>(), [WEB01]);
    let projected = json!({ "__class": VM, "EnabledState": 2, "Name": WEB01 });
    assert_eq!(lines(&query("Name, EnabledState")), [projected]);
}

#[tokio::test(flavor = "multi_thread")]
async fn associators_and_references_go_along_the_associations_of_an_instance() {
    let host = start(sim()).await;
    let run = |command: &str, options: &[&str]| {
        let name = format!("Name={WEB01}");
        let start = [command, VM, "-s", "CreationClassName=Msvm_ComputerSystem", "-s", &name];
        run_on(&host, &[&start[..], options].concat()).exits(0)
    };
    let relationship =
        ["--result-class", RELATIONSHIP, "--properties", "InstanceID,ReplicationState"];
    assert_fixture("associators.txt", &run("associators", &relationship).stdout);
    let classes = |command: &str, options: &[&str]| -> Vec<String> {
        let rows = lines(&run(command, &[options, &["-o", "ndjson"]].concat()));
        rows.iter().map(|row| row["__class"].as_str().unwrap().to_owned()).collect()
    };
    let settings = "Msvm_VirtualSystemSettingData";
    assert_eq!(classes("associators", &[]), [RELATIONSHIP, settings]);
    let state = "Msvm_SettingsDefineState";
    assert_eq!(classes("associators", &["--assoc-class", state]), [settings]);
    assert_eq!(classes("associators", &["--role", "ManagedElement"]), [settings]);
    assert_eq!(classes("associators", &["--result-role", "Dependent"]), [RELATIONSHIP]);
    assert_eq!(classes("references", &["--result-class", state]), [state]);
    assert_eq!(classes("references", &["--assoc-class", state]), [state]);
    assert_eq!(classes("references", &["--role", "Dependent"]), [""; 0]);

    let row = lines(&run("references", &["--role", "Antecedent", "-o", "ndjson"])).remove(0);
    let keys = json!({ "CreationClassName": VM, "Name": WEB01 });
    assert_eq!(row["Antecedent"], json!({ "class": VM, "keys": keys }));
    let epr = run("references", &["--epr", "--limit", "1"]).stdout;
    let begin = r#"root/virtualization/v2:Msvm_SystemReplicationRelationship.Antecedent="root/"#;
    assert!(epr.starts_with(begin), "{epr}");
    let parameter = epr.trim_end().split_once("Antecedent=").unwrap().1;
    let antecedent = format!("Antecedent={}", parameter.split(",Dependent").next().unwrap());
    assert!(antecedent.contains(r#"Name=\""#), "a key in a key: {antecedent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn enumerate_reads_no_more_than_its_limit_and_releases_the_rest() {
    for (form, size) in [("json", "2"), ("table", "2"), ("ndjson", "1000")] {
        // The second page is the last one that is needed.
        let script = Script::new().nth(2, On::action("Pull"), Do::Hang);
        let host = start(sim().script(script).inventory(Inventory::with_vms(20))).await;
        let arguments = ["enumerate", VM, "--page-size", size, "--limit", "3", "-o", form];
        let run = run_on(&host, &[&arguments[..], &["--properties", "Name"]].concat()).exits(0);
        assert_eq!(run.stdout.matches("56495254-").count(), 2, "and the host: {}", run.stdout);
        assert_eq!(host.open_enumerations(), 0, "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_prints_an_instance_before_the_last_page_is_asked_for() {
    let script = Script::new().nth(2, On::action("Pull"), Do::Hang);
    let host = start(sim().script(script)).await;
    let arguments = ["enumerate", VM, "--page-size", "1", "-o", "ndjson"];
    let mut child = hvr_on(&host.url(), &arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut printed = BufReader::new(child.stdout.take().unwrap()).lines();
    for name in ["HV01", WEB01] {
        let row: Value = serde_json::from_str(&printed.next().unwrap().unwrap()).unwrap();
        assert_eq!(row["Name"], name);
    }
    child.kill().unwrap();
    assert!(printed.next().is_none(), "the host answers no more");
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_leaves_ends_the_enumeration_on_the_host() {
    let host = start(sim().inventory(Inventory::with_vms(50))).await;
    for form in ["ndjson", "xml"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let arguments = ["enumerate", VM, "--page-size", "1", "-o", form];
        let status = hvr_on(&host.url(), &arguments).stdout(writer).status().unwrap();
        assert_eq!(status.code(), Some(0), "{form}");
        assert_eq!(host.open_enumerations(), 0, "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn xml_prints_the_answers_byte_for_byte() {
    let answers = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&answers);
    let keep = move |answer: String| {
        kept.lock().unwrap().push(format!("{answer}\n"));
        answer
    };
    let arguments = ["enumerate", VM, "--page-size", "2", "--limit", "3", "-o", "xml"];
    let run = run_altered(&arguments, keep).await.exits(0);
    let answers = answers.lock().unwrap();
    assert_eq!(answers.len(), 3, "two pages and the answer to Release");
    assert_eq!(run.stdout, answers[..2].concat());
    assert_eq!(run.stdout.matches("</p:Msvm_ComputerSystem>").count(), 3, "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn xml_that_cannot_be_written_is_an_error_without_items_too() {
    let host = start(sim()).await;
    for class in ["Msvm_ConcreteJob", VM] {
        let arguments = ["enumerate", class, "-o", "xml"];
        let run = super::run_into_full(hvr_on(&host.url(), &arguments)).exits(2);
        assert!(run.stderr.starts_with("error: the output cannot be written"), "{}", run.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_cannot_be_read_takes_nothing_away_from_the_others() {
    // Two of the references, each with a begin and an end.
    let alter = |answer: String| answer.replacen("a:ReferenceParameters>", "a:Nothing>", 4);
    for form in ["json", "ndjson", "table"] {
        let arguments = ["enumerate", VM, "--epr", "-o", form];
        let run = run_altered(&arguments, alter).await.exits(3);
        assert_eq!(run.stdout.matches("56495254-").count(), 5, "{form}: {}", run.stdout);
        if form == "table" {
            assert_eq!(run.stderr.matches("an item is lost").count(), 1, "{}", run.stderr);
        } else {
            assert_eq!(run.error()["kind"], "protocol");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_a_page_that_cannot_be_had_is_printed() {
    let script = Script::new().nth(2, On::action("Pull"), Do::DropBefore);
    let host = start(sim().script(script)).await;
    let arguments = ["enumerate", VM, "--page-size", "2", "--epr", "-o", "json"];
    let run = run_on(&host, &arguments).exits(3);
    assert_eq!(run.json().as_array().unwrap().len(), 4);
    assert_eq!(run.error()["kind"], "connect");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_interruption_has_the_host_forget_the_enumeration() {
    for form in ["ndjson", "xml"] {
        let (over, hang) = mpsc::channel::<()>();
        let hang = Mutex::new(hang);
        let alter = move |action: &str, earlier, answer| {
            if (action, earlier) == ("Pull", 1) {
                // Until the test is over.
                hang.lock().unwrap().recv().unwrap_err();
            }
            answer
        };
        let host = ClearHost::start(Inventory::sample(), Script::new(), alter).await;
        let clear = ["--auth", "basic", "--dangerous-clear-text"];
        let arguments = ["enumerate", VM, "--page-size", "1", "-o", form];
        let mut command = hvr_on(&host.url(), &[&clear[..], &arguments].concat());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap()).lines();
        printed.by_ref().take(2).for_each(|line| assert!(line.is_ok()));
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let is_release = |request: &Envelope| request.body[0].is(ENUMERATION, "Release");
        until(|| host.requests().iter().any(is_release)).await;
        assert_eq!(printed.count(), 0, "nothing of the answer to Release");
        drop(over);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn xml_does_not_take_the_place_of_a_recording() {
    let host = start(sim()).await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("recording");
    let arguments = ["get", "Msvm_ReplicationService", "-o", "xml", "--record"];
    let run = run_on(&host, &[&arguments[..], &[folder.to_str().unwrap()]].concat()).exits(0);
    assert!(run.stdout.starts_with("<s:Envelope "), "{}", run.stdout);
    assert!(run.stderr.starts_with("recorded 1 exchange in "), "{}", run.stderr);
    assert!(std::fs::read_dir(&folder).unwrap().count() >= 2);

    let mut replay = hvr_on(&host.url(), &["replay", folder.to_str().unwrap()])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let line = BufReader::new(replay.stderr.take().unwrap()).lines().next().unwrap().unwrap();
    replay.kill().unwrap();
    replay.wait().unwrap();
    assert!(line.starts_with("1 recorded exchange is served on http://"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn xml_prints_no_fault_and_is_for_these_commands_alone() {
    let host = start(sim()).await;
    let run = run_on(&host, &["get", VM, "-s", "Name=nobody", "-o", "xml"]).exits(1);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.starts_with("error: the host refused the request"), "{}", run.stderr);
    for arguments in [&["vm", "list"][..], &["identify"], &["resync", "web01"], &["demo"]] {
        let run = run_on(&host, &[arguments, &["-o", "xml"]].concat()).exits(2);
        assert!(run.stderr.contains("-o xml is for get,"), "{}", run.stderr);
    }
    assert!(host.journal().is_empty());
}
