//! `hvr job`

use std::time::Duration;

use crate::{
    cli::{failure::Failure, output::Output},
    client::Client,
    job::{Job, JobStatus},
};

/// Prints a job.
pub(super) async fn show(client: &Client, id: &str, output: &Output) -> Result<(), Failure> {
    let job = find(client, id).await?;
    let status = job.status().await?.ok_or_else(|| unknown(client, id))?;
    print(&status, output)
}

/// Waits for the end of a job, and prints it.
pub(super) async fn wait(
    client: &Client,
    id: &str,
    limit: Option<Duration>,
    output: &Output,
) -> Result<(), Failure> {
    let mut job = find(client, id).await?;
    if let Some(limit) = limit {
        job = job.limit(limit);
    }
    let bar = output.progress_bar("job");
    let mut seen = None;
    let finished = job
        .wait_with(|progress| {
            bar.set_position(progress.status.percent.unwrap_or_default().into());
            seen = Some(progress.status.clone());
        })
        .await;
    bar.finish_and_clear();
    // That nobody reads it takes nothing away from how it ended.
    let printed = match seen.filter(|status| status.state.has_ended()) {
        Some(status) => print(&status, output),
        None => Ok(()),
    };
    finished?;
    printed
}

async fn find(client: &Client, id: &str) -> Result<Job, Failure> {
    Job::attach(client, id).await?.ok_or_else(|| unknown(client, id))
}

fn unknown(client: &Client, id: &str) -> Failure {
    Failure::NotFound {
        message: format!("there is no job {id:?}"),
        hint: "A host forgets a job five minutes after its end; hvr vm list shows what came of it."
            .to_owned(),
        host: client.endpoint().to_string(),
    }
}

fn print(status: &JobStatus, output: &Output) -> Result<(), Failure> {
    output.object(status, || text(status))
}

/// A job for people.
pub(super) fn text(status: &JobStatus) -> String {
    let mut lines = vec![format!("job {}", status.id)];
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.push(format!("  {name:<8}{value}"));
        }
    };
    line("name", status.name.clone());
    line("class", Some(status.class.clone()));
    line("state", Some(status.state.to_string()));
    line("percent", status.percent.map(|percent| percent.to_string()));
    line(
        "error",
        status.error_code.map(|code| format!("{code} {}", status.error_text().unwrap_or_default())),
    );
    lines.join("\n")
}
