//! `Msvm_VirtualSystemReferencePointExportSettingData`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::typed::{Rest, class, codec};

/// Settings of an export.
///
/// On the wire: `Msvm_VirtualSystemReferencePointExportSettingData`, derived from `CIM_SettingData`. Since
/// Windows 10.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VirtualSystemReferencePointExportSettingData {
    /// Identity of the settings. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// Path of the base point.
    pub base_reference_point: Option<String>,
    /// Disks to export.
    pub disks_to_export: Option<Vec<String>>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    VirtualSystemReferencePointExportSettingData is "Msvm_VirtualSystemReferencePointExportSettingData" in NAMESPACE, keys ["InstanceID"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    base_reference_point = codec::Plain, "BaseReferencePoint";
    disks_to_export = codec::Array<codec::Plain>, "DisksToExport";
}
