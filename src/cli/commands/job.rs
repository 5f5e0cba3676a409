//! `hvr job`

use std::time::Duration;

use crate::{
    cli::{
        failure::Failure,
        output::{Output, advance},
    },
    client::Client,
    error::Error,
    job::{CancelCode, Finished, Job, JobStatus},
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
    let job = find(client, id).await?;
    let (ended, finished) = follow(job, limit, output).await;
    // That nobody reads it takes nothing away from how it ended.
    let printed = ended.map_or(Ok(()), |status| print(&status, output));
    for warning in finished?.warnings.iter().filter_map(|warning| warning.message.as_deref()) {
        output.step(&format!("warning: {warning}"));
    }
    printed
}

/// Has the host cancel a job, and prints the job as it is then, or as it ended.
pub(super) async fn cancel(
    client: &Client,
    id: &str,
    wait: bool,
    limit: Option<Duration>,
    output: &Output,
) -> Result<(), Failure> {
    let job = find(client, id).await?;
    job.cancel().await.map_err(|error| Failure::from(error).hinted(cancel_hint))?;
    if wait {
        let (ended, finished) = follow(job, limit, output).await;
        let printed = ended.as_ref().map_or(Ok(()), |status| print(status, output));
        // Its end is what was asked for.
        if !ended.is_some_and(|status| status.state.is_cancelled()) {
            finished?;
            output.step("warning: the job was done before it could be cancelled");
        }
        return printed;
    }
    output.step(&format!("the host cancels it; hvr job wait {job} follows it to its end"));
    // One that is gone already has ended.
    job.status().await?.map_or(Ok(()), |status| print(&status, output))
}

/// What to do next about a host that does not cancel a job: what its numbers mean elsewhere does not help here.
fn cancel_hint(error: &Error) -> Option<&'static str> {
    let code = CancelCode::from(error.return_value()?);
    matches!(code, CancelCode::InvalidState | CancelCode::InvalidStateTransition)
        .then_some("A job that has ended, or that cannot be cancelled, is left to itself: hvr job show ID shows it.")
}

/// Follows a job with a progress bar: what was seen of its end, and what came of it.
async fn follow(
    job: Job,
    limit: Option<Duration>,
    output: &Output,
) -> (Option<JobStatus>, Result<Finished, Error>) {
    let job = match limit {
        Some(limit) => job.limit(limit),
        None => job,
    };
    let bar = output.progress_bar("job");
    let mut seen = None;
    let finished = job
        .wait_with(|progress| {
            advance(&bar, &progress);
            seen = Some(progress.status.clone());
        })
        .await;
    bar.finish_and_clear();
    (seen.filter(|status| status.state.has_ended()), finished)
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
