//! The examination as a value: what it makes of the settings of a host and of its replication service.

use hyperv_replica::{
    Client, Credentials, ErrorKind,
    doctor::{Finding, Report, Severity, examine},
    sim::{Inventory, Script},
};

use crate::host::{ClearHost, builder, client, sim, start};

/// The report of a host that answers this in place of that, in clear.
async fn altered(that: &'static str, this: &'static str) -> Report {
    let alter = move |_: &str, _, text: String| text.replace(that, this);
    let host = ClearHost::start(Inventory::sample(), Script::new(), alter).await;
    examine(&host.client()).await
}

#[track_caller]
fn find<'a>(report: &'a Report, name: &str) -> &'a Finding {
    let found = report.findings.iter().find(|finding| finding.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {report:#?}"))
}

/// Demands the severity of a finding, and that it says this.
#[track_caller]
fn says(report: &Report, name: &str, severity: Severity, part: &str) {
    let finding = find(report, name);
    assert_eq!(finding.severity, severity, "{finding:?}");
    let text = format!("{} {:?}", finding.evidence, finding.advice);
    assert!(text.contains(part), "no {part:?} in {text}");
}

#[tokio::test]
async fn a_host_in_order_has_no_error() {
    let host = start(sim()).await;
    let report = examine(&client(&host.url())).await;
    assert_eq!(report.host, host.url());
    assert_eq!(report.error(), None);
    assert!(report.findings.iter().all(|finding| finding.severity == Severity::Ok), "{report:#?}");
    assert!(host.journal().is_empty());
    assert_eq!(host.open_enumerations(), 0);
}

#[tokio::test]
async fn the_first_error_is_the_one_that_the_others_rest_on() {
    let report = examine(&client("http://127.0.0.1:1")).await;
    let error = report.error().unwrap();
    assert_eq!((error.name, error.kind), ("port", Some(ErrorKind::Connect)));
    let after = report.findings.last().unwrap();
    assert_eq!((after.name, after.severity), ("not_examined", Severity::Note));
}

#[tokio::test]
async fn without_credentials_it_sends_none() {
    let host = start(sim()).await;
    let client = Client::builder(&host.url()).credentials(Credentials::none()).build().unwrap();
    let report = examine(&client).await;
    assert_eq!(report.error(), None);
    says(&report, "credentials", Severity::Note, "none were named");
    says(&report, "winrm", Severity::Ok, "OS: 0.0.0");
}

#[tokio::test]
async fn refused_credentials_are_not_sent_again() {
    let host = start(sim()).await;
    let client = Client::builder(&host.url())
        .credentials(Credentials::ntlm("admin", "wrong"))
        .build()
        .unwrap();
    let report = examine(&client).await;
    assert_eq!(report.error().unwrap().kind, Some(ErrorKind::Authentication));
    drop(host);
    // Nobody is there any more, and nobody is asked.
    let again = client.identify().await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Authentication);
}

#[tokio::test]
async fn sealed_bodies_and_clear_ones_are_told_apart() {
    let report = altered("", "").await;
    says(&report, "scheme", Severity::Warning, "everybody on the way can read");
    says(&report, "mechanisms", Severity::Note, "Basic over http shows the password");
    says(&report, "credentials", Severity::Ok, "Basic, as was asked for");
    let host = start(sim()).await;
    let sealed = examine(&builder(&host.url()).build().unwrap()).await;
    says(&sealed, "scheme", Severity::Ok, "sealed bodies");
}

#[tokio::test]
async fn settings_are_judged() {
    use Severity::{Note, Ok, Warning};
    for (that, this, name, severity, part) in [
        ("AllowUnencrypted>false", "AllowUnencrypted>true", "clear_text", Warning, "in clear"),
        ("AllowUnencrypted", "Another", "clear_text", Note, "does not say"),
        (">Relaxed<", ">Strict<", "cbt_level", Ok, "nobody gets in"),
        (">Relaxed<", ">Later<", "cbt_level", Ok, "nothing is known"),
        ("CbtHardeningLevel", "Another", "cbt_level", Note, "does not say"),
        ("kb>500<", "kb>150<", "limits", Note, "MaxEnvelopeSizekb 150"),
        ("PerUser>1500<", "PerUser>15<", "limits", Warning, "MaxConcurrentOperationsPerUser 15"),
        ("OS: 10.0.20348", "OS: 6.1.7601", "winrm", Warning, "Server 2012"),
    ] {
        says(&altered(that, this).await, name, severity, part);
    }
}

#[tokio::test]
async fn a_host_that_names_no_limits_says_so() {
    let config = |_: &str, _, text: String| match text.find("<cfg:Config") {
        None => text,
        Some(begin) => {
            let end = text.find("</cfg:Config>").unwrap();
            let (head, tail) = (&text[..begin], &text[end..]);
            format!(
                "{head}<cfg:Config xmlns:cfg=\"http://schemas.microsoft.com/wbem/wsman/1/config\">{tail}"
            )
        }
    };
    let host = ClearHost::start(Inventory::sample(), Script::new(), config).await;
    let report = examine(&host.client()).await;
    says(&report, "limits", Severity::Note, "names none");
    assert_eq!(report.error(), None);
}

#[tokio::test]
async fn the_replication_service_is_judged() {
    use Severity::{Note, Warning};
    let down = ("<p:OperationalStatus>2<", "<p:OperationalStatus>6<");
    let report = altered(down.0, down.1).await;
    says(&report, "replication_service", Warning, "a listener");
    says(&report, "replica_server", Warning, "a listener is down");
    let stopped = altered(down.0, "<p:OperationalStatus>10<").await;
    says(&stopped, "replication_service", Note, "OperationalStatus is 10");
    let off = altered("RecoveryServerEnabled>true", "RecoveryServerEnabled>false").await;
    says(&off, "replica_server", Note, "it is off");
    for (number, part) in [("2", "certificates on port 443"), ("3", " and certificates on port")] {
        let this = format!("AllowedAuthenticationType>{number}<");
        let report = altered("AllowedAuthenticationType>1<", this.leak()).await;
        says(&report, "replica_server", Severity::Ok, part);
    }
}
