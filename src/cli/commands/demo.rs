//! `hvr demo`

use std::time::Duration;

use super::{resync, vm};
use crate::{
    auth::Credentials,
    cli::{args::ResyncArgs, failure::Failure, output::Output},
    client::Client,
    replication::{ReplicationService, ReplicationState},
    sim::{Host, Inventory},
};

/// Shows the virtual machines of a simulated host, and resynchronizes the one that needs it.
pub(super) async fn run(output: &Output) -> Result<(), Failure> {
    const USER: &str = "demo";
    const PASSWORD: &str = "demo";
    let host = Host::builder()
        .user(USER, PASSWORD)
        .inventory(Inventory::sample())
        .job_duration(Duration::from_secs(5))
        .bind("127.0.0.1:0")
        .await
        .map_err(|error| Failure::usage(format!("the simulated host cannot listen: {error}")))?;
    let client =
        Client::builder(&host.url()).credentials(Credentials::ntlm(USER, PASSWORD)).build()?;
    let replica = ReplicationService::new(&client);
    output.note(&format!(
        "A simulated Hyper-V host listens on {}. These are its virtual machines:\n",
        host.url()
    ));
    let vms = replica.virtual_machines().await?;
    vm::print(&vms, output)?;

    let needs_it = vms
        .iter()
        .find(|vm| vm.replication_state == Some(ReplicationState::WaitingToStartResynchronization))
        .ok_or_else(|| {
            Failure::usage("no virtual machine of the simulated host needs resynchronization")
        })?;
    output.note(&format!(
        "\n{} has to be resynchronized. $ hvr resync {}\n",
        needs_it.name, needs_it.name
    ));
    let report =
        resync::resynchronize(&replica, needs_it, &ResyncArgs::of(&needs_it.name), output).await?;
    output.object(&report, || resync::text(&report))?;
    report.checked()?;

    output.note("\nAnd now:\n");
    vm::print(&replica.virtual_machines().await?, output)?;
    output.note(
        "\nWith a host of your own:\n  \
         hvr --host HOST --user 'DOMAIN\\user' vm list\n  \
         hvr --host HOST --user 'DOMAIN\\user' resync VM\n\
         With a simulated one, in another terminal:\n  \
         hvr sim serve --listen 127.0.0.1:15985 --user admin --password-file FILE\n  \
         hvr --host http://127.0.0.1:15985/wsman --user admin --password-file FILE vm list",
    );
    Ok(())
}
