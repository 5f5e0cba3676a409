//! The value maps of `Msvm_ComputerSystem` and `Msvm_ReplicationRelationship`.

use crate::cim::open_enum;

open_enum! {
    /// What a virtual machine does: `EnabledState`.
    pub enum VmState: u16 {
        /// Running.
        Running = 2,
        /// Turned off.
        Off = 3,
        /// About to stop.
        Stopping = 4,
        /// Saved to disk.
        Saved = 6,
        /// Paused.
        Paused = 9,
        /// About to start.
        Starting = 10,
    }
}

open_enum! {
    /// The role of a virtual machine in replication: `ReplicationMode`.
    pub enum ReplicationMode: u16 {
        /// It is not replicated.
        None = 0,
        /// It is replicated to another host.
        Primary = 1,
        /// It is the copy of a machine of another host.
        Replica = 2,
        /// It is a copy for a test failover.
        TestReplica = 3,
        /// It is the copy of a replica of another host.
        ExtendedReplica = 4,
    }
}

open_enum! {
    /// How far the replication of a virtual machine is: `ReplicationState`, by the names of WMI. PowerShell has other
    /// names and other numbers.
    pub enum ReplicationState: u16 {
        /// It is not replicated.
        Disabled = 0,
        /// There is a relationship, but no initial copy.
        ReadyForReplication = 1,
        /// The initial copy is under way, or awaited.
        WaitingToCompleteInitialReplication = 2,
        /// Replicating, as it should.
        Replicating = 3,
        /// Ready for a planned failover; the primary cannot start.
        SyncedReplicationComplete = 4,
        /// Failed over, not committed.
        Recovered = 5,
        /// Failed over, committed.
        Committed = 6,
        /// Paused.
        Suspended = 7,
        /// Stopped by an error.
        Critical = 8,
        /// It has to be resynchronized.
        WaitingToStartResynchronization = 9,
        /// The disks are being compared.
        Resynchronizing = 10,
        /// The comparison is paused.
        ResynchronizationSuspended = 11,
        /// A failover is running.
        FailoverInProgress = 12,
        /// A failback is running.
        FailbackInProgress = 13,
        /// A failback is complete.
        FailbackComplete = 14,
        /// The set of disks is being changed.
        DiskUpdateInProgress = 15,
        /// The change of the set of disks failed.
        DiskUpdateCritical = 16,
        /// The host does not know.
        NotKnown = 17,
        /// Replica is being repurposed.
        RepurposeReplicationInProgress = 18,
        /// Prepared for synchronous replication.
        PreparedForSyncReplication = 19,
        /// Prepared for the reverse replication of a group.
        PreparedForGroupReverseReplication = 20,
        /// A drill is running.
        FiredrillInProgress = 21,
    }
}

open_enum! {
    /// How well replication works: `ReplicationHealth`. The host decides; we do not compute it.
    pub enum ReplicationHealth: u16 {
        /// It is not replicated.
        NotApplicable = 0,
        /// Well.
        Ok = 1,
        /// Something needs attention.
        Warning = 2,
        /// Something is wrong.
        Critical = 3,
    }
}
