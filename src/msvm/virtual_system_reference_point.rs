//! `Msvm_VirtualSystemReferencePoint`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::{NAMESPACE, values};
use crate::cim::typed::{Rest, class, codec};

/// A point from which changes of a virtual machine are tracked, for backup.
///
/// On the wire: `Msvm_VirtualSystemReferencePoint`, derived from `CIM_ManagedElement`. Since Windows 10.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VirtualSystemReferencePoint {
    /// Identity of the point. At most 256 characters. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// GUID of the virtual machine. Part of the key.
    pub virtual_system_identifier: Option<String>,
    /// Kind of point; its numbers differ from those of the method's parameter.
    pub reference_point_type: Option<values::ReferencePointType>,
    /// How consistent the point is.
    pub consistency_level: Option<values::ConsistencyLevel>,
    /// Whether the change log still exists.
    pub has_associated_data: Option<bool>,
    /// Identifiers of the disks.
    pub virtual_disk_identifiers: Option<Vec<String>>,
    /// Identifiers of resilient change tracking.
    pub resilient_change_tracking_identifiers: Option<Vec<String>>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    VirtualSystemReferencePoint is "Msvm_VirtualSystemReferencePoint" in NAMESPACE, keys ["InstanceID", "VirtualSystemIdentifier"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    virtual_system_identifier = codec::Plain, "VirtualSystemIdentifier";
    reference_point_type = codec::Number<u16>, "ReferencePointType";
    consistency_level = codec::Widened<u16, u8>, "ConsistencyLevel";
    has_associated_data = codec::Plain, "HasAssociatedData";
    virtual_disk_identifiers = codec::Array<codec::Plain>, "VirtualDiskIdentifiers";
    resilient_change_tracking_identifiers = codec::Array<codec::Plain>, "ResilientChangeTrackingIdentifiers";
}
