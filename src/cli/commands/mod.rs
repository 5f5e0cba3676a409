//! The commands, one file each.

mod associators;
mod demo;
mod doctor;
mod enumerate;
mod explain;
mod explain_class;
mod get;
mod identify;
mod invoke;
mod job;
mod list;
mod references;
mod replay;
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
    if output.answers().is_some() && !args.command.has_answers() {
        return Err(Failure::usage(
            "-o xml is for get, enumerate, associators, references and invoke",
        ));
    }
    let client = || connect::client(&args.connection, output);
    match args.command {
        Command::Identify { unauthenticated: false } => identify::run(&client()?, output).await,
        Command::Identify { unauthenticated: true } => {
            let client = connect::client_without_credentials(&args.connection)?;
            identify::run(&client, output).await
        }
        Command::Doctor { host } => doctor::run(args.connection, host, output).await,
        Command::Get(get) => {
            let resource = get.target.resource()?;
            get::run(&client()?, &resource, output).await
        }
        Command::Enumerate(enumerate) => enumerate::run(&client()?, &enumerate, output).await,
        Command::Associators(args) => associators::run(&client()?, &args, output).await,
        Command::References(args) => references::run(&client()?, &args, output).await,
        Command::Invoke(invoke) => invoke::run(&args.connection, &invoke, output).await,
        Command::Vm(VmCommand::List) => vm::list(&client()?, output).await,
        Command::Resync(resync) => resync::run(&client()?, &resync, output).await,
        Command::Job(JobCommand::Show { id }) => job::show(&client()?, &id, output).await,
        Command::Job(JobCommand::Wait { id, wait_timeout }) => {
            job::wait(&client()?, &id, wait_timeout, output).await
        }
        Command::Job(JobCommand::Cancel { id, wait, wait_timeout }) => {
            job::cancel(&client()?, &id, wait, wait_timeout, output).await
        }
        Command::Sim(SimCommand::Serve(serve)) => {
            sim::serve(&args.connection, &serve, output).await
        }
        Command::Explain { code } => explain::run(&code, output),
        Command::Replay(replay) => replay::serve(&args.connection, &replay, output).await,
        Command::Demo => demo::run(output).await,
    }
}
