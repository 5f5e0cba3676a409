//! Faults of WS-Management, in all shapes in which Windows sends them.

use std::{fmt, iter, ops::RangeInclusive};

use super::{CimStatus, Code, ENUMERATION, EVENTING, TRANSFER, WSMAN, WSMAN_FAULT, WSMV};
use crate::{
    soap::{self, ADDRESSING, Envelope, FaultCode, Header, SOAP},
    xml::{Element, Name},
};

/// The fault detail of newer hosts for errors of WMI, which has no `f:WSManFault`.
const WMI_ERROR: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError";

/// A fault with what Windows adds to it ([MS-WSMV] section 2.2.4.43, `WSManFault`).
///
/// Decide by [`code`](Self::code) and [`subcode`](Self::subcode); all text is in the language of the host.
///
/// [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The fault as SOAP has it.
    pub soap: soap::Fault,
    /// The code of the outer `f:WSManFault`, else that of the WMI error: a WinRM, Win32 or WBEM code.
    ///
    /// A status of CIM, as a WMI error of the type `MI` has it, is none of these.
    pub code: Option<u32>,
    /// `f:WSManFault/@Machine`: often the name that the client used.
    pub machine: Option<String>,
    /// The text of `f:Message`.
    pub message: Option<String>,
    /// `w:FaultDetail`, a URI that says more than the subcode.
    pub fault_detail: Option<String>,
    /// What the provider behind WinRM said.
    pub provider: Option<ProviderFault>,
    /// What WMI said, in the shape that Windows 8 and Server 2012 brought.
    pub wmi: Option<WmiError>,
}

/// The fault of a provider, such as the one for WMI, inside a fault.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ProviderFault {
    /// Its name, such as `WMI Provider`.
    pub provider: String,
    /// Its file on the host.
    pub path: String,
    /// Its text, of the inner message if there is one.
    pub text: String,
    /// The code of the inner `f:WSManFault`.
    pub code: Option<u32>,
    /// `f:ExtendedError`: mostly a `__ExtendedStatus` of WMI.
    pub extended: Vec<Element>,
    /// The `__ExtendedStatus` of [`extended`](Self::extended), read.
    pub status: Option<ExtendedStatus>,
    /// The fault of a further provider, which this one passes on.
    pub inner: Option<Box<Self>>,
}

/// What WMI says of an error: `__ExtendedStatus`, of any namespace. What is NULL or absent is `None`.
///
/// On the wire: inside the `f:ExtendedError` of a provider's fault ([MS-WSMV] section 2.2.4.43).
///
/// [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtendedStatus {
    /// `StatusCode`: a WBEM or other code.
    pub code: Option<u32>,
    /// `Operation`: what WMI was doing, such as `ExecQuery`.
    pub operation: Option<String>,
    /// `ParameterInfo`: what it was doing it with, such as the query.
    pub parameter_info: Option<String>,
    /// `ProviderName`: who failed, such as `WinMgmt`.
    pub provider_name: Option<String>,
    /// `Description`, in the language of the host.
    pub description: Option<String>,
}

/// `MSFT_WmiError`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct WmiError {
    /// `error_Code`, of which `error_Type` says what it is.
    pub code: Option<u32>,
    /// `error_Type`: `HRESULT` or `WIN32` for a code of Windows, `MI` for a status of CIM.
    pub error_type: Option<String>,
    /// `error_Category`: one of PowerShell's categories of errors.
    pub category: Option<u32>,
    /// `CIMStatusCode`.
    pub cim_status: Option<CimStatus>,
    /// `MessageID`, such as `HRESULT 0x8033801a`.
    pub message_id: Option<String>,
    /// `Message`.
    pub message: Option<String>,
    /// `error_WindowsErrorMessage`: what Windows calls the code, in the language of the host.
    pub windows_message: Option<String>,
}

/// `WBEM_E_INVALID_METHOD_PARAMETERS`: WMI itself compares with the signature, before the provider gets the call.
const INVALID_METHOD_PARAMETERS: u32 = 0x8004_102F;

/// Codes of selectors: too few, unexpected, of a wrong type, of a wrong value, ambiguous, twice.
const SELECTORS: RangeInclusive<u32> = 2_150_858_842..=2_150_858_847;

/// Codes of faults that come before a method runs.
const REFUSALS: &[u32] = &[
    5,             // access denied, by the listener's or the namespace's security descriptor
    2_150_858_752, // no such resource
    2_150_858_767, // invalid header
    2_150_858_770, // unreachable
    2_150_858_771, // no such action
    2_150_858_809, // invalid options
    2_150_858_811, // invalid resource URI
    2_150_858_815, // quota
    2_150_858_817, // the body does not fit the schema
    2_150_858_818, // feature not supported
    2_150_858_870, // addressing mode
    2_150_858_878, // MaxEnvelopeSize below the minimum
    2_150_858_887, // Locale must be understood
    2_150_859_012, // WMI: access denied
    2_150_859_013,
    2_150_859_014,
    2_150_859_173, // quotas per user
    2_150_859_174,
];

impl Fault {
    /// Reads what Windows adds out of the detail.
    #[must_use]
    pub fn new(soap: soap::Fault) -> Self {
        let find =
            |namespace, local| soap.detail.iter().find(|element| element.is(namespace, local));
        let outer = find(WSMAN_FAULT, "WSManFault");
        let message = outer.and_then(|outer| outer.find(WSMAN_FAULT, "Message"));
        let wmi = find(WMI_ERROR, "MSFT_WmiError").map(WmiError::from_element);
        Self {
            code: outer.and_then(code_of).or_else(|| wmi.as_ref()?.windows_code()),
            machine: outer.and_then(|outer| outer.find_attribute("Machine")).map(str::to_owned),
            message: message
                .map(|message| message.text.trim())
                .filter(|text| !text.is_empty())
                .map(str::to_owned),
            fault_detail: find(WSMAN, "FaultDetail").map(|detail| detail.text.trim().to_owned()),
            provider: message
                .and_then(|message| message.find(WSMAN_FAULT, "ProviderFault"))
                .map(ProviderFault::from_element),
            wmi,
            soap,
        }
    }

    /// A fault as a host makes it.
    #[must_use]
    pub fn make(code: FaultCode, subcode: Name, wsman_code: u32, text: &str) -> Self {
        let detail = Element::new(WSMAN_FAULT, "WSManFault")
            .declare("f", WSMAN_FAULT)
            .attribute(Name::local_only("Code"), wsman_code.to_string())
            .attribute(Name::local_only("Machine"), "localhost")
            .child(Element::new(WSMAN_FAULT, "Message").text(text));
        Self::new(soap::Fault {
            code,
            subcode: Some(subcode),
            reason: text.to_owned(),
            detail: vec![detail],
            not_understood: Vec::new(),
        })
    }

    /// Adds a `w:FaultDetail`, by the last segment of its URI.
    #[must_use]
    pub fn with_detail(mut self, detail: &str) -> Self {
        let uri = format!("http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/{detail}");
        self.soap.detail.insert(0, Element::new(WSMAN, "FaultDetail").text(&uri));
        self.fault_detail = Some(uri);
        self
    }

    /// The envelope of the fault.
    #[must_use]
    pub fn envelope(&self, message_id: String, relates_to: Option<String>) -> Envelope {
        const PREFIXES: [(&str, &str); 7] = [
            ("s", SOAP),
            ("a", ADDRESSING),
            ("x", TRANSFER),
            ("e", EVENTING),
            ("n", ENUMERATION),
            ("w", WSMAN),
            ("p", WSMV),
        ];
        let action = match self.soap.subcode.as_ref().and_then(Name::namespace) {
            Some(ENUMERATION) => "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault",
            Some(WSMAN) => "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
            _ => "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault",
        };
        Envelope {
            header: Header::answer(action.to_owned(), message_id, relates_to),
            body: vec![self.soap.to_element(&PREFIXES)],
            declarations: PREFIXES.into_iter().skip(2).collect(),
        }
    }

    /// The subcode's local name, such as `InvalidSelectors`.
    #[must_use]
    pub fn subcode(&self) -> Option<&str> {
        self.soap.subcode.as_ref().map(Name::local)
    }

    /// Whether the subcode is this one.
    #[must_use]
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.soap.subcode.as_ref().is_some_and(|name| name.is(namespace, local))
    }

    /// Every code of the fault, from the innermost to the outermost; those that repeat the next inner one once, and
    /// without 0, which says nothing.
    ///
    /// They are those of the extended status, the providers, the WMI error and the fault itself.
    #[must_use]
    pub fn codes(&self) -> Vec<Code> {
        let of_provider = |provider: &ProviderFault| {
            [provider.code, provider.status.as_ref().and_then(|status| status.code)]
        };
        let wmi = self.wmi.as_ref().and_then(WmiError::windows_code);
        let mut codes: Vec<_> = [self.code, wmi]
            .into_iter()
            .chain(self.providers().flat_map(of_provider))
            .flatten()
            .filter(|code| *code != 0)
            .map(Code)
            .collect();
        codes.reverse();
        codes.dedup();
        codes
    }

    /// The code that says most: the innermost about which something can be done, else the innermost that has a name,
    /// else the innermost. Where there is none but a status of CIM, the code that says the same.
    #[must_use]
    pub fn best_code(&self) -> Option<Code> {
        let codes = self.codes();
        let find = |is: fn(&Code) -> bool| codes.iter().copied().find(is);
        find(|code| code.next_step().is_some())
            .or_else(|| find(|code| code.name().is_some()))
            .or_else(|| codes.first().copied())
            .or_else(|| self.wmi.as_ref()?.cim_status?.code())
    }

    /// Whether this is one of its [codes](Self::codes).
    #[must_use]
    pub fn has_code(&self, code: u32) -> bool {
        self.codes().contains(&Code(code))
    }

    /// Whether the host refused the request before it ran anything.
    ///
    /// A list of what is known to come before: a fault that is not on it may come from within a method, as a time-out
    /// or an error of the provider does. So may any fault with one of a provider inside, whose code WinRM repeats outside:
    /// there only complaints of selectors count, and WMI's of parameters that do not fit the method; and not that of a
    /// further provider, which a method may have called.
    #[must_use]
    pub fn precedes_execution(&self) -> bool {
        self.soap.code == FaultCode::MustUnderstand
            || self.code.is_some_and(|code| {
                SELECTORS.contains(&code) || self.provider.is_none() && REFUSALS.contains(&code)
            })
            || [
                self.code,
                self.provider.as_ref().and_then(|provider| provider.code),
                self.wmi.as_ref().and_then(WmiError::windows_code),
            ]
            .contains(&Some(INVALID_METHOD_PARAMETERS))
    }

    /// Whether the host refused the request because too much is going on there, so that it may do the same later. It ran
    /// nothing.
    #[must_use]
    pub fn is_quota(&self) -> bool {
        const QUOTAS: [u32; 2] = [2_150_858_815, 2_150_859_174];
        self.provider.is_none() && self.code.is_some_and(|code| QUOTAS.contains(&code))
    }

    /// The text that says most: the provider's, WMI's, that of WinRM, the reason.
    #[must_use]
    pub fn text(&self) -> &str {
        let provider = self.providers().map(|provider| provider.text.as_str());
        let wmi = self.wmi.as_ref().and_then(|wmi| wmi.message.as_deref());
        provider
            .filter(|text| !text.is_empty())
            .last()
            .or(wmi)
            .or(self.message.as_deref())
            .unwrap_or(&self.soap.reason)
            .trim()
    }

    /// The faults of providers, from the outermost to the innermost.
    fn providers(&self) -> impl Iterator<Item = &ProviderFault> {
        iter::successors(self.provider.as_ref(), |provider| provider.inner.as_deref())
    }
}

/// `InvalidSelectors, code 2150858843 (0x8033805B, ERROR_WSMAN_UNEXPECTED_SELECTORS): text`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.subcode().unwrap_or("fault"))?;
        if let Some(code) = self.code.map(Code) {
            write!(f, ", code {code}")?;
        }
        for code in self.codes().into_iter().rev().filter(|code| self.code != Some(code.0)) {
            write!(f, ", provider code {code}")?;
        }
        if let Some(status) = self.wmi.as_ref().and_then(|wmi| wmi.cim_status) {
            write!(f, ", CIM status {status}")?;
        }
        write!(f, ": {}", self.text())
    }
}

impl ProviderFault {
    fn from_element(fault: &Element) -> Self {
        // Some inner faults lack a declaration of their own and are in the outer namespace all the same.
        let inner = fault.find(WSMAN_FAULT, "WSManFault");
        let message = inner.and_then(|inner| inner.find(WSMAN_FAULT, "Message"));
        let attribute = |name| fault.find_attribute(name).unwrap_or_default().to_owned();
        let extended = fault.find(WSMAN_FAULT, "ExtendedError");
        let extended = extended.map(|error| error.children.clone()).unwrap_or_default();
        Self {
            provider: attribute("provider"),
            path: attribute("path"),
            text: message.unwrap_or(fault).text.trim().to_owned(),
            code: inner.and_then(code_of),
            status: extended.iter().find_map(ExtendedStatus::from_element),
            extended,
            inner: message
                .and_then(|message| message.find(WSMAN_FAULT, "ProviderFault"))
                .or_else(|| fault.find(WSMAN_FAULT, "ProviderFault"))
                .map(|inner| Box::new(Self::from_element(inner))),
        }
    }
}

impl ExtendedStatus {
    fn from_element(status: &Element) -> Option<Self> {
        if status.name.local() != "__ExtendedStatus" {
            return None;
        }
        let text = |local| {
            let property = status.find(status.name.namespace()?, local)?;
            Some(property.text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        Some(Self {
            code: text("StatusCode").and_then(|text| number(&text)),
            operation: text("Operation"),
            parameter_info: text("ParameterInfo"),
            provider_name: text("ProviderName"),
            description: text("Description"),
        })
    }
}

impl WmiError {
    /// The code, where it is one of Windows: the numbers of CIM mean something else there.
    fn windows_code(&self) -> Option<u32> {
        self.code.filter(|_| self.error_type.as_deref() != Some("MI"))
    }

    fn from_element(error: &Element) -> Self {
        let text = |local| {
            error.text_of(WMI_ERROR, local).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let number = |local| text(local).and_then(|text| number(&text));
        Self {
            code: number("error_Code"),
            error_type: text("error_Type"),
            category: number("error_Category"),
            cim_status: number("CIMStatusCode").map(CimStatus),
            message_id: text("MessageID"),
            message: text("Message"),
            windows_message: text("error_WindowsErrorMessage"),
        }
    }
}

fn code_of(fault: &Element) -> Option<u32> {
    number(fault.find_attribute("Code")?.trim())
}

/// Mostly decimal, without a sign.
fn number(text: &str) -> Option<u32> {
    Code::from_number(text).map(|code| code.0)
}
