//! `hvr vm`

use crate::{
    cli::{failure::Failure, output::Output},
    client::Client,
    replication::{ReplicationService, VirtualMachine},
};

/// What may be the matter when an account sees no virtual machine.
pub(super) const SEES_NONE: &str = "the account sees no virtual machine at all; if there are some, it may be a local \
     administrator whose token is filtered by UAC (LocalAccountTokenFilterPolicy), or no Hyper-V administrator";

/// Prints all virtual machines.
pub(super) async fn list(client: &Client, output: &Output) -> Result<(), Failure> {
    let vms = ReplicationService::new(client).virtual_machines().await?;
    if vms.is_empty() {
        output.note(&format!("warning: {SEES_NONE}"));
    }
    print(&vms, output)
}

/// Prints virtual machines.
pub(super) fn print(vms: &[VirtualMachine], output: &Output) -> Result<(), Failure> {
    fn word(value: Option<impl ToString>) -> String {
        value.map_or_else(|| "-".to_owned(), |value| value.to_string())
    }
    output.rows(vms, &["NAME", "STATE", "MODE", "REPLICATION", "HEALTH", "ID"], |vm| {
        vec![
            vm.name.clone(),
            word(vm.state),
            word(vm.replication_mode),
            word(vm.replication_state),
            word(vm.replication_health),
            vm.id.clone(),
        ]
    })
}
