//! `Msvm_HostedService`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// A host has a service.
///
/// On the wire: `Msvm_HostedService`, derived from `CIM_HostedService`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HostedService {
    /// The system. Part of the key.
    pub antecedent: Option<Reference>,
    /// The service. Part of the key.
    pub dependent: Option<Reference>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    HostedService is "Msvm_HostedService" in NAMESPACE, keys ["Antecedent", "Dependent"];
    antecedent = codec::Plain, "Antecedent";
    dependent = codec::Plain, "Dependent";
}
