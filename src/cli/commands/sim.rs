//! `hvr sim`

use std::{error::Error as _, fs, net::SocketAddr, path::Path, time::Duration};

use zeroize::Zeroizing;

use crate::{
    auth::{Hardening, kerberos::Keytab},
    cli::{
        args::{Cbt, ConnectionArgs, ServeArgs},
        connect::unreadable,
        credentials,
        failure::Failure,
        output::Output,
    },
    sim::{self, Host, Inventory},
};

/// Serves a simulated host until the program is interrupted.
pub(super) async fn serve(
    connection: &ConnectionArgs,
    args: &ServeArgs,
    output: &Output,
) -> Result<(), Failure> {
    let job = Duration::try_from_secs_f64(args.job_seconds)
        .map_err(|error| Failure::usage(format!("--job-seconds {}: {error}", args.job_seconds)))?;
    let inventory = args.vms.map_or_else(Inventory::sample, Inventory::with_vms);
    let name = inventory.computer().to_owned();
    let mut builder = Host::builder();
    if args.host_keytab.is_none() || connection.user.is_some() {
        builder = builder.user(credentials::user(connection)?, credentials::password(connection)?);
    }
    if let Some(path) = &args.host_keytab {
        let keytab = Keytab::parse(&read("keytab", path)?)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        builder = builder.keytab(keytab);
    }
    if let Some(certificate) = &args.tls_cert {
        let key = args.tls_key.as_ref().unwrap_or(certificate);
        builder = builder
            .tls(&read("certificate", certificate)?, &read("private key", key)?)
            .map_err(|error| {
                let reason = error.source().map(|source| format!(": {source}"));
                Failure::usage(format!("{error}{}", reason.unwrap_or_default()))
            })?;
    }
    let host = builder
        .basic(args.basic)
        .hardening(match args.cbt {
            Cbt::None => Hardening::None,
            Cbt::Relaxed => Hardening::Relaxed,
            Cbt::Strict => Hardening::Strict,
        })
        .inventory(inventory)
        .job_duration(job)
        .bind(args.listen)
        .await
        .map_err(|error| unbound(args.listen, &error))?;
    if let Some(path) = &args.ready_file {
        write_whole(path, &format!("{name} {}\n", host.url()))?;
    }
    output.note(&format!("the simulated host {name} listens on {}; Ctrl-C ends it", host.url()));
    std::future::pending().await
}

fn read(what: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    fs::read(path).map(Zeroizing::new).map_err(|error| unreadable(what, path, &error))
}

/// Why a host does not listen.
pub(super) fn unbound(address: SocketAddr, error: &sim::Error) -> Failure {
    let reason = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    Failure::usage(format!("{error} ({address}{reason})"))
}

/// Writes a file that is never seen half-written: under another name first, then renamed.
pub(super) fn write_whole(path: &Path, text: &str) -> Result<(), Failure> {
    let temporary = path.with_extension("part");
    fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, path)).map_err(|error| {
        Failure::usage(format!("the file {} cannot be written: {error}", path.display()))
    })
}
