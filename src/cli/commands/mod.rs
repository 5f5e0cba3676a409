//! The commands, one file each.

mod demo;
mod explain;
mod identify;
mod job;
mod resync;
mod sim;
mod vm;

use super::{
    args::{Args, Command, JobCommand, SimCommand, VmCommand},
    connect,
    failure::Failure,
    output::Output,
};

/// Runs the command that was typed.
pub(super) async fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let client = || connect::client(&args.connection);
    match args.command {
        Command::Identify => identify::run(&client()?, output).await,
        Command::Vm(VmCommand::List) => vm::list(&client()?, output).await,
        Command::Resync(resync) => resync::run(&client()?, &resync, output).await,
        Command::Job(JobCommand::Show { id }) => job::show(&client()?, &id, output).await,
        Command::Job(JobCommand::Wait { id, wait_timeout }) => {
            job::wait(&client()?, &id, wait_timeout, output).await
        }
        Command::Sim(SimCommand::Serve(serve)) => {
            sim::serve(&args.connection, &serve, output).await
        }
        Command::Explain { code } => explain::run(&code, output),
        Command::Demo => demo::run(output).await,
    }
}
