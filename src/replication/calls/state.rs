//! Replication states that are asked for: pause and resume, cancellations, the preparation of a planned failover.

use super::facts;
use crate::{
    msvm::{
        computer_system::{RequestReplicationStateChange, RequestReplicationStateChangeEx},
        values::RequestedReplicationState as Requested,
    },
    replication::{
        Call, Relationship, ReplicationService, Verb, VirtualMachine, guard::Guard,
        relationship::check_owner,
    },
};

impl ReplicationService {
    /// Asks for a replication state of a relationship, the primary one unless [another](Call::relationship) is named. The
    /// methods below say what the states are for.
    #[doc = facts!(
        host: "depends on the state",
        before: "depends on the state",
        after: "depends on the state",
        undo: "depends on the state",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ComputerSystem.RequestReplicationStateChangeEx(ReplicationRelationship string, RequestedState uint16, out Job REF, TimeoutPeriod datetime)",
    )]
    pub fn request_replication_state(
        &self,
        vm: &VirtualMachine,
        state: Requested,
    ) -> Call<RequestReplicationStateChangeEx> {
        self.request(vm, &Verb::REQUEST_STATE, state)
    }

    /// Asks for a replication state of the primary relationship: as
    /// [`request_replication_state`](Self::request_replication_state), for Windows Server 2012, which has no other.
    /// Deprecated since.
    #[doc = facts!(
        host: "depends on the state",
        before: "depends on the state",
        after: "depends on the state",
        undo: "depends on the state",
        since: "Windows Server 2012",
        wire: "Msvm_ComputerSystem.RequestReplicationStateChange(RequestedState uint16, out Job REF, TimeoutPeriod datetime)",
    )]
    pub fn request_primary_replication_state(
        &self,
        vm: &VirtualMachine,
        state: Requested,
    ) -> Call<RequestReplicationStateChange> {
        let input = RequestReplicationStateChange { requested_state: state, timeout_period: None };
        Call::of_instance(self, &Verb::REQUEST_STATE_PRIMARY, &vm.reference, input).on(vm)
    }

    /// Pauses replication on this side, or a resynchronization.
    #[doc = facts!(
        host: "either, each for itself",
        before: "`Replicating` or `Resynchronizing`",
        after: "`Suspended` or `ResynchronizationSuspended`",
        undo: "[`resume_replication`](Self::resume_replication)",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ComputerSystem.RequestReplicationStateChangeEx(RequestedState 7)",
    )]
    pub fn suspend_replication(
        &self,
        vm: &VirtualMachine,
    ) -> Call<RequestReplicationStateChangeEx> {
        self.request(vm, &Verb::PAUSE, Requested::Suspend)
    }

    /// Resumes replication, or a resynchronization that is paused.
    ///
    /// The same request cancels the preparation of a failover. So a machine that is prepared is refused here: its replica may
    /// be failed over, and two machines would run.
    #[doc = facts!(
        host: "either, each for itself",
        before: "`Suspended`, `Critical`, `WaitingToStartResynchronization` or `ResynchronizationSuspended`",
        after: "`Replicating` or `Resynchronizing`",
        undo: "[`suspend_replication`](Self::suspend_replication)",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ComputerSystem.RequestReplicationStateChangeEx(RequestedState 3)",
    )]
    pub fn resume_replication(&self, vm: &VirtualMachine) -> Call<RequestReplicationStateChangeEx> {
        self.request(vm, &Verb::RESUME, Requested::Replicating).guarded(Guard::NotPrepared)
    }

    /// Cancels the initial replication, or the export of its copy.
    #[doc = facts!(
        host: "the primary's; a replica's for its extended relationship",
        before: "`WaitingToCompleteInitialReplication`",
        after: "`ReadyForReplication`",
        undo: "[`start_replication`](Self::start_replication), from the beginning",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ComputerSystem.RequestReplicationStateChangeEx(RequestedState 1)",
    )]
    pub fn cancel_initial_replication(
        &self,
        vm: &VirtualMachine,
    ) -> Call<RequestReplicationStateChangeEx> {
        self.request(vm, &Verb::CANCEL_START, Requested::ReadyToStartInitialReplication)
    }

    /// Cancels a resynchronization, which has to be made again later: there is no replication without it.
    #[doc = facts!(
        host: "the primary's; a replica's for its extended relationship",
        before: "`Resynchronizing` or `ResynchronizationSuspended`",
        after: "`WaitingToStartResynchronization`",
        undo: "[`resynchronize`](Self::resynchronize), from the beginning",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ComputerSystem.RequestReplicationStateChangeEx(RequestedState 9)",
    )]
    pub fn cancel_resynchronization(
        &self,
        vm: &VirtualMachine,
    ) -> Call<RequestReplicationStateChangeEx> {
        self.request(vm, &Verb::CANCEL_RESYNCHRONIZATION, Requested::CancelResynchronize)
    }

    /// Prepares a planned failover: sends the last changes, so that the failover loses nothing. The primary cannot be started
    /// then.
    #[doc = facts!(
        host: "the primary's",
        before: "`Replicating`; the primary is off",
        after: "`SyncedReplicationComplete`",
        undo: "[`cancel_failover_preparation`](Self::cancel_failover_preparation)",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ComputerSystem.RequestReplicationStateChangeEx(RequestedState 4)",
    )]
    pub fn prepare_failover(&self, vm: &VirtualMachine) -> Call<RequestReplicationStateChangeEx> {
        self.request(vm, &Verb::PREPARE, Requested::SyncedReplicationComplete)
    }

    /// Gives up the preparation of a planned failover: the primary replicates again and can be started. The replica must not
    /// be failed over then, or its failover has to be reverted first.
    ///
    /// That it is done by this state is concluded from the type of its job, and not documented. The same request resumes a
    /// machine that is paused, so one that is not prepared is refused here.
    #[doc = facts!(
        host: "the primary's",
        before: "`SyncedReplicationComplete`",
        after: "`Replicating`",
        undo: "[`prepare_failover`](Self::prepare_failover)",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ComputerSystem.RequestReplicationStateChangeEx(RequestedState 3)",
    )]
    pub fn cancel_failover_preparation(
        &self,
        vm: &VirtualMachine,
    ) -> Call<RequestReplicationStateChangeEx> {
        self.request(vm, &Verb::CANCEL_PREPARE, Requested::Replicating).guarded(Guard::Prepared)
    }

    /// Makes a machine a replica: a restored copy, so that the initial replication can be
    /// [seeded](Call::seeded), or an old primary whose replica was made the primary.
    ///
    /// That it is done by this state is concluded from its name, and not documented.
    #[doc = facts!(
        host: "that which is to be the replica's",
        before: "`Disabled`; an old primary is off",
        after: "`WaitingToCompleteInitialReplication`, mode `Replica`",
        undo: "[`remove_replication_relationship`](Self::remove_replication_relationship)",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ComputerSystem.RequestReplicationStateChangeEx(RequestedState 2)",
    )]
    pub fn become_replica(&self, vm: &VirtualMachine) -> Call<RequestReplicationStateChangeEx> {
        self.request(vm, &Verb::BECOME_REPLICA, Requested::WaitingToCompleteInitialReplication)
    }

    fn request(
        &self,
        vm: &VirtualMachine,
        verb: &'static Verb,
        state: Requested,
    ) -> Call<RequestReplicationStateChangeEx> {
        let input = RequestReplicationStateChangeEx {
            replication_relationship: None,
            requested_state: state,
            timeout_period: None,
        };
        Call::of_instance(self, verb, &vm.reference, input).on(vm)
    }
}

impl<T> Call<RequestReplicationStateChangeEx, T> {
    /// Acts on this relationship. It goes to the host as the instance that was read, not as a reference.
    pub fn relationship(mut self, relationship: &Relationship) -> Self {
        self.input.replication_relationship = Some(relationship.facts.clone());
        let id = relationship.facts.instance_id.as_deref();
        let check = self.vm.as_ref().map_or(Ok(()), |vm| check_owner(id, vm));
        self.about(relationship).checked(check)
    }
}
