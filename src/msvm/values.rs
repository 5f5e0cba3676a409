//! What numbers and texts of properties and parameters mean.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use crate::cim::{open_enum, open_text};

open_enum! {
    /// What the virtual system may do with it.
    ///
    /// On the wire: `CIM_StorageAllocationSettingData.Access`.
    pub enum Access: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Readable`.
        Readable = 1,
        /// `Writeable`.
        Writeable = 2,
        /// `ReadWriteSupported`.
        ReadWriteSupported = 3,
    }
}

open_enum! {
    /// What authentication the listeners accept.
    ///
    /// On the wire: `Msvm_ReplicationServiceSettingData.AllowedAuthenticationType`.
    pub enum AllowedAuthenticationType: u16 {
        /// None, as long as the host accepts no replicas.
        Undefined = 0,
        /// Kerberos only.
        Kerberos = 1,
        /// Certificates only.
        Certificate = 2,
        /// Both.
        CertificateAndKerberos = 3,
    }
}

open_enum! {
    /// Health of the applications in the guest, where they are watched; not of a snapshot.
    ///
    /// On the wire: `Msvm_SummaryInformation.ApplicationHealth`.
    pub enum ApplicationHealth: u16 {
        /// `Ok`.
        Ok = 2,
        /// `ApplicationCritical`.
        ApplicationCritical = 32782,
        /// `Disabled`.
        Disabled = 32896,
    }
}

open_enum! {
    /// How to authenticate to the recovery server.
    ///
    /// On the wire: `Msvm_ReplicationService.TestReplicationConnection.AuthenticationType`,
    /// `Msvm_ReplicationSettingData.AuthenticationType`.
    pub enum AuthenticationType: u16 {
        /// By Kerberos, over HTTP.
        Kerberos = 1,
        /// By certificates, over HTTPS.
        Certificate = 2,
    }
}

open_enum! {
    /// CIM status code of the error.
    ///
    /// On the wire: `CIM_Error.CIMStatusCode`.
    pub enum CIMStatusCode: u32 {
        /// `Failed`.
        Failed = 1,
        /// `AccessDenied`.
        AccessDenied = 2,
        /// `InvalidNamespace`.
        InvalidNamespace = 3,
        /// `InvalidParameter`.
        InvalidParameter = 4,
        /// `InvalidClass`.
        InvalidClass = 5,
        /// `NotFound`.
        NotFound = 6,
        /// `NotSupported`.
        NotSupported = 7,
        /// `ClassHasChildren`.
        ClassHasChildren = 8,
        /// `ClassHasInstances`.
        ClassHasInstances = 9,
        /// `InvalidSuperclass`.
        InvalidSuperclass = 10,
        /// `AlreadyExists`.
        AlreadyExists = 11,
        /// `NoSuchProperty`.
        NoSuchProperty = 12,
        /// `TypeMismatch`.
        TypeMismatch = 13,
        /// `QueryLanguageNotSupported`.
        QueryLanguageNotSupported = 14,
        /// `InvalidQuery`.
        InvalidQuery = 15,
        /// `MethodNotAvailable`.
        MethodNotAvailable = 16,
        /// `MethodNotFound`.
        MethodNotFound = 17,
        /// `UnexpectedResponse`.
        UnexpectedResponse = 18,
        /// `InvalidResponseDestination`.
        InvalidResponseDestination = 19,
        /// `NamespaceNotEmpty`.
        NamespaceNotEmpty = 20,
        /// `InvalidEnumerationContext`.
        InvalidEnumerationContext = 21,
        /// `InvalidOperationTimeout`.
        InvalidOperationTimeout = 22,
        /// `PullHasBeenAbandoned`.
        PullHasBeenAbandoned = 23,
        /// `PullCannotBeAbandoned`.
        PullCannotBeAbandoned = 24,
        /// `FilteredEnumerationNotSupported`.
        FilteredEnumerationNotSupported = 25,
        /// `ContinuationOnErrorNotSupported`.
        ContinuationOnErrorNotSupported = 26,
        /// `ServerLimitsExceeded`.
        ServerLimitsExceeded = 27,
        /// `ServerIsShuttingDown`.
        ServerIsShuttingDown = 28,
        /// `QueryFeatureNotSupported`.
        QueryFeatureNotSupported = 29,
    }
}

open_enum! {
    /// How the host caches the file; for the system's own use.
    ///
    /// On the wire: `Msvm_StorageAllocationSettingData.CachingMode`.
    pub enum CachingMode: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Default`.
        Default = 2,
        /// `NoCaching`.
        NoCaching = 3,
        /// `CacheShareableParents`.
        CacheShareableParents = 4,
    }
}

open_enum! {
    /// How consistent the point is.
    ///
    /// On the wire: `Msvm_VirtualSystemReferencePoint.ConsistencyLevel`,
    /// `Msvm_VirtualSystemReferencePointSettingData.ConsistencyLevel`.
    pub enum ConsistencyLevel: u8 {
        /// `ApplicationConsistent`.
        ApplicationConsistent = 1,
        /// `CrashConsistent`.
        CrashConsistent = 2,
    }
}

open_enum! {
    /// How the job acts on the element.
    ///
    /// On the wire: `CIM_AffectedJobElement.ElementEffects`.
    pub enum ElementEffects: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// `ExclusiveUse`.
        ExclusiveUse = 2,
        /// `PerformanceImpact`.
        PerformanceImpact = 3,
        /// `ElementIntegrity`.
        ElementIntegrity = 4,
        /// `Create`.
        Create = 5,
    }
}

open_enum! {
    /// Whether it is enabled; of a VM, whether it runs.
    ///
    /// On the wire: `CIM_EnabledLogicalElement.EnabledState`, `Msvm_SummaryInformationBase.EnabledState`.
    pub enum EnabledState: u16 {
        /// The state is not known.
        NotKnown = 0,
        /// `OtherEnabledState` tells.
        Other = 1,
        /// Running.
        Enabled = 2,
        /// Turned off.
        Disabled = 3,
        /// About to stop.
        ShuttingDown = 4,
        /// It cannot be enabled and disabled.
        NotApplicable = 5,
        /// Saved to disk.
        EnabledButOffline = 6,
        /// Under test.
        InTest = 7,
        /// Finishing what it has and queueing what comes.
        Deferred = 8,
        /// Paused.
        Quiesce = 9,
        /// About to start.
        Starting = 10,
    }
}

open_enum! {
    /// Whether enhanced sessions are allowed and possible.
    ///
    /// On the wire: `Msvm_ComputerSystem.EnhancedSessionModeState`,
    /// `Msvm_SummaryInformationBase.EnhancedSessionModeState`.
    pub enum EnhancedSessionModeState: u16 {
        /// `AllowedAndAvailable`.
        AllowedAndAvailable = 2,
        /// `NotAllowed`.
        NotAllowed = 3,
        /// `AllowedButNotAvailable`.
        AllowedButNotAvailable = 6,
    }
}

open_enum! {
    /// Form of `ErrorSource`.
    ///
    /// On the wire: `CIM_Error.ErrorSourceFormat`.
    pub enum ErrorSourceFormat: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// `CIMObjectPath`.
        CIMObjectPath = 2,
    }
}

open_enum! {
    /// Class of the error.
    ///
    /// On the wire: `CIM_Error.ErrorType`.
    pub enum ErrorType: u16 {
        /// The class is not known.
        NotKnown = 0,
        /// `OtherErrorType` tells.
        Other = 1,
        /// Data could not be moved from one place to another.
        Communications = 2,
        /// A service is worse than agreed.
        QualityOfService = 3,
        /// A program went wrong.
        Software = 4,
        /// A device failed.
        Hardware = 5,
        /// The surroundings are not right, such as the temperature.
        Environmental = 6,
        /// Someone tried or did what is not allowed.
        Security = 7,
        /// More was asked for than there is.
        Oversubscription = 8,
        /// Something that is needed is not there.
        UnavailableResource = 9,
        /// The operation is not supported.
        UnsupportedOperation = 10,
    }
}

open_enum! {
    /// Kind of recovery point that was failed over to.
    ///
    /// On the wire: `Msvm_ComputerSystem.FailedOverReplicationType`,
    /// `Msvm_ReplicationRelationship.FailedOverReplicationType`.
    pub enum FailedOverReplicationType: u16 {
        /// There was no failover.
        None = 0,
        /// A recovery point of a regular cycle.
        Regular = 1,
        /// An application-consistent recovery point.
        ApplicationConsistent = 2,
        /// The last point, sent for a planned failover.
        Planned = 3,
    }
}

open_enum! {
    /// Health as a whole.
    ///
    /// On the wire: `CIM_ManagedSystemElement.HealthState`, `Msvm_SummaryInformationBase.HealthState`.
    pub enum HealthState: u16 {
        /// The health is not known.
        NotKnown = 0,
        /// It works.
        Ok = 5,
        /// It works, but not as well as it should.
        DegradedWarning = 10,
        /// It works, with a small failure.
        MinorFailure = 15,
        /// It has failed for the most part: of a VM, storage is low and it was paused.
        MajorFailure = 20,
        /// It does not work, and may not recover.
        CriticalFailure = 25,
        /// It has failed for good.
        NonRecoverable = 30,
    }
}

open_enum! {
    /// Whether the guest gives a sign of life; not of a snapshot.
    ///
    /// On the wire: `Msvm_SummaryInformation.Heartbeat`.
    pub enum Heartbeat: u16 {
        /// `Ok`.
        Ok = 2,
        /// `Error`.
        Error = 6,
        /// `NoContact`.
        NoContact = 12,
        /// `LostCommunication`.
        LostCommunication = 13,
    }
}

open_enum! {
    /// Status of the heartbeat first, as 2, 3, 7, 12, 13 or 15, then that of the applications in the guest,
    /// as 2 or 32775 to 32784, if it is known.
    ///
    /// On the wire: `Msvm_HeartbeatComponent.OperationalStatus`.
    pub enum HeartbeatStatus: u16 {
        /// The guest answers; of the applications, that they work.
        Ok = 2,
        /// The guest answers, by an older version of the protocol.
        Degraded = 3,
        /// The guest has no version of the protocol that the host has.
        NonRecoverableError = 7,
        /// The guest never answered, or has no heartbeat service.
        NoContact = 12,
        /// The guest no longer answers.
        LostCommunication = 13,
        /// The virtual machine is paused.
        Paused = 15,
        /// Host and guest speak different versions of the protocol.
        ProtocolMismatch = 32775,
        /// An application in the guest is in a critical state.
        ApplicationCriticalState = 32782,
        /// The guest did not answer in time.
        CommunicationTimedOut = 32783,
        /// The guest cannot be reached.
        CommunicationFailed = 32784,
    }
}

open_enum! {
    /// Form of `HostExtentName`.
    ///
    /// On the wire: `CIM_StorageAllocationSettingData.HostExtentNameFormat`.
    pub enum HostExtentNameFormat: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// `Snvm`.
        Snvm = 7,
        /// `Naa`.
        Naa = 9,
        /// `EUI64`.
        EUI64 = 10,
        /// `T10VID`.
        T10VID = 11,
        /// `OSDeviceName`.
        OSDeviceName = 12,
    }
}

open_enum! {
    /// Where `HostExtentName` comes from.
    ///
    /// On the wire: `CIM_StorageAllocationSettingData.HostExtentNameNamespace`.
    pub enum HostExtentNameNamespace: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// `VPD83Type3`.
        VPD83Type3 = 2,
        /// `VPD83Type2`.
        VPD83Type2 = 3,
        /// `VPD83Type1`.
        VPD83Type1 = 4,
        /// `VPD80`.
        VPD80 = 5,
        /// `NodeWWN`.
        NodeWWN = 6,
        /// `Snvm`.
        Snvm = 7,
        /// `OSDeviceNamespace`.
        OSDeviceNamespace = 8,
    }
}

open_enum! {
    /// Way of the initial copy.
    ///
    /// On the wire: `Msvm_ReplicationService.StartReplication.InitialReplicationType`.
    pub enum InitialReplicationType: u16 {
        /// Send the copy over the network.
        NetworkTransfer = 1,
        /// Export the copy to a directory, to be carried over.
        Export = 2,
        /// Compare with a copy that the replica has, and send what differs.
        SeededNetworkTransfer = 3,
    }
}

open_enum! {
    /// Whether the guest's integration services are as new as the host's.
    ///
    /// On the wire: `Msvm_SummaryInformation.IntegrationServicesVersionState`.
    pub enum IntegrationServicesVersionState: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `UpToDate`.
        UpToDate = 1,
        /// `Mismatch`.
        Mismatch = 2,
    }
}

open_enum! {
    /// Whether the settings are in use.
    ///
    /// On the wire: `CIM_ElementSettingData.IsCurrent`.
    pub enum IsCurrent: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `IsCurrent`.
        IsCurrent = 1,
        /// `IsNotCurrent`.
        IsNotCurrent = 2,
    }
}

open_enum! {
    /// Whether the settings are the element's default.
    ///
    /// On the wire: `CIM_ElementSettingData.IsDefault`.
    pub enum IsDefault: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `IsDefault`.
        IsDefault = 1,
        /// `IsNotDefault`.
        IsNotDefault = 2,
    }
}

open_enum! {
    /// Whether the settings are used at the next start.
    ///
    /// On the wire: `CIM_ElementSettingData.IsNext`.
    pub enum IsNext: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `IsNext`.
        IsNext = 1,
        /// `IsNotNext`.
        IsNotNext = 2,
        /// `IsNextForSingleUse`.
        IsNextForSingleUse = 3,
    }
}

open_enum! {
    /// State; 7 and 32768 are success, and 32768 is Hyper-V's own.
    ///
    /// On the wire: `CIM_ConcreteJob.JobState`.
    pub enum JobState: u16 {
        /// Not begun.
        New = 2,
        /// About to run.
        Starting = 3,
        /// Running.
        Running = 4,
        /// Stopped for a while.
        Suspended = 5,
        /// About to end.
        ShuttingDown = 6,
        /// Ended well.
        Completed = 7,
        /// Cancelled.
        Terminated = 8,
        /// Cancelled, without care.
        Killed = 9,
        /// Failed.
        Exception = 10,
        /// In a state of the vendor's.
        Service = 11,
        /// Waits for a client.
        QueryPending = 12,
        /// Ended well, with warnings.
        CompletedWithWarnings = 32768,
    }
}

open_enum! {
    /// What the job does.
    ///
    /// On the wire: `Msvm_ConcreteJob.JobType`.
    pub enum JobType: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `DefineVm`.
        DefineVm = 1,
        /// `ModifyVm`.
        ModifyVm = 2,
        /// `DestroyVm`.
        DestroyVm = 3,
        /// `ModifyManagementServiceSettings`.
        ModifyManagementServiceSettings = 4,
        /// `InitializeVm`.
        InitializeVm = 10,
        /// `WaitingToStartVm`.
        WaitingToStartVm = 11,
        /// `StartVm`.
        StartVm = 12,
        /// `PowerOffVm`.
        PowerOffVm = 13,
        /// `SaveVm`.
        SaveVm = 14,
        /// `RestoreVm`.
        RestoreVm = 15,
        /// `ShutDownVm`.
        ShutDownVm = 16,
        /// `PauseVm`.
        PauseVm = 26,
        /// `ResumeVm`.
        ResumeVm = 27,
        /// `ResetVm`.
        ResetVm = 28,
        /// `RebootVm`.
        RebootVm = 29,
        /// `AddVmResources`.
        AddVmResources = 30,
        /// `ModifyVmResources`.
        ModifyVmResources = 31,
        /// `RemoveVmResources`.
        RemoveVmResources = 32,
        /// `RequestInitialVmMemory`.
        RequestInitialVmMemory = 40,
        /// `AddVmMemory`.
        AddVmMemory = 41,
        /// `RemoveVmMemory`.
        RemoveVmMemory = 42,
        /// `MergingVhdDisks`.
        MergingVhdDisks = 50,
        /// `CreateVssSnapshotInVm`.
        CreateVssSnapshotInVm = 51,
        /// `GetImportSettingData`.
        GetImportSettingData = 60,
        /// `ImportVm`.
        ImportVm = 61,
        /// `ExportVm`.
        ExportVm = 62,
        /// `RegisterConfiguration`.
        RegisterConfiguration = 63,
        /// `UnregisterConfiguration`.
        UnregisterConfiguration = 64,
        /// `SnapshotVm`.
        SnapshotVm = 70,
        /// `ApplyVmSnapshot`.
        ApplyVmSnapshot = 71,
        /// `DeleteVmSnapshot`.
        DeleteVmSnapshot = 72,
        /// `ClearVmSnapshotState`.
        ClearVmSnapshotState = 73,
        /// `AddPoolResources`.
        AddPoolResources = 80,
        /// `RemovePoolResources`.
        RemovePoolResources = 81,
        /// The settings of the replica server are being changed.
        ModifyReplicationServerSettings = 90,
        /// Replication is being enabled, or extended.
        CreateReplicationRelationship = 91,
        /// The settings of a relationship are being changed.
        ModifyReplicationRelationshipSettings = 92,
        /// A relationship is being ended.
        RemoveReplicationRelationship = 93,
        /// The initial copy is being sent over the network.
        StartInbandInitialReplication = 94,
        /// An exported initial copy is being taken in.
        ImportReplication = 95,
        /// Replication is being paused or resumed.
        ReplicateStateChange = 96,
        /// A replica is failing over.
        InitiateFailover = 97,
        /// A failover is being undone.
        RevertFailover = 98,
        /// A failover is being committed.
        CommitFailover = 99,
        /// The last changes are being sent, before a planned failover.
        InitiateSyncedReplication = 100,
        /// A prepared planned failover is being cancelled.
        CancelSyncedReplication = 101,
        /// A test replica is being made.
        InitiateTestReplica = 102,
        /// A test replica is being removed.
        RemoveTestReplica = 103,
        /// Replication is being reversed.
        ReverseReplication = 104,
        /// The primary is sending changes.
        ReplicationSendingDelta = 105,
        /// The replica is receiving changes.
        ReplicationReceivingDelta = 106,
        /// The disks of both sides are being compared.
        Resynchronizing = 107,
        /// Received changes are being applied to the disks of the replica.
        ApplyChangeLog = 108,
        /// The initial replication is being cancelled.
        StopInitialReplication = 109,
        /// A resynchronization is being cancelled.
        StopResynchronizing = 110,
        /// Statistics are being read.
        GetReplicaStatistics = 111,
        /// A check of consistency is being prepared.
        PrepareForConsistencyChecker = 112,
        /// The consistency of both sides is being checked.
        ConsistencyChecker = 113,
        /// A check of consistency is being cancelled.
        StopConsistencyChecker = 114,
        /// The connection to a replica server is being tested.
        TestReplicationConnection = 115,
        /// The initial copy is on its way.
        SendingInitialReplica = 116,
        /// The initial replication is starting from a copy that the replica has.
        StartResyncInitialReplication = 117,
        /// The initial copy is being exported.
        StartExportInitialReplication = 118,
        /// Statistics are being cleared.
        ResetReplicaStatistics = 119,
        /// Changes that the replica has recorded are being applied.
        ApplyRegisteredDeltas = 120,
        /// The disks of an extended relationship are being compared.
        ResynchronizingExtendedReplication = 121,
        /// The configuration for a test replica is being read.
        ReadingTestReplicaConfiguration = 122,
        /// A replica is becoming the primary of its extended replica.
        ChangeReplicationModeToPrimary = 123,
        /// A failback through a provider is running.
        InitiateFailback = 124,
        /// The set of replicated disks is being changed.
        UpdateDiskSet = 125,
        /// `DefineEthernetSwitch`.
        DefineEthernetSwitch = 130,
        /// `ModifyEthernetSwitchSettings`.
        ModifyEthernetSwitchSettings = 131,
        /// `DestroyEthernetSwitch`.
        DestroyEthernetSwitch = 132,
        /// `AddEthernetSwitchResources`.
        AddEthernetSwitchResources = 133,
        /// `ModifyEthernetSwitchResources`.
        ModifyEthernetSwitchResources = 134,
        /// `RemoveEthernetSwitchResources`.
        RemoveEthernetSwitchResources = 135,
        /// `ValidatePlannedVm`.
        ValidatePlannedVm = 140,
        /// `RealizeVm`.
        RealizeVm = 141,
        /// `CreateResourcePool`.
        CreateResourcePool = 150,
        /// `ChangePoolParentResources`.
        ChangePoolParentResources = 151,
        /// `ChangePoolSettings`.
        ChangePoolSettings = 152,
        /// `DeleteResourcePool`.
        DeleteResourcePool = 153,
        /// `EnableRemoteFxGpu`.
        EnableRemoteFxGpu = 160,
        /// `DisableRemoteFxGpu`.
        DisableRemoteFxGpu = 161,
        /// `Modify3dServiceSettings`.
        Modify3dServiceSettings = 162,
        /// `BackupVm`.
        BackupVm = 170,
        /// `GuestServiceInterface`.
        GuestServiceInterface = 180,
        /// `QueryGuestClusterInformation`.
        QueryGuestClusterInformation = 181,
        /// `DefineCollection`.
        DefineCollection = 190,
        /// `DestroyCollection`.
        DestroyCollection = 191,
        /// `RenameCollection`.
        RenameCollection = 192,
        /// `AddCollectionMember`.
        AddCollectionMember = 193,
        /// `RemoveCollectionMember`.
        RemoveCollectionMember = 194,
        /// `AddCollectionSetting`.
        AddCollectionSetting = 195,
        /// `RemoveCollectionSetting`.
        RemoveCollectionSetting = 196,
        /// `ModifyCollectionSetting`.
        ModifyCollectionSetting = 197,
        /// `SnapshotCollection`.
        SnapshotCollection = 198,
        /// `ConvertSnapshotToReferencePoint`.
        ConvertSnapshotToReferencePoint = 200,
        /// `CreateReferencePoint`.
        CreateReferencePoint = 201,
        /// `DeleteReferencePoint`.
        DeleteReferencePoint = 202,
        /// `ExportReferencePoint`.
        ExportReferencePoint = 203,
        /// `RemoveReferencePointData`.
        RemoveReferencePointData = 204,
        /// `CreateReferencePointOnCollection`.
        CreateReferencePointOnCollection = 205,
        /// `ExportReferencePointOnCollection`.
        ExportReferencePointOnCollection = 206,
        /// `RemoveReferencePointDataOnCollection`.
        RemoveReferencePointDataOnCollection = 207,
        /// `DeleteReferencePointOnCollection`.
        DeleteReferencePointOnCollection = 208,
        /// `ImportReferencePointMetadata`.
        ImportReferencePointMetadata = 209,
        /// `MountOrDismountAssignableDevice`.
        MountOrDismountAssignableDevice = 260,
    }
}

open_enum! {
    /// Kind of the last replica that was received.
    ///
    /// On the wire: `Msvm_ComputerSystem.LastReplicationType`,
    /// `Msvm_ReplicationRelationship.LastReplicationType`.
    pub enum LastReplicationType: u16 {
        /// Nothing was received yet.
        None = 0,
        /// A regular replica.
        Regular = 1,
        /// An application-consistent replica.
        ApplicationConsistent = 2,
        /// The last changes before a planned failover.
        Planned = 3,
    }
}

open_enum! {
    /// Whether the times to run are local or UTC.
    ///
    /// On the wire: `CIM_Job.LocalOrUtcTime`.
    pub enum LocalOrUtcTime: u16 {
        /// `LocalTime`.
        LocalTime = 1,
        /// `UtcTime`.
        UtcTime = 2,
    }
}

open_enum! {
    /// What the job does.
    ///
    /// On the wire: `Msvm_MigrationJob.JobType`.
    pub enum MigrationJobType: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `CreateRemoteVm`.
        CreateRemoteVm = 300,
        /// `CheckVmCompatibility`.
        CheckVmCompatibility = 301,
        /// `CheckVmAndStorageCompatibility`.
        CheckVmAndStorageCompatibility = 302,
        /// `CheckStorageCompatibility`.
        CheckStorageCompatibility = 303,
        /// `CheckStorageMigration`.
        CheckStorageMigration = 304,
        /// `MoveVm`.
        MoveVm = 305,
        /// `MoveVmAndStorage`.
        MoveVmAndStorage = 306,
        /// `MoveStorage`.
        MoveStorage = 307,
    }
}

open_enum! {
    /// Status first, as 2, 3, 5 or 11, then the running activity, 32768 to 32774.
    ///
    /// On the wire: `CIM_ManagedSystemElement.OperationalStatus`, `Msvm_ComputerSystem.OperationalStatus`,
    /// `Msvm_ReplicationService.OperationalStatus`, `Msvm_SummaryInformationBase.OperationalStatus`.
    pub enum OperationalStatus: u16 {
        /// The status is not known.
        NotKnown = 0,
        /// `StatusDescriptions` tells.
        Other = 1,
        /// It works.
        Ok = 2,
        /// It works in part: the storage of its configuration cannot be reached.
        Degraded = 3,
        /// It is overloaded.
        Stressed = 4,
        /// It works, but may soon not: the storage of its disks is low on space.
        PredictiveFailure = 5,
        /// It failed.
        Error = 6,
        /// It failed and cannot recover.
        NonRecoverableError = 7,
        /// It is starting.
        Starting = 8,
        /// It is stopping.
        Stopping = 9,
        /// It has stopped.
        Stopped = 10,
        /// A request is being processed.
        InService = 11,
        /// It never could be reached.
        NoContact = 12,
        /// It can no longer be reached.
        LostCommunication = 13,
        /// It stopped without order.
        Aborted = 14,
        /// It is inactive.
        Dormant = 15,
        /// It works, but something that it needs has failed.
        SupportingEntityInError = 16,
        /// It has done its work.
        Completed = 17,
        /// It is in a mode of power management.
        PowerMode = 18,
        /// A snapshot is being made.
        CreatingSnapshot = 32768,
        /// A snapshot is being applied.
        ApplyingSnapshot = 32769,
        /// A snapshot is being deleted.
        DeletingSnapshot = 32770,
        /// It waits for its start, by the automatic delay.
        WaitingToStart = 32771,
        /// Disks are being merged, after snapshots were deleted.
        MergingDisks = 32772,
        /// It is being exported.
        ExportingVm = 32773,
        /// It is being moved to another host.
        MigratingVm = 32774,
    }
}

open_enum! {
    /// How severe the host takes it to be.
    ///
    /// On the wire: `CIM_Error.PerceivedSeverity`.
    pub enum PerceivedSeverity: u16 {
        /// The severity is not known.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// For information only.
        Information = 2,
        /// Something works worse than it should; a user may decide.
        DegradedWarning = 3,
        /// Something small is wrong; it should be seen to.
        Minor = 4,
        /// Something is wrong; it should be seen to soon.
        Major = 5,
        /// Something does not work; it must be seen to now.
        Critical = 6,
        /// Something is lost.
        FatalNonRecoverable = 7,
    }
}

open_enum! {
    /// What of power management it can do.
    ///
    /// On the wire: `CIM_LogicalDevice.PowerManagementCapabilities`.
    pub enum PowerManagementCapabilities: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `NotSupported`.
        NotSupported = 1,
        /// `Disabled`.
        Disabled = 2,
        /// `Enabled`.
        Enabled = 3,
        /// `PowerSavingModesEnteredAutomatically`.
        PowerSavingModesEnteredAutomatically = 4,
        /// `PowerStateSettable`.
        PowerStateSettable = 5,
        /// `PowerCyclingSupported`.
        PowerCyclingSupported = 6,
        /// `TimedPowerOnSupported`.
        TimedPowerOnSupported = 7,
    }
}

open_enum! {
    /// Protocols that are meant.
    ///
    /// On the wire: `Msvm_FailoverNetworkAdapterSettingData.ProtocolIFType`.
    pub enum ProtocolIFType: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// The settings are of IPv4.
        IPv4 = 4096,
        /// The settings are of IPv6.
        IPv6 = 4097,
        /// The settings are of both.
        IPv4AndIPv6 = 4098,
    }
}

open_enum! {
    /// What is to be done when the job fails.
    ///
    /// On the wire: `CIM_Job.RecoveryAction`.
    pub enum RecoveryAction: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// `DoNotContinue`.
        DoNotContinue = 2,
        /// `ContinueWithNextJob`.
        ContinueWithNextJob = 3,
        /// `RunJobAgain`.
        RunJobAgain = 4,
        /// `RunRecoveryJob`.
        RunRecoveryJob = 5,
    }
}

open_enum! {
    /// Kind of point; its numbers differ from those of the method's parameter.
    ///
    /// On the wire: `Msvm_VirtualSystemReferencePoint.ReferencePointType`.
    pub enum ReferencePointType: u16 {
        /// `LogBased`.
        LogBased = 1,
        /// `RctBased`.
        RctBased = 2,
    }
}

open_enum! {
    /// How well replication works.
    ///
    /// On the wire: `Msvm_ComputerSystem.ReplicationHealth`,
    /// `Msvm_ReplicationRelationship.ReplicationHealth`, `Msvm_ReplicationStatistics.ReplicationHealth`,
    /// `Msvm_SummaryInformation.ReplicationHealth`.
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

open_enum! {
    /// Replication health of each relationship: the primary one, then the extended one.
    ///
    /// On the wire: `Msvm_SummaryInformation.ReplicationHealthEx`.
    pub enum ReplicationHealthEx: u16 {
        /// `NotApplicable`.
        NotApplicable = 0,
        /// `Ok`.
        Ok = 1,
        /// `Warning`.
        Warning = 2,
        /// `Critical`.
        Critical = 3,
    }
}

open_enum! {
    /// Role of the virtual machine in replication.
    ///
    /// On the wire: `Msvm_ComputerSystem.ReplicationMode`, `Msvm_SummaryInformation.ReplicationMode`.
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
    /// How far replication is.
    ///
    /// On the wire: `Msvm_ComputerSystem.ReplicationState`, `Msvm_ReplicationRelationship.ReplicationState`,
    /// `Msvm_SummaryInformation.ReplicationState`.
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
    /// Replication state of each relationship: the primary one, then the extended one.
    ///
    /// On the wire: `Msvm_SummaryInformation.ReplicationStateEx`.
    pub enum ReplicationStateEx: u16 {
        /// `Disabled`.
        Disabled = 0,
        /// `ReadyForReplication`.
        ReadyForReplication = 1,
        /// `WaitingToCompleteInitialReplication`.
        WaitingToCompleteInitialReplication = 2,
        /// `Replicating`.
        Replicating = 3,
        /// `SyncedReplicationComplete`.
        SyncedReplicationComplete = 4,
        /// `Recovered`.
        Recovered = 5,
        /// `Committed`.
        Committed = 6,
        /// `Suspended`.
        Suspended = 7,
        /// `Critical`.
        Critical = 8,
        /// `WaitingToStartResynchronization`.
        WaitingToStartResynchronization = 9,
        /// `Resynchronizing`.
        Resynchronizing = 10,
        /// `ResynchronizationSuspended`.
        ResynchronizationSuspended = 11,
        /// `FailoverInProgress`.
        FailoverInProgress = 12,
        /// `FailbackInProgress`.
        FailbackInProgress = 13,
        /// `FailbackComplete`.
        FailbackComplete = 14,
        /// `DiskUpdateInProgress`.
        DiskUpdateInProgress = 15,
        /// `DiskUpdateCritical`.
        DiskUpdateCritical = 16,
        /// `NotKnown`.
        NotKnown = 17,
        /// `RepurposeReplicationInProgress`.
        RepurposeReplicationInProgress = 18,
        /// `PreparedForSyncReplication`.
        PreparedForSyncReplication = 19,
        /// `PreparedForGroupReverseReplication`.
        PreparedForGroupReverseReplication = 20,
        /// `FiredrillInProgress`.
        FiredrillInProgress = 21,
    }
}

open_enum! {
    /// Properties of `Msvm_SummaryInformation` to tell; the others are null.
    ///
    /// On the wire: `Msvm_VirtualSystemManagementService.GetSummaryInformation.RequestedInformation`.
    pub enum RequestedInformation: u32 {
        /// `Name`.
        Name = 0,
        /// `ElementName`.
        ElementName = 1,
        /// `CreationTime`.
        CreationTime = 2,
        /// `Notes`.
        Notes = 3,
        /// `NumberOfProcessors`.
        NumberOfProcessors = 4,
        /// `SmallThumbnailImage`.
        SmallThumbnailImage = 5,
        /// `MediumThumbnailImage`.
        MediumThumbnailImage = 6,
        /// `LargeThumbnailImage`.
        LargeThumbnailImage = 7,
        /// `AllocatedGpu`.
        AllocatedGpu = 8,
        /// `VirtualSwitchNames`.
        VirtualSwitchNames = 9,
        /// `Version`.
        Version = 10,
        /// `Shielded`.
        Shielded = 11,
        /// `EnabledState`.
        EnabledState = 100,
        /// `ProcessorLoad`.
        ProcessorLoad = 101,
        /// `ProcessorLoadHistory`.
        ProcessorLoadHistory = 102,
        /// `MemoryUsage`.
        MemoryUsage = 103,
        /// `Heartbeat`.
        Heartbeat = 104,
        /// `UpTime`.
        UpTime = 105,
        /// `GuestOperatingSystem`.
        GuestOperatingSystem = 106,
        /// `Snapshots`.
        Snapshots = 107,
        /// `AsynchronousTasks`.
        AsynchronousTasks = 108,
        /// `HealthState`.
        HealthState = 109,
        /// `OperationalStatus`.
        OperationalStatus = 110,
        /// `StatusDescriptions`.
        StatusDescriptions = 111,
        /// `MemoryAvailable`.
        MemoryAvailable = 112,
        /// `AvailableMemoryBuffer`.
        AvailableMemoryBuffer = 113,
        /// `ReplicationMode`.
        ReplicationMode = 114,
        /// `ReplicationState`.
        ReplicationState = 115,
        /// `ReplicationHealth`.
        ReplicationHealth = 116,
        /// `TestReplicaSystem`.
        TestReplicaSystem = 117,
        /// `ReplicationStateEx`.
        ReplicationStateEx = 118,
        /// `ReplicationHealthEx`.
        ReplicationHealthEx = 119,
        /// `ApplicationHealth`.
        ApplicationHealth = 120,
        /// `SwapFilesInUse`.
        SwapFilesInUse = 121,
        /// `ReplicationProviderId`.
        ReplicationProviderId = 122,
        /// `IntegrationServicesVersionState`.
        IntegrationServicesVersionState = 123,
        /// `MemorySpansPhysicalNumaNodes`.
        MemorySpansPhysicalNumaNodes = 132,
        /// `OtherEnabledState`.
        OtherEnabledState = 133,
    }
}

open_enum! {
    /// Wanted state; 4 to terminate and 5 to kill are the useful ones.
    ///
    /// On the wire: `CIM_ConcreteJob.RequestStateChange.RequestedState`.
    pub enum RequestedJobState: u16 {
        /// Start, or resume.
        Start = 2,
        /// Stop for a while.
        Suspend = 3,
        /// Stop, with care.
        Terminate = 4,
        /// Stop, without care.
        Kill = 5,
        /// Enter a state of the vendor's.
        Service = 6,
    }
}

open_enum! {
    /// Kind of point; its numbers differ from those of the point's property.
    ///
    /// On the wire: `Msvm_VirtualSystemReferencePointService.CreateReferencePoint.ReferencePointType`.
    pub enum RequestedReferencePointType: u16 {
        /// `LogBased`.
        LogBased = 0,
        /// `RctBased`.
        RctBased = 1,
    }
}

open_enum! {
    /// Wanted replication state.
    ///
    /// On the wire: `Msvm_ComputerSystem.RequestReplicationStateChange.RequestedState`,
    /// `Msvm_ComputerSystem.RequestReplicationStateChangeEx.RequestedState`.
    pub enum RequestedReplicationState: u16 {
        /// Cancel the initial replication.
        ReadyToStartInitialReplication = 1,
        /// Make the virtual machine, which is not replicated, a replica that awaits its initial copy.
        WaitingToCompleteInitialReplication = 2,
        /// Resume replication, or cancel a prepared planned failover.
        Replicating = 3,
        /// Send the last changes, before a planned failover.
        SyncedReplicationComplete = 4,
        /// Pause replication, or a resynchronization.
        Suspend = 7,
        /// Cancel a resynchronization.
        CancelResynchronize = 9,
    }
}

open_enum! {
    /// Wanted power state.
    ///
    /// On the wire: `Msvm_ComputerSystem.RequestStateChange.RequestedState`,
    /// `Msvm_HeartbeatComponent.RequestStateChange.RequestedState`,
    /// `Msvm_ReplicationService.RequestStateChange.RequestedState`,
    /// `Msvm_ShutdownComponent.RequestStateChange.RequestedState`.
    pub enum RequestedState: u16 {
        /// Start, or resume.
        Enabled = 2,
        /// Turn off, without telling the guest.
        Disabled = 3,
        /// Shut down the guest; new hosts have `Msvm_ShutdownComponent` for it.
        ShutDown = 4,
        /// Save the state to disk and stop.
        Offline = 6,
        /// `Test`.
        Test = 7,
        /// `Defer`.
        Defer = 8,
        /// Pause.
        Quiesce = 9,
        /// Shut down the guest, then start.
        Reboot = 10,
        /// Turn off, then start.
        Reset = 11,
    }
}

open_enum! {
    /// How the service acts on the element.
    ///
    /// On the wire: `CIM_ServiceAffectsElement.ElementEffects`.
    pub enum ServiceEffects: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// `ExclusiveUse`.
        ExclusiveUse = 2,
        /// `PerformanceImpact`.
        PerformanceImpact = 3,
        /// `ElementIntegrity`.
        ElementIntegrity = 4,
        /// `Manages`.
        Manages = 5,
        /// `Consumes`.
        Consumes = 6,
        /// `EnhancesIntegrity`.
        EnhancesIntegrity = 7,
        /// `DegradesIntegrity`.
        DegradesIntegrity = 8,
    }
}

open_enum! {
    /// Whether it is enabled.
    ///
    /// On the wire: `CIM_LogicalDevice.StatusInfo`.
    pub enum StatusInfo: u16 {
        /// `Other`.
        Other = 1,
        /// `NotKnown`.
        NotKnown = 2,
        /// `Enabled`.
        Enabled = 3,
        /// `Disabled`.
        Disabled = 4,
        /// `NotApplicable`.
        NotApplicable = 5,
    }
}

open_enum! {
    /// What the job does.
    ///
    /// On the wire: `Msvm_StorageJob.JobType`.
    pub enum StorageJobType: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `CreateVhd`.
        CreateVhd = 1,
        /// `CreateFloppy`.
        CreateFloppy = 2,
        /// `CompactVhd`.
        CompactVhd = 3,
        /// `ExpandVhd`.
        ExpandVhd = 4,
        /// `MergeVhd`.
        MergeVhd = 5,
        /// `ConvertVhd`.
        ConvertVhd = 6,
        /// `MountVhd`.
        MountVhd = 7,
        /// `GetVhdInfo`.
        GetVhdInfo = 8,
        /// `ValidateVhd`.
        ValidateVhd = 9,
    }
}

open_text! {
    /// Generation of the virtual machine.
    ///
    /// On the wire: `Msvm_SummaryInformationBase.VirtualSystemSubType`.
    pub enum VirtualSystemSubType {
        /// `Generation1`.
        Generation1 = "Microsoft:Hyper-V:SubType:1",
        /// `Generation2`.
        Generation2 = "Microsoft:Hyper-V:SubType:2",
    }
}

open_text! {
    /// Kind of settings.
    ///
    /// On the wire: `Msvm_VirtualSystemSettingData.VirtualSystemType`.
    pub enum VirtualSystemType {
        /// Settings of a replication relationship.
        ReplicaSettings = "Microsoft:Hyper-V:Replica",
        /// A snapshot whose files cannot be found.
        MissingSnapshot = "Microsoft:Hyper-V:Snapshot:Missing",
        /// A snapshot of a virtual machine that is being brought in.
        PlannedSnapshot = "Microsoft:Hyper-V:Snapshot:Planned",
        /// A snapshot that a user made.
        Snapshot = "Microsoft:Hyper-V:Snapshot:Realized",
        /// A snapshot that backup made.
        RecoverySnapshot = "Microsoft:Hyper-V:Snapshot:Recovery",
        /// An application-consistent recovery point.
        ReplicaApplicationConsistent = "Microsoft:Hyper-V:Snapshot:Replica:ApplicationConsistent",
        /// The last recovery point, sent for a planned failover.
        ReplicaPlannedFailover = "Microsoft:Hyper-V:Snapshot:Replica:PlannedFailover",
        /// A recovery point of a regular cycle.
        ReplicaStandard = "Microsoft:Hyper-V:Snapshot:Replica:Standard",
        /// Settings of a virtual machine that is being brought in and cannot run yet.
        PlannedVm = "Microsoft:Hyper-V:System:Planned",
        /// Current settings of a virtual machine.
        RealizedVm = "Microsoft:Hyper-V:System:Realized",
    }
}

open_enum! {
    /// How writes are made to last.
    ///
    /// On the wire: `Msvm_StorageAllocationSettingData.WriteHardeningMethod`.
    pub enum WriteHardeningMethod: u16 {
        /// `Default`.
        Default = 0,
        /// `WriteCacheEnabled`.
        WriteCacheEnabled = 1,
        /// `WriteCacheAndFuaEnabled`.
        WriteCacheAndFuaEnabled = 2,
        /// `WriteCacheDisabled`.
        WriteCacheDisabled = 3,
    }
}
