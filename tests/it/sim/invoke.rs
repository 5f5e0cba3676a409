use hyperv_replica::{
    cim::{Datetime, Value, encode_input},
    mof,
    sim::{Do, Inventory, On, Relationship, Script, Vm},
    soap::ADDRESSING,
    wsman::{Invoke, Resource},
    xml::{Element, Name, XSI},
};

use super::{Bench, WEB01, class, fault, resynchronize, service, text, vm, vm_resource};

const STARTED: u64 = 4096;
const INVALID_PARAMETER: u64 = 32773;
const INVALID_STATE: u64 = 32775;

/// The answer to a call whose input is changed first: a return value, or the code of a fault.
fn changed(change: impl FnOnce(&mut Element)) -> Result<u64, u32> {
    let mut call = resynchronize(WEB01, Value::Null);
    change(&mut call.input);
    let mut bench = Bench::sample();
    match bench.run(&call) {
        Ok(output) => {
            assert_eq!(bench.provider.journal().len(), 1);
            Ok(output.text_of(service().uri.as_str(), "ReturnValue").unwrap().parse().unwrap())
        }
        Err(fault) => {
            assert_eq!(bench.provider.journal(), [], "a fault of this kind comes before execution");
            Err(fault.code.unwrap())
        }
    }
}

const SCHEMA: Result<u64, u32> = Err(2_150_858_817);

#[test]
fn the_output_looks_as_windows_writes_it() {
    let mut bench = Bench::sample();
    let begins = concat!(
        r#"<p:Resynchronize_OUTPUT xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" "#,
        r#"xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ReplicationService" "#,
        r#"xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common"><p:Job"#,
    );
    let answer = text(&bench.send_changed(&resynchronize(WEB01, Value::Null), |_| {}));
    assert!(answer.contains(&format!(
        "{begins}><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/\
         Msvm_ConcreteJob</w:ResourceURI><w:SelectorSet><w:Selector Name=\"InstanceID\">\
         00000000-0000-0000-0000-000000000003</w:Selector></w:SelectorSet></a:ReferenceParameters></p:Job>\
         <p:ReturnValue>4096</p:ReturnValue></p:Resynchronize_OUTPUT>"
    )), "{answer}");
    let answer = text(&bench.send_changed(&resynchronize(WEB01, Value::Null), |_| {}));
    assert!(answer.contains(&format!(
        "{begins} xsi:nil=\"true\"/><p:ReturnValue>32775</p:ReturnValue></p:Resynchronize_OUTPUT>"
    )), "{answer}");
}

#[test]
fn the_journal_has_what_was_executed() {
    let mut bench = Bench::sample();
    bench.resynchronize(WEB01, Value::Null).unwrap();
    bench.resynchronize(&vm(2), Value::Null).unwrap();
    let seen: Vec<_> = bench
        .provider
        .journal()
        .iter()
        .map(|entry| (entry.method.as_str(), entry.user.as_str(), entry.return_value))
        .collect();
    assert_eq!(seen, [("Resynchronize", "admin", 4096), ("Resynchronize", "admin", 32775)]);
    let (name, value) = &bench.provider.journal()[0].parameters[0];
    let Value::Reference(system) = value else { panic!("{value:?}") };
    assert_eq!((name.as_str(), system.selectors.find("Name")), ("ComputerSystem", Some(WEB01)));
}

#[test]
fn parameters_may_come_in_any_order_and_null_ones_may_be_missing() {
    assert_eq!(changed(|_| {}), Ok(STARTED));
    assert_eq!(changed(|input| input.children.reverse()), Ok(STARTED));
    assert_eq!(changed(|input| drop(input.children.pop())), Ok(STARTED));
}

#[test]
fn refuses_an_input_that_does_not_fit() {
    let wrap = |input: &mut Element| {
        let parameter = &mut input.children[0];
        let wrapper = Element::new(ADDRESSING, "EndpointReference");
        let children = std::mem::take(&mut parameter.children);
        parameter.children = vec![wrapper.children(children)];
    };
    assert_eq!(changed(wrap), SCHEMA, "a wrapped reference");
    assert_eq!(changed(|input| input.children[1].attributes.clear()), SCHEMA, "an empty date");
    assert_eq!(changed(|input| input.name = Name::new("urn:x", "Resynchronize_INPUT")), SCHEMA);
    let uri = service().uri.to_string();
    let name = Name::new(uri.as_str(), "Other_INPUT");
    assert_eq!(changed(|input| input.name = name), SCHEMA, "another method");
    let stranger = Element::new("urn:x", "ComputerSystem");
    assert_eq!(changed(|input| input.children.push(stranger)), SCHEMA, "another namespace");
    for name in ["Force", "startTime", "Job", "ReturnValue"] {
        let unknown = Element::new(uri.as_str(), name).attribute(Name::new(XSI, "nil"), "true");
        assert_eq!(changed(|input| input.children.push(unknown)), SCHEMA, "{name}");
    }
    let again = |input: &mut Element| input.children.push(input.children[0].clone());
    assert_eq!(changed(again), SCHEMA, "a parameter twice");
    let beside = |input: &mut Element| input.children.insert(0, input.children[0].clone());
    assert_eq!(changed(beside), SCHEMA, "an array for a scalar");
}

#[test]
fn a_start_time_has_several_forms() {
    let common = "http://schemas.dmtf.org/wbem/wscim/1/common";
    for (form, value) in [
        (Some("Datetime"), "2026-11-23T11:00:00Z"),
        (Some("Datetime"), "2026-11-23T12:00:00+01:00"),
        (Some("CIM_DateTime"), "20261123110000.000000+000"),
        (None, "2026-11-23T11:00:00Z"),
    ] {
        let mut call = resynchronize(WEB01, Value::Null);
        let start = &mut call.input.children[1];
        start.attributes.clear();
        match form {
            Some(form) => start.children.push(Element::new(common, form).text(value)),
            None => start.text = value.to_owned(),
        }
        let mut bench = Bench::sample();
        bench.run(&call).unwrap();
        let (_, start) = &bench.provider.journal()[0].parameters[1];
        let expected = "2026-11-23T11:00:00Z".parse().unwrap();
        assert_eq!(*start, Value::Datetime(Datetime::Timestamp(expected)), "{value}");
    }
}

#[test]
fn the_service_needs_a_selector_that_is_its_own() {
    let call = |resource: Resource| Invoke { resource, ..resynchronize(WEB01, Value::Null) };
    let mut bench = Bench::sample();
    let none = bench.run(&call(class("Msvm_ReplicationService"))).unwrap_err();
    assert_eq!((none.subcode(), none.code), (Some("InternalError"), Some(0x8004_102F)));
    for (selector, value, code) in
        [("Colour", "blue", 2_150_858_843), ("Name", "otherservice", 2_150_858_752)]
    {
        let resource = class("Msvm_ReplicationService").selector(selector, value);
        assert_eq!(bench.run(&call(resource)).unwrap_err().code, Some(code));
    }
    for selector in ["Name", "SystemName"] {
        let value = if selector == "Name" { "replicasvc" } else { "HV01" };
        let resource = class("Msvm_ReplicationService").selector(selector, value);
        bench.run(&call(resource)).unwrap();
    }
}

#[test]
fn tells_a_method_that_is_none_from_one_that_is_not_simulated() {
    let method = |method: &str| Invoke {
        method: method.to_owned(),
        input: Element::new(service().uri.as_str(), format!("{method}_INPUT")),
        ..resynchronize(WEB01, Value::Null)
    };
    let mut bench = Bench::sample();
    let unknown = bench.run(&method("Dance")).unwrap_err();
    assert_eq!(
        (unknown.subcode(), unknown.code),
        (Some("ActionNotSupported"), Some(2_150_858_771))
    );
    assert!(unknown.text().contains("no method Dance"), "{unknown}");
    let mut missing = method("CommitFailover");
    missing.input.children.push(resynchronize(WEB01, Value::Null).input.children.remove(0));
    let missing = bench.run(&missing).unwrap_err();
    assert_eq!(missing.code, Some(2_150_858_771));
    assert!(missing.text().contains("simulator does not have"), "{missing}");
    assert_eq!(bench.provider.journal(), []);
}

#[test]
fn the_state_of_the_virtual_machine_decides() {
    let here = || Relationship::new("hv01", "hv02");
    let vm = |number: u8, name| Vm::new(vm(number).parse().unwrap(), name);
    let inventory = Inventory::new("HV01")
        .vm(vm(1, "needs it").primary(here().state(9)))
        .vm(vm(2, "critical").primary(here().state(8)))
        .vm(vm(3, "paused while at it").primary(here().state(11)))
        .vm(vm(4, "replicates").primary(here()))
        .vm(vm(5, "paused").primary(here().state(7)))
        .vm(vm(6, "does not replicate"))
        .vm(vm(7, "replica").replica(here().state(9)))
        .vm(vm(8, "extended replica").extended(here(), here().state(9)));
    let mut bench = Bench::new(inventory, Script::new());
    let expected = [
        STARTED,
        STARTED,
        STARTED,
        INVALID_STATE,
        INVALID_STATE,
        INVALID_STATE,
        INVALID_STATE,
        STARTED,
    ];
    for (number, expected) in (1..).zip(expected) {
        let (value, job) = bench.resynchronize(&super::vm(number), Value::Null).unwrap();
        assert_eq!((value, job.is_some()), (expected, expected == STARTED), "{number}");
    }
    let types = bench.column("select * from Msvm_ConcreteJob", "JobType");
    assert_eq!(types, ["107", "107", "107", "121"]);
    assert_eq!(bench.state(&super::vm(8)), 3, "that of its primary relationship");
}

#[test]
fn what_is_no_virtual_machine_is_an_invalid_parameter() {
    let mut bench = Bench::sample();
    for vm in ["HV01", "00000000-0000-4000-8000-000000000000"] {
        assert_eq!(bench.resynchronize(vm, Value::Null).unwrap(), (INVALID_PARAMETER, None));
    }
    let mut call = resynchronize(WEB01, Value::Null);
    call.input.children.remove(0);
    let answer = text(&bench.send_changed(&call, |_| {}));
    assert!(answer.contains("<p:ReturnValue>32773</p:ReturnValue>"), "{answer}");
    let late = "2026-12-01T00:00:00Z".parse().unwrap();
    for start in [Datetime::Timestamp(late), Datetime::Interval(std::time::Duration::from_secs(5))]
    {
        let (value, _) = bench.resynchronize(WEB01, Value::Datetime(start)).unwrap();
        assert_eq!(value, INVALID_PARAMETER);
    }
    assert_eq!(bench.state(WEB01), 9);
}

#[test]
fn a_body_of_nothing_is_refused() {
    let answer = Bench::sample()
        .send_changed(&resynchronize(WEB01, Value::Null), |envelope| envelope.body.clear());
    assert_eq!(fault(&answer).code, Some(2_150_858_817));
}

/// A call of a method that is not simulated: what is wrong with its parameters is told all the same.
fn create_relationship(change: impl FnOnce(&mut Element)) -> Result<u64, u32> {
    let resource = service();
    let method = "CreateReplicationRelationship";
    let declared = mof::schema().find_method("Msvm_ReplicationService", method).unwrap();
    let setting = r#"<INSTANCE CLASSNAME="Msvm_ReplicationSettingData"><PROPERTY NAME="ElementName" TYPE="string"><VALUE>a &#38; b</VALUE></PROPERTY></INSTANCE>"#;
    let arguments = [
        ("ComputerSystem", Value::Reference(vm_resource(WEB01))),
        ("ReplicationSettingData", Value::String(setting.to_owned())),
    ];
    let mut input = encode_input(&resource.uri, declared, &arguments).unwrap();
    change(&mut input);
    let call = Invoke { input, resource, method: method.to_owned() };
    Bench::sample()
        .run(&call)
        .map(|output| {
            output.text_of(call.resource.uri.as_str(), "ReturnValue").unwrap().parse().unwrap()
        })
        .map_err(|fault| fault.code.unwrap())
}

#[test]
fn parameters_are_checked_whether_or_not_the_method_is_simulated() {
    let not_simulated = Err(2_150_858_771);
    assert_eq!(create_relationship(|_| {}), not_simulated);
    assert_eq!(create_relationship(|input| input.children.reverse()), not_simulated);
    for required in 0..2 {
        let without = create_relationship(|input| drop(input.children.remove(required)));
        assert_eq!(without, Ok(INVALID_PARAMETER));
    }
    let elsewhere = |input: &mut Element| {
        let other = class("Msvm_ConcreteJob").selector("InstanceID", "x");
        let name = input.children[0].name.clone();
        input.children[0] = other.into_children_of(Element::with_name(name));
    };
    assert_eq!(create_relationship(elsewhere), Ok(INVALID_PARAMETER), "no computer system");
    let tree = |input: &mut Element| {
        let uri = class("Msvm_ReplicationSettingData").uri;
        let parameter = &mut input.children[1];
        parameter.text.clear();
        parameter.children.push(Element::new(uri.as_str(), "Msvm_ReplicationSettingData"));
    };
    assert_eq!(create_relationship(tree), SCHEMA, "an embedded instance as elements");
}

/// As VMMS was seen to answer; its parser is not that of WinRM.
#[test]
fn an_embedded_instance_has_its_references_by_number() {
    for (reference, value) in [("&amp;", 32768), ("&lt;", INVALID_PARAMETER)] {
        let by_name = create_relationship(|input| {
            let text = &mut input.children[1].text;
            *text = text.replace("&#38;", reference);
        });
        assert_eq!(by_name, Ok(value), "{reference}");
    }
}

#[test]
fn an_embedded_instance_is_read_and_has_to_fit() {
    let with = |from: &str, to: &str| {
        create_relationship(|input| {
            let text = &mut input.children[1].text;
            *text = text.replace(from, to);
        })
    };
    let not_simulated = Err(2_150_858_771);
    assert_eq!(with("VALUE>a", "VALUE>b"), not_simulated);
    for (from, to) in [
        ("Msvm_ReplicationSettingData", "Msvm_ConcreteJob"),
        ("Msvm_ReplicationSettingData", "Msvm_Nothing"),
        ("ElementName", "Colour"),
        ("ElementName", "ReplicationInterval"),
        ("</INSTANCE>", ""),
    ] {
        assert_eq!(with(from, to), Ok(INVALID_PARAMETER), "{to}");
    }
    let empty = create_relationship(|input| input.children[1].text.clear());
    assert_eq!(empty, not_simulated, "an empty one stands for the defaults");
}

#[test]
fn a_rule_gives_any_method_a_return_value() {
    let script = Script::new().once(On::action("RequestStateChange"), Do::Return(32775));
    let mut bench = Bench::scripted(script);
    let resource = vm_resource(WEB01);
    let method = "RequestStateChange".to_owned();
    let input = Element::new(resource.uri.as_str(), "RequestStateChange_INPUT");
    let call = Invoke { input, resource, method };
    let mut value = || {
        let output = bench.run(&call).unwrap();
        output.text_of(call.resource.uri.as_str(), "ReturnValue").unwrap().to_owned()
    };
    assert_eq!([value(), value()], ["32775", "32773"], "the second lacks what is required");
}
