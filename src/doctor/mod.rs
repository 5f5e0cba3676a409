//! Why a host cannot be operated: one examination, from its name to Hyper-V Replica, that changes nothing.
//!
//! ```
//! # #[cfg(feature = "sim")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let host = hyperv_replica::sim::Host::builder().user("admin", "secret").bind("127.0.0.1:0").await?;
//! # let url = &host.url();
//! use hyperv_replica::{Client, Credentials, doctor};
//!
//! let client = Client::builder(url).credentials(Credentials::ntlm("admin", "secret")).build()?;
//! let report = doctor::examine(&client).await;
//! for finding in &report.findings {
//!     println!("{:?} {}: {}", finding.severity, finding.name, finding.evidence);
//! }
//! assert!(report.error().is_none());
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "sim"))]
//! # fn main() {}
//! ```

mod advice;
mod hyperv;
mod logon;
mod network;
mod settings;

use std::{future::Future, net::SocketAddr, pin::Pin, sync::Arc};

use crate::{
    auth::Mechanism,
    client::{Authentication, Client},
    error::{Error, ErrorKind},
    transport::{
        self,
        probe::{Challenge, Tls},
    },
};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Report {
    /// The URL of the host.
    pub host: String,
    /// The findings, from the network up.
    pub findings: Vec<Finding>,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Finding {
    /// What was looked at, such as `port` or `replica_server`; stable. `not_examined` names what was not.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was seen.
    pub evidence: String,
    /// What to do about it.
    pub advice: Option<String>,
    /// What a call would fail with; of an error only.
    pub kind: Option<ErrorKind>,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Note,
    /// It works, but not well, or not for long.
    Warning,
    /// It does not work.
    Error,
}

impl Severity {
    /// The name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Report {
    /// The first error, on which all others may rest: the examination goes from the network up.
    #[must_use]
    pub fn error(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.severity == Severity::Error)
    }
}

impl Finding {
    fn new(name: &'static str, severity: Severity, evidence: impl Into<String>) -> Self {
        Self { name, severity, evidence: evidence.into(), advice: None, kind: None }
    }

    fn ok(name: &'static str, evidence: impl Into<String>) -> Self {
        Self::new(name, Severity::Ok, evidence)
    }

    fn note(name: &'static str, evidence: impl Into<String>) -> Self {
        Self::new(name, Severity::Note, evidence)
    }

    fn warning(name: &'static str, evidence: impl Into<String>) -> Self {
        Self::new(name, Severity::Warning, evidence)
    }

    fn error(name: &'static str, kind: ErrorKind, evidence: impl Into<String>) -> Self {
        Self { kind: Some(kind), ..Self::new(name, Severity::Error, evidence) }
    }

    /// An error of a call, and what to do about it.
    fn failed(name: &'static str, error: &Error) -> Self {
        let finding = Self::error(name, error.kind(), advice::chain(error));
        Self { advice: advice::of(error), ..finding }
    }

    fn advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// Examines the host of a client, and changes nothing. Tries to log on once, unless the client has no credentials:
/// then what can be seen without is all.
///
/// # Cancellation
/// Dropping the future ends the examination.
pub async fn examine(client: &Client) -> Report {
    let mut visit = Visit::new(client);
    let mut findings: Vec<Finding> = Vec::new();
    let mut failed: Vec<&str> = Vec::new();
    let mut left_out: Vec<&str> = Vec::new();
    for check in CHECKS {
        if !(check.applies)(&visit) {
            continue;
        }
        if check.needs.iter().any(|need| failed.contains(need) || left_out.contains(need)) {
            left_out.push(check.name);
            continue;
        }
        let found = (check.run)(&mut visit).await;
        if found.iter().any(|finding| finding.severity == Severity::Error) {
            failed.push(check.name);
        }
        findings.extend(found);
    }
    if !left_out.is_empty() {
        let evidence = format!("{}: they rest on what is an error", left_out.join(", "));
        findings.push(Finding::note("not_examined", evidence));
    }
    Report { host: client.endpoint().to_string(), findings }
}

/// Something to look at.
struct Check {
    name: &'static str,
    /// What has to be examined, and be no error, before there is any sense in it.
    needs: &'static [&'static str],
    /// Whether it applies to this host and to what is known of it.
    applies: fn(&Visit) -> bool,
    run: for<'a> fn(&'a mut Visit) -> Running<'a>,
}

type Running<'a> = Pin<Box<dyn Future<Output = Vec<Finding>> + Send + 'a>>;

/// What is examined, in this order.
#[rustfmt::skip]
const CHECKS: &[Check] = &[
    Check { name: "proxy", needs: &[], applies: |visit| !visit.is_direct(), run: |visit| Box::pin(network::proxy(visit)) },
    Check { name: "address", needs: &[], applies: Visit::is_direct, run: |visit| Box::pin(network::address(visit)) },
    Check { name: "port", needs: &["address"], applies: Visit::is_direct, run: |visit| Box::pin(network::port(visit)) },
    Check { name: "scheme", needs: &[], applies: |_| true, run: |visit| Box::pin(network::scheme(visit)) },
    Check { name: "tls", needs: &["port"], applies: |visit| visit.is_direct() && visit.is_https(), run: |visit| Box::pin(network::tls(visit)) },
    Check { name: "certificate", needs: &["tls"], applies: |visit| visit.is_direct() && visit.is_https(), run: |visit| Box::pin(network::certificate(visit)) },
    Check { name: "mechanisms", needs: &["port", "tls", "certificate"], applies: |_| true, run: |visit| Box::pin(logon::mechanisms(visit)) },
    Check { name: "credentials", needs: &["mechanisms"], applies: |_| true, run: |visit| Box::pin(logon::credentials(visit)) },
    Check { name: "clock", needs: &["mechanisms"], applies: |_| true, run: |visit| Box::pin(logon::clock(visit)) },
    Check { name: "winrm", needs: &["mechanisms", "credentials"], applies: |_| true, run: |visit| Box::pin(logon::winrm(visit)) },
    Check { name: "settings", needs: &["winrm"], applies: Visit::logs_on, run: |visit| Box::pin(settings::settings(visit)) },
    Check { name: "namespace", needs: &["winrm"], applies: Visit::logs_on, run: |visit| Box::pin(hyperv::virtual_machines(visit)) },
    Check { name: "replication_service", needs: &["namespace"], applies: Visit::logs_on, run: |visit| Box::pin(hyperv::service(visit)) },
    Check { name: "replica_server", needs: &["replication_service"], applies: Visit::logs_on, run: |visit| Box::pin(hyperv::replica_server(visit)) },
];

/// The examination of one host, and what is known of it so far.
struct Visit {
    client: Client,
    settings: Arc<transport::Settings>,
    addresses: Vec<SocketAddr>,
    tls: Option<Tls>,
    challenge: Option<Challenge>,
    /// Our clock, in seconds, before and after the challenge.
    asked: [i64; 2],
    authentication: Option<Authentication>,
    /// `OperationalStatus` of the replication service.
    service_status: Option<u64>,
}

impl Visit {
    fn new(client: &Client) -> Self {
        Self {
            client: client.clone(),
            settings: Arc::clone(client.settings()),
            addresses: Vec::new(),
            tls: None,
            challenge: None,
            asked: [0; 2],
            authentication: None,
            service_status: None,
        }
    }

    fn is_direct(&self) -> bool {
        self.settings.proxy.is_none()
    }

    fn is_https(&self) -> bool {
        self.settings.endpoint.is_https()
    }

    fn logs_on(&self) -> bool {
        self.client.mechanism() != Mechanism::None
    }
}
