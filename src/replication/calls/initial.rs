//! The initial replication: the first copy of the disks.

use jiff::Timestamp;

use super::{extended, facts};
use crate::{
    msvm::{
        replication_service::{ImportInitialReplica, StartReplication},
        values::InitialReplicationType,
    },
    replication::{Call, ReplicationService, Verb, VirtualMachine, guard::Guard},
};

impl ReplicationService {
    /// Starts the initial replication: over the network, unless [`export_to`](Call::export_to) or
    /// [`seeded`](Call::seeded) says otherwise.
    ///
    /// The job may end before the copy does: done is what is `Replicating` on both hosts.
    #[doc = facts!(
        host: "the primary's; a replica's for its [extended](Call::extended) relationship",
        before: "`ReadyForReplication`",
        after: "`WaitingToCompleteInitialReplication`, then `Replicating`",
        undo: "[`cancel_initial_replication`](Self::cancel_initial_replication) while it runs",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.StartReplication(ComputerSystem REF, InitialReplicationType uint16, InitialReplicationExportLocation string, StartTime datetime, out Job REF)",
    )]
    pub fn start_replication(&self, vm: &VirtualMachine) -> Call<StartReplication> {
        let input = StartReplication {
            computer_system: vm.reference.clone(),
            initial_replication_type: InitialReplicationType::NetworkTransfer,
            initial_replication_export_location: None,
            start_time: None,
        };
        Call::of_service(self, &Verb::START, input).on(vm).guarded(Guard::Side)
    }

    /// Loads an initial copy that was [exported](Call::export_to) and carried to the replica server. The folder is the
    /// machine's own one in the export, named by the machine and its GUID, as the replica server sees it.
    #[doc = facts!(
        host: "the replica's",
        before: "`WaitingToCompleteInitialReplication`",
        after: "`Replicating`",
        undo: "nothing to undo",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.ImportInitialReplica(ComputerSystem REF, InitialReplicationImportLocation string, out Job REF)",
    )]
    pub fn import_initial_replica(
        &self,
        vm: &VirtualMachine,
        folder: impl Into<String>,
    ) -> Call<ImportInitialReplica> {
        let input = ImportInitialReplica {
            computer_system: vm.reference.clone(),
            initial_replication_import_location: folder.into(),
        };
        Call::of_service(self, &Verb::IMPORT, input).on(vm)
    }
}

impl<T> Call<StartReplication, T> {
    /// Writes the copy into a folder of the host instead, with a folder of its own for each machine, to be carried to the
    /// replica server and [imported](ReplicationService::import_initial_replica) there. It begins at once, whatever
    /// [`at`](Self::at) says.
    pub fn export_to(mut self, folder: impl Into<String>) -> Self {
        self.input.initial_replication_type = InitialReplicationType::Export;
        self.input.initial_replication_export_location = Some(folder.into());
        self.timed()
    }

    /// Compares with a restored copy that the replica server has already, and sends what differs.
    pub fn seeded(mut self) -> Self {
        self.input.initial_replication_type = InitialReplicationType::SeededNetworkTransfer;
        self.input.initial_replication_export_location = None;
        self.timed()
    }

    /// Begins at a later time; at once by default. Hyper-V's own tools allow at most seven days ahead.
    pub fn at(mut self, time: Timestamp) -> Self {
        self.input.start_time = Some(time);
        self.timed()
    }

    /// An export is not scheduled: hosts ignore its time.
    fn timed(mut self) -> Self {
        let is_export = self.input.initial_replication_type == InitialReplicationType::Export;
        self.start = self.input.start_time.filter(|_| !is_export);
        self
    }
}

extended!(StartReplication);
