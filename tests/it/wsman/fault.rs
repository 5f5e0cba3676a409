//! What is inside faults, in every shape in which Windows sends it, and how it is shown.

use hyperv_replica::{
    soap::Envelope,
    wsman::{CimStatus, Code, Fault, WSMAN, WSMAN_FAULT},
    xml::Limits,
};

use crate::fixture;

/// A fault whose detail is this; `f` and `w` are declared.
fn fault(detail: &str) -> Fault {
    let document = format!(
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:w='{WSMAN}' xmlns:f='{WSMAN_FAULT}'>\
         <s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:InternalError</s:Value></s:Subcode>\
         </s:Code><s:Reason><s:Text xml:lang='en-US'>It failed. </s:Text></s:Reason><s:Detail>{detail}</s:Detail>\
         </s:Fault></s:Body></s:Envelope>"
    );
    read(document.as_bytes())
}

fn read(document: &[u8]) -> Fault {
    let envelope = Envelope::parse(document, Limits::default()).unwrap();
    Fault::new(envelope.fault().unwrap().unwrap())
}

/// A WMI error with these properties.
fn wmi_error(properties: &[(&str, &str)]) -> Fault {
    let properties: String =
        properties.iter().map(|(name, value)| format!("<p:{name}>{value}</p:{name}>")).collect();
    fault(&format!(
        "<p:MSFT_WmiError xmlns:p='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError'>{properties}</p:MSFT_WmiError>"
    ))
}

#[test]
fn a_fault_is_shown_with_the_names_of_its_codes() {
    for (file, shown) in [
        (
            "timed_out",
            "TimedOut, code 2150858793 (0x80338029, ERROR_WSMAN_OPERATION_TIMEDOUT): Zeit abgelaufen.",
        ),
        (
            "provider_text",
            "InvalidParameter, code 87 (0x00000057, ERROR_INVALID_PARAMETER): Der Parameter ist falsch.",
        ),
        (
            "provider_code",
            "InternalError, code 2150858755 (0x80338003, ERROR_WSMAN_PROVIDER_FAILURE), \
             provider code 2147749935 (0x8004102F, WBEM_E_INVALID_METHOD_PARAMETERS): Ungültige Methodenparameter",
        ),
        (
            "nested_provider",
            "DestinationUnreachable, code 2150858752 (0x80338000, ERROR_WSMAN_RESOURCE_NOT_FOUND): Nicht gefunden.",
        ),
        (
            "wmi_error",
            "InternalError, code 2150859174 (0x803381A6, ERROR_WSMAN_QUOTA_MAX_OPERATIONS), \
             CIM status 27 (CIM_ERR_SERVER_LIMITS_EXCEEDED): Zu viele Vorgänge.",
        ),
        ("must_understand", "fault: Der Vorgang ist fehlgeschlagen."),
    ] {
        let fault = read(&fixture(&format!("faults/{file}.xml")));
        assert_eq!(fault.to_string(), shown);
    }
}

const NESTED: &str = "<f:WSManFault Code='2150858755' Machine='hv01'><f:Message>\
     <f:ProviderFault provider='Outer' path='o.dll'><f:WSManFault Code='2147749889'><f:Message>\
     <f:ProviderFault provider='Inner' path='i.dll'><f:WSManFault Code='5'><f:Message>No. </f:Message></f:WSManFault>\
     <f:ExtendedError><x:__ExtendedStatus xmlns:x='urn:any'><x:Description>none</x:Description>\
     <x:Operation> </x:Operation><x:StatusCode>2147749935</x:StatusCode></x:__ExtendedStatus></f:ExtendedError>\
     </f:ProviderFault></f:Message></f:WSManFault></f:ProviderFault></f:Message></f:WSManFault>";

#[test]
fn a_provider_may_pass_on_the_fault_of_another() {
    let fault = fault(NESTED);
    let outer = fault.provider.as_ref().unwrap();
    let inner = outer.inner.as_deref().unwrap();
    assert_eq!((&*outer.provider, &*outer.path, outer.code), ("Outer", "o.dll", Some(0x8004_1001)));
    assert_eq!((&*inner.provider, &*inner.path, inner.code), ("Inner", "i.dll", Some(5)));
    assert_eq!((&inner.inner, &outer.status), (&None, &None));
    let status = inner.status.as_ref().unwrap();
    assert_eq!((status.code, status.description.as_deref()), (Some(0x8004_102F), Some("none")));
    assert_eq!((&status.operation, &status.parameter_info), (&None, &None));
    assert_eq!(fault.text(), "No.");
    let codes = [0x8004_102F, 5, 0x8004_1001, 2_150_858_755].map(Code);
    assert_eq!(fault.codes(), codes);
    assert!(codes.iter().all(|code| fault.has_code(code.0)) && !fault.has_code(0));
    // What the inner provider refused may have been asked by a method that ran.
    assert!(!fault.precedes_execution());
}

#[test]
fn a_provider_fault_directly_in_another_is_read_too() {
    let fault = fault(
        "<f:WSManFault Code='2150858755'><f:Message><f:ProviderFault provider='Outer'>\
         <f:ProviderFault provider='Inner'>deep</f:ProviderFault></f:ProviderFault></f:Message></f:WSManFault>",
    );
    assert_eq!(fault.provider.as_ref().unwrap().inner.as_ref().unwrap().provider, "Inner");
    assert_eq!(fault.text(), "deep");
}

#[test]
fn the_code_that_says_most_is_the_innermost_that_something_can_be_done_about() {
    let provider = |outer: u32, inner: u32| {
        fault(&format!(
            "<f:WSManFault Code='{outer}'><f:Message><f:ProviderFault><f:WSManFault Code='{inner}'/>\
             </f:ProviderFault></f:Message></f:WSManFault>"
        ))
    };
    const WITH_NAME_ALONE: u32 = 0x8004_1047;
    const UNKNOWN: u32 = 0x8037_0109;
    assert_eq!((Code(WITH_NAME_ALONE).next_step(), Code(UNKNOWN).name()), (None, None));
    for (outer, inner, best) in [
        (2_150_858_755, 0x8004_1003, 0x8004_1003),
        (5, WITH_NAME_ALONE, 5),
        (5, UNKNOWN, 5),
        (WITH_NAME_ALONE, UNKNOWN, WITH_NAME_ALONE),
        (UNKNOWN, UNKNOWN + 1, UNKNOWN + 1),
    ] {
        assert_eq!(provider(outer, inner).best_code(), Some(Code(best)));
    }
    assert_eq!(fault("").best_code(), None);
}

#[test]
fn a_status_of_cim_is_never_taken_for_a_code_of_windows() {
    let fault = wmi_error(&[("error_Code", "5"), ("error_Type", "MI"), ("CIMStatusCode", "5")]);
    assert_eq!((fault.code, fault.codes()), (None, vec![]));
    assert!(!fault.has_code(5) && !fault.precedes_execution());
    assert_eq!(fault.wmi.as_ref().unwrap().cim_status, Some(CimStatus(5)));
    assert_eq!(fault.best_code().unwrap().name(), Some("WBEM_E_INVALID_CLASS"));
    let shown = "InternalError, CIM status 5 (CIM_ERR_INVALID_CLASS): It failed.";
    assert_eq!(fault.to_string(), shown);

    for error_type in ["HRESULT", "WIN32"] {
        let fault = wmi_error(&[("error_Code", "5"), ("error_Type", error_type)]);
        assert_eq!((fault.code, fault.codes()), (Some(5), vec![Code(5)]));
        assert!(fault.precedes_execution());
    }
}

#[test]
fn numbers_that_are_none_are_no_codes() {
    for text in ["", "five", "4294967296", "0x", "1.5"] {
        let fault = fault(&format!("<f:WSManFault Code='{text}'/>"));
        assert_eq!((fault.codes(), fault.best_code()), (vec![], None), "{text}");
        assert_eq!(fault.to_string(), "InternalError: It failed.");
    }
    assert_eq!(fault("<f:WSManFault Code='0'/>").codes(), []);
    assert_eq!(fault("<f:WSManFault Code=' -2144108526 '/>").code, Some(2_150_858_770));
}
