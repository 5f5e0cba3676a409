//! What the schema does not say of the Rust it becomes. Each entry has to apply: one that no longer does fails.

/// Classes whose names without prefix would say something else.
pub(crate) const TYPES: &[(&str, &str)] = &[("Msvm_Error", "MsvmError")];

/// Value maps that share the name of a property or parameter and not its numbers: what each is called.
pub(crate) const ENUMS: &[(&str, &str, &str)] = &[
    (
        "Msvm_ComputerSystem",
        "RequestReplicationStateChange.RequestedState",
        "RequestedReplicationState",
    ),
    (
        "Msvm_ComputerSystem",
        "RequestReplicationStateChangeEx.RequestedState",
        "RequestedReplicationState",
    ),
    ("Msvm_ComputerSystem", "RequestStateChange.RequestedState", "RequestedState"),
    ("CIM_ConcreteJob", "RequestStateChange.RequestedState", "RequestedJobState"),
    ("Msvm_HeartbeatComponent", "OperationalStatus", "HeartbeatStatus"),
    ("CIM_ServiceAffectsElement", "ElementEffects", "ServiceEffects"),
    (
        "Msvm_VirtualSystemReferencePointService",
        "CreateReferencePoint.ReferencePointType",
        "RequestedReferencePointType",
    ),
    ("Msvm_StorageJob", "JobType", "StorageJobType"),
    ("Msvm_MigrationJob", "JobType", "MigrationJobType"),
];

/// Value maps that get no enumeration, by the class that declares them.
pub(crate) const PLAIN: &[(&str, &str)] = &[];

/// Strings that are GUIDs.
pub(crate) const GUIDS: &[(&str, &str)] = &[
    ("CIM_VirtualSystemSettingData", "VirtualSystemIdentifier"),
    ("Msvm_VirtualSystemSettingData", "VirtualSystemIdentifier"),
    ("CIM_VirtualSystemSettingData", "ConfigurationID"),
];

/// Fields whose names would repeat the unit that their types have.
pub(crate) const FIELDS: &[(&str, &str, &str)] =
    &[("Msvm_ComputerSystem", "OnTimeInMilliseconds", "on_time")];
