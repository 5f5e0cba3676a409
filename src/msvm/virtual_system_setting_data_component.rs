//! `Msvm_VirtualSystemSettingDataComponent`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// The settings of a virtual machine contain those of a device, such as a disk or an adapter.
///
/// On the wire: `Msvm_VirtualSystemSettingDataComponent`, derived from
/// `CIM_VirtualSystemSettingDataComponent`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VirtualSystemSettingDataComponent {
    /// Settings of the virtual system. Part of the key.
    pub group_component: Option<Reference>,
    /// Settings of the resource. Part of the key.
    pub part_component: Option<Reference>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    VirtualSystemSettingDataComponent is "Msvm_VirtualSystemSettingDataComponent" in NAMESPACE, keys ["GroupComponent", "PartComponent"];
    group_component = codec::Plain, "GroupComponent";
    part_component = codec::Plain, "PartComponent";
}
