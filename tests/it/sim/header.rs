use std::time::Duration;

use hyperv_replica::{
    soap::{Envelope, must_understand},
    wsman::{Get, Identify, Identity, WSMAN, WSMV},
    xml::{Element, Limits, Name},
};

use super::{Bench, WEB01, fault, vm_resource};

fn get() -> Get {
    Get { resource: vm_resource(WEB01) }
}

#[test]
fn identify_has_no_headers() {
    let request = Identify::default().envelope().to_bytes().unwrap();
    let answer = Bench::sample().send(&request);
    let envelope = Envelope::parse(&answer.body, Limits::default()).unwrap();
    assert_eq!(envelope.header, Default::default());
    let identity = Identity::read(&envelope).unwrap();
    assert_eq!(identity.product_version.as_deref(), Some("OS: 10.0.20348 SP: 0.0 Stack: 3.0"));
}

#[test]
fn refuses_bad_headers() {
    let set = |envelope: &mut Envelope, name: &str, text: &str| {
        let header = envelope.header.others.iter_mut().find(|h| h.name.local() == name).unwrap();
        header.text = text.to_owned();
    };
    let must = |envelope: &mut Envelope, name: &str| {
        let header = envelope.header.others.iter_mut().find(|h| h.name.local() == name).unwrap();
        header.attributes.retain(|(name, _)| name.local() != "mustUnderstand");
        *header = must_understand(header.clone(), true);
    };
    let refuses = |subcode: &str, code: u32, change: &dyn Fn(&mut Envelope)| {
        let fault = fault(&Bench::sample().send_changed(&get(), change));
        assert_eq!((fault.subcode(), fault.code), (Some(subcode), Some(code)));
    };
    let no_header = "MessageInformationHeaderRequired";
    refuses(no_header, 2_150_858_769, &|e| e.header.reply_to = None);
    refuses(no_header, 2_150_858_769, &|e| e.header.message_id = None);
    refuses("InvalidMessageInformationHeader", 2_150_858_767, &|e| {
        set(e, "OperationTimeout", "PT-1S");
    });
    refuses("EncodingLimit", 2_150_858_878, &|e| set(e, "MaxEnvelopeSize", "8191"));
    refuses("UnsupportedFeature", 2_150_858_887, &|e| must(e, "Locale"));
    refuses("UnsupportedFeature", 2_150_858_887, &|e| must(e, "DataLocale"));
    refuses("UnsupportedFeature", 2_150_858_870, &|e| {
        e.header.reply_to = Some("http://me".to_owned());
    });
    refuses("InvalidOptions", 2_150_858_809, &|e| {
        let option = Element::new(WSMAN, "Option")
            .attribute(Name::local_only("Name"), "x")
            .attribute(Name::local_only("MustComply"), "true");
        e.header.others.push(Element::new(WSMAN, "OptionSet").child(option));
    });
    refuses("ActionNotSupported", 2_150_858_771, &|e| {
        e.header.action = Some("urn:dance".to_owned());
    });
}

#[test]
fn names_the_header_that_it_does_not_understand() {
    let strange = || Element::new("urn:strange", "Mood").text("good");
    let answer = Bench::sample().send_changed(&get(), |envelope| {
        envelope.header.others.push(must_understand(strange(), true));
    });
    let fault = fault(&answer);
    assert_eq!(fault.soap.code, hyperv_replica::soap::FaultCode::MustUnderstand);
    assert_eq!(fault.soap.subcode, None);
    assert_eq!(fault.soap.not_understood, [Name::new("urn:strange", "Mood")]);

    let answer = Bench::sample().send_changed(&get(), |envelope| {
        envelope.header.others.push(strange());
        envelope.header.others.push(Element::new(WSMV, "SessionId").text("uuid:x"));
    });
    assert_eq!(answer.status, 200);
}

#[test]
fn refuses_what_is_no_envelope() {
    for request in [&b"<hello/>"[..], b"", b"\xff", b"<!DOCTYPE x><s:Envelope/>"] {
        let answer = Bench::sample().send(request);
        assert_eq!(fault(&answer).subcode(), Some("SchemaValidationError"));
    }
}

#[test]
fn refuses_an_answer_larger_than_asked_for() {
    let mut bench = Bench::new(
        hyperv_replica::sim::Inventory::new("HV01")
            .vm(hyperv_replica::sim::Vm::new(WEB01.parse().unwrap(), &"x".repeat(9000))),
        hyperv_replica::sim::Script::new(),
    );
    let answer = bench.send_changed(&get(), |envelope| {
        let size = envelope.header.others.iter_mut().find(|h| h.name.local() == "MaxEnvelopeSize");
        size.unwrap().text = "8192".to_owned();
    });
    assert_eq!(fault(&answer).code, Some(2_150_858_823));
    assert_eq!(answer.delay, Duration::ZERO);
}
