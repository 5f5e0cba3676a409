//! `Msvm_ReferencePointOfVirtualSystem`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// A virtual machine has a point.
///
/// On the wire: `Msvm_ReferencePointOfVirtualSystem`, derived from `CIM_Dependency`. Since Windows 10.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReferencePointOfVirtualSystem {
    /// The virtual machine. Part of the key.
    pub antecedent: Option<Reference>,
    /// The point. Part of the key.
    pub dependent: Option<Reference>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    ReferencePointOfVirtualSystem is "Msvm_ReferencePointOfVirtualSystem" in NAMESPACE, keys ["Antecedent", "Dependent"];
    antecedent = codec::Plain, "Antecedent";
    dependent = codec::Plain, "Dependent";
}
