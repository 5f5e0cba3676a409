//! Status codes of CIM operations.

use std::fmt;

use super::Code;

/// The status of a CIM operation ([DSP0200], CIM status codes), as faults of the shape `MSFT_WmiError` have it.
///
/// These are small numbers of their own: 5 is `CIM_ERR_INVALID_CLASS` here, and access denied among Win32 codes.
///
/// [DSP0200]: https://www.dmtf.org/dsp/DSP0200
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CimStatus(pub u32);

/// The numbers and names, and the codes of WMI or WinRM that say the same.
const STATUSES: [(u32, &str, Option<u32>); 28] = [
    (1, "CIM_ERR_FAILED", Some(0x8004_1001)),
    (2, "CIM_ERR_ACCESS_DENIED", Some(0x8004_1003)),
    (3, "CIM_ERR_INVALID_NAMESPACE", Some(0x8004_100E)),
    (4, "CIM_ERR_INVALID_PARAMETER", Some(0x8004_1008)),
    (5, "CIM_ERR_INVALID_CLASS", Some(0x8004_1010)),
    (6, "CIM_ERR_NOT_FOUND", Some(0x8004_1002)),
    (7, "CIM_ERR_NOT_SUPPORTED", Some(0x8004_100C)),
    (8, "CIM_ERR_CLASS_HAS_CHILDREN", Some(0x8004_1025)),
    (9, "CIM_ERR_CLASS_HAS_INSTANCES", Some(0x8004_1026)),
    (10, "CIM_ERR_INVALID_SUPERCLASS", Some(0x8004_100D)),
    (11, "CIM_ERR_ALREADY_EXISTS", Some(0x8004_1019)),
    (12, "CIM_ERR_NO_SUCH_PROPERTY", Some(0x8004_1031)),
    (13, "CIM_ERR_TYPE_MISMATCH", Some(0x8004_1005)),
    (14, "CIM_ERR_QUERY_LANGUAGE_NOT_SUPPORTED", Some(0x8004_1018)),
    (15, "CIM_ERR_INVALID_QUERY", Some(0x8004_1017)),
    (16, "CIM_ERR_METHOD_NOT_AVAILABLE", Some(0x8004_1055)),
    (17, "CIM_ERR_METHOD_NOT_FOUND", Some(0x8004_102E)),
    (18, "CIM_ERR_UNEXPECTED_RESPONSE", None),
    (19, "CIM_ERR_INVALID_RESPONSE_DESTINATION", None),
    (20, "CIM_ERR_NAMESPACE_NOT_EMPTY", None),
    (21, "CIM_ERR_INVALID_ENUMERATION_CONTEXT", Some(0x8033_801B)),
    (22, "CIM_ERR_INVALID_OPERATION_TIMEOUT", Some(0x8033_800C)),
    (23, "CIM_ERR_PULL_HAS_BEEN_ABANDONED", Some(0x8033_8007)),
    (24, "CIM_ERR_PULL_CANNOT_BE_ABANDONED", None),
    (25, "CIM_ERR_FILTERED_ENUMERATION_NOT_SUPPORTED", Some(0x8033_8018)),
    (26, "CIM_ERR_CONTINUATION_ON_ERROR_NOT_SUPPORTED", None),
    (27, "CIM_ERR_SERVER_LIMITS_EXCEEDED", Some(0x8033_803F)),
    (28, "CIM_ERR_SERVER_IS_SHUTTING_DOWN", Some(0x8004_1033)),
];

impl CimStatus {
    /// Its name, such as `CIM_ERR_NOT_FOUND`.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        self.find().map(|(_, name, _)| name)
    }

    /// The code of WMI or WinRM that says the same, where there is one.
    #[must_use]
    pub fn code(self) -> Option<Code> {
        self.find()?.2.map(Code)
    }

    fn find(self) -> Option<(u32, &'static str, Option<u32>)> {
        STATUSES.into_iter().find(|(number, _, _)| *number == self.0)
    }
}

/// `6 (CIM_ERR_NOT_FOUND)`.
impl fmt::Display for CimStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} ({name})", self.0),
            None => self.0.fmt(f),
        }
    }
}
