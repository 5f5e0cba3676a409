//! `hvr invoke`: methods of any class.

use std::{net::TcpListener, process::Command};

use hyperv_replica::{
    sim::{Do, On, Script},
    soap::Envelope,
    wsman::answer_to,
    xml::Limits,
};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::{Run, assert_fixture, hvr, hvr_on, run, run_on};
use crate::host::{http, read_request, serve, sim, start};

const SERVICE: &str = "Msvm_ReplicationService";
const VM: &str = r#"ComputerSystem=Msvm_ComputerSystem.CreationClassName="Msvm_ComputerSystem",Name="56495254-0000-4000-8000-000000000001""#;
/// Where nobody listens: what would connect fails with another exit code than a usage error.
const NOWHERE: &str = "http://127.0.0.1:1/wsman";

const RESYNCHRONIZE: [&str; 5] = ["invoke", SERVICE, "Resynchronize", "-p", VM];

fn stdout_of_dry(arguments: &[&str]) -> String {
    let run = run(hvr(&[&["invoke", "--dry-run"], arguments].concat())).exits(0);
    assert_eq!(run.stderr, "");
    run.stdout
}

/// What would be sent to a method that no schema has.
fn untyped(parameters: &[&str]) -> String {
    let mut arguments = vec!["--namespace", "root/cimv2", "Win32_Any", "Do"];
    arguments.extend(parameters.iter().flat_map(|parameter| ["-p", parameter]));
    stdout_of_dry(&arguments)
}

/// Its parameters, as names and texts.
fn untyped_input(parameters: &[&str]) -> String {
    let envelope = Envelope::parse(untyped(parameters).as_bytes(), Limits::default()).unwrap();
    let children = envelope.body[0].children.iter();
    children.map(|c| format!("{}={}", c.name.local(), c.text)).collect::<Vec<_>>().join("|")
}

fn usage_error(command: Command) -> String {
    let run = run(command).exits(2);
    assert_eq!(run.stdout, "");
    run.stderr
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_gets_parameters_typed_by_the_schema_and_its_job_is_shown() {
    let host = start(sim()).await;
    let parameter = VM.replace("ComputerSystem=", "computersystem=");
    let arguments = ["invoke", "msvm_replicationservice", "resynchronize", "-p", &parameter];
    let run = run_on(&host, &[&arguments[..], &["-p", "StartTime=null"]].concat()).exits(0);
    let (_, id) = run.stdout.split_once("InstanceID=\"").unwrap();
    let id = id.split('"').next().unwrap();
    assert_fixture("invoke.txt", &run.stdout.replace(id, super::JOB));
    assert_eq!(run.stderr, format!("hvr job wait {id} follows the job to its end\n"));
    run_on(&host, &["job", "wait", id]).exits(0);
    let called = &host.journal()[0];
    assert_eq!((&*called.class, &*called.method), (SERVICE, "Resynchronize"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_method_returns_is_json_too() {
    let host = start(sim()).await;
    let run = run_on(&host, &[&RESYNCHRONIZE[..], &["-o", "json"]].concat()).exits(0);
    assert_eq!(run.stderr, "");
    let mut output = run.json();
    let id = output["Job"]["keys"]["InstanceID"].take();
    assert!(Uuid::try_parse(id.as_str().unwrap()).is_ok());
    let job = json!({ "class": "Msvm_ConcreteJob", "keys": { "InstanceID": null } });
    assert_eq!(output, json!({ "ReturnValue": 4096, "Job": job }));
    let xml = run_on(&start(sim()).await, &[&RESYNCHRONIZE[..], &["-o", "xml"]].concat()).exits(0);
    assert!(xml.stdout.contains("<p:ReturnValue>4096</p:ReturnValue></p:Resynchronize_OUTPUT>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_value_that_means_failure_is_printed_and_is_exit_1() {
    for (number, name, code, unknown) in
        [(32775, " (InvalidState)", 1, false), (42, "", 1, false), (32772, " (Timeout)", 5, true)]
    {
        let script = Script::new().once(On::action("Resynchronize"), Do::Return(number));
        let host = start(sim().script(script)).await;
        let run = run_on(&host, &[&RESYNCHRONIZE[..], &["-o", "ndjson"]].concat()).exits(code);
        assert_eq!(run.json(), json!({ "ReturnValue": number, "Job": null }));
        let error = run.error();
        assert_eq!(
            (&error["kind"], &error["return_value"]),
            (&json!("return_value"), &json!(number))
        );
        assert_eq!(error["message"], format!("Resynchronize returned {number}{name}"));
        assert_eq!(
            (&error["method"], &error["outcome_unknown"]),
            (&json!("Resynchronize"), &json!(unknown))
        );
        assert!(error["hint"].is_string());
    }
    let script = Script::new().once(On::action("Resynchronize"), Do::Return(0));
    let host = start(sim().script(script)).await;
    assert_eq!(run_on(&host, &RESYNCHRONIZE).exits(0).stderr, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_an_unknown_outcome() {
    let script = Script::new().once(On::action("Resynchronize"), Do::DropAfter);
    let host = start(sim().script(script)).await;
    let run = run_on(&host, &[&RESYNCHRONIZE[..], &["-o", "json"]].concat()).exits(5);
    assert_eq!((run.error()["outcome_unknown"].clone(), &*run.stdout), (json!(true), ""));
    assert_eq!(host.journal().len(), 1);
}

#[test]
fn what_the_method_does_not_take_is_refused_and_told_before_anything_is_sent() {
    let takes = "Msvm_ReplicationService.Resynchronize takes ComputerSystem (CIM_ComputerSystem REF, required), StartTime (datetime)";
    for (parameters, problem) in [
        (&[][..], "the parameter ComputerSystem must not be NULL"),
        (&["-p", "ComputerSystem=null"], "the parameter ComputerSystem must not be NULL"),
        (&["-p", VM, "-p", "Colour=red"], "there is no parameter Colour"),
        (&["-p", VM, "-p", "Job=null"], "there is no parameter Job"),
        (&["-p", VM, "-p", "StartTime=soon"], "StartTime: \"soon\" is no datetime"),
        (&["-p", VM, "-p", "StartTime:string=x"], "StartTime: it is of another type"),
        (&["-p", VM, "-p", "StartTime:datetime[]=P1DT0H0M0S"], "StartTime: it is of another type"),
        (&["-p", VM, "-p", VM], "ComputerSystem: it is no array"),
        (&["-p", "ComputerSystem=?"], "ComputerSystem: \"?\" is n"),
        (&["-p", "ComputerSystem=web01"], "ComputerSystem: \"web01\" names no instance"),
    ] {
        let arguments = [&["invoke", SERVICE, "Resynchronize"], parameters].concat();
        let text = usage_error(hvr_on(NOWHERE, &arguments));
        assert!(text.contains(problem) && text.contains(takes), "{parameters:?}: {text}");
    }
    let text = usage_error(hvr_on(NOWHERE, &["invoke", "Msvm_ConcreteJob", "Explode"]));
    assert!(
        text.contains("no method Explode of Msvm_ConcreteJob is known here; it has GetError, "),
        "{text}"
    );
    let text = usage_error(hvr_on(NOWHERE, &["invoke", SERVICE, "StopService", "-p", "X=1"]));
    assert!(text.contains("StopService takes nothing"), "{text}");
    for parameter in ["X", "=1", "X:text=1", "X Y=1"] {
        usage_error(hvr_on(NOWHERE, &["invoke", SERVICE, "Resynchronize", "-p", parameter]));
    }
}

#[test]
fn numbers_and_booleans_are_checked_by_their_type_and_not_by_their_meaning() {
    let call = |port: &str, bypass: &str| {
        let parameters = [
            "RecoveryConnectionPoint=hv02".to_owned(),
            format!("RecoveryServerPortNumber={port}"),
            "AuthenticationType=77".to_owned(),
            format!("BypassProxyServer={bypass}"),
        ];
        let mut arguments = vec!["invoke", SERVICE, "TestReplicationConnection", "--dry-run"];
        arguments.extend(parameters.iter().flat_map(|parameter| ["-p", parameter]));
        run(hvr(&arguments))
    };
    let sent = call("65535", "TRUE").exits(0).stdout;
    let order = [
        "<p:RecoveryServerPortNumber>65535<",
        "<p:AuthenticationType>77<",
        "<p:CertificateThumbPrint xsi:nil=\"true\"/>",
        "<p:BypassProxyServer>true<",
    ];
    let places: Vec<_> = order.iter().map(|part| sent.find(part).unwrap()).collect();
    assert!(places.is_sorted(), "{sent}");
    assert!(call("65536", "true").exits(2).stderr.contains("\"65536\" is no uint16"));
    assert!(call("1", "perhaps").exits(2).stderr.contains("\"perhaps\" is no boolean"));
}

#[test]
fn parameters_that_no_schema_types_are_typed_by_the_user() {
    let sent = untyped_input(&["B:uint8=5", "a:string=null", "C:sint64=-1", "R:real64=1.5"]);
    assert_eq!(sent, "B=5|a=null|C=-1|R=1.5");
    assert_eq!(untyped_input(&["A:uint8=1", "B:boolean=1", "a:uint8=2"]), "A=1|A=2|B=true");
    assert_eq!(untyped_input(&["A:string[]=x", "T:string=a=b:c", "C:char16=ü"]), "A=x|T=a=b:c|C=ü");
    assert!(untyped(&["N=null"]).contains("<p:N xsi:nil=\"true\"/>"));
    for elements in [["N=null", "N:uint8=1"], ["N:uint8=1", "N=null"]] {
        let sent = untyped(&elements);
        assert!(sent.contains("<p:N>1<") && sent.contains("<p:N xsi:nil=\"true\"/>"), "{sent}");
    }
    let xml = untyped(&[
        "T:datetime=2026-11-23T09:00:00+01:00",
        "I:datetime=P0DT0H5M0S",
        "D:datetime=00000001000000.000000:000",
        "R:reference=Win32_Service.Name=\"a\\\"b\"",
    ]);
    assert!(xml.contains("Datetime>2026-11-23T0"), "{xml}");
    assert!(xml.contains("Interval>P0DT0H5M0S<") && xml.contains("Interval>P1DT0H0M0S<"), "{xml}");
    assert!(xml.contains("wmi/root/cimv2/Win32_Service<"), "{xml}");
    assert!(xml.contains("Name=\"Name\">a&quot;b</w:Selector>"), "{xml}");

    for (parameters, problem) in [
        (
            &["X=1"][..],
            "the class Win32_Any is not known here: give the parameter X its type, as in X:uint32=5",
        ),
        (&["X:uint8=1", "X:uint16=2"], "all elements of an array have the same type"),
        (
            &["X=null", "X=null"],
            "the class Win32_Any is not known here: give the parameter X its type",
        ),
        (&["X:uint8=1", "X=null", "X=2"], "all elements of an array have the same type"),
        (&["X:uint8=256"], "\"256\" is no uint8"),
        (&["X:char16=ab"], "\"ab\" is no char16"),
    ] {
        let mut arguments = vec!["invoke", "--namespace", "root/cimv2", "Win32_Any", "Do"];
        arguments.extend(parameters.iter().flat_map(|parameter| ["-p", parameter]));
        let text = usage_error(hvr_on(NOWHERE, &arguments));
        assert!(text.contains(problem), "{parameters:?}: {text}");
    }
}

#[test]
fn text_comes_from_a_file_without_its_last_line_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text");
    let parameter = format!("X:string=@{}", path.to_str().unwrap());
    for (text, sent) in [("a\r\nb\r\n", "a\r\nb"), ("a\n\n", "a\n"), ("@x", "@x"), ("null", "null")]
    {
        std::fs::write(&path, text).unwrap();
        assert_eq!(untyped_input(&[&parameter]), format!("X={sent}"));
    }
    assert_eq!(untyped_input(&["X:string=@@x", "Y:string=@@@"]), "X=@x|Y=@@");
    let arguments =
        ["invoke", "--namespace", "root/cimv2", "Win32_Any", "Do", "-p", "X:string=@/nowhere"];
    assert!(usage_error(hvr(&arguments)).contains("/nowhere"));
    std::fs::File::create(&path).unwrap().set_len((4 << 20) + 1).unwrap();
    let arguments = [&arguments[..6], &[&parameter]].concat();
    let text = usage_error(hvr(&arguments));
    assert!(text.contains("is larger than an envelope may be, 4194304 bytes"), "{text}");
}

#[test]
fn a_method_that_the_schema_lacks_of_a_class_is_sent_as_it_is_typed() {
    let class = "Msvm_VirtualSystemManagementService";
    let sent = stdout_of_dry(&[class, "DefineSystem", "-p", "SystemSettings:string=x"]);
    for part in [
        "/Msvm_VirtualSystemManagementService/DefineSystem</a:Action>",
        "<w:Selector Name=\"CreationClassName\">Msvm_VirtualSystemManagementService<",
        "<p:SystemSettings>x<",
    ] {
        assert!(sent.contains(part), "{part}: {sent}");
    }
    for parameters in [&[][..], &["-p", "A=x"], &["-p", "A:string=x", "-p", "B=null"]] {
        let arguments = [&["invoke", class, "DefineSystem"], parameters].concat();
        let text = usage_error(hvr_on(NOWHERE, &arguments));
        assert!(text.contains("it has ") && text.contains("--untyped"), "{text}");
    }
    let sent = stdout_of_dry(&[class, "DefineSystem", "--untyped"]);
    assert!(sent.contains("<p:DefineSystem_INPUT"), "{sent}");
}

#[test]
fn what_the_schema_says_of_a_method_can_be_left_aside() {
    let call = [SERVICE, "Resynchronize", "--untyped", "-p", "Colour:string=red"];
    let sent = stdout_of_dry(&call);
    assert!(sent.contains("<p:Colour>red<") && !sent.contains("<p:StartTime"), "{sent}");
}

#[test]
fn a_dry_run_shows_the_very_value_that_is_sent() {
    let sent = untyped(&["X:string=a\tb\u{85}\u{9b}31m\u{7f}"]);
    assert!(!sent.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')), "{sent:?}");
    let envelope = Envelope::parse(sent.as_bytes(), Limits::default()).unwrap();
    assert_eq!(envelope.body[0].children[0].text, "a\tb\u{85}\u{9b}31m\u{7f}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_failed_has_failed_though_nobody_reads_it() {
    for (number, code) in [(32775, 1), (32772, 5), (0, 0)] {
        let script = Script::new().once(On::action("Resynchronize"), Do::Return(number));
        let host = start(sim().script(script)).await;
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let status = hvr_on(&host.url(), &RESYNCHRONIZE).stdout(writer).status().unwrap();
        assert_eq!(status.code(), Some(code), "{number}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_return_value_is_told_though_it_cannot_be_printed() {
    for (number, code, kind) in [(32775, 1, "return_value"), (4096, 2, "output")] {
        let script = Script::new().once(On::action("Resynchronize"), Do::Return(number));
        let host = start(sim().script(script)).await;
        let arguments = [&RESYNCHRONIZE[..], &["-o", "json"]].concat();
        let error = super::run_into_full(hvr_on(&host.url(), &arguments)).exits(code).error();
        assert_eq!((&error["kind"], &error["return_value"]), (&json!(kind), &json!(number)));
        assert!(error["message"].as_str().unwrap().contains(&format!("returned {number}")));
    }
}

#[test]
fn a_dry_run_opens_no_connection_and_needs_neither_host_nor_password() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/wsman", listener.local_addr().unwrap());
    let dry = [&RESYNCHRONIZE[..], &["--dry-run"]].concat();
    let sent = run(hvr_on(&url, &dry)).exits(0).stdout;
    assert!(sent.contains(&format!("<a:To>{url}</a:To>")), "{sent}");
    let nobody = listener.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);

    let sent = stdout_of_dry(&RESYNCHRONIZE[1..]);
    let sent: Vec<_> = sent
        .split("uuid:")
        .map(|part| {
            part.split_once('<')
                .filter(|(id, _)| Uuid::try_parse(id).is_ok())
                .map_or_else(|| part.to_owned(), |(_, rest)| format!("{}<{rest}", super::JOB))
        })
        .collect();
    assert_fixture("dry-run.xml", &sent.join("uuid:"));
}

/// A call of a method of a class that the simulated host does not have, against one that returns `output`.
async fn call_unknown(output: &'static str, form: &str) -> Run {
    let address = serve(move |mut stream| async move {
        while let Some(body) = read_request(&mut stream).await {
            let request = Envelope::parse(&body, Limits::default()).unwrap();
            let input = &request.body[0];
            assert_eq!(
                (input.name.local(), &*input.children[0].text),
                ("Create_INPUT", "hostname")
            );
            let class = input.name.namespace().unwrap();
            let body = format!("<p:Create_OUTPUT xmlns:p=\"{class}\">{output}</p:Create_OUTPUT>");
            let body = hyperv_replica::xml::Element::parse(body.as_bytes(), Limits::default());
            let header = answer_to(&request, "uuid:1".to_owned());
            let answer = Envelope { header, body: vec![body.unwrap()], ..Envelope::default() };
            let text = String::from_utf8(answer.to_bytes().unwrap()).unwrap();
            let answer = http(200, "application/soap+xml", &text);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    })
    .await;
    let arguments = [
        "--auth",
        "basic",
        "--dangerous-clear-text",
        "-o",
        form,
        "invoke",
        "Win32_Process",
        "Create",
        "--namespace",
        "root/cimv2",
        "-p",
        "CommandLine:string=hostname",
    ];
    run(hvr_on(&format!("http://{address}/wsman"), &arguments))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_of_a_class_that_no_schema_has_can_be_called() {
    let output = "<p:ProcessId>4711</p:ProcessId><p:ReturnValue>0</p:ReturnValue>";
    let run = call_unknown(output, "json").await.exits(0);
    assert_eq!(run.json(), json!({ "ReturnValue": 0, "ProcessId": "4711" }));
    call_unknown("<p:ReturnValue>4096</p:ReturnValue>", "json").await.exits(0);
    let job = "<p:Job xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
               xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><a:Address>x</a:Address>\
               <a:ReferenceParameters>\
               <w:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/CIM_Job</w:ResourceURI>\
               <w:SelectorSet><w:Selector Name=\"InstanceID\">1</w:Selector></w:SelectorSet>\
               </a:ReferenceParameters></p:Job><p:ReturnValue>4096</p:ReturnValue>";
    let run = call_unknown(job, "table").await.exits(0);
    assert!(run.stdout.contains("root/cimv2:CIM_Job.InstanceID=\"1\""), "{}", run.stdout);
    assert_eq!(run.stderr, "", "hvr job looks elsewhere");
    let run = call_unknown("<p:ReturnValue>2</p:ReturnValue>", "table").await.exits(1);
    assert_eq!(run.stdout, "Create returned 2\n");
    assert!(
        run.stderr.starts_with("error: Create returned 2 (Invoke Win32_Process.Create, http"),
        "{}",
        run.stderr
    );
    assert_eq!(run.stderr.lines().count(), 1, "what it means is not known: {}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_out_parameter_that_cannot_be_read_takes_nothing_away_from_the_others() {
    let output = "<p:Good>1</p:Good><p:Bad xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/common\">\
                  <c:Datetime>soon</c:Datetime></p:Bad><p:ReturnValue>0</p:ReturnValue>";
    let run = call_unknown(output, "json").await.exits(0);
    let why = run.json()["__invalid"]["Bad"].as_str().unwrap().to_owned();
    let rest = json!({ "ReturnValue": 0, "Good": "1", "__invalid": { "Bad": why } });
    assert_eq!((run.json(), &*run.stderr), (rest, ""));
    let run = call_unknown(output, "table").await.exits(0);
    assert_eq!(run.stdout, "Create returned 0\n  Good  1\n");
    assert_eq!(run.stderr, format!("warning: Bad of what Create returned is lost: {why}\n"));
}
