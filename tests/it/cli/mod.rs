//! The program against simulated hosts, as a user runs it.

mod any_class;
mod commands;
mod doctor;
mod explain;
mod failures;
mod invoke;
mod job;
#[cfg(target_os = "linux")]
mod memory;
mod password;
mod slips;
mod usage;

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use hyperv_replica::sim::Host;
use serde_json::Value;

use crate::{
    fixture,
    host::{PASSWORD, USER},
};

/// The program with these arguments, and nothing in its environment.
fn hvr(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hvr"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// The program with a host and its user in its environment.
fn hvr_on(url: &str, arguments: &[&str]) -> Command {
    let mut command = hvr(arguments);
    command.env("HVR_HOST", url).env("HVR_USER", USER).env("HVR_PASSWORD", PASSWORD);
    command
}

/// What a run left behind.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run(mut command: Command) -> Run {
    let output = command.output().unwrap();
    let run = Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    run
}

/// A run whose output goes where there is no room for it.
#[cfg(target_os = "linux")]
fn run_into_full(mut command: Command) -> Run {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::new(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run_on(host: &Host, arguments: &[&str]) -> Run {
    run(hvr_on(&host.url(), arguments))
}

fn run_with_stdin(mut command: Command, text: &str) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read it may be gone already.
    drop(child.stdin.take().unwrap().write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Run {
    /// Demands an exit code.
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// The one JSON value on stdout.
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }

    /// The one JSON object, in the one line, on stderr.
    #[track_caller]
    fn error(&self) -> Value {
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        serde_json::from_str(&self.stderr).unwrap_or_else(|e| panic!("{e}: {}", self.stderr))
    }
}

/// Compares with the file of the name in `fixtures/cli`, which the documentation shows; what differs from run to run
/// has to be replaced before.
#[track_caller]
fn assert_fixture(name: &str, actual: &str) {
    let expected = String::from_utf8(fixture(&format!("cli/{name}"))).unwrap();
    assert_eq!(actual, expected, "fixtures/cli/{name} is not what it prints:\n{actual}");
}

/// Replaces the text of a member in pretty-printed JSON, unless it is null.
fn with_member(json: &str, name: &str, text: &str) -> String {
    let lead = format!("\"{name}\": \"");
    let replace = |line: &str| match line.split_once(&lead) {
        Some((indent, rest)) => {
            let end = rest.rsplit_once('"').unwrap().1;
            format!("{indent}{lead}{text}\"{end}\n")
        }
        None => format!("{line}\n"),
    };
    json.lines().map(replace).collect()
}

/// A time and an identifier that stand for all others in the fixtures.
const TIME: &str = "2026-11-23T09:00:00Z";
const JOB: &str = "1F0C8C3A-4C0B-4F0E-9C3B-0D8C5C0F5D11";
