//! Resynchronization: disks are compared, and what differs is sent to the replica.

use jiff::Timestamp;

use super::{extended, facts};
use crate::{
    msvm::replication_service::Resynchronize,
    replication::{Call, ReplicationService, Verb, VirtualMachine, guard::Guard},
};

impl ReplicationService {
    /// Resynchronizes a virtual machine with its replica: compares the disks, and sends what differs.
    ///
    /// On a replica the method acts on its extended relationship, which is not what somebody means who names a replica:
    /// unless [`extended`](Call::extended) was said, it is refused here, and the message names the host of the primary.
    #[doc = facts!(
        host: "the primary's; a replica's for its [extended](Call::extended) relationship",
        before: "`WaitingToStartResynchronization`, `Critical` or `ResynchronizationSuspended`",
        after: "`Resynchronizing`, then `Replicating`",
        undo: "[`cancel_resynchronization`](Self::cancel_resynchronization) while it runs; recovery points of the replica may be lost",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.Resynchronize(ComputerSystem REF, StartTime datetime, out Job REF)",
    )]
    pub fn resynchronize(&self, vm: &VirtualMachine) -> Call<Resynchronize> {
        let input = Resynchronize { computer_system: vm.reference.clone(), start_time: None };
        Call::of_service(self, &Verb::RESYNCHRONIZE, input).on(vm).guarded(Guard::Side)
    }
}

impl<T> Call<Resynchronize, T> {
    /// Begins at a later time; at once by default. Hyper-V's own tools allow at most seven days ahead.
    pub const fn at(mut self, time: Timestamp) -> Self {
        self.input.start_time = Some(time);
        self.start = Some(time);
        self
    }
}

extended!(Resynchronize);
