//! `Msvm_ElementSettingData`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::{NAMESPACE, values};
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// An element has further settings.
///
/// On the wire: `Msvm_ElementSettingData`, derived from `CIM_ElementSettingData`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ElementSettingData {
    /// The element. Part of the key.
    pub managed_element: Option<Reference>,
    /// Its settings. Part of the key.
    pub setting_data: Option<Reference>,
    /// Whether the settings are the element's default.
    pub is_default: Option<values::IsDefault>,
    /// Whether the settings are in use.
    pub is_current: Option<values::IsCurrent>,
    /// Whether the settings are used at the next start.
    pub is_next: Option<values::IsNext>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    ElementSettingData is "Msvm_ElementSettingData" in NAMESPACE, keys ["ManagedElement", "SettingData"];
    managed_element = codec::Plain, "ManagedElement";
    setting_data = codec::Plain, "SettingData";
    is_default = codec::Number<u16>, "IsDefault";
    is_current = codec::Number<u16>, "IsCurrent";
    is_next = codec::Number<u16>, "IsNext";
}
