//! `Msvm_AffectedJobElement`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::{NAMESPACE, values};
use crate::cim::Reference;
use crate::cim::typed::{Rest, class, codec};

/// A job acts on an element.
///
/// On the wire: `Msvm_AffectedJobElement`, derived from `CIM_AffectedJobElement`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct AffectedJobElement {
    /// What the job acts on. Part of the key.
    pub affected_element: Option<Reference>,
    /// The job. Part of the key.
    pub affecting_element: Option<Reference>,
    /// How the job acts on the element.
    pub element_effects: Option<Vec<values::ElementEffects>>,
    /// Effects in words, where `ElementEffects` is 1.
    pub other_element_effects_descriptions: Option<Vec<String>>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    AffectedJobElement is "Msvm_AffectedJobElement" in NAMESPACE, keys ["AffectedElement", "AffectingElement"];
    affected_element = codec::Plain, "AffectedElement";
    affecting_element = codec::Plain, "AffectingElement";
    element_effects = codec::Array<codec::Number<u16>>, "ElementEffects";
    other_element_effects_descriptions = codec::Array<codec::Plain>, "OtherElementEffectsDescriptions";
}
