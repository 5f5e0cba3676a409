//! `hvr resync`

use jiff::Timestamp;

use super::vm::SEES_NONE;
use crate::{
    cli::{args::ResyncArgs, failure::Failure, output::Output},
    client::Client,
    error::ErrorKind,
    replication::{
        Outcome, ReplicationMode, ReplicationService, ReplicationState, Report, VirtualMachine,
    },
};

/// Resynchronizes a virtual machine, and prints what came of it.
pub(super) async fn run(
    client: &Client,
    args: &ResyncArgs,
    output: &Output,
) -> Result<(), Failure> {
    #[expect(clippy::disallowed_methods, reason = "whether a time has passed depends on the clock")]
    let now = Timestamp::now();
    if let Some(time) = args.at.filter(|time| *time <= now) {
        // A slip in the date or the offset must not begin at once what was meant for later.
        let message = format!("--at {time} lies in the past; leave it out to begin at once");
        return Err(Failure::usage(message));
    }
    let replica = ReplicationService::new(client);
    let vm = find(&replica, &args.vm).await?;
    let report = resynchronize(&replica, &vm, args, output).await?;
    // That nobody reads it takes nothing away from how it ended.
    let printed = output.object(&report, || text(&report));
    let report = report.checked().map_err(|error| Failure::of(client, "Invoke", error))?;
    for warning in report.errors.iter().filter_map(|warning| warning.message.as_deref()) {
        output.step(&format!("warning: {warning}"));
    }
    let still = [ReplicationState::WaitingToStartResynchronization, ReplicationState::Critical];
    if let (Outcome::Completed | Outcome::CompletedWithWarnings, Some(state)) =
        (report.result, report.state_after)
        && still.contains(&state)
    {
        output.note(&format!(
            "warning: the host calls it completed, but the state of {} is {state}",
            vm.name
        ));
    }
    if let (Outcome::Started | Outcome::Scheduled, Some(job)) = (report.result, &report.job) {
        output.step(&format!("hvr job wait {} follows it to its end", job.id));
    }
    printed
}

/// Resynchronizes a virtual machine with a progress bar.
pub(super) async fn resynchronize(
    replica: &ReplicationService,
    vm: &VirtualMachine,
    args: &ResyncArgs,
    output: &Output,
) -> Result<Report, Failure> {
    let mut call = replica.resynchronize(vm).extended(args.extended);
    if let Some(time) = args.at {
        call = call.at(time);
    }
    let mut resynchronization = match call.clone().send().await {
        Ok(resynchronization) => resynchronization,
        Err(error) if error.outcome_unknown() => {
            let report = call.report_unknown(&error).await;
            drop(output.object(&report, || text(&report)));
            return Err(error.into());
        }
        Err(error) => {
            let is_replica = matches!(
                vm.replication_mode,
                Some(ReplicationMode::Replica | ReplicationMode::ExtendedReplica)
            );
            return Err(Failure::from(error).hinted(|error| {
                (is_replica && error.kind() == ErrorKind::Refused)
                    .then_some("--extended chooses the extended relationship.")
            }));
        }
    };
    if args.no_wait || resynchronization.is_scheduled() {
        return Ok(resynchronization.report().await);
    }
    if let Some(job) = resynchronization.job() {
        output.step(&format!("resynchronizing {}, job {job}", vm.name));
    }
    if let Some(limit) = args.wait_timeout {
        resynchronization = resynchronization.limit(limit);
    }
    let bar = output.progress_bar(&vm.name);
    let report = resynchronization
        .report_with(|progress| {
            bar.set_position(progress.status.percent.unwrap_or_default().into());
        })
        .await;
    bar.finish_and_clear();
    Ok(report?)
}

async fn find(replica: &ReplicationService, name: &str) -> Result<VirtualMachine, Failure> {
    if let Some(vm) = replica.find_virtual_machine(name).await? {
        return Ok(vm);
    }
    let sees_none = replica.virtual_machines().await?.is_empty();
    Err(Failure::NotFound {
        message: format!("there is no virtual machine {name:?}"),
        hint: if sees_none {
            format!("Note that {SEES_NONE}.")
        } else {
            "See hvr vm list for the names and GUIDs of all.".to_owned()
        },
        host: replica.client().endpoint().to_string(),
    })
}

/// A report for people.
pub(super) fn text(report: &Report) -> String {
    let name = report.vm.as_ref().map_or("the host", |vm| &vm.name);
    let state = |state: Option<_>| {
        state.map_or_else(|| "not known".to_owned(), |state: ReplicationState| state.to_string())
    };
    let job = report.job.as_ref().map(|job| format!(", job {}", job.id)).unwrap_or_default();
    let noun = report.verb.noun;
    let what = match report.result {
        Outcome::Completed => format!("{noun} is completed"),
        Outcome::CompletedWithWarnings => format!("{noun} is completed, with warnings"),
        Outcome::Scheduled => format!("{noun} is scheduled{job}"),
        Outcome::Started => format!("{noun} has begun{job}"),
        Outcome::Failed => format!("{noun} failed{job}"),
        Outcome::Cancelled => format!("{noun} was cancelled{job}"),
        Outcome::Unknown => format!("what came of {noun} is unknown{job}"),
    };
    format!(
        "{name}: {what}\n  state before  {}\n  state after   {}",
        state(report.state_before),
        state(report.state_after)
    )
}
