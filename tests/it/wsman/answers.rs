//! How an answer is told to be ours, and what is in it.

use hyperv_replica::{
    soap::{self, Envelope, FaultCode, Header},
    wsman::{
        CIM_BINDING, ENUMERATION, Enumerate, Enumerated, Error, Fault, Get, Identity,
        Operation as _, Page, Pull, Release, WSMAN, WSMAN_FAULT, answer_to, read_answer,
    },
    xml::{Element, Limits, Name},
};

use crate::{fixture, wire::V2};

use super::{REQUEST, enumerate, header, pull, resynchronize, vm};

/// An answer as a host writes it and a client reads it.
fn answer(header: Header, body: Option<Element>) -> Envelope {
    let envelope = Envelope { header, body: body.into_iter().collect(), ..Envelope::default() };
    Envelope::parse(&envelope.to_bytes().unwrap(), Limits::default()).unwrap()
}

fn response(action: &str) -> Header {
    Header::answer(format!("{action}Response"), "uuid:1".into(), Some(REQUEST.into()))
}

#[test]
fn an_answer_is_ours_only_if_it_says_so() {
    let get = Get { resource: vm() };
    let item = || Some(Element::new("urn:x", "Item"));
    let read = |header: Header| read_answer(&get, REQUEST, &answer(header, item()));
    assert!(read(response(Get::ACTION)).is_ok());
    for relates_to in [None, Some("uuid:other"), Some("uuid:7b0c2a54-9d1e-4f6b-8a30-5c1d2e3f4a5b")]
    {
        let relates_to = relates_to.map(str::to_owned);
        let header = Header { relates_to: relates_to.clone(), ..response(Get::ACTION) };
        assert_eq!(read(header), Err(Error::NotOurs { relates_to, message_id: REQUEST.into() }));
    }
    for action in [
        None,
        Some(Get::ACTION),
        Some("http://schemas.xmlsoap.org/ws/2004/09/transfer/PutResponse"),
    ] {
        let action = action.map(str::to_owned);
        let expected = "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse".to_owned();
        let header = Header { action: action.clone(), ..response(Get::ACTION) };
        assert_eq!(read(header), Err(Error::Action { action, expected }));
    }
    assert_eq!(
        read_answer(&get, REQUEST, &answer(response(Get::ACTION), None)),
        Err(Error::Missing("instance in the answer to Get"))
    );
    let request = header().envelope(&get);
    assert_eq!(answer_to(&request, "uuid:1".into()), response(Get::ACTION));
}

#[test]
fn a_fault_may_lack_what_it_relates_to_but_not_relate_to_another_request() {
    let subcode = Name::new(WSMAN, "TimedOut");
    let fault = Fault::make(FaultCode::Receiver, subcode, 2_150_858_793, "too late");
    let read = |relates_to: Option<&str>| {
        let envelope = fault.envelope("uuid:1".into(), relates_to.map(str::to_owned));
        let envelope = Envelope::parse(&envelope.to_bytes().unwrap(), Limits::default()).unwrap();
        read_answer(&Get { resource: vm() }, REQUEST, &envelope)
    };
    for relates_to in [None, Some(REQUEST)] {
        let Err(Error::Fault(fault)) = read(relates_to) else { panic!("no fault") };
        assert_eq!(fault.code, Some(2_150_858_793));
    }
    assert!(matches!(read(Some("uuid:other")), Err(Error::NotOurs { .. })));
}

#[test]
fn the_answer_to_invoke_is_the_output_of_this_method_of_this_class() {
    let invoke = resynchronize(None);
    let uri = invoke.resource.uri.as_str().to_owned();
    let read = |namespace: &str, local: &str| {
        let body = Some(Element::new(namespace, local));
        read_answer(&invoke, REQUEST, &answer(response(&invoke.action()), body))
    };
    assert!(read(&uri, "Resynchronize_OUTPUT").is_ok());
    // Windows repeats the case of the request's URI, whatever it was.
    assert!(read(&uri.to_uppercase(), "Resynchronize_OUTPUT").is_ok());
    for (namespace, local) in [
        (uri.as_str(), "Resynchronize_INPUT"),
        (uri.as_str(), "Other_OUTPUT"),
        (uri.as_str(), "Resynchronize"),
        ("", "Resynchronize_OUTPUT"),
        (&format!("{V2}Msvm_ComputerSystem"), "Resynchronize_OUTPUT"),
    ] {
        let unexpected = Error::Unexpected(Name::new(namespace, local));
        assert_eq!(read(namespace, local), Err(unexpected));
    }
}

#[test]
fn pages_are_read_in_both_namespaces_and_items_by_their_place() {
    let n = |local: &'static str| Element::new(ENUMERATION, local);
    let w = |local: &'static str| Element::new(WSMAN, local);
    let context = |text: &str| n("EnumerationContext").text(text);
    // Items may have the names of their own wrapper.
    let odd = || vec![n("Items"), w("EndOfSequence"), n("EnumerationContext").text("mine")];
    let cases = [
        // children, items, context
        (vec![context("c")], vec![], Some("c")),
        (vec![context(" c\n"), n("Items")], vec![], Some("c")),
        (vec![context("c"), n("Items").children(odd())], odd(), Some("c")),
        (vec![n("Items").children(odd()), n("EndOfSequence")], odd(), None),
        (vec![n("Items"), n("EndOfSequence")], vec![], None),
        (vec![n("EndOfSequence")], vec![], None),
        (vec![w("Items").children(odd()), w("EndOfSequence"), context("")], odd(), None),
        (vec![context(""), w("Items").children(odd()), w("EndOfSequence")], odd(), None),
        (vec![n("Items").children(odd()), w("EndOfSequence")], odd(), None),
        (vec![w("Items").children(odd()), context("c")], odd(), Some("c")),
        (vec![context("c"), n("Items"), n("EndOfSequence")], vec![], None),
    ];
    for (children, items, context) in cases {
        let page = Page { items, context: context.map(str::to_owned) };
        let body = n("PullResponse").children(children.clone());
        let read = read_answer(&pull(), REQUEST, &answer(response(Pull::ACTION), Some(body)));
        assert_eq!(read, Ok(page.clone()));
        let body = n("EnumerateResponse").children(children);
        let read =
            read_answer(&enumerate(), REQUEST, &answer(response(Enumerate::ACTION), Some(body)));
        assert_eq!(read, Ok(Enumerated { page }));
    }
    // Neither the end nor where to go on: a client that took it for either would lose rows or ask for ever.
    for children in [vec![], vec![n("Items").children(odd())], vec![context(""), n("Items")]] {
        let body = n("PullResponse").children(children);
        let read = read_answer(&pull(), REQUEST, &answer(response(Pull::ACTION), Some(body)));
        assert_eq!(read, Err(Error::Missing("n:EnumerationContext")));
    }
    let body = n("EnumerateResponse").child(context("c"));
    let read = read_answer(&pull(), REQUEST, &answer(response(Pull::ACTION), Some(body)));
    assert_eq!(read, Err(Error::Unexpected(Name::new(ENUMERATION, "EnumerateResponse"))));
}

#[test]
fn pages_of_a_host_are_read_back() {
    let item = || Element::new("urn:x", "Items").text("1");
    for page in [
        Page { items: vec![], context: Some("c".into()) },
        Page { items: vec![item(), item()], context: Some("c".into()) },
        Page { items: vec![item()], context: None },
        Page { items: vec![], context: None },
    ] {
        let pulled = answer(response(Pull::ACTION), Some(page.to_body()));
        assert_eq!(read_answer(&pull(), REQUEST, &pulled), Ok(page.clone()));
        let enumerated = Enumerated { page };
        let sent = answer(response(Enumerate::ACTION), Some(enumerated.to_body()));
        assert_eq!(read_answer(&enumerate(), REQUEST, &sent), Ok(enumerated));
    }
}

#[test]
fn a_host_refuses_enumerations_that_it_would_answer_wrongly() {
    let n = |local: &'static str| Element::new(ENUMERATION, local);
    let w = |local: &'static str| Element::new(WSMAN, local);
    let read = |child: Element| Enumerate::from_body(vm(), &[n("Enumerate").child(child)]);
    let xpath = || Name::local_only("Dialect");
    for filter in [w("Filter"), n("Filter")] {
        assert_eq!(read(filter.clone()), Err(Error::FilterDialect(String::new())));
        let dialect = filter.attribute(xpath(), "http://www.w3.org/TR/1999/REC-xpath-19991116");
        assert!(matches!(read(dialect), Err(Error::FilterDialect(_))));
    }
    let mode = read(w("EnumerationMode").text("EnumerateNothing"));
    assert!(matches!(mode, Err(Error::Value { name: "w:EnumerationMode", .. })));
    let mode = read(Element::new(CIM_BINDING, "PolymorphismMode").text("Some"));
    assert!(matches!(mode, Err(Error::Value { name: "b:PolymorphismMode", .. })));
    let body = n("Enumerate").child(w("OptimizeEnumeration")).child(w("MaxElements").text("many"));
    assert!(matches!(Enumerate::from_body(vm(), &[body]), Err(Error::Value { .. })));
    let body = n("Enumerate").child(w("OptimizeEnumeration"));
    assert_eq!(Enumerate::from_body(vm(), &[body]).unwrap().optimize, Some(1));
    assert_eq!(Enumerate::from_body(vm(), &[]), Err(Error::Missing("n:Enumerate")));
    let other = Err(Error::Unexpected(Name::new(WSMAN, "Enumerate")));
    assert_eq!(Enumerate::from_body(vm(), &[w("Enumerate")]), other);
    assert_eq!(Pull::from_body(vm(), &[n("Pull")]), Err(Error::Missing("n:EnumerationContext")));
    assert!(Release::from_body(vm(), &[n("Release")]).is_err());
}

#[test]
fn identify_is_answered_and_read() {
    let identity = Identity::new("Microsoft Corporation", "OS: 0.0.0 SP: 0.0 Stack: 3.0");
    let read = |bytes: &[u8]| Identity::read(&Envelope::parse(bytes, Limits::default()).unwrap());
    assert_eq!(read(&identity.envelope().to_bytes().unwrap()), Ok(identity));
    let recorded = read(&fixture("wire/identify_answer.xml")).unwrap();
    assert_eq!(recorded.protocol_version, WSMAN);
    assert_eq!(recorded.product_version.as_deref(), Some("OS: 10.0.20348 SP: 0.0 Stack: 3.0"));
    assert!(matches!(read(&fixture("faults/timed_out.xml")), Err(Error::Fault(_))));
    assert!(matches!(read(&fixture("wire/get_job.xml")), Err(Error::Unexpected(_))));
}

#[test]
fn a_code_inside_a_providers_fault_does_not_mean_that_nothing_ran() {
    let fault = |outer: u32, inner: u32| {
        let wsman_fault = |code: u32, message: Element| {
            Element::new(WSMAN_FAULT, "WSManFault")
                .attribute(Name::local_only("Code"), code.to_string())
                .child(message)
        };
        let text = Element::new(WSMAN_FAULT, "Message").text("denied half-way");
        let provider = Element::new(WSMAN_FAULT, "ProviderFault").child(wsman_fault(inner, text));
        let message = Element::new(WSMAN_FAULT, "Message").child(provider);
        Fault::new(soap::Fault {
            code: FaultCode::Receiver,
            subcode: None,
            reason: String::new(),
            detail: vec![wsman_fault(outer, message)],
            not_understood: Vec::new(),
        })
    };
    const PROVIDER_FAILED: u32 = 2_150_858_755;
    assert!(!fault(PROVIDER_FAILED, 5).precedes_execution());
    assert!(!fault(PROVIDER_FAILED, 2_150_858_752).precedes_execution());
    assert!(fault(PROVIDER_FAILED, 0x8004_102F).precedes_execution());
    assert!(fault(2_150_858_843, 5).precedes_execution());
    // WinRM repeats outside what the provider said, also of a method that ran.
    for code in [5, 2_150_858_752, 2_150_858_818, 2_150_858_815] {
        assert!(!fault(code, code).precedes_execution(), "{code}");
    }
    assert!(!fault(2_150_858_815, 0x8004_106C).is_quota());
}
