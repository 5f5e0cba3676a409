//! `Msvm_OwningJobElement`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// A service made a job.
///
/// On the wire: `Msvm_OwningJobElement`, derived from `CIM_OwningJobElement`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct OwningJobElement {
    /// What made the job. Part of the key.
    pub owning_element: Option<Reference>,
    /// The job. Part of the key.
    pub owned_element: Option<Reference>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    OwningJobElement is "Msvm_OwningJobElement" in NAMESPACE, keys ["OwnedElement", "OwningElement"];
    owning_element = codec::Plain, "OwningElement";
    owned_element = codec::Plain, "OwnedElement";
}
