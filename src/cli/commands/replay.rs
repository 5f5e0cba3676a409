//! `hvr replay`

use std::io;

use super::sim::{unbound, write_whole};
use crate::{
    cli::{
        args::{ConnectionArgs, ReplayArgs},
        credentials,
        failure::Failure,
        output::Output,
    },
    recording,
    sim::{Host, Replay},
};

/// Serves a recording until the program is interrupted.
pub(super) async fn serve(
    connection: &ConnectionArgs,
    args: &ReplayArgs,
    output: &Output,
) -> Result<(), Failure> {
    let replay = Replay::open(&args.folder).map_err(|error| match error {
        // The list of the exchanges is read first.
        recording::Error::Read(path, reason)
            if reason.kind() == io::ErrorKind::NotFound && path.ends_with("exchanges.ndjson") =>
        {
            Failure::usage(format!("there is no recording in {}", args.folder.display()))
        }
        error => error.into(),
    })?;
    let exchanges = replay.left();
    let host = Host::builder()
        .user(credentials::user(connection)?, credentials::password(connection)?)
        .replay(replay)
        .bind(args.listen)
        .await
        .map_err(|error| unbound(args.listen, &error))?;
    if let Some(path) = &args.ready_file {
        write_whole(path, &format!("replay {}\n", host.url()))?;
    }
    output.note(&format!(
        "{exchanges} recorded {} served on {}; Ctrl-C ends it",
        if exchanges == 1 { "exchange is" } else { "exchanges are" },
        host.url()
    ));
    std::future::pending().await
}
