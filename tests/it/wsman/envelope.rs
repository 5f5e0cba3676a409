//! Envelopes and faults.

use hyperv_replica::{
    soap::{self, ADDRESSING, Envelope, FaultCode, SOAP},
    wsman::{ENUMERATION, Fault, WSMAN},
    xml::{Limits, Name},
};

use super::REQUEST;

#[test]
fn envelopes_are_soap_1_2_with_each_header_once() {
    let read = |inside: &str| {
        let document = format!(
            "<s:Envelope xmlns:s='{SOAP}' xmlns:a='{ADDRESSING}' xmlns:o='urn:o'>{inside}</s:Envelope>"
        );
        Envelope::parse(document.as_bytes(), Limits::default())
    };
    for (inside, error) in [
        ("", soap::Error::Missing("s:Body")),
        ("<s:Header/>", soap::Error::Missing("s:Body")),
        ("<s:Body/><s:Header/>", soap::Error::Unexpected(Name::new(SOAP, "Header"))),
        ("<s:Body/><s:Body/>", soap::Error::Unexpected(Name::new(SOAP, "Body"))),
        ("<s:Header/><s:Header/><s:Body/>", soap::Error::Unexpected(Name::new(SOAP, "Header"))),
        ("<o:Body/>", soap::Error::Unexpected(Name::new("urn:o", "Body"))),
        (
            "<s:Header><a:To>x</a:To><a:To>x</a:To></s:Header><s:Body/>",
            soap::Error::Repeated("a:To"),
        ),
        (
            "<s:Header><a:RelatesTo>x</a:RelatesTo><a:RelatesTo>y</a:RelatesTo></s:Header><s:Body/>",
            soap::Error::Repeated("a:RelatesTo"),
        ),
        ("<s:Header><a:ReplyTo/></s:Header><s:Body/>", soap::Error::Missing("a:ReplyTo/a:Address")),
    ] {
        assert_eq!(read(inside), Err(error), "{inside}");
    }
    let soap_1_1 = "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body/></Envelope>";
    assert!(matches!(
        Envelope::parse(soap_1_1.as_bytes(), Limits::default()),
        Err(soap::Error::NotAnEnvelope(_))
    ));
    // A header of another namespace is not taken for one of WS-Addressing's.
    let other = read("<s:Header><o:To>x</o:To></s:Header><s:Body/>").unwrap();
    assert_eq!((&other.header.to, other.header.others.len()), (&None, 1));
}

#[test]
fn faults_of_a_host_are_read_back() {
    let make = |code, namespace, local, number| {
        Fault::make(code, Name::new(namespace, local), number, "it <failed> & \"so\" ")
    };
    for (fault, action) in [
        (
            make(FaultCode::Sender, WSMAN, "InvalidSelectors", 2_150_858_843)
                .with_detail("UnexpectedSelectors"),
            "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
        ),
        (
            make(FaultCode::Receiver, ENUMERATION, "CannotProcessFilter", 2_150_858_778),
            "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault",
        ),
        (
            make(FaultCode::Sender, ADDRESSING, "DestinationUnreachable", 2_150_858_752),
            "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault",
        ),
    ] {
        let envelope = fault.envelope("uuid:1".into(), Some(REQUEST.into()));
        assert_eq!(envelope.header.action.as_deref(), Some(action));
        let read = Envelope::parse(&envelope.to_bytes().unwrap(), Limits::default()).unwrap();
        let read = Fault::new(read.fault().unwrap().unwrap());
        assert_eq!(read.soap.code, fault.soap.code);
        assert_eq!(read.soap.subcode, fault.soap.subcode);
        assert_eq!((read.code, &read.fault_detail), (fault.code, &fault.fault_detail));
        assert_eq!(read.text(), "it <failed> & \"so\"");
    }
    let shown = make(FaultCode::Sender, WSMAN, "AccessDenied", 5).to_string();
    assert_eq!(
        shown,
        "AccessDenied, code 5 (0x00000005, ERROR_ACCESS_DENIED): it <failed> & \"so\""
    );
}

#[test]
fn faults_need_a_code_whose_prefix_is_declared_and_nothing_else() {
    let read = |code: &str| {
        let document = format!(
            "<s:Envelope xmlns:s='{SOAP}'><s:Body><s:Fault>{code}</s:Fault></s:Body></s:Envelope>"
        );
        Envelope::parse(document.as_bytes(), Limits::default()).unwrap().fault()
    };
    let bare = read("<s:Code><s:Value>s:Sender</s:Value></s:Code>").unwrap().unwrap();
    assert_eq!((bare.code, bare.subcode, &*bare.reason), (FaultCode::Sender, None, ""));
    // What a prefix means is looked up, not guessed.
    let rebound = read("<s:Code xmlns:q='urn:q'><s:Value>q:Sender</s:Value></s:Code>").unwrap();
    assert_eq!(rebound.unwrap().code, FaultCode::Other(Name::new("urn:q", "Sender")));
    let lost =
        "<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>q:X</s:Value></s:Subcode></s:Code>";
    assert_eq!(read(lost).unwrap().unwrap().subcode, None);
    assert_eq!(read(""), Err(soap::Error::Missing("s:Fault/s:Code")));
    assert_eq!(read("<s:Code/>"), Err(soap::Error::Missing("s:Fault/s:Code/s:Value")));
    let undeclared = read("<s:Code><s:Value>q:Sender</s:Value></s:Code>");
    assert_eq!(undeclared, Err(soap::Error::UndeclaredPrefix("q:Sender".into())));
}
