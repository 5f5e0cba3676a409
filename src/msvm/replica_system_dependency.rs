//! `Msvm_ReplicaSystemDependency`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// A replica has a test replica.
///
/// On the wire: `Msvm_ReplicaSystemDependency`, derived from `CIM_Dependency`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReplicaSystemDependency {
    /// The replica. Part of the key.
    pub antecedent: Option<Reference>,
    /// The test replica. Part of the key.
    pub dependent: Option<Reference>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    ReplicaSystemDependency is "Msvm_ReplicaSystemDependency" in NAMESPACE, keys ["Antecedent", "Dependent"];
    antecedent = codec::Plain, "Antecedent";
    dependent = codec::Plain, "Dependent";
}
