use hyperv_replica::{
    cim::{Instance, Value},
    mof,
    sim::{Inventory, Relationship, Script, Vm},
    soap::ADDRESSING,
    wsman::{
        Association, Enumerate, EnumerationMode, Filter, PolymorphismMode, Resource, Selector,
        SelectorSet, WSMAN,
    },
    xml::Element,
};

use super::{Bench, WEB01, class, enumerate, service, text, vm, vm_resource};

fn along(association: Association) -> Enumerate {
    Enumerate {
        filter: Some(Filter::Association(association)),
        optimize: Some(1000),
        ..Enumerate::new(class("*"))
    }
}

/// What a way leads to, as class and the last part of its key.
fn results(bench: &mut Bench, association: Association) -> Vec<String> {
    let request = Enumerate { mode: EnumerationMode::Epr, ..along(association) };
    let name = |item| {
        let resource = Resource::from_children(item).unwrap();
        let key = match resource.selectors.iter().last() {
            Some((_, Selector::Text(text))) => text.rsplit('\\').next().unwrap().to_owned(),
            _ => String::new(),
        };
        format!("{} {key}", resource.uri.class())
    };
    bench.run(&request).unwrap().page.items.iter().map(name).collect()
}

/// web01 as primary with an extended relationship beside it, and a job on it.
fn busy() -> Bench {
    let here = || Relationship::new("hv01", "hv02");
    let web01 = Vm::new(WEB01.parse().unwrap(), "web01").extended(here(), here().state(9));
    let sql01 = Vm::new(vm(2).parse().unwrap(), "sql01").primary(here());
    let mut bench = Bench::new(Inventory::new("HV01").vm(web01).vm(sql01), Script::new());
    assert_eq!(bench.resynchronize(WEB01, Value::Null).unwrap().0, 4096);
    bench
}

const JOB: &str = "Msvm_ConcreteJob 00000000-0000-0000-0000-000000000003";

#[test]
fn associators_are_at_the_other_ends() {
    let mut bench = busy();
    let mut from_vm = |change: fn(Association) -> Association| {
        results(&mut bench, change(Association::associators(vm_resource(WEB01))))
    };
    let all = ["Msvm_ReplicationRelationship 0", "Msvm_ReplicationRelationship 1"];
    let setting = format!("Msvm_VirtualSystemSettingData Microsoft:{WEB01}");
    assert_eq!(from_vm(|way| way), [all[0], all[1], setting.as_str(), JOB]);
    assert_eq!(from_vm(|way| way.association_class("CIM_Dependency")), all);
    assert_eq!(
        from_vm(|way| way.association_class("Msvm_SettingsDefineState")),
        [setting.as_str()]
    );
    assert_eq!(from_vm(|way| way.result_class("cim_job")), [JOB], "subclasses are included");
    assert_eq!(from_vm(|way| way.role("affectedelement")), [JOB]);
    assert_eq!(from_vm(|way| way.result_role("Dependent")), all);
    assert_eq!(from_vm(|way| way.role("Dependent")), [""; 0]);

    let relationship = class("Msvm_ReplicationRelationship")
        .selector("InstanceID", format!(r"Microsoft:{WEB01}\HVR\1"));
    let from_relationship = Association::associators(relationship)
        .association_class("Msvm_SettingsDefineState")
        .result_class("Msvm_ReplicationSettingData");
    assert_eq!(results(&mut bench, from_relationship), ["Msvm_ReplicationSettingData 1"]);
    assert_eq!(
        results(&mut bench, Association::associators(service())),
        ["Msvm_ComputerSystem HV01", "Msvm_ReplicationServiceSettingData Microsoft:HV01", JOB]
    );
}

#[test]
fn a_query_follows_associations_too() {
    let mut bench = busy();
    let vm =
        format!(r#"Msvm_ComputerSystem.CreationClassName="Msvm_ComputerSystem",Name="{WEB01}""#);
    let relationship =
        format!(r"Msvm_ReplicationRelationship.InstanceID='Microsoft:{WEB01}\\HVR\\1'");
    let there = r"\\HV01\root\virtualization\v2:";
    let mut classes = |query: &str| -> Vec<String> {
        let items = bench.query(query).unwrap().items;
        items.iter().map(|item| item.name.local().to_owned()).collect()
    };
    for (query, expected) in [
        (
            format!("associators of {{{vm}}}"),
            "Msvm_ReplicationRelationship Msvm_ReplicationRelationship \
             Msvm_VirtualSystemSettingData Msvm_ConcreteJob",
        ),
        (
            format!(
                "ASSOCIATORS OF {{ {there}{vm} }} WHERE ResultClass=CIM_Job Role = AffectedElement"
            ),
            "Msvm_ConcreteJob",
        ),
        (
            format!(
                "Associators Of {{{relationship}}} Where AssocClass = Msvm_SettingsDefineState ResultRole=SettingData"
            ),
            "Msvm_ReplicationSettingData",
        ),
        (
            format!("REFERENCES OF {{{relationship}}}"),
            "Msvm_SystemReplicationRelationship Msvm_SettingsDefineState",
        ),
        (
            format!(
                "references of {{{relationship}}} where ResultClass = CIM_Dependency Role=Dependent"
            ),
            "Msvm_SystemReplicationRelationship",
        ),
        (r"associators of {Msvm_ComputerSystem.Name='hv01'}".to_owned(), "Msvm_ReplicationService"),
    ] {
        assert_eq!(classes(&query).join(" "), expected, "{query}");
    }
    // An association is an instance as well, and the references in its key are paths in quotes.
    let path = vm.replace('\\', r"\\").replace('"', r#"\""#);
    let tie = format!(r#"references of {{Msvm_SettingsDefineState.ManagedElement="{path}"}}"#);
    assert_eq!(classes(&tie), [""; 0]);
}

#[test]
fn refuses_queries_along_what_is_not_there() {
    let mut bench = busy();
    for query in [
        "associators of",
        "associators of {}",
        "associators of Msvm_ComputerSystem.Name='HV01'",
        "associators of {Msvm_ComputerSystem.Name='HV01'",
        "associators of {Msvm_ComputerSystem.Name='HV01}",
        "associators of {Msvm_ComputerSystem.Name='HV01'} where",
        "associators of {Msvm_ComputerSystem.Name='HV01'} where Colour = blue",
        "associators of {Msvm_ComputerSystem.Name='HV01'} where Role = 'x'",
        "associators of {Msvm_ComputerSystem.Name='HV01'} where ResultClass = Msvm_Nothing",
        "references of {Msvm_ComputerSystem.Name='HV01'} where ResultRole = Dependent",
        "associators of {Msvm_ComputerSystem}",
        "associators of {Msvm_ComputerSystem.Name='nobody'}",
        r"associators of {root\\cimv2:Msvm_ComputerSystem.Name='HV01'}",
        "associators of {Msvm_SettingsDefineState.ManagedElement='no path'}",
    ] {
        let fault = bench.query(query).expect_err(query);
        assert_eq!(fault.code, Some(2_150_858_778), "{query}");
        assert!(fault.provider.is_some_and(|provider| !provider.extended.is_empty()), "{query}");
    }
}

#[test]
fn references_are_the_associations_themselves() {
    let mut bench = busy();
    let all = Association::references(vm_resource(WEB01));
    let mut classes = |way| -> Vec<String> {
        let items = bench.run(&along(way)).unwrap().page.items;
        items.iter().map(|item| item.name.local().to_owned()).collect()
    };
    let relationship = "Msvm_SystemReplicationRelationship";
    assert_eq!(
        classes(all.clone()),
        [relationship, relationship, "Msvm_SettingsDefineState", "Msvm_AffectedJobElement"]
    );
    assert_eq!(classes(all.clone().result_class("CIM_Dependency")), [relationship; 2]);
    assert_eq!(classes(all.role("AffectedElement")), ["Msvm_AffectedJobElement"]);
}

#[test]
fn what_is_included_alone_comes_as_a_fragment() {
    let way = Association::associators(vm_resource(WEB01))
        .result_class("Msvm_ReplicationRelationship")
        .include_property("replicationstate")
        .include_property("InstanceID");
    let page = busy().run(&along(way)).unwrap().page;
    assert_eq!(page.items.len(), 2);
    for item in page.items {
        assert!(item.is(WSMAN, "XmlFragment"));
        let names: Vec<&str> = item.children.iter().map(|child| child.name.local()).collect();
        assert_eq!(names, ["InstanceID", "ReplicationState"]);
    }
}

#[test]
fn refuses_ways_that_begin_or_lead_nowhere() {
    let mut bench = busy();
    let from = Association::associators;
    let mut code = |request| bench.run(&request).unwrap_err().code;
    assert_eq!(code(along(from(vm_resource("nobody")))), Some(2_150_858_752));
    assert_eq!(code(along(from(class("Msvm_ComputerSystem")))), Some(2_150_858_842));
    let nothing = from(vm_resource(WEB01)).result_class("Msvm_Nothing");
    assert_eq!(code(along(nothing)), Some(2_150_858_778));
    let on_a_class =
        Enumerate { resource: class("Msvm_ConcreteJob"), ..along(from(vm_resource(WEB01))) };
    assert_eq!(code(on_a_class), Some(2_150_859_003));
    let narrowed =
        Enumerate { polymorphism: PolymorphismMode::None, ..along(from(vm_resource(WEB01))) };
    assert_eq!(code(narrowed), Some(2_150_859_063));
}

/// As recorded of a job and its virtual machine.
#[test]
fn an_association_looks_as_windows_writes_it() {
    let mut bench = busy();
    let way = Association::references(vm_resource(WEB01)).result_class("Msvm_AffectedJobElement");
    let answer = text(&bench.send_changed(&along(way), |_| {}));
    let reference = |class: &str, selectors: &str| {
        format!(
            "<a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
             <a:ReferenceParameters><w:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/\
             {class}</w:ResourceURI><w:SelectorSet>{selectors}</w:SelectorSet></a:ReferenceParameters>"
        )
    };
    let system = reference(
        "Msvm_ComputerSystem",
        &format!(
            r#"<w:Selector Name="CreationClassName">Msvm_ComputerSystem</w:Selector><w:Selector Name="Name">{WEB01}</w:Selector>"#
        ),
    );
    let job = reference(
        "Msvm_ConcreteJob",
        r#"<w:Selector Name="InstanceID">00000000-0000-0000-0000-000000000003</w:Selector>"#,
    );
    let expected = format!(
        r#"xsi:type="p:Msvm_AffectedJobElement_Type"><p:AffectedElement>{system}</p:AffectedElement><p:AffectingElement>{job}</p:AffectingElement><p:ElementEffects>0</p:ElementEffects></p:Msvm_AffectedJobElement>"#
    );
    assert!(answer.contains(&expected), "{answer}");
}

#[test]
fn an_association_is_got_by_its_references() {
    let mut bench = busy();
    let request = Enumerate {
        mode: EnumerationMode::ObjectAndEpr,
        optimize: Some(10),
        ..Enumerate::new(class("Msvm_SystemReplicationRelationship"))
    };
    let items = bench.run(&request).unwrap().page.items;
    assert_eq!(items.len(), 3);
    for item in &items {
        assert!(item.is(WSMAN, "Item"));
        let [object, reference] = item.children.as_slice() else { panic!("{item:?}") };
        assert!(reference.is(ADDRESSING, "EndpointReference"));
        let shown = Instance::decode(object, mof::schema()).unwrap();
        let resource = Resource::from_children(reference).unwrap();
        assert_eq!(bench.get(resource).unwrap(), shown);
    }

    let refer = |vm: Resource, relationship: &str| {
        let mut resource = class("msvm_systemreplicationrelationship");
        resource.selectors.insert("antecedent", Selector::Reference(vm));
        let id = format!(r"microsoft:{WEB01}\hvr\{relationship}");
        let relationship = class("Msvm_ReplicationRelationship").selector("InstanceID", id);
        resource.selectors.insert("Dependent", Selector::Reference(relationship));
        resource
    };
    bench.get(refer(vm_resource(WEB01), "1")).unwrap();
    let mut code = |resource| bench.get(resource).unwrap_err().code;
    assert_eq!(code(refer(vm_resource(WEB01), "2")), Some(2_150_858_752), "no such end");
    assert_eq!(code(refer(vm_resource(&vm(2)), "1")), Some(2_150_858_752), "not tied");
    let deep = refer(refer(vm_resource(WEB01), "0"), "0");
    assert_eq!(code(deep), Some(2_150_858_879));
    let as_text = class("Msvm_SystemReplicationRelationship").selector("Antecedent", WEB01);
    assert_eq!(code(as_text), Some(2_150_858_845));
}

#[test]
fn the_ties_of_a_job_go_with_it() {
    let mut bench = busy();
    let owned = || Association::associators(service()).association_class("Msvm_OwningJobElement");
    assert_eq!(results(&mut bench, owned()), [JOB]);
    bench.pass(super::JOB_DURATION + std::time::Duration::from_secs(301));
    assert_eq!(results(&mut bench, owned()), [""; 0]);
}

fn selected(class_name: &str, selectors: SelectorSet) -> Enumerate {
    Enumerate {
        filter: Some(Filter::Selectors(selectors)),
        optimize: Some(1000),
        ..Enumerate::new(class(class_name))
    }
}

#[test]
fn a_selector_filter_compares_any_property_as_wmi_does() {
    let mut bench = Bench::sample();
    let mut names = |class: &str, selectors| -> Vec<String> {
        let items = bench.run(&selected(class, selectors)).unwrap().page.items;
        let name = |item| Instance::decode(item, mof::schema()).unwrap();
        items.iter().map(|item| name(item).text("ElementName").unwrap().to_owned()).collect()
    };
    let one = |name: &str, value: &str| SelectorSet::new().with(name, value);
    assert_eq!(names("Msvm_ComputerSystem", one("elementname", "WEB01")), ["web01"]);
    assert_eq!(names("CIM_System", one("ElementName", "o'brien & <SÖHNE>")), ["O'Brien & <Söhne>"]);
    assert_eq!(
        names("Msvm_ComputerSystem", one("ReplicationState", "3").with("EnabledState", "3")),
        ["dc02"]
    );
    assert_eq!(names("Msvm_ReplicationService", one("Started", "TRUE")).len(), 1);
    assert_eq!(names("Msvm_ComputerSystem", one("InstallDate", "2026-11-23T09:00:00Z")).len(), 6);
    assert_eq!(names("Msvm_ComputerSystem", one("ElementName", "")), [""; 0]);
}

#[test]
fn a_selector_filter_takes_references() {
    let mut bench = busy();
    let mut count = |resource| {
        let mut selectors = SelectorSet::new();
        selectors.insert("Antecedent", Selector::Reference(resource));
        let request = selected("Msvm_SystemReplicationRelationship", selectors);
        bench.run(&request).unwrap().page.items.len()
    };
    assert_eq!(
        [count(vm_resource(WEB01)), count(vm_resource(&vm(2))), count(vm_resource("nobody"))],
        [2, 1, 0]
    );
}

#[test]
fn refuses_selector_filters_that_do_not_fit_the_class() {
    let mut bench = Bench::sample();
    for (name, value) in [("Colour", "blue"), ("EnabledState", "on"), ("OperationalStatus", "2")] {
        let request = selected("Msvm_ComputerSystem", SelectorSet::new().with(name, value));
        assert_eq!(bench.run(&request).unwrap_err().code, Some(2_150_858_778), "{name}");
    }
    let all = selected("*", SelectorSet::new().with("Name", "x"));
    assert_eq!(bench.run(&all).unwrap_err().code, Some(2_150_858_778));
}

#[test]
fn polymorphism_decides_how_subclasses_come() {
    let mut bench = Bench::sample();
    let mut items = |class_name: &str, polymorphism| -> Vec<Element> {
        let request =
            Enumerate { polymorphism, optimize: Some(99), ..Enumerate::new(class(class_name)) };
        bench.run(&request).unwrap().page.items
    };
    let include = PolymorphismMode::IncludeSubClassProperties;
    let exclude = PolymorphismMode::ExcludeSubClassProperties;
    for item in items("CIM_ComputerSystem", include) {
        assert_eq!(item.name.local(), "Msvm_ComputerSystem");
    }
    let base = items("CIM_ComputerSystem", exclude);
    assert_eq!(base.len(), 7);
    for item in base {
        let vm = Instance::decode(&item, mof::schema()).unwrap();
        assert_eq!(vm.uri, class("CIM_ComputerSystem").uri);
        assert!(vm.find("ElementName").is_some() && vm.find("ReplicationState").is_none());
        assert!(item.attributes.iter().any(|(_, v)| v == "p:CIM_ComputerSystem_Type"));
    }
    assert_eq!(items("CIM_ComputerSystem", PolymorphismMode::None).len(), 0);
    assert_eq!(items("Msvm_ComputerSystem", PolymorphismMode::None).len(), 7);
    assert_eq!(
        items("Msvm_ComputerSystem", exclude),
        items("Msvm_ComputerSystem", include),
        "there are no subclasses"
    );
}

#[test]
fn a_query_takes_no_other_polymorphism() {
    let narrowed = Enumerate {
        polymorphism: PolymorphismMode::ExcludeSubClassProperties,
        ..enumerate("select * from CIM_System", Some(9))
    };
    assert_eq!(Bench::sample().run(&narrowed).unwrap_err().code, Some(2_150_859_063));
}
