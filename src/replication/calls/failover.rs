//! Failovers: for good and as a test.

use super::facts;
use crate::{
    cim::Reference,
    error::{Error, ErrorKind, Result},
    job::Job,
    msvm::{
        replication_service::{
            CommitFailover, InitiateFailover, RevertFailover, TestReplicaSystem,
            TestReplicaSystemOutput,
        },
        virtual_system_management_service::DestroySystem,
    },
    replication::{
        Call, Gives, RecoveryPoint, ReplicationService, Sent, Verb, VirtualMachine, guard::Guard,
    },
};

impl ReplicationService {
    /// Fails a replica over: to its latest state, unless a [point](Call::to) is named. The machine is not started by it.
    ///
    /// The host does not look at the primary. Two running copies are a split brain: see to it that the primary is off.
    #[doc = facts!(
        host: "the replica's",
        before: "`Replicating`, `Suspended`, `Critical` or `WaitingToStartResynchronization`; the replica is off",
        after: "`FailoverInProgress`, then `Recovered`",
        undo: "[`revert_failover`](Self::revert_failover), until [`commit_failover`](Self::commit_failover)",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.InitiateFailover(ComputerSystem REF, SnapshotSettingData REF, out Job REF)",
    )]
    pub fn initiate_failover(&self, vm: &VirtualMachine) -> Call<InitiateFailover> {
        let input =
            InitiateFailover { computer_system: vm.reference.clone(), snapshot_setting_data: None };
        Call::of_service(self, &Verb::FAIL_OVER, input).on(vm)
    }

    /// Undoes a failover that is not committed, so that another point can be chosen. What the machine wrote since is lost.
    #[doc = facts!(
        host: "the replica's",
        before: "`Recovered`; the replica is off",
        after: "`Replicating`, or what it was before; after a planned failover the primary still is `SyncedReplicationComplete`",
        undo: "nothing: what the failed-over machine wrote is gone",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.RevertFailover(ComputerSystem REF, out Job REF)",
    )]
    pub fn revert_failover(&self, vm: &VirtualMachine) -> Call<RevertFailover> {
        let input = RevertFailover { computer_system: vm.reference.clone() };
        Call::of_service(self, &Verb::REVERT, input).on(vm)
    }

    /// Keeps the point that a replica was failed over to, and drops all others.
    ///
    /// It is refused here unless the machine, read again just before, is failed over or in a state that is not known.
    #[doc = facts!(
        host: "the replica's",
        before: "`Recovered`",
        after: "`Committed`",
        undo: "nothing: the other recovery points are gone",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.CommitFailover(ComputerSystem REF, out Job REF)",
    )]
    pub fn commit_failover(&self, vm: &VirtualMachine) -> Call<CommitFailover> {
        let input = CommitFailover { computer_system: vm.reference.clone() };
        Call::of_service(self, &Verb::COMMIT, input).on(vm).guarded(Guard::FailedOver)
    }

    /// Makes a test replica: a new machine of the latest state of a replica, or of a [point](Call::to), which is connected
    /// to no network. Replication goes on. It gives the new machine.
    #[doc = facts!(
        host: "the replica's",
        before: "`Replicating`, or close to it; the replica has no test replica",
        after: "the same; there is a machine of mode `TestReplica`, switched off",
        undo: "[`destroy_test_replica`](Self::destroy_test_replica)",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.TestReplicaSystem(ComputerSystem REF, SnapshotSettingData REF, out ResultingSystem REF, out Job REF)",
    )]
    pub fn test_replica_system(
        &self,
        vm: &VirtualMachine,
    ) -> Call<TestReplicaSystem, VirtualMachine> {
        let input = TestReplicaSystem {
            computer_system: vm.reference.clone(),
            snapshot_setting_data: None,
        };
        Call::of_service(self, &Verb::TEST, input).on(vm)
    }

    /// Deletes a test replica.
    ///
    /// The method deletes any machine, a replica as well. So the machine is read again just before, and refused here unless
    /// its mode is `TestReplica`.
    #[doc = facts!(
        host: "the replica's",
        before: "the test replica is off or saved",
        after: "it is gone; its replica is as before",
        undo: "nothing: what the test wrote is gone",
        returns: "0 to 5, 4096, 32768 to 65535",
        since: "Windows Server 2012",
        wire: "Msvm_VirtualSystemManagementService.DestroySystem(AffectedSystem REF, out Job REF)",
    )]
    pub fn destroy_test_replica(&self, test: &VirtualMachine) -> Call<DestroySystem> {
        let input = DestroySystem { affected_system: test.reference.clone() };
        Call::of_service(self, &Verb::DESTROY_TEST, input).on(test).guarded(Guard::TestReplica)
    }
}

/// The choice of a recovery point.
macro_rules! to {
    ($input:ident) => {
        impl<T> Call<$input, T> {
            /// Chooses a [recovery point](ReplicationService::recovery_points).
            pub fn to(mut self, point: &RecoveryPoint) -> Self {
                self.input.snapshot_setting_data = Some(point.reference.clone());
                self
            }
        }
    };
}

to!(InitiateFailover);
to!(TestReplicaSystem);

/// The test replica: named by the host, or, as it mostly is after a job, found by its replica.
impl Gives<TestReplicaSystem> for VirtualMachine {
    async fn of_output(sent: &Sent, output: TestReplicaSystemOutput) -> Result<Self> {
        match output.resulting_system {
            Some(reference) => read(sent, &reference).await,
            None => find(sent).await,
        }
    }

    /// By the elements that the job affects, of which one is the new machine, or by the replica.
    async fn of_job(sent: &Sent, _: &TestReplicaSystem, job: &Job) -> Result<Self> {
        let affected = sent.service.machines_of(job).await.unwrap_or_else(|error| {
            tracing::debug!(%error, "what the job affects cannot be read");
            Vec::new()
        });
        let is_test = |vm: &Self| {
            vm.replication_mode == Some(crate::replication::ReplicationMode::TestReplica)
        };
        match affected.into_iter().find(is_test) {
            Some(test) => Ok(test),
            None => find(sent).await,
        }
    }
}

async fn read(sent: &Sent, reference: &Reference) -> Result<VirtualMachine> {
    let instance = sent.service.client().get(reference).await?;
    VirtualMachine::from_instance(&instance).ok_or_else(|| {
        Error::new(ErrorKind::Protocol, format!("{reference} is no virtual machine"))
    })
}

async fn find(sent: &Sent) -> Result<VirtualMachine> {
    let found = match &sent.vm {
        Some(vm) => sent.service.find_test_replica(vm).await?,
        None => None,
    };
    found.ok_or_else(|| {
        Error::new(ErrorKind::Protocol, "the host does not say which the test replica is")
    })
}
