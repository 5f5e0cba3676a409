//! What each thing that is done to a replication takes, and how its end shows: facts, for explanations.
//!
//! Nothing is refused by them: hosts decide, and differ. They say what a host probably wants that said no, and tell
//! whether a call ran whose answer was lost. From the state machine of Hyper-V Replica as far as Microsoft's
//! documentation, the descriptions of its cmdlets and reports of its operators show it.

use super::states::{
    ReplicationMode::{self, Primary},
    ReplicationState::{self, *},
    VmState::{self, Off, Running},
};
use crate::msvm::values::{JobType, JobType as J};

/// Something that is done to a host or a virtual machine: a method, and, where the method takes a state, the state.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verb {
    /// The method of the wire.
    pub method: &'static str,
    /// What is done, `{}` being the virtual machine: `resynchronize {}`.
    pub does: &'static str,
    /// The same as a noun: `the resynchronization`.
    pub noun: &'static str,
    /// What the host wants for it, as a clause.
    pub wants: &'static str,
    /// The replication states while it runs.
    pub runs: &'static [ReplicationState],
    /// What shows that it was done.
    pub done: Sign,
    /// The replication states that show that it ran and failed.
    pub failed: &'static [ReplicationState],
    /// `JobType` of its job. Matched by name, so it tells jobs apart and decides nothing by itself.
    pub jobs: &'static [JobType],
}

/// What of a virtual machine shows that something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sign {
    /// One of these replication states.
    State(&'static [ReplicationState]),
    /// This role.
    Mode(ReplicationMode),
    /// One of these power states.
    Power(&'static [VmState]),
    /// That the virtual machine is gone.
    Gone,
    /// That the virtual machine has a test replica.
    TestReplica,
    /// Nothing of the virtual machine.
    Nothing,
}

/// A verb that shows in nothing.
const fn quiet(
    method: &'static str,
    does: &'static str,
    noun: &'static str,
    wants: &'static str,
) -> Verb {
    Verb { method, does, noun, wants, runs: &[], done: Sign::Nothing, failed: &[], jobs: &[] }
}

macro_rules! verbs {
    ($( $(#[$doc:meta])* $name:ident = $verb:expr; )*) => {
        impl Verb {
            $( $(#[$doc])* pub const $name: Self = $verb; )*

            /// All of them.
            pub const ALL: &'static [&'static Self] = &[$( &Self::$name ),*];
        }
    };
}

verbs! {
    /// Change the settings of the replica server.
    CHANGE_SERVER = Verb {
        jobs: &[J::ModifyReplicationServerSettings],
        ..quiet(
            "ModifyServiceSettings",
            "change the settings of the replica server",
            "the change of the settings of the replica server",
            "valid settings, and a certificate for HTTPS",
        )
    };
    /// Let a primary server replicate here.
    AUTHORIZE = quiet(
        "AddAuthorizationEntry",
        "add the authorization entry",
        "the new authorization entry",
        "an entry that is not there yet, and no entry for any server beside others",
    );
    /// Change an authorization entry.
    CHANGE_AUTHORIZATION = quiet(
        "ModifyAuthorizationEntry",
        "change the authorization entry",
        "the change of the authorization entry",
        "an entry that is there",
    );
    /// Remove an authorization entry.
    UNAUTHORIZE = quiet(
        "RemoveAuthorizationEntry",
        "remove the authorization entry",
        "the removal of the authorization entry",
        "an entry that is there",
    );
    /// Choose the authorization entry of a replica.
    SET_AUTHORIZATION = quiet(
        "SetAuthorizationEntry",
        "set the authorization entry of {}",
        "the choice of the authorization entry",
        "a replica, and an entry that is there",
    );
    /// Check that a replica server can be reached.
    TEST_CONNECTION = Verb {
        jobs: &[J::TestReplicationConnection],
        ..quiet(
            "TestReplicationConnection",
            "test the connection to the replica server",
            "the test of the connection",
            "a replica server that listens and takes the authentication",
        )
    };
    /// Read the certificates of the host.
    LIST_CERTIFICATES = quiet(
        "GetSystemCertificates",
        "list its certificates",
        "the list of certificates",
        "nothing but the rights of an administrator",
    );
    /// Enable replication, or extend it.
    ENABLE = Verb {
        done: Sign::State(&[ReadyForReplication, WaitingToCompleteInitialReplication, Replicating]),
        jobs: &[J::CreateReplicationRelationship],
        ..quiet(
            "CreateReplicationRelationship",
            "enable the replication of {}",
            "the new relationship",
            "a machine that is not replicated, or a replica that is to be extended, in state Replicating",
        )
    };
    /// Change the settings of a relationship.
    CHANGE = Verb {
        jobs: &[J::ModifyReplicationRelationshipSettings, J::UpdateDiskSet],
        ..quiet(
            "ModifyReplicationSettings",
            "change the replication of {}",
            "the change of the replication",
            "a primary, or a replica for its extended relationship, and settings that the replica server takes",
        )
    };
    /// End a relationship on this host.
    REMOVE = Verb {
        done: Sign::State(&[Disabled]),
        jobs: &[J::RemoveReplicationRelationship],
        ..quiet(
            "RemoveReplicationRelationshipEx",
            "remove the replication of {}",
            "the removal of the replication",
            "a relationship that no failover is running on; an extended one goes before the primary one",
        )
    };
    /// End the primary relationship on this host, on Windows Server 2012.
    REMOVE_PRIMARY = Verb { method: "RemoveReplicationRelationship", ..Self::REMOVE };
    /// Begin the initial replication.
    START = Verb {
        runs: &[WaitingToCompleteInitialReplication],
        done: Sign::State(&[Replicating]),
        jobs: &[J::StartInbandInitialReplication, J::SendingInitialReplica, J::StartResyncInitialReplication, J::StartExportInitialReplication],
        ..quiet(
            "StartReplication",
            "start the initial replication of {}",
            "the initial replication",
            "a primary, or a replica for its extended relationship, in state ReadyForReplication",
        )
    };
    /// Load an exported initial copy.
    IMPORT = Verb {
        done: Sign::State(&[Replicating]),
        jobs: &[J::ImportReplication],
        ..quiet(
            "ImportInitialReplica",
            "import the initial copy of {}",
            "the import of the initial copy",
            "a replica in state WaitingToCompleteInitialReplication, and the folder of its export",
        )
    };
    /// Make a failed-over replica the primary, and replicate back.
    REVERSE = Verb {
        done: Sign::Mode(Primary),
        jobs: &[J::ReverseReplication],
        ..quiet(
            "ReverseReplicationRelationship",
            "reverse the replication of {}",
            "the reversal of the replication",
            "a replica in state Committed without an extended relationship, the old primary switched off, and a replica server on its host",
        )
    };
    /// Fail over to a recovery point.
    FAIL_OVER = Verb {
        runs: &[FailoverInProgress],
        done: Sign::State(&[Recovered]),
        jobs: &[J::InitiateFailover],
        ..quiet(
            "InitiateFailover",
            "fail over {}",
            "the failover",
            "a replica that is switched off, in state Replicating, Suspended, Critical or WaitingToStartResynchronization",
        )
    };
    /// Undo a failover that is not committed.
    REVERT = Verb {
        done: Sign::State(&[Replicating, Suspended, Critical, WaitingToStartResynchronization]),
        jobs: &[J::RevertFailover],
        ..quiet(
            "RevertFailover",
            "revert the failover of {}",
            "the reversion of the failover",
            "a replica that is switched off, in state Recovered",
        )
    };
    /// Keep the recovery point of a failover and drop the others.
    COMMIT = Verb {
        done: Sign::State(&[Committed]),
        jobs: &[J::CommitFailover],
        ..quiet(
            "CommitFailover",
            "commit the failover of {}",
            "the commit of the failover",
            "a replica in state Recovered",
        )
    };
    /// Make a test machine of a recovery point.
    TEST = Verb {
        done: Sign::TestReplica,
        jobs: &[J::InitiateTestReplica],
        ..quiet(
            "TestReplicaSystem",
            "make a test replica of {}",
            "the test failover",
            "a replica in state Replicating or close to it, that has no test replica yet",
        )
    };
    /// Compare the disks and send what differs.
    RESYNCHRONIZE = Verb {
        runs: &[Resynchronizing],
        done: Sign::State(&[Replicating]),
        failed: &[WaitingToStartResynchronization, Critical],
        jobs: &[J::Resynchronizing, J::ResynchronizingExtendedReplication],
        ..quiet(
            "Resynchronize",
            "resynchronize {}",
            "the resynchronization",
            "a primary, or a replica for its extended relationship, in state WaitingToStartResynchronization, Critical or ResynchronizationSuspended",
        )
    };
    /// Set what a guest's network becomes at failover.
    SET_NETWORK = quiet(
        "SetFailoverNetworkAdapterSettings",
        "set the failover network settings of {}",
        "the change of the failover network settings",
        "a replicated machine, and one setting for each adapter with addresses or DHCP",
    );
    /// Read the statistics of a relationship.
    STATISTICS = Verb {
        jobs: &[J::GetReplicaStatistics],
        ..quiet(
            "GetReplicationStatisticsEx",
            "read the replication statistics of {}",
            "the reading of the statistics",
            "a replicated machine",
        )
    };
    /// Read the statistics of the primary relationship, on Windows Server 2012.
    STATISTICS_PRIMARY = Verb { method: "GetReplicationStatistics", ..Self::STATISTICS };
    /// Clear the statistics of a relationship.
    RESET_STATISTICS = Verb {
        jobs: &[J::ResetReplicaStatistics],
        ..quiet(
            "ResetReplicationStatisticsEx",
            "reset the replication statistics of {}",
            "the reset of the statistics",
            "a replicated machine",
        )
    };
    /// Clear the statistics of the primary relationship, on Windows Server 2012.
    RESET_STATISTICS_PRIMARY = Verb { method: "ResetReplicationStatistics", ..Self::RESET_STATISTICS };
    /// Make a replica that has an extended replica the primary of that.
    PROMOTE = Verb {
        done: Sign::Mode(Primary),
        jobs: &[J::ChangeReplicationModeToPrimary],
        ..quiet(
            "ChangeReplicationModeToPrimary",
            "promote {}",
            "the promotion",
            "a replica in state Committed that has an extended relationship",
        )
    };
    /// Fail back by an external provider.
    FAIL_BACK = Verb {
        runs: &[FailbackInProgress],
        done: Sign::State(&[FailbackComplete]),
        jobs: &[J::InitiateFailback],
        ..quiet(
            "InitiateFailback",
            "fail back {}",
            "the failback",
            "a machine on the recovery site whose replication has an external provider",
        )
    };
    /// Request a state of the service: inherited, and of no use.
    SERVICE_STATE = quiet(
        "RequestStateChange",
        "change the state of the service",
        "the change of the state of the service",
        "something else: the service is started by the system",
    );
    /// Start the service: inherited, and of no use.
    SERVICE_START = quiet(
        "StartService",
        "start the service",
        "the start of the service",
        "something else: the service is started by the system",
    );
    /// Stop the service: inherited, and of no use.
    SERVICE_STOP = quiet(
        "StopService",
        "stop the service",
        "the stop of the service",
        "something else: the service is stopped by the system",
    );
    /// Pause replication, or a resynchronization.
    PAUSE = Verb {
        done: Sign::State(&[Suspended, ResynchronizationSuspended]),
        jobs: &[J::ReplicateStateChange],
        ..quiet(
            "RequestReplicationStateChangeEx",
            "pause the replication of {}",
            "the pause",
            "a machine in state Replicating or Resynchronizing",
        )
    };
    /// Resume replication.
    RESUME = Verb {
        done: Sign::State(&[Replicating, Resynchronizing]),
        jobs: &[J::ReplicateStateChange],
        ..quiet(
            "RequestReplicationStateChangeEx",
            "resume the replication of {}",
            "the resumption",
            "a machine in state Suspended, Critical, WaitingToStartResynchronization or ResynchronizationSuspended",
        )
    };
    /// Cancel the initial replication.
    CANCEL_START = Verb {
        done: Sign::State(&[ReadyForReplication]),
        jobs: &[J::StopInitialReplication],
        ..quiet(
            "RequestReplicationStateChangeEx",
            "cancel the initial replication of {}",
            "the cancellation of the initial replication",
            "a primary in state WaitingToCompleteInitialReplication",
        )
    };
    /// Cancel a resynchronization.
    CANCEL_RESYNCHRONIZATION = Verb {
        done: Sign::State(&[WaitingToStartResynchronization]),
        jobs: &[J::StopResynchronizing],
        ..quiet(
            "RequestReplicationStateChangeEx",
            "cancel the resynchronization of {}",
            "the cancellation of the resynchronization",
            "a primary in state Resynchronizing or ResynchronizationSuspended",
        )
    };
    /// Prepare a planned failover: send the last changes.
    PREPARE = Verb {
        done: Sign::State(&[SyncedReplicationComplete]),
        jobs: &[J::InitiateSyncedReplication],
        ..quiet(
            "RequestReplicationStateChangeEx",
            "prepare {} for a planned failover",
            "the preparation of the failover",
            "a primary that is switched off, in state Replicating",
        )
    };
    /// Cancel the preparation of a planned failover.
    CANCEL_PREPARE = Verb {
        done: Sign::State(&[Replicating]),
        jobs: &[J::CancelSyncedReplication],
        ..quiet(
            "RequestReplicationStateChangeEx",
            "cancel the prepared failover of {}",
            "the cancellation of the prepared failover",
            "a primary in state SyncedReplicationComplete",
        )
    };
    /// Make a machine that does not replicate a replica.
    BECOME_REPLICA = Verb {
        done: Sign::State(&[WaitingToCompleteInitialReplication]),
        jobs: &[J::ReplicateStateChange],
        ..quiet(
            "RequestReplicationStateChangeEx",
            "make {} a replica",
            "the change to a replica",
            "a machine that is switched off: a restored copy in state Disabled, or an old primary",
        )
    };
    /// Ask for any replication state.
    REQUEST_STATE = Verb {
        jobs: &[J::ReplicateStateChange, J::InitiateSyncedReplication, J::CancelSyncedReplication, J::StopInitialReplication, J::StopResynchronizing],
        ..quiet(
            "RequestReplicationStateChangeEx",
            "change the replication state of {}",
            "the change of the replication state",
            "a state that follows on the one that the machine is in",
        )
    };
    /// Ask for any replication state of the primary relationship, on Windows Server 2012.
    REQUEST_STATE_PRIMARY = Verb { method: "RequestReplicationStateChange", ..Self::REQUEST_STATE };
    /// Start a virtual machine.
    POWER_ON = Verb {
        done: Sign::Power(&[Running]),
        jobs: &[J::StartVm, J::RestoreVm, J::ResumeVm],
        ..quiet(
            "RequestStateChange",
            "start {}",
            "the start",
            "a machine that is off, saved or paused, and is neither a replica that is not failed over nor a primary that is prepared for a failover",
        )
    };
    /// Turn a virtual machine off, as if by pulling its plug.
    POWER_OFF = Verb {
        done: Sign::Power(&[Off]),
        jobs: &[J::PowerOffVm],
        ..quiet(
            "RequestStateChange",
            "turn off {}",
            "the turning off",
            "a machine that is running, saved or paused",
        )
    };
    /// Ask for any power state.
    POWER = Verb {
        jobs: &[J::StartVm, J::PowerOffVm, J::SaveVm, J::RestoreVm, J::ShutDownVm, J::PauseVm, J::ResumeVm, J::ResetVm, J::RebootVm],
        ..quiet(
            "RequestStateChange",
            "change the power state of {}",
            "the change of the power state",
            "a state that follows on the one that the machine is in",
        )
    };
    /// Have the guest shut down.
    SHUT_DOWN = Verb {
        done: Sign::Power(&[Off]),
        jobs: &[J::ShutDownVm],
        ..quiet(
            "InitiateShutdown",
            "shut down {}",
            "the shutdown",
            "a running machine whose guest has the shutdown service",
        )
    };
    /// Delete a test replica.
    DESTROY_TEST = Verb {
        done: Sign::Gone,
        jobs: &[J::DestroyVm, J::RemoveTestReplica],
        ..quiet(
            "DestroySystem",
            "delete the test replica {}",
            "the deletion",
            "a test replica that is off or saved",
        )
    };
}

impl Verb {
    /// What is done to this virtual machine.
    #[must_use]
    pub fn does_to(&self, name: &str) -> String {
        self.does.replace("{}", name)
    }

    /// Whether it changes nothing, so that it does not matter whether it ran.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        let readers = [
            Self::TEST_CONNECTION.method,
            Self::LIST_CERTIFICATES.method,
            Self::STATISTICS.method,
            Self::STATISTICS_PRIMARY.method,
        ];
        readers.contains(&self.method)
    }

    /// Whether neither the state nor a job shows at once that it ran: a guest that was asked to shut down takes its time.
    pub(super) fn shows_late(&self) -> bool {
        self.method == Self::SHUT_DOWN.method
    }
}
