use std::time::Duration;

use hyperv_replica::{
    cim::Instance,
    mof,
    sim::{Inventory, Script, Vm},
    soap::{ADDRESSING, Envelope},
    wsman::{Enumerate, EnumerationMode, Filter, Pull, Release, Resource, WSMAN},
    xml::{Element, Name},
};

use super::{Bench, class, enumerate, fault, header, pull, text};

const ALL: &str = "SELECT * FROM Msvm_ComputerSystem";

#[test]
fn a_pull_brings_one_item_unless_more_are_asked_for() {
    let mut bench = Bench::sample();
    let mut context = bench.run(&enumerate(ALL, None)).unwrap().page.context;
    let mut pages = Vec::new();
    while let Some(name) = context {
        let page = bench.run(&pull(&name, if pages.is_empty() { None } else { Some(4) })).unwrap();
        pages.push(page.items.len());
        context = page.context;
    }
    assert_eq!(pages, [1, 4, 2], "the last items and the end arrive together");
}

#[test]
fn an_optimized_enumeration_begins_with_a_page() {
    let mut bench = Bench::sample();
    let page = bench.run(&enumerate(ALL, Some(7))).unwrap().page;
    assert_eq!((page.items.len(), page.context), (7, None));
    let page = bench.run(&enumerate(ALL, Some(3))).unwrap().page;
    assert_eq!(page.items.len(), 3);
    assert_eq!(bench.run(&pull(&page.context.unwrap(), Some(100))).unwrap().items.len(), 4);
}

#[test]
fn an_enumeration_looks_as_windows_writes_it() {
    let mut bench = Bench::sample();
    let answer = text(&bench.send_changed(&enumerate(ALL, None), |_| {}));
    assert!(answer.ends_with(
        "<s:Body><n:EnumerateResponse><n:EnumerationContext>uuid:00000000-0000-0000-0000-000000000003\
         </n:EnumerationContext></n:EnumerateResponse></s:Body></s:Envelope>"
    ));
    let answer = text(&bench.send_changed(&enumerate(ALL, Some(50)), |_| {}));
    assert!(answer.contains("<w:Items><p:Msvm_ComputerSystem xmlns:xsi="), "{answer}");
    assert!(answer.ends_with(
        "</w:Items><w:EndOfSequence></w:EndOfSequence></n:EnumerateResponse></s:Body></s:Envelope>"
    ));
}

#[test]
fn a_page_fits_into_the_envelope_that_was_asked_for() {
    let mut bench = Bench::new(Inventory::with_vms(200), Script::new());
    for size in [8192, 20_000, 100_000] {
        let mut context = bench.run(&enumerate(ALL, None)).unwrap().page.context;
        let (mut items, mut largest) = (0, 0);
        while let Some(name) = context {
            let pull = pull(&name, Some(1000));
            let answer = bench.send_changed(&pull, |envelope| {
                let size_header =
                    envelope.header.others.iter_mut().find(|h| h.name.local() == "MaxEnvelopeSize");
                size_header.unwrap().text = size.to_string();
            });
            largest = largest.max(answer.body.len());
            let envelope = Envelope::parse(&answer.body, Default::default()).unwrap();
            let page =
                hyperv_replica::wsman::read_answer(&pull, &header().message_id, &envelope).unwrap();
            items += page.items.len();
            context = page.context;
        }
        assert_eq!(items, 201);
        assert!(largest <= size && largest > size - 5000, "{largest} of {size}");
    }
}

#[test]
fn an_item_that_is_too_large_can_be_asked_for_in_a_larger_envelope() {
    let long = Vm::new(uuid::Uuid::from_u128(1), &"x".repeat(10_000));
    let mut bench = Bench::new(Inventory::new("HV01").vm(long), Script::new());
    let mut context = bench.run(&enumerate(ALL, None)).unwrap().page.context.unwrap();
    context = bench.run(&pull(&context, None)).unwrap().context.unwrap();
    let small = |envelope: &mut Envelope| {
        let size = envelope.header.others.iter_mut().find(|h| h.name.local() == "MaxEnvelopeSize");
        size.unwrap().text = "8192".to_owned();
    };
    for _ in 0..2 {
        let answer = bench.send_changed(&pull(&context, None), small);
        assert_eq!(fault(&answer).code, Some(2_150_858_823));
    }
    assert_eq!(bench.run(&pull(&context, None)).unwrap().items.len(), 1);
}

#[test]
fn a_page_may_be_given_time() {
    let mut bench = Bench::sample();
    let context = bench.run(&enumerate(ALL, None)).unwrap().page.context.unwrap();
    let request = Pull { max_time: Some(Duration::from_secs(5)), ..pull(&context, Some(99)) };
    assert_eq!(bench.run(&request).unwrap().items.len(), 7);
}

#[test]
fn references_have_the_whole_key() {
    let mut bench = Bench::sample();
    let request = Enumerate {
        mode: EnumerationMode::Epr,
        optimize: Some(10),
        ..Enumerate::new(class("Msvm_ReplicationService"))
    };
    let page = bench.run(&request).unwrap().page;
    assert!(page.items[0].is(ADDRESSING, "EndpointReference"));
    let service = Resource::from_children(&page.items[0]).unwrap();
    let names: Vec<&str> = service.selectors.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"]);
    assert_eq!(bench.get(service).unwrap().text("Name"), Some("replicasvc"));

    let request = Enumerate { mode: EnumerationMode::Epr, ..enumerate(ALL, Some(10)) };
    for item in bench.run(&request).unwrap().page.items {
        bench.get(Resource::from_children(&item).unwrap()).unwrap();
    }
}

#[test]
fn a_class_has_the_instances_of_its_subclasses() {
    let mut bench = Bench::sample();
    for (class_name, count) in [
        ("CIM_System", 7),
        ("Msvm_ReplicationRelationship", 5),
        ("Msvm_ReplicationSettingData", 5),
        ("Msvm_ReplicationServiceSettingData", 1),
        ("CIM_VirtualSystemSettingData", 15),
        ("CIM_ManagedElement", 44),
        ("CIM_Dependency", 10),
        ("Msvm_ConcreteJob", 0),
        ("CIM_ConcreteJob", 0),
    ] {
        let request =
            Enumerate { resource: class(class_name), filter: None, ..enumerate(ALL, Some(99)) };
        assert_eq!(bench.run(&request).unwrap().page.items.len(), count, "{class_name}");
    }
}

#[test]
fn a_projection_is_a_fragment() {
    let page = Bench::sample()
        .query("select elementname, Name, ReplicationState from Msvm_ComputerSystem where ElementName = 'HV01'")
        .unwrap();
    let [fragment] = page.items.as_slice() else { panic!("{page:?}") };
    assert!(fragment.is(WSMAN, "XmlFragment"));
    let names: Vec<&str> = fragment.children.iter().map(|child| child.name.local()).collect();
    assert_eq!(names, ["ElementName", "Name", "ReplicationState"]);
}

#[test]
fn a_context_belongs_to_its_user_and_expires() {
    let mut bench = Bench::sample();
    let context =
        |bench: &mut Bench| bench.run(&enumerate(ALL, None)).unwrap().page.context.unwrap();
    let unknown = |bench: &mut Bench, request: &Pull| {
        assert_eq!(bench.run(request).unwrap_err().code, Some(2_150_858_779));
    };
    let used = pull(&context(&mut bench), None);
    bench.run(&used).unwrap();
    unknown(&mut bench, &used); // it was replaced by the one in the answer

    let foreign = pull(&context(&mut bench), None);
    bench.user = "mallory";
    unknown(&mut bench, &foreign);
    bench.user = "ADMIN";
    bench.run(&foreign).unwrap();

    let late = pull(&context(&mut bench), None);
    bench.pass(Duration::from_secs(240));
    unknown(&mut bench, &late);

    let released = context(&mut bench);
    bench.run(&Release { resource: class("*"), context: released.clone() }).unwrap();
    unknown(&mut bench, &pull(&released, None));
}

#[test]
fn there_is_a_limit_to_open_enumerations() {
    let mut bench = Bench::sample();
    for _ in 0..1500 {
        bench.run(&enumerate(ALL, None)).unwrap();
    }
    assert_eq!(bench.run(&enumerate(ALL, None)).unwrap_err().code, Some(2_150_859_174));
    bench.pass(Duration::from_secs(241));
    bench.run(&enumerate(ALL, None)).unwrap();
}

#[test]
fn refuses_what_cannot_be_enumerated() {
    let mut bench = Bench::sample();
    let all = |resource| Enumerate { resource, filter: None, ..enumerate(ALL, None) };
    let query = |resource| Enumerate { resource, ..enumerate(ALL, None) };
    let elsewhere =
        |class| Resource::new(hyperv_replica::wsman::ResourceUri::wmi("root/nowhere", class));
    for (request, code) in [
        (query(class("Msvm_ComputerSystem")), 2_150_859_003),
        (all(class("*")), 2_150_858_778),
        (all(class("Msvm_Nothing")), 2_150_858_752),
        (all(elsewhere("Msvm_ComputerSystem")), 2_150_858_752),
        (query(elsewhere("*")), 2_150_858_752),
        (all(class("Msvm_ComputerSystem").selector("Name", "x")), 2_150_858_843),
        (Enumerate { optimize: Some(0), ..query(class("*")) }, 2_150_858_817),
    ] {
        assert_eq!(bench.run(&request).unwrap_err().code, Some(code), "{request:?}");
    }
    let changed = |bench: &mut Bench, change: &dyn Fn(&mut Element)| {
        let answer =
            bench.send_changed(&enumerate(ALL, None), |envelope| change(&mut envelope.body[0]));
        fault(&answer).code
    };
    let filter = |body: &mut Element| body.children[0].attributes.clear();
    assert_eq!(changed(&mut bench, &filter), Some(2_150_858_777));
    let mode = |body: &mut Element| {
        body.children.push(Element::new(WSMAN, "EnumerationMode").text("EnumerateNothing"));
    };
    assert_eq!(changed(&mut bench, &mode), Some(2_150_858_886));
    let polymorphism = |body: &mut Element| {
        let binding = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
        body.children.push(Element::new(binding, "PolymorphismMode").text("None"));
    };
    assert_eq!(changed(&mut bench, &polymorphism), Some(2_150_859_063));
}

#[test]
fn an_invalid_query_comes_back_in_the_extended_status() {
    let query = "select * from Msvm_Nothing where a < 'b & c'";
    let fault = Bench::sample().query(query).unwrap_err();
    assert_eq!((fault.subcode(), fault.code), (Some("CannotProcessFilter"), Some(2_150_858_778)));
    let provider = fault.provider.unwrap();
    assert_eq!(provider.provider, "WMI Provider");
    assert_eq!(provider.text, "the class Msvm_Nothing does not exist in the namespace");
    let info =
        provider.extended[0].children.iter().find(|c| c.name.local() == "ParameterInfo").unwrap();
    assert_eq!(info.text, query);
    assert!(
        provider.extended[0]
            .attributes
            .iter()
            .any(|(name, _)| *name == Name::new(hyperv_replica::xml::XSI, "type"))
    );
}

#[test]
fn names_that_xml_has_to_escape_arrive_as_they_are() {
    let mut bench = Bench::sample();
    let request = Enumerate {
        filter: Some(Filter::Wql(
            r"SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'O\'Brien & <Söhne>'"
                .to_owned(),
        )),
        ..enumerate(ALL, Some(9))
    };
    let page = bench.run(&request).unwrap().page;
    let vm = Instance::decode(&page.items[0], mof::schema()).unwrap();
    assert_eq!(vm.text("ElementName"), Some("O'Brien & <Söhne>"));
}
