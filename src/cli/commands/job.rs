//! `hvr job`

use std::time::Duration;

use crate::{
    cli::{failure::Failure, output::Output},
    client::Client,
    job::{Ended, Job, JobStatus},
    replication::ReplicationService,
};

/// Prints a job.
pub(super) async fn show(client: &Client, id: &str, output: &Output) -> Result<(), Failure> {
    let (_, status) = find(client, id).await?;
    print(&status, output)
}

/// Waits for the end of a job, and prints it.
pub(super) async fn wait(
    client: &Client,
    id: &str,
    limit: Option<Duration>,
    output: &Output,
) -> Result<(), Failure> {
    let (job, first) = find(client, id).await?;
    let bar = output.progress_bar(first.name.as_deref().unwrap_or("job"));
    let ended = job
        .wait_with(limit, |progress| {
            bar.set_position(progress.status.percent.unwrap_or_default().into());
        })
        .await;
    bar.finish_and_clear();
    let ended = ended?;
    // That nobody reads it takes nothing away from how it ended.
    let printed = match &ended {
        Ended::Seen(status) => print(status, output),
        Ended::Vanished(_) => Ok(()),
    };
    ended.checked().map_err(|error| Failure::of(client, "Get", error))?;
    printed
}

async fn find(client: &Client, id: &str) -> Result<(Job, JobStatus), Failure> {
    ReplicationService::new(client).find_job(id).await?.ok_or_else(|| Failure::NotFound {
        message: format!("there is no job {id:?}"),
        hint: "A host forgets a job five minutes after its end; hvr vm list shows what came of it."
            .to_owned(),
        host: client.endpoint().to_string(),
    })
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
