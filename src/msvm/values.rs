//! What numbers and texts of properties and parameters mean.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use crate::cim::{open_enum, open_text};

open_enum! {
    /// What authentication the listeners accept.
    ///
    /// On the wire: `Msvm_ReplicationServiceSettingData.AllowedAuthenticationType`.
    pub enum AllowedAuthenticationType: u16 {
        /// `Undefined`.
        Undefined = 0,
        /// `Kerberos`.
        Kerberos = 1,
        /// `Certificate`.
        Certificate = 2,
        /// `CertificateAndKerberos`.
        CertificateAndKerberos = 3,
    }
}

open_enum! {
    /// How to authenticate there.
    ///
    /// On the wire: `Msvm_ReplicationService.TestReplicationConnection.AuthenticationType`,
    /// `Msvm_ReplicationSettingData.AuthenticationType`.
    pub enum AuthenticationType: u16 {
        /// `Kerberos`.
        Kerberos = 1,
        /// `Certificate`.
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
    /// On the wire: `CIM_EnabledLogicalElement.EnabledState`.
    pub enum EnabledState: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// `Enabled`.
        Enabled = 2,
        /// `Disabled`.
        Disabled = 3,
        /// `ShuttingDown`.
        ShuttingDown = 4,
        /// `NotApplicable`.
        NotApplicable = 5,
        /// `EnabledButOffline`.
        EnabledButOffline = 6,
        /// `InTest`.
        InTest = 7,
        /// `Deferred`.
        Deferred = 8,
        /// `Quiesce`.
        Quiesce = 9,
        /// `Starting`.
        Starting = 10,
    }
}

open_enum! {
    /// Whether enhanced sessions are allowed and possible.
    ///
    /// On the wire: `Msvm_ComputerSystem.EnhancedSessionModeState`.
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
        /// `NotKnown`.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// `Communications`.
        Communications = 2,
        /// `QualityOfService`.
        QualityOfService = 3,
        /// `Software`.
        Software = 4,
        /// `Hardware`.
        Hardware = 5,
        /// `Environmental`.
        Environmental = 6,
        /// `Security`.
        Security = 7,
        /// `Oversubscription`.
        Oversubscription = 8,
        /// `UnavailableResource`.
        UnavailableResource = 9,
        /// `UnsupportedOperation`.
        UnsupportedOperation = 10,
    }
}

open_enum! {
    /// Kind of recovery point that was failed over to.
    ///
    /// On the wire: `Msvm_ComputerSystem.FailedOverReplicationType`,
    /// `Msvm_ReplicationRelationship.FailedOverReplicationType`.
    pub enum FailedOverReplicationType: u16 {
        /// `None`.
        None = 0,
        /// `Regular`.
        Regular = 1,
        /// `ApplicationConsistent`.
        ApplicationConsistent = 2,
        /// `Planned`.
        Planned = 3,
    }
}

open_enum! {
    /// Health as a whole.
    ///
    /// On the wire: `CIM_ManagedSystemElement.HealthState`.
    pub enum HealthState: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Ok`.
        Ok = 5,
        /// `DegradedWarning`.
        DegradedWarning = 10,
        /// `MinorFailure`.
        MinorFailure = 15,
        /// `MajorFailure`.
        MajorFailure = 20,
        /// `CriticalFailure`.
        CriticalFailure = 25,
        /// `NonRecoverable`.
        NonRecoverable = 30,
    }
}

open_enum! {
    /// Way of the initial copy.
    ///
    /// On the wire: `Msvm_ReplicationService.StartReplication.InitialReplicationType`.
    pub enum InitialReplicationType: u16 {
        /// `NetworkTransfer`.
        NetworkTransfer = 1,
        /// `Export`.
        Export = 2,
        /// `SeededNetworkTransfer`.
        SeededNetworkTransfer = 3,
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
        /// `New`.
        New = 2,
        /// `Starting`.
        Starting = 3,
        /// `Running`.
        Running = 4,
        /// `Suspended`.
        Suspended = 5,
        /// `ShuttingDown`.
        ShuttingDown = 6,
        /// `Completed`.
        Completed = 7,
        /// `Terminated`.
        Terminated = 8,
        /// `Killed`.
        Killed = 9,
        /// `Exception`.
        Exception = 10,
        /// `Service`.
        Service = 11,
        /// `QueryPending`.
        QueryPending = 12,
        /// `CompletedWithWarnings`.
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
        /// `ModifyReplicationServerSettings`.
        ModifyReplicationServerSettings = 90,
        /// `CreateReplicationRelationship`.
        CreateReplicationRelationship = 91,
        /// `ModifyReplicationRelationshipSettings`.
        ModifyReplicationRelationshipSettings = 92,
        /// `RemoveReplicationRelationship`.
        RemoveReplicationRelationship = 93,
        /// `StartInbandInitialReplication`.
        StartInbandInitialReplication = 94,
        /// `ImportReplication`.
        ImportReplication = 95,
        /// `ReplicateStateChange`.
        ReplicateStateChange = 96,
        /// `InitiateFailover`.
        InitiateFailover = 97,
        /// `RevertFailover`.
        RevertFailover = 98,
        /// `CommitFailover`.
        CommitFailover = 99,
        /// `InitiateSyncedReplication`.
        InitiateSyncedReplication = 100,
        /// `CancelSyncedReplication`.
        CancelSyncedReplication = 101,
        /// `InitiateTestReplica`.
        InitiateTestReplica = 102,
        /// `RemoveTestReplica`.
        RemoveTestReplica = 103,
        /// `ReverseReplication`.
        ReverseReplication = 104,
        /// `ReplicationSendingDelta`.
        ReplicationSendingDelta = 105,
        /// `ReplicationReceivingDelta`.
        ReplicationReceivingDelta = 106,
        /// `Resynchronizing`.
        Resynchronizing = 107,
        /// `ApplyChangeLog`.
        ApplyChangeLog = 108,
        /// `StopInitialReplication`.
        StopInitialReplication = 109,
        /// `StopResynchronizing`.
        StopResynchronizing = 110,
        /// `GetReplicaStatistics`.
        GetReplicaStatistics = 111,
        /// `PrepareForConsistencyChecker`.
        PrepareForConsistencyChecker = 112,
        /// `ConsistencyChecker`.
        ConsistencyChecker = 113,
        /// `StopConsistencyChecker`.
        StopConsistencyChecker = 114,
        /// `TestReplicationConnection`.
        TestReplicationConnection = 115,
        /// `SendingInitialReplica`.
        SendingInitialReplica = 116,
        /// `StartResyncInitialReplication`.
        StartResyncInitialReplication = 117,
        /// `StartExportInitialReplication`.
        StartExportInitialReplication = 118,
        /// `ResetReplicaStatistics`.
        ResetReplicaStatistics = 119,
        /// `ApplyRegisteredDeltas`.
        ApplyRegisteredDeltas = 120,
        /// `ResynchronizingExtendedReplication`.
        ResynchronizingExtendedReplication = 121,
        /// `ReadingTestReplicaConfiguration`.
        ReadingTestReplicaConfiguration = 122,
        /// `ChangeReplicationModeToPrimary`.
        ChangeReplicationModeToPrimary = 123,
        /// `InitiateFailback`.
        InitiateFailback = 124,
        /// `UpdateDiskSet`.
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
        /// `None`.
        None = 0,
        /// `Regular`.
        Regular = 1,
        /// `ApplicationConsistent`.
        ApplicationConsistent = 2,
        /// `Planned`.
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
    /// Status, the most important first.
    ///
    /// On the wire: `CIM_ManagedSystemElement.OperationalStatus`, `Msvm_ComputerSystem.OperationalStatus`,
    /// `Msvm_ReplicationService.OperationalStatus`.
    pub enum OperationalStatus: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// `Ok`.
        Ok = 2,
        /// `Degraded`.
        Degraded = 3,
        /// `Stressed`.
        Stressed = 4,
        /// `PredictiveFailure`.
        PredictiveFailure = 5,
        /// `Error`.
        Error = 6,
        /// `NonRecoverableError`.
        NonRecoverableError = 7,
        /// `Starting`.
        Starting = 8,
        /// `Stopping`.
        Stopping = 9,
        /// `Stopped`.
        Stopped = 10,
        /// `InService`.
        InService = 11,
        /// `NoContact`.
        NoContact = 12,
        /// `LostCommunication`.
        LostCommunication = 13,
        /// `Aborted`.
        Aborted = 14,
        /// `Dormant`.
        Dormant = 15,
        /// `SupportingEntityInError`.
        SupportingEntityInError = 16,
        /// `Completed`.
        Completed = 17,
        /// `PowerMode`.
        PowerMode = 18,
        /// `CreatingSnapshot`.
        CreatingSnapshot = 32768,
        /// `ApplyingSnapshot`.
        ApplyingSnapshot = 32769,
        /// `DeletingSnapshot`.
        DeletingSnapshot = 32770,
        /// `WaitingToStart`.
        WaitingToStart = 32771,
        /// `MergingDisks`.
        MergingDisks = 32772,
        /// `ExportingVm`.
        ExportingVm = 32773,
        /// `MigratingVm`.
        MigratingVm = 32774,
    }
}

open_enum! {
    /// How severe the host takes it to be.
    ///
    /// On the wire: `CIM_Error.PerceivedSeverity`.
    pub enum PerceivedSeverity: u16 {
        /// `NotKnown`.
        NotKnown = 0,
        /// `Other`.
        Other = 1,
        /// `Information`.
        Information = 2,
        /// `DegradedWarning`.
        DegradedWarning = 3,
        /// `Minor`.
        Minor = 4,
        /// `Major`.
        Major = 5,
        /// `Critical`.
        Critical = 6,
        /// `FatalNonRecoverable`.
        FatalNonRecoverable = 7,
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
        /// `IPv4`.
        IPv4 = 4096,
        /// `IPv6`.
        IPv6 = 4097,
        /// `IPv4AndIPv6`.
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
    /// Replication health of the primary relationship.
    ///
    /// On the wire: `Msvm_ComputerSystem.ReplicationHealth`,
    /// `Msvm_ReplicationRelationship.ReplicationHealth`, `Msvm_ReplicationStatistics.ReplicationHealth`.
    pub enum ReplicationHealth: u16 {
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
    /// On the wire: `Msvm_ComputerSystem.ReplicationMode`.
    pub enum ReplicationMode: u16 {
        /// `None`.
        None = 0,
        /// `Primary`.
        Primary = 1,
        /// `Replica`.
        Replica = 2,
        /// `TestReplica`.
        TestReplica = 3,
        /// `ExtendedReplica`.
        ExtendedReplica = 4,
    }
}

open_enum! {
    /// Replication state of the primary relationship.
    ///
    /// On the wire: `Msvm_ComputerSystem.ReplicationState`, `Msvm_ReplicationRelationship.ReplicationState`.
    pub enum ReplicationState: u16 {
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
    /// Wanted state; 4 to terminate and 5 to kill are the useful ones.
    ///
    /// On the wire: `CIM_ConcreteJob.RequestStateChange.RequestedState`.
    pub enum RequestedJobState: u16 {
        /// `Start`.
        Start = 2,
        /// `Suspend`.
        Suspend = 3,
        /// `Terminate`.
        Terminate = 4,
        /// `Kill`.
        Kill = 5,
        /// `Service`.
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
        /// `ReadyToStartInitialReplication`.
        ReadyToStartInitialReplication = 1,
        /// `WaitingToCompleteInitialReplication`.
        WaitingToCompleteInitialReplication = 2,
        /// `Replicating`.
        Replicating = 3,
        /// `SyncedReplicationComplete`.
        SyncedReplicationComplete = 4,
        /// `Suspend`.
        Suspend = 7,
        /// `CancelResynchronize`.
        CancelResynchronize = 9,
    }
}

open_enum! {
    /// Wanted state: 2 starts, 3 turns off, 4 shuts down (old hosts), 6 saves, 9 pauses, 10 reboots, 11
    /// resets.
    ///
    /// On the wire: `Msvm_ComputerSystem.RequestStateChange.RequestedState`,
    /// `Msvm_ReplicationService.RequestStateChange.RequestedState`.
    pub enum RequestedState: u16 {
        /// `Enabled`.
        Enabled = 2,
        /// `Disabled`.
        Disabled = 3,
        /// `ShutDown`.
        ShutDown = 4,
        /// `Offline`.
        Offline = 6,
        /// `Test`.
        Test = 7,
        /// `Defer`.
        Defer = 8,
        /// `Quiesce`.
        Quiesce = 9,
        /// `Reboot`.
        Reboot = 10,
        /// `Reset`.
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
    /// Kind of settings.
    ///
    /// On the wire: `Msvm_VirtualSystemSettingData.VirtualSystemType`.
    pub enum VirtualSystemType {
        /// `ReplicaSettings`.
        ReplicaSettings = "Microsoft:Hyper-V:Replica",
        /// `MissingSnapshot`.
        MissingSnapshot = "Microsoft:Hyper-V:Snapshot:Missing",
        /// `PlannedSnapshot`.
        PlannedSnapshot = "Microsoft:Hyper-V:Snapshot:Planned",
        /// `Snapshot`.
        Snapshot = "Microsoft:Hyper-V:Snapshot:Realized",
        /// `RecoverySnapshot`.
        RecoverySnapshot = "Microsoft:Hyper-V:Snapshot:Recovery",
        /// `ReplicaApplicationConsistent`.
        ReplicaApplicationConsistent = "Microsoft:Hyper-V:Snapshot:Replica:ApplicationConsistent",
        /// `ReplicaPlannedFailover`.
        ReplicaPlannedFailover = "Microsoft:Hyper-V:Snapshot:Replica:PlannedFailover",
        /// `ReplicaStandard`.
        ReplicaStandard = "Microsoft:Hyper-V:Snapshot:Replica:Standard",
        /// `PlannedVm`.
        PlannedVm = "Microsoft:Hyper-V:System:Planned",
        /// `RealizedVm`.
        RealizedVm = "Microsoft:Hyper-V:System:Realized",
    }
}
