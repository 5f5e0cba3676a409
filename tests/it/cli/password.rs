//! Where the password comes from.

use std::process::Command;

use hyperv_replica::sim::Host;

use super::{Run, hvr, run, run_with_stdin};
use crate::host::{PASSWORD, USER, sim, start};

/// The program without a password.
fn identify(host: &Host, arguments: &[&str]) -> Command {
    let mut command =
        hvr(&[&["identify", "--host", &host.url(), "--user", USER], arguments].concat());
    command.env_remove("HVR_PASSWORD");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_comes_from_a_file_without_one_line_end() {
    let host = start(sim()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let with_file = |text: String| -> Run {
        std::fs::write(&path, text).unwrap();
        run(identify(&host, &["--password-file", path.to_str().unwrap()]))
    };
    for end in ["", "\n", "\r\n"] {
        with_file(format!("{PASSWORD}{end}")).exits(0);
    }
    for end in ["\n\n", " ", "\r"] {
        with_file(format!("{PASSWORD}{end}")).exits(4);
    }
    let long = with_file("x".repeat(70_000)).exits(2);
    assert!(long.stderr.contains("too long for a password"), "{}", long.stderr);
    assert!(!long.stderr.contains("xxxx"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_comes_from_standard_input() {
    let host = start(sim()).await;
    let command = || identify(&host, &["--password-stdin"]);
    run_with_stdin(command(), &format!("{PASSWORD}\n")).exits(0);
    run_with_stdin(command(), "wrong\n").exits(4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_comes_from_the_environment() {
    let host = start(sim()).await;
    let folder = tempfile::tempdir().unwrap();
    let (right, wrong) = (folder.path().join("right"), folder.path().join("wrong"));
    std::fs::write(&right, PASSWORD).unwrap();
    std::fs::write(&wrong, "wrong").unwrap();

    let mut command = identify(&host, &[]);
    command.env("HVR_PASSWORD", PASSWORD);
    run(command).exits(0);
    let mut command = identify(&host, &[]);
    command.env("HVR_PASSWORD_FILE", &right);
    run(command).exits(0);

    // What was typed goes before the environment.
    let mut command = identify(&host, &["--password-file", right.to_str().unwrap()]);
    command.env("HVR_PASSWORD", "wrong").env("HVR_PASSWORD_FILE", &wrong);
    run(command).exits(0);
    let mut command = identify(&host, &["--password-stdin"]);
    command.env("HVR_PASSWORD", "wrong").env("HVR_PASSWORD_FILE", &wrong);
    run_with_stdin(command, PASSWORD).exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_password_and_a_terminal_it_says_where_to_put_one() {
    let host = start(sim()).await;
    let text = run(identify(&host, &[])).exits(2).stderr;
    for place in ["--password-file", "--password-stdin", "HVR_PASSWORD_FILE", "HVR_PASSWORD"] {
        assert!(text.contains(place), "{text}");
    }
    let text = run(identify(&host, &["--password-file", "/nowhere"])).exits(2).stderr;
    assert!(text.contains("/nowhere"), "{text}");
    run(identify(&host, &["--password-file", "/nowhere", "--password-stdin"])).exits(2);
    let text = run(identify(&host, &["--password", PASSWORD])).exits(2).stderr;
    assert!(text.contains("unexpected argument"), "a password is never an argument: {text}");
}
