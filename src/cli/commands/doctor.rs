//! `hvr doctor`

use crate::{
    cli::{
        args::ConnectionArgs,
        connect, credentials,
        failure::Failure,
        output::{Output, wrapped_table},
    },
    doctor::{self, Finding, Report},
};

/// Examines a host and prints what was found.
pub(super) async fn run(
    mut args: ConnectionArgs,
    host: Option<String>,
    output: &Output,
) -> Result<(), Failure> {
    args.host = host.or(args.host);
    let client = if credentials::are_named(&args) {
        connect::client(&args, output)?
    } else {
        connect::client_without_credentials(&args)?
    };
    let report = doctor::examine(&client).await;
    output.object(&report, || text(&report))?;
    match report.error() {
        None => Ok(()),
        Some(error) => Err(Failure::found(&report.host, error)),
    }
}

fn text(report: &Report) -> String {
    wrapped_table(report.findings.iter().map(|finding| {
        vec![finding.severity.name().to_owned(), finding.name.replace('_', " "), words(finding)]
    }))
}

/// What was seen, and in a line of its own what to do about it.
fn words(finding: &Finding) -> String {
    match &finding.advice {
        None => finding.evidence.clone(),
        Some(advice) => format!("{}\n-> {advice}", finding.evidence),
    }
}
