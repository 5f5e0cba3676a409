use hyperv_replica::{
    auth::Hardening,
    cim::{Instance, Value},
    mof,
    wsman::{
        Association, Create, Delete, Enumerate, EnumerationMode, Filter, Get, Put, Release,
        Resource, ResourceUri, Selector,
    },
    xml::Element,
};

use super::{Bench, WEB01, class, fault, pull, text, vm_resource};

const NOT_CAPABLE: u32 = 2_150_859_010;
const SCHEMA: u32 = 2_150_858_817;

fn element(class_name: &str, property: &str, value: &str) -> Element {
    let uri = class(class_name).uri;
    Element::new(uri.as_str(), class_name).child(Element::new(uri.as_str(), property).text(value))
}

#[test]
fn the_provider_changes_nothing_by_put_create_or_delete() {
    let mut bench = Bench::sample();
    let instance = element("Msvm_ComputerSystem", "ElementName", "web02");
    let put = Put { resource: vm_resource(WEB01), instance: instance.clone() };
    let create = Create { resource: class("Msvm_ComputerSystem"), instance };
    let delete = Delete { resource: vm_resource(WEB01) };
    for fault in [
        bench.run(&put).unwrap_err(),
        bench.run(&create).unwrap_err(),
        bench.run(&delete).unwrap_err(),
    ] {
        assert_eq!((fault.subcode(), fault.code), (Some("ActionNotSupported"), Some(NOT_CAPABLE)));
        assert_eq!(fault.provider.unwrap().code, Some(0x8004_1024));
    }
    assert_eq!(bench.get(vm_resource(WEB01)).unwrap().text("ElementName"), Some("web01"));
}

#[test]
fn what_is_wrong_with_a_change_comes_first() {
    let mut bench = Bench::sample();
    let fits = || element("Msvm_ComputerSystem", "ElementName", "web02");
    let elsewhere = Resource::new(ResourceUri::wmi("root/cimv2", "Msvm_ComputerSystem"));
    for (resource, instance, code) in [
        (vm_resource("nobody"), fits(), 2_150_858_752),
        (class("Msvm_ComputerSystem"), fits(), 2_150_858_842),
        (vm_resource(WEB01).selector("Colour", "blue"), fits(), 2_150_858_843),
        (elsewhere.selector("Name", WEB01), fits(), 2_150_858_752),
        (vm_resource(WEB01), element("Msvm_ConcreteJob", "Name", "x"), SCHEMA),
        (vm_resource(WEB01), element("Msvm_ComputerSystem", "Colour", "blue"), SCHEMA),
        (vm_resource(WEB01), element("Msvm_ComputerSystem", "elementname", "x"), SCHEMA),
        (vm_resource(WEB01), element("Msvm_ComputerSystem", "EnabledState", "on"), SCHEMA),
        (vm_resource(WEB01), fits().child(Element::new("urn:x", "ElementName")), SCHEMA),
    ] {
        let put = Put { resource, instance };
        assert_eq!(bench.run(&put).unwrap_err().code, Some(code), "{put:?}");
    }
    let create = |class_name, instance| Create { resource: class(class_name), instance };
    for (create, code) in [
        (create("Msvm_Nothing", fits()), 2_150_858_752),
        (create("Msvm_ConcreteJob", fits()), SCHEMA),
    ] {
        assert_eq!(bench.run(&create).unwrap_err().code, Some(code), "{create:?}");
    }
    let delete = Delete { resource: vm_resource("nobody") };
    assert_eq!(bench.run(&delete).unwrap_err().code, Some(2_150_858_752));
    let with_body = bench.send_changed(&Delete { resource: vm_resource(WEB01) }, |envelope| {
        envelope.body.push(fits());
    });
    assert_eq!(fault(&with_body).code, Some(SCHEMA));
}

const CONFIG: &str = "http://schemas.microsoft.com/wbem/wsman/1/config";

#[test]
fn the_configuration_says_which_limits_there_are() {
    let mut bench = Bench::sample();
    let get = Get { resource: Resource::new(ResourceUri::new(CONFIG)) };
    let answer = text(&bench.send_changed(&get, |_| {}));
    let begin = format!(
        r#"<s:Body><cfg:Config xmlns:cfg="{CONFIG}"><cfg:MaxEnvelopeSizekb>500</cfg:MaxEnvelopeSizekb><cfg:MaxTimeoutms>60000</cfg:MaxTimeoutms><cfg:MaxBatchItems>32000</cfg:MaxBatchItems><cfg:MaxProviderRequests>4294967295</cfg:MaxProviderRequests><cfg:Service>"#
    );
    assert!(answer.contains(&begin), "{answer}");
    let config = bench.run(&get).unwrap();
    let service = config.find(CONFIG, "Service").unwrap();
    assert_eq!(service.text_of(CONFIG, "MaxConcurrentOperationsPerUser"), Some("1500"));
    assert_eq!(service.text_of(CONFIG, "EnumerationTimeoutms"), Some("240000"));
    assert_eq!(service.find(CONFIG, "Auth").unwrap().text_of(CONFIG, "Negotiate"), Some("true"));
}

#[test]
fn the_configuration_says_how_one_logs_on() {
    let get = Get { resource: Resource::new(ResourceUri::new(CONFIG)) };
    for (kerberos, basic, hardening, expected) in [
        (false, false, Hardening::Relaxed, ["false", "false", "Relaxed"]),
        (true, true, Hardening::Strict, ["true", "true", "Strict"]),
    ] {
        let Bench { provider, now, user, calls } = Bench::sample();
        let provider = provider.logon(kerberos, basic, hardening);
        let config = Bench { provider, now, user, calls }.run(&get).unwrap();
        let auth = config.find(CONFIG, "Service").and_then(|it| it.find(CONFIG, "Auth")).unwrap();
        let said = ["Kerberos", "Basic", "CbtHardeningLevel"].map(|it| auth.text_of(CONFIG, it));
        assert_eq!(said, expected.map(Some));
    }
}

#[test]
fn the_configuration_is_one_thing_that_can_be_got() {
    let mut bench = Bench::sample();
    let config = Resource::new(ResourceUri::new(CONFIG));
    let code = bench.run(&Enumerate::new(config.clone())).unwrap_err().code;
    assert_eq!(code, Some(2_150_858_811));
    let code = bench.run(&Delete { resource: config.clone() }).unwrap_err().code;
    assert_eq!(code, Some(2_150_858_811));
    let keyed = Get { resource: config.selector("Name", "x") };
    assert_eq!(bench.run(&keyed).unwrap_err().code, Some(2_150_858_843));
}

fn dmtf(class_name: &str) -> Resource {
    let uri = format!("http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/{class_name}");
    Resource::new(ResourceUri::new(uri)).selector("__cimnamespace", "root/virtualization/v2")
}

#[test]
fn a_class_has_a_name_of_the_dmtf_too() {
    let mut bench = Bench::sample();
    let vm = bench.get(dmtf("Msvm_ComputerSystem").selector("Name", WEB01)).unwrap();
    assert_eq!(vm.text("ElementName"), Some("web01"));
    assert_eq!(vm.uri, dmtf("Msvm_ComputerSystem").uri, "the answer is in the form of the request");

    let request = Enumerate {
        mode: EnumerationMode::Epr,
        optimize: Some(10),
        ..Enumerate::new(dmtf("Msvm_SystemReplicationRelationship"))
    };
    for item in bench.run(&request).unwrap().page.items {
        let resource = Resource::from_children(&item).unwrap();
        let (first, _) = resource.selectors.iter().next().unwrap();
        assert_eq!(first, "__cimnamespace");
        let tie = bench.get(resource).unwrap();
        let Some(Value::Reference(system)) = tie.find("Antecedent") else { panic!("{tie:?}") };
        bench.get(system.clone()).unwrap();
        assert_eq!(system.uri, dmtf("Msvm_ComputerSystem").uri);
    }

    let way = Association::associators(vm_resource(WEB01)).result_class("CIM_SettingData");
    let request = Enumerate {
        filter: Some(Filter::Association(way)),
        optimize: Some(10),
        ..Enumerate::new(dmtf("*"))
    };
    let items = bench.run(&request).unwrap().page.items;
    let setting = Instance::decode(&items[0], mof::schema()).unwrap();
    assert_eq!(setting.uri, dmtf("Msvm_VirtualSystemSettingData").uri);
}

#[test]
fn a_name_of_the_dmtf_needs_the_namespace() {
    let mut bench = Bench::sample();
    let mut without = dmtf("Msvm_ComputerSystem");
    without.selectors = hyperv_replica::wsman::SelectorSet::new().with("Name", WEB01);
    let fault = bench.get(without).unwrap_err();
    assert!(fault.text().contains("cannot find namespace root/hardware"), "{fault}");
    let elsewhere = dmtf("Msvm_ComputerSystem").selector("__cimnamespace", r"root\cimv2");
    let fault = bench.get(elsewhere).unwrap_err();
    assert!(fault.text().contains("cannot find namespace root/cimv2"), "{fault}");
}

#[test]
fn a_key_of_text_takes_no_reference() {
    let mut resource = class("Msvm_ComputerSystem");
    resource.selectors.insert("Name", Selector::Reference(vm_resource(WEB01)));
    assert_eq!(Bench::sample().get(resource).unwrap_err().code, Some(2_150_858_844));
}

#[test]
fn an_unknown_context_cannot_be_released() {
    let mut bench = Bench::sample();
    for context in ["uuid:00000000-0000-4000-8000-000000000001", "nonsense"] {
        let release = Release { resource: class("*"), context: context.to_owned() };
        assert_eq!(bench.run(&release).unwrap_err().code, Some(2_150_858_779));
        assert_eq!(bench.run(&pull(context, None)).unwrap_err().code, Some(2_150_858_779));
    }
}
