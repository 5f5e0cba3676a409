//! `Msvm_VirtualSystemReferencePointSettingData`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::{NAMESPACE, values};
use crate::cim::typed::{Rest, class, codec};

/// Settings of a new point.
///
/// On the wire: `Msvm_VirtualSystemReferencePointSettingData`, derived from `CIM_SettingData`. Since Windows
/// 10.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VirtualSystemReferencePointSettingData {
    /// Identity of the settings. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// How consistent the point is to be.
    pub consistency_level: Option<values::ConsistencyLevel>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    VirtualSystemReferencePointSettingData is "Msvm_VirtualSystemReferencePointSettingData" in NAMESPACE, keys ["InstanceID"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    consistency_level = codec::Number<u8>, "ConsistencyLevel";
}
