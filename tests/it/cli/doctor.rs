//! `hvr doctor`: what it prints, and how it ends.

use std::time::Duration;

use hyperv_replica::{
    sim::{Do, Host, Inventory, On, Script},
    soap::FaultCode,
    wsman::{Fault, WSMAN},
    xml::Name,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::TcpStream,
};

use super::{Run, assert_fixture, hvr, hvr_on, run, run_on};
use crate::{
    fixture,
    host::{read_request, serve, sim, start},
};

/// The finding of a name.
#[track_caller]
fn finding(run: &Run, name: &str) -> Value {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {report:#}")).clone()
}

/// Demands the severity of a finding, and that it says all of this.
#[track_caller]
fn says(run: &Run, name: &str, severity: &str, parts: &[&str]) {
    let finding = finding(run, name);
    assert_eq!(finding["severity"], severity, "{finding:#}");
    let text = format!("{} {}", finding["evidence"], finding["advice"]);
    for part in parts {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}

fn doctor(url: &str) -> Run {
    run(hvr_on(url, &["doctor", "-o", "json"]))
}

/// A server that answers every request so, whatever it is.
async fn always(head: &'static str) -> String {
    let address = serve(move |mut stream| async move {
        while read_request(&mut stream).await.is_some() {
            stream.write_all(head.as_bytes()).await.unwrap();
        }
    })
    .await;
    format!("http://{address}/wsman")
}

fn without_port(text: &str, host: &Host) -> String {
    let url: url::Url = host.url().parse().unwrap();
    text.replace(&format!("127.0.0.1:{}", url.port().unwrap()), "127.0.0.1:5985")
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well_on_the_simulated_host() {
    let host = start(sim()).await;
    let table = run_on(&host, &["doctor"]).exits(0);
    assert_fixture("doctor.txt", &without_port(&table.stdout, &host));
    assert_eq!(table.stderr, "");
    let json = run_on(&host, &["doctor", "-o", "json"]).exits(0);
    assert_fixture("doctor.json", &without_port(&json.stdout, &host));
    let all = json.json();
    let all = all["findings"].as_array().unwrap();
    assert!(all.iter().all(|finding| finding["severity"] == "ok"), "{all:#?}");
    let line = run_on(&host, &["doctor", "-o", "ndjson"]).exits(0);
    assert_eq!((line.stdout.lines().count(), line.json()), (1, json.json()));
    assert!(host.journal().is_empty(), "it changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_argument_counts_more_than_the_option() {
    let host = start(sim()).await;
    let run = run(hvr_on("http://127.0.0.1:1", &["doctor", &host.url(), "-o", "json"])).exits(0);
    assert_eq!(run.json()["host"], host.url());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_option_may_stand_behind_it() {
    let host = start(sim()).await;
    let url = host.url();
    run(hvr_on("http://127.0.0.1:1", &["doctor", "--host", &url, "-q"])).exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_user_it_looks_at_what_can_be_seen_without() {
    let host = start(sim()).await;
    // Tickets that cannot be read are no reason to do nothing.
    let mut command = hvr(&["doctor", &host.url(), "-o", "json"]);
    command.env("KRB5CCNAME", "KCM:0");
    let run = run(command).exits(0);
    says(&run, "credentials", "note", &["--user"]);
    says(&run, "winrm", "ok", &["OS: 0.0.0"]);
    let report = run.json();
    let last = report["findings"].as_array().unwrap().last().unwrap();
    assert_eq!(last["name"], "winrm", "nothing that needs a user is tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_user_it_wants_a_password_as_all_commands_do() {
    let run = run(hvr(&["doctor", "127.0.0.1:1", "--user", "admin"])).exits(2);
    assert!(run.stderr.contains("no password"), "{}", run.stderr);
}

#[test]
fn a_name_that_nobody_knows_is_exit_3() {
    let run = doctor("nobody.invalid").exits(3);
    says(&run, "address", "error", &["nobody.invalid has no address", "DNS"]);
    says(&run, "not_examined", "note", &["port, mechanisms, credentials", "replica_server"]);
    assert_eq!(finding(&run, "address")["kind"], "connect");
    let error = run.error();
    assert_eq!((&error["kind"], &error["operation"]), (&json!("connect"), &json!("Examine")));
    assert!(error["message"].as_str().unwrap().ends_with("an error: address"), "{error}");
}

#[test]
fn a_closed_port_is_exit_3() {
    let run = doctor("127.0.0.1:1").exits(3);
    says(&run, "port", "error", &["127.0.0.1:1 refuses connections", "winrm quickconfig"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_winrm_host_is_exit_3() {
    let page = "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n";
    let run = doctor(&always(page).await).exits(3);
    says(&run, "mechanisms", "error", &["HTTP 200 (nginx)", "Something else than WinRM"]);
    let gone = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    says(&doctor(&always(gone).await).exits(3), "mechanisms", "error", &["404", "prefix"]);
    let stopped = "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n";
    says(&doctor(&always(stopped).await).exits(3), "mechanisms", "error", &["Start-Service WinRM"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_exit_4_and_tried_once() {
    let host = start(sim()).await;
    let mut command = hvr_on(&host.url(), &["doctor", "-o", "json", "-vv"]);
    command.env("HVR_PASSWORD", "wrong");
    let run = run(command).exits(4);
    says(&run, "winrm", "error", &["did not let admin in", "HTTP 401", "password is wrong"]);
    says(
        &run,
        "not_examined",
        "note",
        &["settings, namespace, replication_service, replica_server"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_offers_kerberos_alone_is_exit_4_to_ntlm() {
    let head = "HTTP/1.1 401 X\r\nWWW-Authenticate: Kerberos\r\nContent-Length: 0\r\n\r\n";
    let url = always(head).await;
    let ntlm = run(hvr_on(&url, &["doctor", "--auth", "ntlm", "-o", "json"])).exits(4);
    says(&ntlm, "mechanisms", "error", &["Kerberos; we need another for NTLM", "--auth kerberos"]);
    let anyone = run(hvr(&["doctor", &url, "-o", "json"])).exits(0);
    says(&anyone, "mechanisms", "note", &["NTLM is off"]);
    says(&anyone, "winrm", "note", &["without credentials"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_offers_basic_alone_says_what_would_do() {
    let head = "HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm=\"WSMAN\"\r\n\
                Content-Length: 0\r\n\r\n";
    let run = doctor(&always(head).await).exits(4);
    says(&run, "mechanisms", "error", &["Basic; we need another", "--auth basic", "Negotiate="]);
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_differ_are_told() {
    for (date, severity, part) in [
        ("Date: Tue, 24 Nov 2020 10:00:00 GMT\r\n", "warning", "s behind ours"),
        ("Date: Tue, 24 Nov 2126 10:00:00 GMT\r\n", "warning", "s ahead of ours"),
        ("Date: yesterday\r\n", "note", "does not say what time"),
        ("", "note", "does not say what time"),
    ] {
        let head = format!(
            "HTTP/1.1 401 X\r\n{date}WWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n"
        );
        let run = run(hvr(&["doctor", &always(head.leak()).await, "-o", "json"])).exits(0);
        says(&run, "clock", severity, &[part]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_differ_keep_kerberos_out() {
    let head = "HTTP/1.1 401 X\r\nDate: Tue, 24 Nov 2020 10:00:00 GMT\r\n\
                WWW-Authenticate: Kerberos\r\nContent-Length: 0\r\n\r\n";
    let url = always(head).await;
    let user = ["--auth", "kerberos", "--user", "admin@EXAMPLE.COM", "--kdc", "127.0.0.1:1"];
    let run = run(hvr_on(&url, &[&["doctor", "-o", "json"], &user[..]].concat())).exits(3);
    says(&run, "credentials", "error", &["no KDC of the realm EXAMPLE.COM", "port 88"]);
    says(&run, "clock", "error", &["behind ours", "5 minutes"]);
    says(&run, "not_examined", "note", &["winrm"]);
}

/// A SOCKS5 proxy that connects everybody with one host, whatever name is asked for.
async fn socks(host: &Host) -> String {
    let target: url::Url = host.url().parse().unwrap();
    let target = target.socket_addrs(|| None).unwrap()[0];
    let address = serve(move |mut near| async move {
        let mut greeting = [0; 3];
        near.read_exact(&mut greeting).await.unwrap();
        near.write_all(&[5, 0]).await.unwrap();
        let mut head = [0; 5];
        near.read_exact(&mut head).await.unwrap();
        let mut rest = vec![0; usize::from(head[4]) + 2];
        near.read_exact(&mut rest).await.unwrap();
        near.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        let mut far = TcpStream::connect(target).await.unwrap();
        drop(copy_bidirectional(&mut near, &mut far).await);
    })
    .await;
    format!("socks5h://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn through_a_proxy_kerberos_that_was_tried_and_failed_is_a_warning() {
    let host = start(sim()).await;
    let proxy = socks(&host).await;
    let kerberos = ["--realm", "EXAMPLE.COM", "--kdc", "127.0.0.1:1", "--proxy", &proxy];
    let arguments = [&["doctor", "http://hv01.example.com", "-o", "json"], &kerberos[..]].concat();
    let run = run_on(&host, &arguments).exits(0);
    says(&run, "proxy", "note", &[&proxy, "not examined"]);
    says(&run, "credentials", "warning", &["NTLM, without Kerberos", "can be reached"]);
    says(&run, "winrm", "ok", &["10.0.20348"]);
    assert_eq!(run.json()["findings"].as_array().unwrap()[1]["name"], "scheme");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_loses_its_context_points_at_what_is_between() {
    for act in [Do::BadRequest, Do::Unauthorized] {
        let host = start(sim().script(Script::new().always(On::any(), act))).await;
        let run = doctor(&host.url()).exits(3);
        says(&run, "winrm", "error", &["load balancer"]);
    }
    let host = start(sim().script(Script::new().always(On::any(), Do::Status(500)))).await;
    says(&doctor(&host.url()).exits(3), "winrm", "error", &["HTTP 500", "event log"]);
}

fn fault(code: u32) -> Do {
    let subcode = Name::new(WSMAN, "AccessDenied");
    Do::Fault(Box::new(Fault::make(FaultCode::Sender, subcode, code, "as the test has it")))
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_only_administrators_see_are_a_note() {
    let host = start(sim().script(Script::new().always(On::action("Get"), fault(5)))).await;
    let run = doctor(&host.url()).exits(0);
    says(&run, "settings", "note", &["administrator", "as the test has it"]);
    says(&run, "replica_server", "ok", &["Kerberos on port 80", "listeners run"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_without_hyper_v_is_exit_1() {
    let script = Script::new().always(On::action("Enumerate"), fault(0x8004_100E));
    let run = doctor(&start(sim().script(script)).await.url()).exits(1);
    says(&run, "namespace", "error", &["no namespace root/virtualization/v2", "role Hyper-V"]);
    says(&run, "limits", "ok", &["MaxEnvelopeSizekb 500"]);

    let script = Script::new().always(On::action("Enumerate"), fault(5));
    let run = doctor(&start(sim().script(script)).await.url()).exits(1);
    says(&run, "namespace", "error", &["Hyper-V Administrators"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_sees_no_virtual_machine_is_warned() {
    let host = start(sim().inventory(Inventory::new("HV01"))).await;
    let run = doctor(&host.url()).exits(0);
    says(&run, "virtual_machines", "warning", &["sees none", "LocalAccountTokenFilterPolicy"]);
    says(&run, "replica_server", "note", &["it is off"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_hangs_is_exit_5() {
    let host = start(sim().script(Script::new().always(On::any(), Do::Hang))).await;
    let arguments = ["doctor", "-o", "json", "--total-timeout", "300ms"];
    let run = run_on(&host, &arguments).exits(5);
    assert_eq!(finding(&run, "winrm")["kind"], "timeout");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_records_what_it_exchanged() {
    let host = start(sim()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doctor");
    let run = run_on(&host, &["doctor", "--record", path.to_str().unwrap()]).exits(0);
    assert!(run.stderr.contains("recorded 5 exchanges in "), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_speaks_no_tls_is_told_so() {
    let host = start(sim()).await;
    let run = doctor(&host.url().replace("http:", "https:")).exits(3);
    says(&run, "tls", "error", &["speaks no TLS"]);
    // As HTTP.sys without a certificate, and Server 2012 without a cipher suite.
    let address = serve(|stream| async move { drop(stream) }).await;
    let run = doctor(&format!("https://{address}")).exits(3);
    says(&run, "tls", "error", &["netsh http show sslcert", "Server 2012"]);
    // The alert "handshake failure".
    let address = serve(|mut stream| async move {
        drop(stream.write_all(&[0x15, 3, 3, 0, 2, 2, 40]).await);
        tokio::time::sleep(Duration::from_secs(1)).await;
    })
    .await;
    let run = doctor(&format!("https://{address}")).exits(3);
    says(&run, "tls", "error", &["No cipher suite in common", "RSA"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_signs_itself_is_told_with_its_pin() {
    let pem = fixture("sim/host.pem");
    let host = start(sim().tls(&pem, &pem).unwrap()).await;
    let run = doctor(&host.url()).exits(3);
    says(&run, "certificate", "error", &["signs itself", "CN=hv01", "for 127.0.0.1", "2120-01-01"]);
    says(&run, "not_examined", "note", &["mechanisms, credentials"]);
    assert_eq!((host.logons(), run.error()["kind"].as_str()), (0, Some("tls")));
    let advice = finding(&run, "certificate")["advice"].as_str().unwrap().to_owned();
    let pin = advice.split(' ').find(|word| word.starts_with("sha256:")).unwrap();
    let pin = pin.trim_end_matches(',');

    let run = run_on(&host, &["doctor", "--pin", pin, "-o", "json"]).exits(0);
    says(&run, "tls", "ok", &["TLSv1_3", "TLS13_"]);
    says(&run, "certificate", "ok", &["the pinned one", pin]);
    says(&run, "channel_binding", "ok", &["tls-server-end-point:"]);
    says(&run, "winrm", "ok", &["10.0.20348"]);
}

#[test]
fn it_has_help_with_an_example() {
    let help = run(hvr(&["doctor", "--help"])).exits(0).stdout;
    assert!(help.contains("hvr doctor hv01 --user"), "{help}");
    assert!(run(hvr(&["doctor", "hv01", "-o", "xml"])).exits(2).stderr.contains("-o xml"));
}
