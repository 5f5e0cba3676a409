//! `Msvm_SystemDevice`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// A virtual machine has a device, such as its shutdown component.
///
/// On the wire: `Msvm_SystemDevice`, derived from `CIM_SystemDevice`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SystemDevice {
    /// The system. Part of the key.
    pub group_component: Option<Reference>,
    /// The device. Part of the key.
    pub part_component: Option<Reference>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    SystemDevice is "Msvm_SystemDevice" in NAMESPACE, keys ["GroupComponent", "PartComponent"];
    group_component = codec::Plain, "GroupComponent";
    part_component = codec::Plain, "PartComponent";
}
