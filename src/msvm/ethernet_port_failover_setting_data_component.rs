//! `Msvm_EthernetPortFailoverSettingDataComponent`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// An adapter has failover settings.
///
/// On the wire: `Msvm_EthernetPortFailoverSettingDataComponent`, derived from `CIM_Component`. Since Windows
/// Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct EthernetPortFailoverSettingDataComponent {
    /// Settings of the adapter, synthetic or emulated. Part of the key.
    pub group_component: Option<Reference>,
    /// The failover settings. Part of the key.
    pub part_component: Option<Reference>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    EthernetPortFailoverSettingDataComponent is "Msvm_EthernetPortFailoverSettingDataComponent" in NAMESPACE, keys ["GroupComponent", "PartComponent"];
    group_component = codec::Plain, "GroupComponent";
    part_component = codec::Plain, "PartComponent";
}
