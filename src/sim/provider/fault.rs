//! The faults of the simulated host: the codes are those of Windows, the words are not.

use std::fmt;

use crate::{
    cim::COMMON,
    soap::{self, ADDRESSING, FaultCode},
    wsman::{ENUMERATION, Fault, ResourceUri, WSMAN, WSMAN_FAULT},
    xml::{Element, Name, XSI},
};

/// Faults are large and rare.
pub(super) type Refused = Box<Fault>;

fn sender(namespace: &'static str, subcode: &'static str, code: u32, text: &str) -> Refused {
    Box::new(Fault::make(FaultCode::Sender, Name::new(namespace, subcode), code, text))
}

fn receiver(subcode: &'static str, code: u32, text: &str) -> Refused {
    Box::new(Fault::make(FaultCode::Receiver, Name::new(WSMAN, subcode), code, text))
}

/// The request is no message that could be read.
pub(super) fn unreadable(error: &soap::Error) -> Refused {
    let text = format!("The request cannot be read: {error}.");
    sender(WSMAN, "SchemaValidationError", 2_150_858_819, &text)
}

/// The body is not what the operation or the method demands.
pub(super) fn schema(what: &str) -> Refused {
    sender(WSMAN, "SchemaValidationError", 2_150_858_817, &format!("The body is invalid: {what}."))
}

pub(super) fn missing_header(name: &str) -> Refused {
    let text = format!("The request has no {name}.");
    sender(ADDRESSING, "MessageInformationHeaderRequired", 2_150_858_769, &text)
}

pub(super) fn invalid_header(name: &str, value: &str) -> Refused {
    let text = format!("The header {name} is invalid: {value}.");
    sender(ADDRESSING, "InvalidMessageInformationHeader", 2_150_858_767, &text)
}

/// `detail` names the header, as the specification does in `w:FaultDetail`.
pub(super) fn unsupported(detail: &'static str, code: u32) -> Refused {
    let text = format!("The service does not support this: {detail}.");
    Box::new(sender(WSMAN, "UnsupportedFeature", code, &text).with_detail(detail))
}

/// SOAP's own fault, which has no subcode; the header itself is named in a header of the answer.
pub(super) fn must_understand(header: &Name) -> Refused {
    Box::new(Fault::new(soap::Fault {
        code: FaultCode::MustUnderstand,
        subcode: None,
        reason: format!("The header {} must be understood and is not.", header.local()),
        detail: Vec::new(),
        not_understood: vec![header.clone()],
    }))
}

pub(super) fn invalid_options(name: &str) -> Refused {
    let text = format!("The option {name} must be complied with and is not known.");
    sender(WSMAN, "InvalidOptions", 2_150_858_809, &text)
}

/// `MaxEnvelopeSize` is smaller than the least that a client may ask for.
pub(super) fn envelope_too_small() -> Refused {
    let text = "MaxEnvelopeSize has to be at least 8192.";
    let fault = sender(WSMAN, "EncodingLimit", 2_150_858_878, text);
    Box::new(fault.with_detail("MinimumEnvelopeLimit"))
}

/// The answer is larger than `MaxEnvelopeSize`.
pub(super) fn answer_too_large() -> Refused {
    let text = "The answer is larger than the MaxEnvelopeSize of the request.";
    Box::new(sender(WSMAN, "EncodingLimit", 2_150_858_823, text).with_detail("MaxEnvelopeSize"))
}

pub(super) fn timed_out() -> Refused {
    receiver("TimedOut", 2_150_858_793, "The operation did not end within OperationTimeout.")
}

pub(super) fn action_not_supported(text: &str) -> Refused {
    sender(ADDRESSING, "ActionNotSupported", 2_150_858_771, text)
}

pub(super) fn invalid_resource_uri(uri: &ResourceUri) -> Refused {
    let text = format!("There is no resource of this kind: {uri}.");
    let fault = sender(ADDRESSING, "DestinationUnreachable", 2_150_858_811, &text);
    Box::new(fault.with_detail("InvalidResourceURI"))
}

/// A namespace that is not there is what a host without the Hyper-V role answers. That no public recording shows this
/// fault is why it says it twice: by `WBEM_E_INVALID_NAMESPACE` and by the words that are reported from the field.
pub(super) fn no_namespace(namespace: &str) -> Refused {
    not_there(0x8004_100E, &format!("The service cannot find namespace {namespace}."))
}

pub(super) fn no_class(class: &str) -> Refused {
    not_there(NOT_FOUND, &format!("There is no class {class} in the namespace."))
}

pub(super) fn no_instance() -> Refused {
    not_there(NOT_FOUND, "There is no instance with these selectors.")
}

/// WinRM's "resource not found"
const NOT_FOUND: u32 = 2_150_858_752;

fn not_there(provider_code: u32, text: &str) -> Refused {
    let fault = sender(ADDRESSING, "DestinationUnreachable", NOT_FOUND, text);
    from_wmi(&fault.with_detail("InvalidResourceURI"), provider_code, text, None)
}

pub(super) fn insufficient_selectors() -> Refused {
    selectors("InsufficientSelectors", 2_150_858_842, "The request has no selectors.")
}

pub(super) fn unexpected_selector(name: &str) -> Refused {
    let text = format!("The class has no key {name}.");
    selectors("UnexpectedSelectors", 2_150_858_843, &text)
}

pub(super) fn ambiguous_selectors() -> Refused {
    let text = "The selectors are those of more than one instance.";
    selectors("AmbiguousSelectors", 2_150_858_846, text)
}

pub(super) fn duplicate_selectors(name: &str) -> Refused {
    selectors("DuplicateSelectors", 2_150_858_847, &format!("A selector is there twice: {name}."))
}

pub(super) fn different_namespace_selector() -> Refused {
    let text = "The selector __cimnamespace is not the namespace of the resource URI.";
    sender(WSMAN, "InvalidSelectors", 2_150_859_067, text)
}

pub(super) fn selector_type(name: &str) -> Refused {
    let text = format!("The selector {name} is not of the type of the property.");
    selectors("TypeMismatch", 2_150_858_844, &text)
}

pub(super) fn invalid_selector_value(name: &str) -> Refused {
    let text = format!("The value of the selector {name} is none of the type of the property.");
    selectors("InvalidValue", 2_150_858_845, &text)
}

/// A reference inside the key of a reference.
pub(super) fn nested_too_deep() -> Refused {
    let text = "The endpoint references are nested too deep.";
    selectors("InvalidValue", 2_150_858_879, text)
}

fn selectors(detail: &str, code: u32, text: &str) -> Refused {
    Box::new(sender(WSMAN, "InvalidSelectors", code, text).with_detail(detail))
}

/// Services that were asked without a selector answer with `WBEM_E_INVALID_METHOD_PARAMETERS`, which says nothing of
/// selectors.
pub(super) fn no_selector_for_method() -> Refused {
    let text = "WMI says that the parameters of the method are invalid.";
    let fault = receiver("InternalError", 0x8004_102F, text);
    from_wmi(&fault, 0x8004_102F, text, None)
}

/// The providers of Hyper-V let nothing be changed but by methods. No recording shows how they say it; the codes are
/// those that WinRM and WMI have for a provider that lacks an operation.
pub(super) fn provider_not_capable() -> Refused {
    let text = "The provider does not support this operation.";
    let fault = sender(ADDRESSING, "ActionNotSupported", 2_150_859_010, text);
    from_wmi(&fault, 0x8004_1024, text, None)
}

/// A method of the class that is not simulated: the fault of a host for one that its provider does not implement,
/// `WBEM_E_METHOD_NOT_IMPLEMENTED`, in one that says that nothing was run.
pub(super) fn method_not_implemented(method: &str) -> Refused {
    let text = format!("The simulator does not have the method {method} yet.");
    from_wmi(&action_not_supported(&text), 0x8004_1055, &text, None)
}

pub(super) fn internal(text: &str) -> Refused {
    receiver("InternalError", 2_150_858_755, text)
}

pub(super) fn query_on_a_class() -> Refused {
    let text = "A filter of this dialect needs a resource URI that ends in an asterisk.";
    sender(WSMAN, "InvalidParameter", 2_150_859_003, text)
}

pub(super) fn all_classes_without_query() -> Refused {
    let text = "A resource URI that ends in an asterisk needs a query or a filter by association.";
    sender(ENUMERATION, "CannotProcessFilter", 2_150_858_778, text)
}

/// A filter that is well-formed and speaks of what is not there.
pub(super) fn filter(text: &str) -> Refused {
    sender(ENUMERATION, "CannotProcessFilter", 2_150_858_778, text)
}

pub(super) fn filter_dialect() -> Refused {
    let text = "Filters of this dialect are not processed.";
    sender(ENUMERATION, "FilterDialectRequestedUnavailable", 2_150_858_777, text)
}

pub(super) fn polymorphism() -> Refused {
    let text = "A filter of this dialect takes no other PolymorphismMode than the default.";
    sender(WSMAN, "UnsupportedFeature", 2_150_859_063, text)
}

/// As WMI has it: the words in a nested fault, and the query in an extended status.
pub(super) fn invalid_query(query: &str, error: &dyn fmt::Display) -> Refused {
    const STATUS: &str =
        "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/__ExtendedStatus";
    const CODE: u32 = 2_150_858_778;
    let fault = sender(ENUMERATION, "CannotProcessFilter", CODE, "The filter is invalid.");
    let property = |name: &'static str| Element::new(STATUS, name);
    let nil = |element: Element| element.attribute(Name::new(XSI, "nil"), "true");
    let status = property("__ExtendedStatus")
        .declare("xsi", XSI)
        .declare("p", STATUS)
        .declare("cim", COMMON)
        .attribute(Name::new(XSI, "type"), "p:__ExtendedStatus_Type")
        .child(nil(property("Description")))
        .child(property("Operation").text("ExecQuery"))
        .child(property("ParameterInfo").text(query))
        .child(property("ProviderName").text("WinMgmt"))
        .child(nil(property("StatusCode")));
    from_wmi(&fault, CODE, &error.to_string(), Some(status))
}

pub(super) fn unknown_context() -> Refused {
    let text = "The enumeration context is not known or has expired.";
    sender(ENUMERATION, "InvalidEnumerationContext", 2_150_858_779, text)
}

pub(super) fn too_many_contexts() -> Refused {
    sender(WSMAN, "QuotaLimit", 2_150_859_174, "The user has too many open operations.")
}

/// An error with what it comes from.
pub(super) fn describe(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", describe(source)),
        None => error.to_string(),
    }
}

/// Puts the fault of the provider for WMI inside a fault.
fn from_wmi(outer: &Fault, code: u32, text: &str, extended: Option<Element>) -> Refused {
    let element = |name: &'static str| Element::new(WSMAN_FAULT, name);
    let attribute = |element: Element, name: &'static str, value: &str| {
        element.attribute(Name::local_only(name), value)
    };
    let inner = attribute(element("WSManFault"), "Code", &code.to_string());
    let inner = attribute(inner, "Machine", "localhost").child(element("Message").text(text));
    let provider = attribute(element("ProviderFault"), "provider", "WMI Provider");
    let provider = attribute(provider, "path", r"%systemroot%\system32\WsmWmiPl.dll")
        .child(inner)
        .children(extended.map(|status| element("ExtendedError").child(status)));
    let mut fault = outer.soap.clone();
    for message in fault
        .detail
        .iter_mut()
        .filter(|detail| detail.is(WSMAN_FAULT, "WSManFault"))
        .flat_map(|detail| &mut detail.children)
    {
        message.text.clear();
        message.children = vec![provider.clone()];
    }
    Box::new(Fault::new(fault))
}
