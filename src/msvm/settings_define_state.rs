//! `Msvm_SettingsDefineState`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// An element has current settings: a virtual machine its settings, a relationship its replication settings
/// (since 2012 R2).
///
/// On the wire: `Msvm_SettingsDefineState`, derived from `CIM_SettingsDefineState`. Since Windows Server
/// 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SettingsDefineState {
    /// The element. Part of the key.
    pub managed_element: Option<Reference>,
    /// Settings that it has now. Part of the key.
    pub setting_data: Option<Reference>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    SettingsDefineState is "Msvm_SettingsDefineState" in NAMESPACE, keys ["ManagedElement", "SettingData"];
    managed_element = codec::Plain, "ManagedElement";
    setting_data = codec::Plain, "SettingData";
}
