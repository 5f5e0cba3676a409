//! From options to a client.

use std::{fs, io, path::Path};

use super::{
    args::{ConnectionArgs, Sealing},
    credentials::credentials,
    failure::Failure,
    output::Output,
};
use crate::{
    auth::Credentials,
    client::{Client, ClientBuilder, Kerberos},
    recording::{Recording, RecordingOptions},
};

/// The client that the options describe. Nothing is sent yet.
pub(super) fn client(args: &ConnectionArgs, output: &Output) -> Result<Client, Failure> {
    // The host first: without one there is nothing to ask a password for.
    let host = host(args)?;
    let mut builder = builder(args, host, credentials(args)?)?;
    if let Some(answers) = output.answers() {
        builder = builder.observer(answers);
    }
    if args.dangerous_accept_invalid_certs {
        output.step("warning: no certificate is verified; anybody on the way can be the host");
    }
    builder.build().map_err(|error| {
        let is_clear = error.to_string().contains("dangerous-clear-text");
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
    let mut kerberos = Kerberos::new();
    if let Some(realm) = &args.realm {
        kerberos = kerberos.realm(realm);
    }
    for kdc in &args.kdc {
        kerberos = kerberos.kdc(kdc)?;
    }
    builder = builder.kerberos(kerberos).seal_always(args.sealing == Sealing::Always);
    if let Some(name) = &args.spn {
        builder = builder.service_principal_name(name);
    }
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
    for pin in &args.pin {
        builder = builder.pin_certificate(*pin);
    }
    builder = builder.dangerous_accept_invalid_certs(args.dangerous_accept_invalid_certs);
    match (&args.client_cert, &args.client_key) {
        (Some(chain), key) => {
            let key = key.as_ref().unwrap_or(chain);
            let chain =
                fs::read(chain).map_err(|error| unreadable("client certificate", chain, &error))?;
            let key = fs::read(key).map_err(|error| unreadable("private key", key, &error))?;
            builder = builder.client_certificate(chain, key);
        }
        (None, Some(_)) => {
            return Err(Failure::usage("--client-key has no meaning without --client-cert"));
        }
        (None, None) => {}
    }
    match &args.proxy {
        _ if args.no_proxy => {}
        // A proxy may hold a password, so what is wrong with it is said without it.
        Some(Err(error)) => return Err(Failure::usage(format!("--proxy: {error}"))),
        Some(Ok(proxy)) => builder = builder.proxy(proxy.clone()),
        None => builder = builder.proxy_from_environment(true),
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

pub(super) fn unreadable(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("the {what} cannot be read from {}: {error}", path.display()))
}
