//! From options to a client.

use std::{
    fs,
    io::{self, IsTerminal as _, Read as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{
    args::{Auth, ConnectionArgs},
    failure::Failure,
    output::Output,
};
use crate::{
    auth::{Credentials, Secret},
    client::{Client, ClientBuilder},
    recording::{Recording, RecordingOptions},
};

/// A password is no longer than this; a file that is, is another file.
const LONGEST_PASSWORD: u64 = 64 * 1024;

/// The client that the options describe. Nothing is sent yet.
pub(super) fn client(args: &ConnectionArgs, output: &Output) -> Result<Client, Failure> {
    // The host first: without one there is nothing to ask a password for.
    let host = host(args)?;
    let (user, password) = (user(args)?, password(args)?);
    let credentials = match args.auth {
        Auth::Ntlm => Credentials::ntlm(user, password),
        Auth::Basic => Credentials::basic(user, password),
    };
    let mut builder = builder(args, host, credentials)?;
    if let Some(answers) = output.answers() {
        builder = builder.observer(answers);
    }
    builder.build().map_err(|error| {
        let is_clear = args.auth == Auth::Basic && std::error::Error::source(&error).is_none();
        let hint = is_clear.then_some("That name is --dangerous-clear-text.");
        Failure::from(error).hinted(|_| hint)
    })
}

/// The client that the options describe, but one without credentials.
pub(super) fn client_without_credentials(args: &ConnectionArgs) -> Result<Client, Failure> {
    Ok(builder(args, host(args)?, Credentials::none())?.build()?)
}

/// A client that sends nothing, of a host that need not be there.
pub(super) fn client_without_host(args: &ConnectionArgs) -> Result<Client, Failure> {
    let host = args.host.as_deref().unwrap_or("HOST");
    Ok(builder(args, host, Credentials::none())?.build()?)
}

fn builder(
    args: &ConnectionArgs,
    host: &str,
    credentials: Credentials,
) -> Result<ClientBuilder, Failure> {
    let mut builder = Client::builder(host)
        .credentials(credentials)
        .connect_timeout(args.connect_timeout)
        .operation_timeout(args.timeout)
        .dangerous_clear_text(args.dangerous_clear_text);
    if let Some(time) = args.total_timeout {
        builder = builder.total_timeout(time);
    }
    if let Some(recording) = &args.recording {
        builder = builder.observer(recording.clone());
    }
    if let Some(path) = &args.ca {
        builder = builder
            .trust_pem(fs::read(path).map_err(|error| unreadable("certificates", path, &error))?);
    }
    Ok(builder)
}

fn host(args: &ConnectionArgs) -> Result<&str, Failure> {
    args.host.as_deref().ok_or_else(|| Failure::usage("no host: give --host, or set HVR_HOST"))
}

/// The recording that the options ask for, in a folder that is there now.
pub(super) fn recording(args: &ConnectionArgs) -> Result<Option<Recording>, Failure> {
    let Some(folder) = &args.record else {
        return if args.dangerous_record_names {
            Err(Failure::usage("--dangerous-record-names has no meaning without --record"))
        } else {
            Ok(None)
        };
    };
    if folder.exists() && !folder.is_dir() {
        return Err(Failure::usage(format!("--record {}: it is no folder", folder.display())));
    }
    let options = RecordingOptions::default().dangerous_keep_names(args.dangerous_record_names);
    Ok(Some(Recording::create(folder, options)?))
}

/// Ends the recording of a run, however the run ended: it failed as well when the recording is not whole.
pub(super) fn finish(
    recording: Option<&Recording>,
    result: Result<(), Failure>,
    output: &Output,
) -> Result<(), Failure> {
    let Some(recording) = recording else { return result };
    match (recording.finish(), result) {
        (Ok(number), result) => {
            let text = format!(
                "recorded {number} exchange{} in {}; look at them before you share them",
                if number == 1 { "" } else { "s" },
                recording.folder().display()
            );
            match &result {
                Ok(()) => output.note(&text),
                Err(_) => output.step(&text),
            }
            result
        }
        (Err(error), Ok(())) => Err(error.into()),
        (Err(error), Err(failure)) => {
            output.step(&format!("warning: {}", Failure::from(error).chain().join(": ")));
            Err(failure)
        }
    }
}

/// The user that the options name.
pub(super) fn user(args: &ConnectionArgs) -> Result<&str, Failure> {
    args.user.as_deref().ok_or_else(|| Failure::usage("no user: give --user, or set HVR_USER"))
}

/// The password: from a file or standard input, from the environment, or from the terminal. Never from an argument,
/// which all users of the machine can read.
#[expect(clippy::disallowed_methods, reason = "the program reads the environment")]
pub(super) fn password(args: &ConnectionArgs) -> Result<Secret, Failure> {
    if args.password_stdin {
        return read_password(io::stdin().lock(), |error| {
            Failure::usage(format!("the password cannot be read from standard input: {error}"))
        });
    }
    let from_environment = || {
        if std::env::var_os("HVR_PASSWORD").is_some() {
            None
        } else {
            std::env::var_os("HVR_PASSWORD_FILE").map(PathBuf::from)
        }
    };
    if let Some(path) = args.password_file.clone().or_else(from_environment) {
        let file = fs::File::open(&path).map_err(|error| unreadable("password", &path, &error))?;
        return read_password(file, |error| unreadable("password", &path, &error));
    }
    if let Some(password) = std::env::var_os("HVR_PASSWORD") {
        let password =
            password.into_string().map_err(|_| Failure::usage("HVR_PASSWORD is not UTF-8"))?;
        return secret(password);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "no password: give --password-file or --password-stdin, or set HVR_PASSWORD_FILE or HVR_PASSWORD",
        ));
    }
    rpassword::prompt_password(format!("Password for {}: ", user(args)?))
        .map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => Failure::Interrupted,
            _ => Failure::usage(format!("the password cannot be read from the terminal: {error}")),
        })
        .and_then(secret)
}

/// A password, which nobody leaves empty on purpose: hosts count attempts, and lock accounts.
fn secret(password: String) -> Result<Secret, Failure> {
    if password.is_empty() {
        return Err(Failure::usage("the password is empty"));
    }
    Ok(Secret::from(password))
}

/// Reads a password, without one line end at its end.
fn read_password(
    source: impl io::Read,
    unreadable: impl Fn(io::Error) -> Failure,
) -> Result<Secret, Failure> {
    // Room for all of it: growing would leave copies behind.
    let room = usize::try_from(LONGEST_PASSWORD).unwrap_or_default() + 64;
    let mut text = Zeroizing::new(String::with_capacity(room));
    source.take(LONGEST_PASSWORD + 1).read_to_string(&mut text).map_err(&unreadable)?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > LONGEST_PASSWORD {
        return Err(unreadable(io::Error::other("it is too long for a password")));
    }
    let password = text
        .strip_suffix('\n')
        .map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    secret(password.to_owned())
}

fn unreadable(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("the {what} cannot be read from {}: {error}", path.display()))
}
