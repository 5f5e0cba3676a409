//! `hvr explain`: without a host, in every family, and in every form of output.

use serde_json::{Value, json};

use super::{Run, assert_fixture, hvr, run};

fn explain(arguments: &[&str]) -> Run {
    run(hvr(&[&["explain"], arguments].concat()))
}

/// The members `code`, `family` and `name` of what is said of a code.
fn found(code: &str) -> Vec<(u64, String, String)> {
    let json = explain(&[code, "-o", "json"]).exits(0).json();
    let text = |object: &Value, name: &str| object[name].as_str().unwrap().to_owned();
    let objects = json.as_array().unwrap().iter();
    objects.map(|o| (o["code"].as_u64().unwrap(), text(o, "family"), text(o, "name"))).collect()
}

#[test]
fn explain_says_what_a_code_is_and_what_to_do() {
    let table = explain(&["2150858843"]).exits(0);
    assert_fixture("explain.txt", &table.stdout);
    assert_eq!(table.stderr, "");
    for same in ["0x8033805b", "-2144108453", "unexpected_selectors", "(0x8033805B),"] {
        assert_eq!(explain(&[same]).exits(0).stdout, table.stdout, "{same}");
    }
    assert_fixture("explain.json", &explain(&["2150858843", "-o", "json"]).exits(0).stdout);
}

#[test]
fn explain_prints_every_family_that_has_the_code() {
    let of = |code: u64, family: &str, name: &str| (code, family.to_owned(), name.to_owned());
    const METHOD: &str = "return value of a method";
    assert_eq!(found("5"), [of(5, "Win32", "ERROR_ACCESS_DENIED")]);
    assert_eq!(found("0"), [of(0, "Win32", "ERROR_SUCCESS"), of(0, METHOD, "Ok")]);
    assert_eq!(found("4096"), [of(4096, METHOD, "JobStarted")]);
    assert_eq!(found("32768"), [of(32768, METHOD, "Failed")]);
    assert_eq!(found("32779"), [of(32779, METHOD, "FileNotFound")]);
    assert_eq!(found("32780"), [of(32780, METHOD, "SystemNotReady")]);
    assert_eq!(found("shutdowninprogress"), [of(32782, METHOD, "ShutdownInProgress")]);
    assert_eq!(found("(invalidstate)"), [of(32775, METHOD, "InvalidState")]);
    let wrapped = [of(0x8007_0005, "HRESULT of Win32", "ERROR_ACCESS_DENIED")];
    assert_eq!(found("0x80070005"), wrapped);
    let denied = [
        of(0x0004_0009, "WBEM", "WBEM_S_ACCESS_DENIED"),
        of(0x8004_1003, "WBEM", "WBEM_E_ACCESS_DENIED"),
        of(5, "Win32", "ERROR_ACCESS_DENIED"),
    ];
    assert_eq!(found("access_denied"), denied);

    let text = explain(&["0"]).exits(0).stdout;
    let paragraphs: Vec<_> = text.split("\n\n").collect();
    assert!(paragraphs[0].starts_with("ERROR_SUCCESS\n") && paragraphs[1].starts_with("Ok\n"));
    let lines = explain(&["0", "-o", "ndjson"]).exits(0).stdout;
    assert_eq!(lines.lines().count(), 2);
}

#[test]
fn a_code_without_a_meaning_here_has_its_name_and_null() {
    let json = explain(&["ERROR_WSMAN_BATCH_COMPLETE", "-o", "json"]).exits(0).json();
    assert_eq!(json[0]["hex"], "0x80338004");
    assert_eq!((&json[0]["meaning"], &json[0]["next_step"]), (&Value::Null, &Value::Null));
    let text = explain(&["ERROR_WSMAN_BATCH_COMPLETE"]).exits(0).stdout;
    assert!(!text.contains("meaning") && !text.contains("what to do"), "{text}");
}

#[test]
fn a_code_that_nobody_knows_is_exit_7_and_says_where_it_was_looked_for() {
    for code in ["0x80370109", "32783", "nonsense", "", "\u{9b}31m"] {
        let run = explain(&[code]).exits(7);
        assert_eq!(run.stdout, "");
        for family in
            ["WS-Management", "WBEM", "Win32", "HRESULT", "return values of methods", "classes"]
        {
            assert!(run.stderr.contains(family), "{}", run.stderr);
        }
        assert!(!run.stderr.contains('\u{9b}'));
    }
    let error = explain(&["nonsense", "-o", "json"]).exits(7).error();
    assert_eq!((&error["kind"], &error["host"]), (&json!("not_found"), &Value::Null));
    assert!(error["hint"].as_str().unwrap().contains("0x8033805B"));
}

#[test]
fn explain_tells_what_a_class_has() {
    let class = explain(&["msvm_replicationservice", "-o", "json"]).exits(0).json();
    let [class] = class.as_array().unwrap().as_slice() else { panic!("{class}") };
    assert_eq!(
        (&class["class"], &class["superclass"]),
        (&json!("Msvm_ReplicationService"), &json!("CIM_Service"))
    );
    assert_eq!(
        class["keys"],
        json!(["CreationClassName", "Name", "SystemCreationClassName", "SystemName"])
    );
    let named = |list: &Value, name: &str| {
        let mut members = list.as_array().unwrap().iter();
        members.find(|member| member["name"] == name).unwrap_or_else(|| panic!("{name}")).clone()
    };
    let inherited = named(&class["properties"], "EnabledState");
    assert_eq!((&inherited["type"], &inherited["array"]), (&json!("uint16"), &json!(false)));
    let enabled = json!({"value": "2", "name": "Enabled", "meaning": "Running"});
    assert!(inherited["values"].as_array().unwrap().contains(&enabled));

    let method = named(&class["methods"], "GetReplicationStatisticsEx");
    assert_eq!((&method["type"], &method["since_build"]), (&json!("uint32"), &json!("9600")));
    let parameters = method["parameters"].as_array().unwrap().iter();
    let parameters: Vec<_> = parameters
        .map(|p| {
            json!([p["direction"], p["type"], p["name"], p["array"], p["embedded"], p["required"]])
        })
        .collect();
    assert_eq!(
        parameters,
        [
            json!(["in", "CIM_ComputerSystem REF", "ComputerSystem", false, null, true]),
            json!([
                "in",
                "string",
                "ReplicationRelationship",
                false,
                "Msvm_ReplicationRelationship",
                true
            ]),
            json!([
                "out",
                "string",
                "ReplicationStatistics",
                true,
                "Msvm_ReplicationStatistics",
                false
            ]),
            json!(["out", "string", "ReplicationHealthIssues", true, "Msvm_Error", false]),
            json!(["out", "CIM_ConcreteJob REF", "Job", false, null, false]),
        ]
    );
    let old = named(&class["methods"], "GetReplicationStatistics");
    assert_eq!((&old["deprecated"], &method["deprecated"]), (&json!(true), &json!(false)));

    let job = explain(&["CIM_Job", "-o", "json"]).exits(0).json();
    assert_eq!(
        (&job[0]["abstract"], &job[0]["subclasses"]),
        (&json!(true), &json!(["CIM_ConcreteJob"]))
    );
    assert_eq!(named(&job[0]["properties"], "ElapsedTime")["unit"], "interval");
}

#[test]
fn explain_tells_people_what_the_values_of_a_class_mean() {
    let text = explain(&["Msvm_ReplicationRelationship"]).exits(0).stdout;
    assert!(
        text.starts_with("Msvm_ReplicationRelationship\n  meaning     State of one "),
        "{text}"
    );
    for line in [
        "  superclass  CIM_ManagedSystemElement",
        "  key         InstanceID",
        "  uint16 ReplicationState: How far replication is",
        "      9 WaitingToStartResynchronization: It has to be resynchronized",
        "  datetime LastReplicationTime: When the last replica was received",
    ] {
        assert!(text.lines().any(|written| written == line), "{line}\n{text}");
    }
    let text = explain(&["Msvm_ReplicationService"]).exits(0).stdout;
    let lines = "\n      in datetime StartTime: When to start; null is now\n      out CIM_ConcreteJob REF Job: ";
    assert!(text.contains(lines), "{text}");
}
