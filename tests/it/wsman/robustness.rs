//! No message makes a reader panic.

use hyperv_replica::{
    cim::{self},
    mof,
    soap::{ADDRESSING, Envelope, SOAP},
    wsman::{
        ENUMERATION, Enumerate, Fault, Identity, Items, Operation as _, Page, Pull, Release,
        RequestHeader, Resource, SelectorSet, WSMAN, WSMV, answer_to, read_answer,
    },
    xml::{Element, Limits, Name},
};
use proptest::prelude::*;

use crate::fixture;

use super::{REQUEST, enumerate, header, pull, vm};

/// Envelopes with pieces of all messages in places where they do not belong.
fn muddle() -> impl Strategy<Value = Element> {
    let names = [
        "Envelope",
        "Header",
        "Body",
        "Fault",
        "Code",
        "Value",
        "Subcode",
        "Detail",
        "WSManFault",
        "Message",
        "ProviderFault",
        "MSFT_WmiError",
        "error_Code",
        "EnumerateResponse",
        "PullResponse",
        "Items",
        "EnumerationContext",
        "EndOfSequence",
        "Address",
        "ReferenceParameters",
        "EndpointReference",
        "ResourceURI",
        "SelectorSet",
        "Selector",
        "Action",
        "MessageID",
        "To",
        "ReplyTo",
        "RelatesTo",
        "OperationTimeout",
        "MaxElements",
        "Resynchronize_OUTPUT",
        "ReturnValue",
        "Job",
        "Datetime",
        "Interval",
        "CIM_DateTime",
    ];
    let namespaces = [
        SOAP,
        ADDRESSING,
        WSMAN,
        WSMV,
        ENUMERATION,
        cim::COMMON,
        "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
        "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError",
        "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ReplicationService",
    ];
    let texts = ["", "s:Sender", ":", "-1", "9999999999", "PT1S", REQUEST, "P1DT99999999999H", "*"];
    let start = (
        prop::sample::select(namespaces.to_vec()),
        prop::sample::select(names.to_vec()),
        prop::sample::select(texts.to_vec()),
        prop::option::of(prop::sample::select(vec!["Name", "Code", "Dialect", "qname"])),
    )
        .prop_map(|(namespace, local, text, attribute)| {
            let element = Element::new(namespace, local).text(text);
            attribute.into_iter().fold(element, |e, name| e.attribute(Name::local_only(name), text))
        });
    start.clone().prop_recursive(5, 40, 6, move |inner| {
        (start.clone(), prop::collection::vec(inner, 0..6))
            .prop_map(|(element, children)| element.children(children))
    })
}

proptest! {
    #[test]
    fn no_message_makes_a_reader_panic(
        headers in prop::collection::vec(muddle(), 0..4),
        body in prop::collection::vec(muddle(), 0..3),
    ) {
        let mut document = Element::new(SOAP, "Envelope").declare("s", SOAP);
        for (part, children) in [("Header", headers), ("Body", body)] {
            document = document.child(Element::new(SOAP, part).children(children));
        }
        let document = document.to_xml().unwrap();
        read_everything(document.as_bytes());
    }

    #[test]
    fn items_read_one_by_one_are_those_of_the_whole_page(
        items in prop::collection::vec(muddle(), 0..6), ends in any::<bool>(),
    ) {
        let page = Page { items, context: (!ends).then(|| "c".to_owned()) };
        let header = answer_to(&header().envelope(&pull()), "uuid:1".to_owned());
        let sent = Envelope { header, body: vec![page.to_body()], ..Envelope::default() };
        let sent = sent.to_bytes().unwrap();
        let whole = Envelope::parse(&sent, Limits::default()).unwrap();
        let whole = read_answer(&pull(), REQUEST, &whole).unwrap();
        let (items, context) =
            Items::read(&pull(), REQUEST, sent, Limits::default(), |page| page).unwrap();
        let items = items.collect::<Result<Vec<_>, _>>().unwrap();
        prop_assert_eq!(Page { items, context }, whole);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_everything(&bytes);
    }

    #[test]
    fn no_damage_to_a_message_makes_a_reader_panic(
        file in prop::sample::select(vec!["wire/invoke_job.xml", "wire/pull_virtual_machine.xml", "faults/extended_error.xml", "faults/wmi_error.xml"]),
        at in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = fixture(file);
        let (at, to) = (at.index(bytes.len()), to.index(bytes.len()));
        bytes[at] = byte;
        read_everything(&bytes);
        bytes.truncate(to);
        read_everything(&bytes);
    }
}

fn read_everything(document: &[u8]) {
    let Ok(envelope) = Envelope::parse(document, Limits::default()) else { return };
    let message_id = envelope.header.relates_to.clone().unwrap_or_default();
    drop(envelope.fault().map(|fault| fault.map(|fault| Fault::new(fault).to_string())));
    drop(Identity::read(&envelope));
    drop(RequestHeader::read(&envelope));
    drop(read_answer(&enumerate(), &message_id, &envelope));
    let page = Items::read(&pull(), &message_id, document.to_vec(), Limits::default(), |page| page);
    drop(page.map(|(items, _)| items.count()));
    drop(enumerate().read(&envelope.body));
    drop(pull().read(&envelope.body));
    drop(Enumerate::from_body(vm(), &envelope.body));
    drop(Pull::from_body(vm(), &envelope.body));
    drop(Release::from_body(vm(), &envelope.body));
    let method = mof::schema().find_method("Msvm_ReplicationService", "Resynchronize").unwrap();
    for element in &envelope.body {
        drop(cim::Instance::decode(element, mof::schema()).map(|instance| instance.encode()));
        drop(cim::Output::decode(element, method));
        drop(cim::decode_input(element, method));
        drop(Resource::from_children(element));
        drop(SelectorSet::from_element(element));
    }
}
