//! The program `hvr`: what is typed, what is printed, and the exit code.

mod args;
mod commands;
mod connect;
mod credentials;
mod exit_code;
mod failure;
mod hint;
mod output;
mod parameter;
mod slip;
mod target;
mod value;

use std::{process::ExitCode, sync::Once, time::Duration};

use clap::Parser as _;

use args::Args;
use exit_code::Exit;
use failure::Failure;
use output::Output;

/// How long what is left to do in the background may take.
const MOMENT: Duration = Duration::from_millis(500);

/// Runs the program: parses the arguments, runs the command, reports, and gives the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version go to stdout and are success; a closed pipe is nobody's problem.
            drop(error.print());
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    log_to_stderr(args.output.verbose, args.output.color());
    let output = Output::new(&args.output, args.command.path());
    let exit = match run(args, &output) {
        Ok(()) => Exit::Done,
        Err(failure) => {
            output.failure(&failure);
            failure.exit()
        }
    };
    exit.into()
}

fn run(mut args: Args, output: &Output) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("the program cannot start: {error}")))?;
    // What serves until it is interrupted has then done what it was asked.
    let serves = matches!(args.command, args::Command::Sim(_) | args::Command::Replay(_));
    if args.connection.record.is_some() && !args.command.sends() {
        return Err(Failure::usage("--record has no meaning where nothing is sent to a host"));
    }
    let recording = connect::recording(&args.connection)?;
    args.connection.recording.clone_from(&recording);
    let result = runtime.block_on(async {
        let result = tokio::select! {
            // Listens before anything asks for a password: that would die of the signal and leave the terminal mute.
            biased;
            signal = tokio::signal::ctrl_c() => match signal {
                Ok(()) if serves => Ok(()),
                Ok(()) => Err(Failure::Interrupted),
                Err(error) => Err(Failure::usage(format!("the program cannot listen for interruption: {error}"))),
            },
            result = commands::run(args, output) => result,
        };
        if !serves {
            output.no_more_answers();
            // What still runs in the background, such as the release of an enumeration, gets a moment and no more.
            drop(tokio::time::timeout(MOMENT, background()).await);
        }
        result
    });
    runtime.shutdown_background();
    connect::finish(recording.as_ref(), result, output)
}

/// Waits until nothing is done in the background any more.
async fn background() {
    let metrics = tokio::runtime::Handle::current().metrics();
    while metrics.num_alive_tasks() > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// The log of the library goes to stderr, in as much detail as `-v` asks for; without it there is none.
fn log_to_stderr(verbose: u8, color: bool) {
    static ONCE: Once = Once::new();
    let level = match verbose {
        0 => return,
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_ansi(color)
            .with_env_filter(tracing_subscriber::EnvFilter::new(format!(
                "warn,hyperv_replica={level}"
            )))
            .init();
    });
}
