//! `Msvm_SnapshotOfVirtualSystem`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// A virtual machine has a snapshot or a recovery point.
///
/// On the wire: `Msvm_SnapshotOfVirtualSystem`, derived from `CIM_SnapshotOfVirtualSystem`. Since Windows
/// Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SnapshotOfVirtualSystem {
    /// The virtual machine. Part of the key.
    pub antecedent: Option<Reference>,
    /// The snapshot or recovery point. Part of the key.
    pub dependent: Option<Reference>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    SnapshotOfVirtualSystem is "Msvm_SnapshotOfVirtualSystem" in NAMESPACE, keys ["Antecedent", "Dependent"];
    antecedent = codec::Plain, "Antecedent";
    dependent = codec::Plain, "Dependent";
}
