//! `Msvm_ReplicationService` and its methods.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use std::time::Duration;

use jiff::Timestamp;

use super::{NAMESPACE, values};
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec, method};

/// The replication service of a host; its one instance has the name `replicasvc`.
///
/// On the wire: `Msvm_ReplicationService`, derived from `CIM_Service`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReplicationService {
    /// Opaque identity of the instance.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// When it was installed or made.
    pub install_date: Option<Timestamp>,
    /// Name of the service within its system. At most 256 characters. Part of the key.
    pub name: Option<String>,
    /// Status, as 2 for running or 6 for a listener that is down.
    pub operational_status: Option<Vec<values::OperationalStatus>>,
    /// Text to each element of `OperationalStatus`.
    pub status_descriptions: Option<Vec<String>>,
    /// Status as one word. At most 10 characters. Deprecated: `CIM_ManagedSystemElement.OperationalStatus`.
    pub status: Option<String>,
    /// Health as a whole.
    pub health_state: Option<values::HealthState>,
    /// Whether it can be reached, a number of the DMTF.
    pub communication_status: Option<u16>,
    /// Detail to `PrimaryStatus`, a number of the DMTF.
    pub detailed_status: Option<u16>,
    /// What it is doing, a number of the DMTF.
    pub operating_status: Option<u16>,
    /// Health at a glance, a number of the DMTF.
    pub primary_status: Option<u16>,
    /// Whether it is enabled; of a VM, whether it runs. The default of the class is `5`.
    pub enabled_state: Option<values::EnabledState>,
    /// State in words, where `EnabledState` is 1.
    pub other_enabled_state: Option<String>,
    /// State last asked for; 12 means that requests are not kept. The default of the class is `12`.
    pub requested_state: Option<u16>,
    /// State after the start of its system; 2 is enabled. The default of the class is `2`.
    pub enabled_default: Option<u16>,
    /// When `EnabledState` last changed.
    pub time_of_last_state_change: Option<Timestamp>,
    /// States that may be asked for.
    pub available_requested_states: Option<Vec<u16>>,
    /// State that it is changing to; 12 is none. The default of the class is `12`.
    pub transitioning_to_state: Option<u16>,
    /// Class of the system that has the service. At most 256 characters. Part of the key.
    pub system_creation_class_name: Option<String>,
    /// Name of the system that has the service; of Hyper-V, the host's NetBIOS name. At most 256 characters.
    /// Part of the key.
    pub system_name: Option<String>,
    /// Class of the service. At most 256 characters. Part of the key.
    pub creation_class_name: Option<String>,
    /// Who is responsible for it. At most 64 characters.
    pub primary_owner_name: Option<String>,
    /// How to reach who is responsible for it. At most 256 characters.
    pub primary_owner_contact: Option<String>,
    /// How the service is started: `Automatic` or `Manual`. At most 10 characters. Deprecated:
    /// `CIM_Service.EnabledDefault`.
    pub start_mode: Option<String>,
    /// Whether the service has been started.
    pub started: Option<bool>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    ReplicationService is "Msvm_ReplicationService" in NAMESPACE, keys ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    install_date = codec::Time, "InstallDate";
    name = codec::Plain, "Name";
    operational_status = codec::Array<codec::Number<u16>>, "OperationalStatus";
    status_descriptions = codec::Array<codec::Plain>, "StatusDescriptions";
    status = codec::Plain, "Status";
    health_state = codec::Number<u16>, "HealthState";
    communication_status = codec::Plain, "CommunicationStatus";
    detailed_status = codec::Plain, "DetailedStatus";
    operating_status = codec::Plain, "OperatingStatus";
    primary_status = codec::Plain, "PrimaryStatus";
    enabled_state = codec::Number<u16>, "EnabledState";
    other_enabled_state = codec::Plain, "OtherEnabledState";
    requested_state = codec::Plain, "RequestedState";
    enabled_default = codec::Plain, "EnabledDefault";
    time_of_last_state_change = codec::Time, "TimeOfLastStateChange";
    available_requested_states = codec::Array<codec::Plain>, "AvailableRequestedStates";
    transitioning_to_state = codec::Plain, "TransitioningToState";
    system_creation_class_name = codec::Plain, "SystemCreationClassName";
    system_name = codec::Plain, "SystemName";
    creation_class_name = codec::Plain, "CreationClassName";
    primary_owner_name = codec::Plain, "PrimaryOwnerName";
    primary_owner_contact = codec::Plain, "PrimaryOwnerContact";
    start_mode = codec::Plain, "StartMode";
    started = codec::Plain, "Started";
}

/// Input of `Msvm_ReplicationService.ModifyServiceSettings`: changes the replica server settings of this
/// host.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ModifyServiceSettings {
    /// All settings of the service, with the changes.
    pub setting_data: super::ReplicationServiceSettingData,
}

/// Output of [`ModifyServiceSettings`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ModifyServiceSettingsOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    ModifyServiceSettings is "Msvm_ReplicationService"."ModifyServiceSettings";
    in {
        required setting_data = codec::Embedded, "SettingData";
    }
    out ModifyServiceSettingsOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.AddAuthorizationEntry`: allows a primary server, or those that a
/// wildcard matches, to replicate to this host.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AddAuthorizationEntry {
    /// The new entry.
    pub authorization_entry: super::ReplicationAuthorizationSettingData,
}

/// Output of [`AddAuthorizationEntry`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct AddAuthorizationEntryOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    AddAuthorizationEntry is "Msvm_ReplicationService"."AddAuthorizationEntry";
    in {
        required authorization_entry = codec::Embedded, "AuthorizationEntry";
    }
    out AddAuthorizationEntryOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.ModifyAuthorizationEntry`: changes the authorization entry that has the
/// same `AllowedPrimaryHostSystem`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ModifyAuthorizationEntry {
    /// Entry with another storage location or trust group.
    pub authorization_entry: super::ReplicationAuthorizationSettingData,
}

/// Output of [`ModifyAuthorizationEntry`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ModifyAuthorizationEntryOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    ModifyAuthorizationEntry is "Msvm_ReplicationService"."ModifyAuthorizationEntry";
    in {
        required authorization_entry = codec::Embedded, "AuthorizationEntry";
    }
    out ModifyAuthorizationEntryOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.RemoveAuthorizationEntry`: deletes an authorization entry; the
/// replication that relied on it stops.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RemoveAuthorizationEntry {
    /// Name of the entry, not an instance.
    pub allowed_primary_host_system: String,
}

/// Output of [`RemoveAuthorizationEntry`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RemoveAuthorizationEntryOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    RemoveAuthorizationEntry is "Msvm_ReplicationService"."RemoveAuthorizationEntry";
    in {
        required allowed_primary_host_system = codec::Plain, "AllowedPrimaryHostSystem";
    }
    out RemoveAuthorizationEntryOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.TestReplicationConnection`: checks that this host can replicate to
/// another.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TestReplicationConnection {
    /// Replica host, or the broker of a cluster.
    pub recovery_connection_point: String,
    /// Port of the listener there.
    pub recovery_server_port_number: u16,
    /// How to authenticate there.
    pub authentication_type: values::AuthenticationType,
    /// Thumbprint of the certificate to use; null unless the authentication is 2.
    pub certificate_thumb_print: Option<String>,
    /// Connect past the proxy.
    pub bypass_proxy_server: bool,
}

/// Output of [`TestReplicationConnection`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TestReplicationConnectionOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    TestReplicationConnection is "Msvm_ReplicationService"."TestReplicationConnection";
    in {
        required recovery_connection_point = codec::Plain, "RecoveryConnectionPoint";
        required recovery_server_port_number = codec::Plain, "RecoveryServerPortNumber";
        required authentication_type = codec::Number<u16>, "AuthenticationType";
        optional certificate_thumb_print = codec::Plain, "CertificateThumbPrint";
        required bypass_proxy_server = codec::Plain, "BypassProxyServer";
    }
    out TestReplicationConnectionOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.CreateReplicationRelationship`: enables replication, or extends it where
/// the virtual machine is a replica.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CreateReplicationRelationship {
    /// Virtual machine to replicate; of a replica, the new relationship is the extended one.
    pub computer_system: Reference,
    /// Settings of the new relationship.
    pub replication_setting_data: super::ReplicationSettingData,
}

/// Output of [`CreateReplicationRelationship`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CreateReplicationRelationshipOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    CreateReplicationRelationship is "Msvm_ReplicationService"."CreateReplicationRelationship";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required replication_setting_data = codec::Embedded, "ReplicationSettingData";
    }
    out CreateReplicationRelationshipOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.ModifyReplicationSettings`: changes the settings of a relationship.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ModifyReplicationSettings {
    /// Virtual machine to act on; of a replica, its extended relationship.
    pub computer_system: Reference,
    /// All settings of the relationship, with the changes.
    pub replication_setting_data: super::ReplicationSettingData,
}

/// Output of [`ModifyReplicationSettings`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ModifyReplicationSettingsOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    ModifyReplicationSettings is "Msvm_ReplicationService"."ModifyReplicationSettings";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required replication_setting_data = codec::Embedded, "ReplicationSettingData";
    }
    out ModifyReplicationSettingsOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.RemoveReplicationRelationship`: ends the primary relationship, on this
/// host only; the virtual machine and the other side stay as they are. Deprecated:
/// `RemoveReplicationRelationshipEx`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RemoveReplicationRelationship {
    /// Virtual machine to act on.
    pub computer_system: Reference,
}

/// Output of [`RemoveReplicationRelationship`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RemoveReplicationRelationshipOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    RemoveReplicationRelationship is "Msvm_ReplicationService"."RemoveReplicationRelationship";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
    }
    out RemoveReplicationRelationshipOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.RemoveReplicationRelationshipEx`: ends one relationship, on this host
/// only; on a replica the extended one must go first. Since Windows Server 2012 R2.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RemoveReplicationRelationshipEx {
    /// Virtual machine to act on.
    pub computer_system: Reference,
    /// Relationship to end.
    pub replication_relationship: super::ReplicationRelationship,
}

/// Output of [`RemoveReplicationRelationshipEx`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RemoveReplicationRelationshipExOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    RemoveReplicationRelationshipEx is "Msvm_ReplicationService"."RemoveReplicationRelationshipEx";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required replication_relationship = codec::Embedded, "ReplicationRelationship";
    }
    out RemoveReplicationRelationshipExOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.StartReplication`: starts the initial replication.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StartReplication {
    /// Virtual machine to act on; of a replica, its extended relationship.
    pub computer_system: Reference,
    /// Way of the initial copy.
    pub initial_replication_type: values::InitialReplicationType,
    /// Directory to export to, in which each virtual machine gets its own; null unless the type is 2.
    pub initial_replication_export_location: Option<String>,
    /// When to start; null is now, and an export always starts now.
    pub start_time: Option<Timestamp>,
}

/// Output of [`StartReplication`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StartReplicationOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    StartReplication is "Msvm_ReplicationService"."StartReplication";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required initial_replication_type = codec::Number<u16>, "InitialReplicationType";
        optional initial_replication_export_location = codec::Plain, "InitialReplicationExportLocation";
        optional start_time = codec::Time, "StartTime";
    }
    out StartReplicationOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.ImportInitialReplica`: takes in an initial copy that was exported.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ImportInitialReplica {
    /// The replica.
    pub computer_system: Reference,
    /// Full path of the directory that the virtual machine was exported to.
    pub initial_replication_import_location: String,
}

/// Output of [`ImportInitialReplica`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ImportInitialReplicaOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    ImportInitialReplica is "Msvm_ReplicationService"."ImportInitialReplica";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required initial_replication_import_location = codec::Plain, "InitialReplicationImportLocation";
    }
    out ImportInitialReplicaOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.ReverseReplicationRelationship`: makes the replica that has failed over
/// the primary, and replicates back.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ReverseReplicationRelationship {
    /// Replica that has failed over.
    pub computer_system: Reference,
    /// Settings of the opposite direction.
    pub replication_setting_data: super::ReplicationSettingData,
}

/// Output of [`ReverseReplicationRelationship`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReverseReplicationRelationshipOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    ReverseReplicationRelationship is "Msvm_ReplicationService"."ReverseReplicationRelationship";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required replication_setting_data = codec::Embedded, "ReplicationSettingData";
    }
    out ReverseReplicationRelationshipOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.InitiateFailover`: fails the replica over to a recovery point.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct InitiateFailover {
    /// The replica.
    pub computer_system: Reference,
    /// Recovery point to use; null is the latest.
    pub snapshot_setting_data: Option<Reference>,
}

/// Output of [`InitiateFailover`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct InitiateFailoverOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    InitiateFailover is "Msvm_ReplicationService"."InitiateFailover";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        optional snapshot_setting_data = codec::Plain, "SnapshotSettingData";
    }
    out InitiateFailoverOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.RevertFailover`: undoes a failover that is not committed.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RevertFailover {
    /// Replica that has failed over.
    pub computer_system: Reference,
}

/// Output of [`RevertFailover`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RevertFailoverOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    RevertFailover is "Msvm_ReplicationService"."RevertFailover";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
    }
    out RevertFailoverOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.CommitFailover`: keeps the chosen recovery point and deletes the others,
/// for good.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CommitFailover {
    /// Replica that has failed over.
    pub computer_system: Reference,
}

/// Output of [`CommitFailover`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CommitFailoverOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    CommitFailover is "Msvm_ReplicationService"."CommitFailover";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
    }
    out CommitFailoverOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.TestReplicaSystem`: makes a test replica from a recovery point;
/// `Msvm_VirtualSystemManagementService.DestroySystem` removes it.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TestReplicaSystem {
    /// The replica.
    pub computer_system: Reference,
    /// Recovery point to use; null is the latest.
    pub snapshot_setting_data: Option<Reference>,
}

/// Output of [`TestReplicaSystem`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TestReplicaSystemOutput {
    /// The new test replica.
    pub resulting_system: Option<Reference>,
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    TestReplicaSystem is "Msvm_ReplicationService"."TestReplicaSystem";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        optional snapshot_setting_data = codec::Plain, "SnapshotSettingData";
    }
    out TestReplicaSystemOutput {
        resulting_system = codec::Plain, "ResultingSystem";
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.RequestStateChange`: inherited; it does nothing here.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RequestStateChange {
    /// Wanted state; none of them is of use.
    pub requested_state: values::RequestedState,
    /// Not used; null.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub timeout_period: Option<Duration>,
}

/// Output of [`RequestStateChange`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RequestStateChangeOutput {
    /// Not used.
    pub job: Option<Reference>,
}

method! {
    RequestStateChange is "Msvm_ReplicationService"."RequestStateChange";
    in {
        required requested_state = codec::Number<u16>, "RequestedState";
        optional timeout_period = codec::Interval, "TimeoutPeriod";
    }
    out RequestStateChangeOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.StartService`: inherited; it does nothing here.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StartService {}

method! {
    StartService is "Msvm_ReplicationService"."StartService";
    in {}
    out () {}
}

/// Input of `Msvm_ReplicationService.StopService`: inherited; it does nothing here.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StopService {}

method! {
    StopService is "Msvm_ReplicationService"."StopService";
    in {}
    out () {}
}

/// Input of `Msvm_ReplicationService.Resynchronize`: compares the disks of both sides and sends the blocks
/// that differ.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Resynchronize {
    /// Virtual machine to act on; of a replica, its extended relationship.
    pub computer_system: Reference,
    /// When to start; null is now.
    pub start_time: Option<Timestamp>,
}

/// Output of [`Resynchronize`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ResynchronizeOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    Resynchronize is "Msvm_ReplicationService"."Resynchronize";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        optional start_time = codec::Time, "StartTime";
    }
    out ResynchronizeOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.SetFailoverNetworkAdapterSettings`: sets the IP settings that the
/// guest's adapters get at failover.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SetFailoverNetworkAdapterSettings {
    /// Virtual machine to act on.
    pub computer_system: Reference,
    /// One instance per adapter, with `IPAddresses` and `DHCPEnabled` set.
    pub network_settings: Vec<super::FailoverNetworkAdapterSettingData>,
}

/// Output of [`SetFailoverNetworkAdapterSettings`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SetFailoverNetworkAdapterSettingsOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    SetFailoverNetworkAdapterSettings is "Msvm_ReplicationService"."SetFailoverNetworkAdapterSettings";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required network_settings = codec::Array<codec::Embedded>, "NetworkSettings";
    }
    out SetFailoverNetworkAdapterSettingsOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.GetReplicationStatistics`: tells the statistics of the primary
/// relationship. Deprecated: `GetReplicationStatisticsEx`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct GetReplicationStatistics {
    /// Virtual machine to act on.
    pub computer_system: Reference,
}

/// Output of [`GetReplicationStatistics`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GetReplicationStatisticsOutput {
    /// Statistics, as a rule of one period.
    pub replication_statistics: Option<Vec<super::ReplicationStatistics>>,
    /// Warnings and errors that explain the health.
    pub replication_health_issues: Option<Vec<super::MsvmError>>,
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    GetReplicationStatistics is "Msvm_ReplicationService"."GetReplicationStatistics";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
    }
    out GetReplicationStatisticsOutput {
        replication_statistics = codec::Array<codec::Embedded>, "ReplicationStatistics";
        replication_health_issues = codec::Array<codec::Embedded>, "ReplicationHealthIssues";
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.GetReplicationStatisticsEx`: tells the statistics of one relationship.
/// Since Windows Server 2012 R2.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct GetReplicationStatisticsEx {
    /// Virtual machine to act on.
    pub computer_system: Reference,
    /// Relationship to act on.
    pub replication_relationship: super::ReplicationRelationship,
}

/// Output of [`GetReplicationStatisticsEx`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GetReplicationStatisticsExOutput {
    /// Statistics, as a rule of one period.
    pub replication_statistics: Option<Vec<super::ReplicationStatistics>>,
    /// Warnings and errors that explain the health.
    pub replication_health_issues: Option<Vec<super::MsvmError>>,
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    GetReplicationStatisticsEx is "Msvm_ReplicationService"."GetReplicationStatisticsEx";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required replication_relationship = codec::Embedded, "ReplicationRelationship";
    }
    out GetReplicationStatisticsExOutput {
        replication_statistics = codec::Array<codec::Embedded>, "ReplicationStatistics";
        replication_health_issues = codec::Array<codec::Embedded>, "ReplicationHealthIssues";
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.ResetReplicationStatistics`: clears the statistics of the primary
/// relationship. Deprecated: `ResetReplicationStatisticsEx`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ResetReplicationStatistics {
    /// Virtual machine to act on.
    pub computer_system: Reference,
}

/// Output of [`ResetReplicationStatistics`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ResetReplicationStatisticsOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    ResetReplicationStatistics is "Msvm_ReplicationService"."ResetReplicationStatistics";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
    }
    out ResetReplicationStatisticsOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.ResetReplicationStatisticsEx`: clears the statistics of one
/// relationship. Since Windows Server 2012 R2.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ResetReplicationStatisticsEx {
    /// Virtual machine to act on.
    pub computer_system: Reference,
    /// Relationship to act on.
    pub replication_relationship: super::ReplicationRelationship,
}

/// Output of [`ResetReplicationStatisticsEx`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ResetReplicationStatisticsExOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    ResetReplicationStatisticsEx is "Msvm_ReplicationService"."ResetReplicationStatisticsEx";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required replication_relationship = codec::Embedded, "ReplicationRelationship";
    }
    out ResetReplicationStatisticsExOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.SetAuthorizationEntry`: chooses the authorization entry, and so the
/// trust group, of a replica.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SetAuthorizationEntry {
    /// The replica.
    pub computer_system: Reference,
    /// Authorization entry that the replica is to use.
    pub authorization_entry: super::ReplicationAuthorizationSettingData,
}

/// Output of [`SetAuthorizationEntry`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SetAuthorizationEntryOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    SetAuthorizationEntry is "Msvm_ReplicationService"."SetAuthorizationEntry";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required authorization_entry = codec::Embedded, "AuthorizationEntry";
    }
    out SetAuthorizationEntryOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.GetSystemCertificates`: lists the certificates that are fit for
/// replication.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct GetSystemCertificates {}

/// Output of [`GetSystemCertificates`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GetSystemCertificatesOutput {
    /// Certificates of the machine's store `Personal`, DER in Base64.
    pub encoded_certificates: Option<Vec<String>>,
}

method! {
    GetSystemCertificates is "Msvm_ReplicationService"."GetSystemCertificates";
    in {}
    out GetSystemCertificatesOutput {
        encoded_certificates = codec::Array<codec::Plain>, "EncodedCertificates";
    }
}

/// Input of `Msvm_ReplicationService.ChangeReplicationModeToPrimary`: makes a replica that has an extended
/// replica the primary of that. Since Windows Server 2012 R2.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ChangeReplicationModeToPrimary {
    /// Replica that has failed over and is committed.
    pub computer_system: Reference,
    /// The extended relationship.
    pub replication_relationship: super::ReplicationRelationship,
}

/// Output of [`ChangeReplicationModeToPrimary`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ChangeReplicationModeToPrimaryOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    ChangeReplicationModeToPrimary is "Msvm_ReplicationService"."ChangeReplicationModeToPrimary";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required replication_relationship = codec::Embedded, "ReplicationRelationship";
    }
    out ChangeReplicationModeToPrimaryOutput {
        job = codec::Plain, "Job";
    }
}

/// Input of `Msvm_ReplicationService.InitiateFailback`: fails back through an external provider; the
/// replication state becomes 13 and then 14. Since Windows Server 2012 R2.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct InitiateFailback {
    /// Virtual machine on the recovery side.
    pub computer_system: Reference,
    /// Settings of the failback.
    pub replication_setting_data: super::ReplicationSettingData,
    /// Wanted recovery point; it may be null.
    pub recovery_point_identifier: Option<String>,
}

/// Output of [`InitiateFailback`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct InitiateFailbackOutput {
    /// Path of the job; null unless the return value is 4096.
    pub job: Option<Reference>,
}

method! {
    InitiateFailback is "Msvm_ReplicationService"."InitiateFailback";
    in {
        required computer_system = codec::Plain, "ComputerSystem";
        required replication_setting_data = codec::Embedded, "ReplicationSettingData";
        optional recovery_point_identifier = codec::Plain, "RecoveryPointIdentifier";
    }
    out InitiateFailbackOutput {
        job = codec::Plain, "Job";
    }
}
