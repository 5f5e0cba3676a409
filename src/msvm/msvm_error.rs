//! `Msvm_Error`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::{NAMESPACE, values};
use crate::cim::typed::{Rest, class, codec};

/// An error or a health issue; only ever embedded in something else.
///
/// On the wire: `Msvm_Error`, derived from `CIM_Error`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MsvmError {
    /// Class of the error.
    pub error_type: Option<values::ErrorType>,
    /// Class of the error in words, where `ErrorType` is 1.
    pub other_error_type: Option<String>,
    /// Who defines `MessageID`.
    pub owning_entity: Option<String>,
    /// Identifier of the message within its owner; of Hyper-V, a number as text.
    pub message_id: Option<String>,
    /// Full text of the message, in the language of the host.
    pub message: Option<String>,
    /// What is filled into the text of the message.
    pub message_arguments: Option<Vec<String>>,
    /// How severe the host takes it to be.
    pub perceived_severity: Option<values::PerceivedSeverity>,
    /// Likely cause, a number of the DMTF's list from 0 to 130.
    pub probable_cause: Option<u16>,
    /// Likely cause in words.
    pub probable_cause_description: Option<String>,
    /// What the host advises to do.
    pub recommended_actions: Option<Vec<String>>,
    /// Path of the element that has the error.
    pub error_source: Option<String>,
    /// Form of `ErrorSource`. The default of the class is `0`.
    pub error_source_format: Option<values::ErrorSourceFormat>,
    /// Form of `ErrorSource` in words, where `ErrorSourceFormat` is 1.
    pub other_error_source_format: Option<String>,
    /// CIM status code of the error.
    pub cim_status_code: Option<values::CIMStatusCode>,
    /// CIM status code in words.
    pub cim_status_code_description: Option<String>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    MsvmError is "Msvm_Error" in NAMESPACE, keys [];
    error_type = codec::Number<u16>, "ErrorType";
    other_error_type = codec::Plain, "OtherErrorType";
    owning_entity = codec::Plain, "OwningEntity";
    message_id = codec::Plain, "MessageID";
    message = codec::Plain, "Message";
    message_arguments = codec::Array<codec::Plain>, "MessageArguments";
    perceived_severity = codec::Number<u16>, "PerceivedSeverity";
    probable_cause = codec::Plain, "ProbableCause";
    probable_cause_description = codec::Plain, "ProbableCauseDescription";
    recommended_actions = codec::Array<codec::Plain>, "RecommendedActions";
    error_source = codec::Plain, "ErrorSource";
    error_source_format = codec::Number<u16>, "ErrorSourceFormat";
    other_error_source_format = codec::Plain, "OtherErrorSourceFormat";
    cim_status_code = codec::Number<u32>, "CIMStatusCode";
    cim_status_code_description = codec::Plain, "CIMStatusCodeDescription";
}
