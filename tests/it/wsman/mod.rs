//! WS-Management: requests as they go out, answers as they are told to be ours, faults, and the side of the host.

mod answers;
mod code;
mod cursor;
mod envelope;
mod fault;
mod items;
mod resource;
mod robustness;

use std::time::Duration;

use hyperv_replica::{
    cim::{self, Value},
    mof,
    soap::{ADDRESSING, Envelope, Header, SOAP, is_must_understand},
    wsman::{
        Association, Create, Delete, Enumerate, EnumerationMode, Error, Filter, Get, Identify,
        Invoke, Operation, PolymorphismMode, Pull, Put, Release, RequestHeader, Resource,
        ResourceUri, SelectorSet, WSMAN, WSMV,
    },
    xml::{Element, Limits, XML},
};

use crate::fixture;

const REQUEST: &str = "uuid:7B0C2A54-9D1E-4F6B-8A30-5C1D2E3F4A5B";
const NAMESPACE: &str = "root/virtualization/v2";

fn header() -> RequestHeader {
    RequestHeader {
        to: "http://hv01.example.com:5985/wsman".into(),
        message_id: REQUEST.into(),
        session_id: Some("uuid:0F9E8D7C-6B5A-4948-8736-251403F2E1D0".into()),
        max_envelope_size: 512_000,
        operation_timeout: Duration::from_secs(60),
    }
}

fn vm() -> Resource {
    Resource::new(ResourceUri::wmi(NAMESPACE, "Msvm_ComputerSystem"))
        .selector("CreationClassName", "Msvm_ComputerSystem")
        .selector("Name", "C4E0A6B2-53D7-4E88-9A1F-0B2C3D4E5F60")
}

fn all_classes() -> Resource {
    Resource::new(ResourceUri::all_classes(r"root\virtualization\v2"))
}

fn enumerate() -> Enumerate {
    let condition = cim::wql::Condition::equals("ElementName", r#"a<b> & "c" d'e\f"#).unwrap();
    let query = cim::wql::Select::all_of("Msvm_ComputerSystem").unwrap().filter(condition);
    Enumerate {
        filter: Some(Filter::Wql(query.to_string())),
        optimize: Some(500),
        ..Enumerate::new(all_classes())
    }
}

fn pull() -> Pull {
    let context = "uuid:61A2B3C4-D5E6-4F70-8192-A3B4C5D6E7F8";
    Pull { max_elements: Some(500), ..Pull::new(all_classes(), context.into()) }
}

fn associators() -> Association {
    Association::associators(vm())
        .association_class("Msvm_SystemDevice")
        .role("GroupComponent")
        .result_class("CIM_LogicalDevice")
        .result_role("PartComponent")
        .include_property("DeviceID")
        .include_property("ElementName")
}

fn references() -> Association {
    Association::references(vm()).result_class("Msvm_AffectedJobElement").role("AffectedElement")
}

fn resynchronize(start: Option<&str>) -> Invoke {
    let uri = ResourceUri::wmi(NAMESPACE, "Msvm_ReplicationService");
    let method =
        mof::schema().find_method("Msvm_ReplicationService", "Resynchronize").expect("the method");
    let mut arguments = vec![("ComputerSystem", Value::Reference(vm()))];
    if let Some(start) = start {
        // The order of the arguments is not that of the MOF, which the wire demands.
        arguments.insert(0, ("StartTime", Value::Datetime(start.parse().unwrap())));
    }
    Invoke {
        input: cim::encode_input(&uri, method, &arguments).unwrap(),
        resource: Resource::new(uri).selector("CreationClassName", "Msvm_ReplicationService"),
        method: "Resynchronize".into(),
    }
}

/// The bytes that were sent and those of the file, as text and as trees.
fn assert_golden(envelope: &Envelope, file: &str) {
    let golden = fixture(&format!("wire/{file}"));
    let golden = std::str::from_utf8(&golden).unwrap().trim_end();
    assert_eq!(std::str::from_utf8(&envelope.to_bytes().unwrap()).unwrap(), golden, "{file}");
    let tree = Element::parse(golden.as_bytes(), Limits::default()).unwrap();
    assert_eq!(envelope.to_element(), tree, "{file}");
}

#[test]
fn requests_are_these_bytes() {
    assert_golden(&Identify::default().envelope(), "request_identify.xml");
    assert_golden(&header().envelope(&Get { resource: vm() }), "request_get.xml");
    assert_golden(&header().envelope(&enumerate()), "request_enumerate_wql.xml");
    let services = Resource::new(ResourceUri::wmi(NAMESPACE, "Msvm_ReplicationService"));
    let named = Enumerate { mode: EnumerationMode::Epr, ..Enumerate::new(services) };
    assert_golden(&header().envelope(&named), "request_enumerate_references.xml");
    let both = Enumerate {
        mode: EnumerationMode::ObjectAndEpr,
        polymorphism: PolymorphismMode::None,
        filter: Some(Filter::Selectors(SelectorSet::new().with("EnabledState", "2"))),
        ..Enumerate::new(Resource::new(vm().uri))
    };
    assert_golden(&header().envelope(&both), "request_enumerate_selectors.xml");
    for (association, file) in [
        (associators(), "request_enumerate_associators.xml"),
        (references(), "request_enumerate_references_of.xml"),
    ] {
        let filter = Some(Filter::Association(association));
        let enumerate = Enumerate { filter, ..Enumerate::new(all_classes()) };
        assert_golden(&header().envelope(&enumerate), file);
    }
    assert_golden(&header().envelope(&pull()), "request_pull.xml");
    let hurried = Pull { max_time: Some(Duration::from_millis(2500)), ..pull() };
    assert_golden(&header().envelope(&hurried), "request_pull_max_time.xml");
    let release = Release { resource: all_classes(), context: pull().context };
    assert_golden(&header().envelope(&release), "request_release.xml");
    let name = vm().uri;
    let instance = Element::new(name.as_str(), "Msvm_ComputerSystem")
        .declare("v", name.as_str())
        .child(Element::new(name.as_str(), "ElementName").text("web02"));
    let put = Put { resource: vm(), instance: instance.clone() };
    assert_golden(&header().envelope(&put), "request_put.xml");
    let create = Create { resource: Resource::new(vm().uri), instance };
    assert_golden(&header().envelope(&create), "request_create.xml");
    assert_golden(&header().envelope(&Delete { resource: vm() }), "request_delete.xml");
    assert_golden(&header().envelope(&resynchronize(None)), "request_resynchronize.xml");
    let at = resynchronize(Some("2026-12-24T18:30:00Z"));
    assert_golden(&header().envelope(&at), "request_resynchronize_at.xml");
}

/// An operation with options, which none of ours has.
struct WithOptions(Resource, Vec<(String, String)>);

impl Operation for WithOptions {
    type Answer = ();

    fn action(&self) -> String {
        "urn:action".into()
    }

    fn resource(&self) -> &Resource {
        &self.0
    }

    fn body(&self) -> Option<Element> {
        None
    }

    fn options(&self) -> &[(String, String)] {
        &self.1
    }

    fn read(&self, _body: &[Element]) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn headers_say_what_must_be_understood() {
    let options = vec![("One".into(), "1 & 2".into()), ("Two".into(), String::new())];
    let envelope = header().envelope(&WithOptions(vm(), options));
    let written = Element::parse(&envelope.to_bytes().unwrap(), Limits::default()).unwrap();
    let headers = &written.find(SOAP, "Header").unwrap().children;
    let marks: Vec<_> = headers
        .iter()
        .map(|header| {
            let mark = header.find_attribute_in(SOAP, "mustUnderstand");
            (header.name.local(), mark)
        })
        .collect();
    assert_eq!(
        marks,
        [
            ("Action", Some("true")),
            ("MessageID", None),
            ("To", None),
            ("ReplyTo", None), // its address has it
            ("ResourceURI", Some("true")),
            ("MaxEnvelopeSize", Some("true")),
            ("OperationTimeout", None),
            ("Locale", Some("false")),
            ("DataLocale", Some("false")),
            ("SessionId", Some("false")),
            ("SelectorSet", None),
            ("OptionSet", Some("true")),
        ]
    );
    let find = |namespace, local| headers.iter().find(|h| h.is(namespace, local)).unwrap();
    assert!(is_must_understand(&find(ADDRESSING, "ReplyTo").children[0]));
    for locale in [find(WSMAN, "Locale"), find(WSMV, "DataLocale")] {
        assert_eq!(locale.find_attribute_in(XML, "lang"), Some("en-US"));
    }
    let options = &find(WSMAN, "OptionSet").children;
    let options: Vec<_> = options.iter().map(|o| (o.find_attribute("Name"), &*o.text)).collect();
    assert_eq!(options, [(Some("One"), "1 & 2"), (Some("Two"), "")]);
}

#[test]
fn a_host_reads_what_a_client_writes() {
    let sent = header().envelope(&resynchronize(None));
    let read = Envelope::parse(&sent.to_bytes().unwrap(), Limits::default()).unwrap();
    let service = Resource::new(ResourceUri::wmi(NAMESPACE, "Msvm_ReplicationService"))
        .selector("CreationClassName", "Msvm_ReplicationService");
    assert_eq!(RequestHeader::read(&read).unwrap(), (header(), service));

    let body = |operation: &dyn Fn() -> Envelope| {
        Envelope::parse(&operation().to_bytes().unwrap(), Limits::default()).unwrap().body
    };
    let sent = body(&|| header().envelope(&enumerate()));
    assert_eq!(Enumerate::from_body(all_classes(), &sent).unwrap(), enumerate());
    let sent = body(&|| header().envelope(&pull()));
    assert_eq!(Pull::from_body(all_classes(), &sent).unwrap(), pull());
    let release = Release { resource: all_classes(), context: "c".into() };
    let sent = body(&|| header().envelope(&release));
    assert_eq!(Release::from_body(all_classes(), &sent).unwrap(), release);
    let identify =
        Envelope::parse(&fixture("wire/request_identify.xml"), Limits::default()).unwrap();
    assert!(Identify::is_in(&identify) && identify.header == Header::default());
    assert!(!Identify::is_in(&read));
}

#[test]
fn a_host_refuses_headers_that_are_missing_or_invalid() {
    let good = Envelope::parse(
        &header().envelope(&Get { resource: vm() }).to_bytes().unwrap(),
        Limits::default(),
    )
    .unwrap();
    let without = |change: &dyn Fn(&mut Header)| {
        let mut envelope = good.clone();
        change(&mut envelope.header);
        RequestHeader::read(&envelope)
    };
    let remove =
        |header: &mut Header, local: &str| header.others.retain(|h| h.name.local() != local);
    let set = |header: &mut Header, local: &str, text: &str| {
        header.others.iter_mut().find(|h| h.name.local() == local).unwrap().text = text.into();
    };
    for (result, name) in [
        (without(&|h| h.action = None), "a:Action"),
        (without(&|h| h.message_id = None), "a:MessageID"),
        (without(&|h| h.to = None), "a:To"),
        (without(&|h| h.reply_to = None), "a:ReplyTo"),
        (without(&|h| remove(h, "ResourceURI")), "w:ResourceURI"),
    ] {
        assert_eq!(result, Err(Error::Missing(name)));
    }
    for (local, name, text) in [
        ("MaxEnvelopeSize", "w:MaxEnvelopeSize", ""),
        ("MaxEnvelopeSize", "w:MaxEnvelopeSize", "-1"),
        ("MaxEnvelopeSize", "w:MaxEnvelopeSize", "4294967296"),
        ("OperationTimeout", "w:OperationTimeout", "PT-1S"),
        ("OperationTimeout", "w:OperationTimeout", "60"),
    ] {
        let result = without(&|h| set(h, local, text));
        assert_eq!(result, Err(Error::Value { name, value: text.into() }));
    }
    let (defaults, resource) = without(&|h| {
        h.others.retain(|h| h.name.local() == "ResourceURI");
    })
    .unwrap();
    assert_eq!(defaults.max_envelope_size, 512_000);
    assert_eq!(defaults.operation_timeout, Duration::from_secs(60));
    assert_eq!((defaults.session_id, resource.selectors.is_empty()), (None, true));
}

#[test]
fn operation_timeouts_are_durations_of_known_length() {
    let read = |text: &str| {
        let mut envelope = header().envelope(&Get { resource: vm() });
        let timeout = envelope.header.others.iter_mut().find(|h| h.is(WSMAN, "OperationTimeout"));
        timeout.unwrap().text = text.into();
        RequestHeader::read(&envelope).map(|(header, _)| header.operation_timeout).ok()
    };
    for (text, seconds) in [
        ("PT60S", 60.0),
        ("PT60.000S", 60.0),
        (" PT0.5S\n", 0.5),
        ("PT1.1234567891S", 1.123_456_789),
        ("P0DT0H1M", 60.0),
        ("PT1H30M", 5400.0),
        ("P1D", 86_400.0),
        ("P0Y0M1DT1H1M1S", 90_061.0),
        ("PT0S", 0.0),
    ] {
        assert_eq!(read(text), Some(Duration::from_secs_f64(seconds)), "{text}");
    }
    assert_eq!(read(&format!("PT{}S", u64::MAX)), Some(Duration::from_secs(u64::MAX)));
    for text in [
        "",
        "P",
        "PT",
        "P1DT",
        "60",
        "60s",
        "PT",
        "PTS",
        "PT1",
        "P1S",
        "PT1D",
        "PT-1S",
        "-PT1S",
        "+PT1S",
        "PT+1S",
        "P1Y",
        "P1M",
        "PT1M1H",
        "PT1S1M",
        "PT1S1S",
        "PT1.S",
        "PT.5S",
        "PT1.5H",
        "PT1,5S",
        "PT1 S",
        "pt1s",
        "P1W",
        "PT1.5.5S",
        "PT1e3S",
        "PT18446744073709551616S",
        "P18446744073709551615D",
        "PT9999999999999999999999H",
        "PT٣S",
        "1 hour",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
    let written = |time| {
        let header = RequestHeader { operation_timeout: time, ..header() };
        let envelope = header.envelope(&Get { resource: vm() });
        envelope.header.find(WSMAN, "OperationTimeout").unwrap().text.clone()
    };
    assert_eq!(written(Duration::from_millis(1_500)), "PT1.500S");
    assert_eq!(written(Duration::MAX), "PT18446744073709551615.999S");
}
