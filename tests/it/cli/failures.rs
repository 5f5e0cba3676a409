//! Exit codes, and what is said of failures.

use std::time::Duration;

use hyperv_replica::{
    sim::{Do, HostBuilder, Inventory, JobEnd, On, Script, Vm},
    soap::FaultCode,
    wsman::{Fault, WSMAN},
    xml::Name,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{JOB, Run, assert_fixture, hvr_on, run, run_on};
use crate::host::{http, read_request, serve, sim, start};

/// A run against a host where the first request of this action goes this way; stdout and stderr are JSON.
async fn json_when(action: &str, act: Do, arguments: &[&str]) -> Run {
    let script = Script::new().once(On::action(action), act);
    let host = start(sim().script(script)).await;
    let mut run = run_on(&host, &[arguments, &["-o", "json", "-q"]].concat());
    run.stderr = run.stderr.replace(&host.url(), "http://hv01:5985/wsman");
    run
}

async fn stderr_of(host: HostBuilder, arguments: &[&str], code: i32) -> String {
    let host = start(host).await;
    run_on(&host, arguments).exits(code).stderr.replace(&host.url(), "http://hv01:5985/wsman")
}

fn fault(code: u32) -> Do {
    let subcode = Name::new(WSMAN, "AccessDenied");
    Do::Fault(Box::new(Fault::make(FaultCode::Sender, subcode, code, "as the test has it")))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_method_is_exit_1_with_its_number_and_what_to_do() {
    let arguments = &["resync", "web01"];
    let run = json_when("Resynchronize", Do::Return(32775), arguments).await.exits(1);
    assert_fixture("error.json", &run.stderr);
    assert_eq!(run.stdout, "");
    let script = Script::new().once(On::action("Resynchronize"), Do::Return(32775));
    let text = stderr_of(sim().script(script), arguments, 1).await;
    assert_fixture("error.txt", &text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_value_that_nobody_knows_keeps_its_number() {
    let run = json_when("Resynchronize", Do::Return(42), &["resync", "web01"]).await.exits(1);
    let error = run.error();
    assert_eq!((&error["kind"], &error["return_value"]), (&json!("return_value"), &json!(42)));
    assert!(error["message"].as_str().unwrap().contains("unknown(42)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_exit_1_with_its_code() {
    let run = json_when("Enumerate", fault(5), &["vm", "list"]).await.exits(1);
    let error = run.error();
    assert_eq!(error["kind"], "fault");
    assert_eq!((&error["operation"], &error["fault_code"]), (&json!("Enumerate"), &json!(5)));
    assert!(error["message"].as_str().unwrap().contains("(0x00000005, ERROR_ACCESS_DENIED)"));
    assert!(error["hint"].as_str().unwrap().contains("Hyper-V Administrators"));

    let no_hyper_v = json_when("Enumerate", fault(0x8004_100E), &["vm", "list"]).await.exits(1);
    assert!(no_hyper_v.error()["hint"].as_str().unwrap().contains("Hyper-V role"));

    // Only a call of a method has a method to misspell.
    let unsupported = json_when("Enumerate", fault(2_150_858_771), &["vm", "list"]).await.exits(1);
    assert_eq!(unsupported.error()["hint"], Value::Null);

    let unknown = json_when("Enumerate", fault(0x8037_0109), &["vm", "list"]).await.exits(1);
    assert_eq!(unknown.error()["hint"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_failed_or_was_cancelled_is_exit_1_with_a_report() {
    let exception = JobEnd::Exception { code: 32768, description: "No replica.".to_owned() };
    for (end, result, state) in [
        (exception, "failed", "Exception"),
        (JobEnd::Terminated, "cancelled", "Terminated"),
        (JobEnd::Killed, "cancelled", "Killed"),
    ] {
        let act = Do::EndJob(end);
        let run = json_when("Resynchronize", act, &["resync", "web01"]).await.exits(1);
        assert_eq!(run.json()["result"], result);
        assert_eq!(run.json()["job"]["state"], state);
        let error = run.error();
        assert_eq!(error["kind"], "job");
        assert_eq!(
            (&error["operation"], &error["host"]),
            (&json!("Invoke"), &json!("http://hv01:5985/wsman"))
        );
        assert_eq!(error["job"]["state"], state);
        assert_eq!(error["outcome_unknown"], false);
        if result == "failed" {
            assert_eq!(error["job"]["error_code"], 32768);
            assert!(error["message"].as_str().unwrap().contains("error 32768: No replica."));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_a_job_that_failed_is_exit_1() {
    let end = JobEnd::Exception { code: 32768, description: "No replica.".to_owned() };
    let script = Script::new().once(On::action("Resynchronize"), Do::EndJob(end));
    let host = start(sim().script(script).job_duration(Duration::from_secs(1))).await;
    let report = run_on(&host, &["resync", "web01", "--no-wait", "-o", "json"]).exits(0).json();
    let id = report["job"]["id"].as_str().unwrap();
    let waited = run_on(&host, &["job", "wait", id, "-o", "json"]).exits(1);
    assert_eq!(waited.json()["state"], "Exception");
    let errors = &waited.error()["job"]["errors"];
    assert_eq!(errors[0]["message"], "No replica.");
    assert_eq!(errors[0]["perceived_severity"], "Major");
    assert_eq!(waited.error()["host"], host.url());
    let shown = run_on(&host, &["job", "show", id]).exits(0);
    assert!(shown.stdout.contains("32768 No replica."), "{}", shown.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_is_refused_with_the_host_of_its_primary() {
    let text = stderr_of(sim(), &["resync", "dc02"], 1).await;
    assert!(text.contains("whose primary is on hv02.example.com"), "{text}");
    assert!(text.contains(", http://hv01:5985/wsman)"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_to_a_method_is_exit_5_and_no_claim() {
    for act in [Do::DropBefore, Do::DropAfter, Do::Clear, Do::Truncate] {
        let run = json_when("Resynchronize", act.clone(), &["resync", "web01"]).await.exits(5);
        let report = run.json();
        assert_eq!(report["result"], "unknown", "{act:?}");
        assert_eq!((&report["return_value"], &report["job"]), (&Value::Null, &Value::Null));
        assert!(report["state_after"].is_string());
        let error = run.error();
        assert_eq!(error["outcome_unknown"], true, "{act:?}");
        assert!(error["hint"].as_str().unwrap().contains("before you try again"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_vanished_is_exit_5() {
    // Nobody can look at the job before it is gone.
    let script = Script::new().nth(2, On::action("Get"), fault(2_150_858_752));
    let host = start(sim().script(script)).await;
    let run = run_on(&host, &["resync", "web01", "-o", "json", "-q"]).exits(5);
    assert_eq!(run.json()["result"], "unknown");
    assert_eq!(run.error()["outcome_unknown"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_takes_too_long_is_exit_5() {
    let host = start(sim().job_duration(Duration::from_secs(3600))).await;
    let arguments = ["resync", "web01", "--wait-timeout", "0s", "-o", "json", "-q"];
    let error = run_on(&host, &arguments).exits(5).error();
    assert_eq!((&error["kind"], &error["host"]), (&json!("timeout"), &json!(host.url())));
    assert!(error["message"].as_str().unwrap().ends_with("it goes on"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_exit_4() {
    let host = start(sim()).await;
    let mut command = hvr_on(&host.url(), &["vm", "list"]);
    command.env("HVR_PASSWORD", "wrong");
    let text = run(command).exits(4).stderr;
    assert!(text.starts_with("error: the host did not let admin in (Enumerate "), "{text}");
    assert!(text.contains("password"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ntlm_in_the_place_of_kerberos_is_named_where_it_is_refused() {
    let host = start(sim()).await;
    for (user, is_told) in [("admin@EXAMPLE.COM", true), (r"EXAMPLE\admin", true), ("admin", false)]
    {
        let mut command = hvr_on(&host.url(), &["vm", "list", "--user", user]);
        command.env("HVR_PASSWORD", "wrong");
        let text = run(command).exits(4).stderr;
        let told = text.contains("by NTLM, which was used as the host is named 127.0.0.1");
        assert_eq!(told, is_told, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kdc_that_does_not_answer_is_not_blamed_on_the_host() {
    let host = start(sim()).await;
    let kerberos = ["--auth", "kerberos", "--user", "admin@EXAMPLE.COM", "--kdc", "127.0.0.1:1"];
    let command = hvr_on(&host.url(), &[&["identify", "-o", "json"], &kerberos[..]].concat());
    let error = run(command).exits(3).error();
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains("--kdc") && !hint.contains("winrm"), "{hint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_management_host_is_exit_3() {
    let web = serve(|mut stream| async move {
        while read_request(&mut stream).await.is_some() {
            let page = http(200, "text/html", "It works!");
            tokio::io::AsyncWriteExt::write_all(&mut stream, page.as_bytes()).await.unwrap();
        }
    })
    .await;
    let host = start(sim()).await;
    for (url, kind) in [
        ("http://127.0.0.1:1/wsman", "connect"),
        (&*format!("http://{web}/wsman"), "protocol"),
        (&*host.url().replace("/wsman", "/elsewhere"), "protocol"),
    ] {
        let error = run(hvr_on(url, &["identify", "-o", "json"])).exits(3).error();
        assert_eq!((&error["kind"], &error["host"]), (&json!(kind), &json!(url)));
        assert_eq!(error["outcome_unknown"], false);
        assert!(error["hint"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_has_is_exit_7() {
    let host = start(sim()).await;
    let error = run_on(&host, &["resync", "web99", "-o", "json"]).exits(7).error();
    assert_eq!(error["kind"], "not_found");
    assert_eq!(error["message"], "there is no virtual machine \"web99\"");
    assert_eq!((&error["host"], &error["operation"]), (&json!(host.url()), &json!("Enumerate")));
    for command in ["show", "wait", "cancel"] {
        let error = run_on(&host, &["job", command, JOB, "-o", "json"]).exits(7).error();
        assert_eq!(error["kind"], "not_found");
    }
    let blind = sim().inventory(Inventory::new("HV01"));
    assert!(stderr_of(blind, &["resync", "web01"], 7).await.contains("sees no virtual machine"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_of_several_is_exit_7_and_lists_them() {
    let vm = |number| Vm::new(Uuid::from_u128(number), "twin");
    let inventory = Inventory::new("HV01").vm(vm(1)).vm(vm(2));
    let text = stderr_of(sim().inventory(inventory), &["resync", "twin"], 7).await;
    for number in [1, 2] {
        assert!(text.contains(&Uuid::from_u128(number).to_string()), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slips_that_would_do_something_else_are_usage_errors() {
    let host = start(sim()).await;
    for slip in [
        &["resync", ""][..],
        &["resync", "web01", "--at", "2020-01-01T00:00:00Z"],
        &["vm", "list", "--timeout", "0s"],
        &["vm", "list", "--user", ""],
    ] {
        run_on(&host, slip).exits(2);
    }
    assert!(host.journal().is_empty());
}
