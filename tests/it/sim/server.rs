//! The settings of the replica server, and its authorization entries.

use std::time::Duration;

use hyperv_replica::{
    cim::{Instance, Value},
    sim::{Inventory, Relationship, Script, Vm},
    wsman::{Association, Enumerate, EnumerationMode, Filter, Resource, Selector, SelectorSet},
};

use super::{Bench, JOB_DURATION, class, embedded, service, vm, vm_resource};

const SETTINGS: &str = "Msvm_ReplicationServiceSettingData";
const ENTRY: &str = "Msvm_ReplicationAuthorizationSettingData";
const STARTED: u32 = 4096;
const INVALID_PARAMETER: u32 = 32773;
const INVALID_STATE: u32 = 32775;

fn settings(bench: &mut Bench) -> Instance {
    bench.one(&format!("select * from {SETTINGS}"))
}

fn modify(bench: &mut Bench, properties: &[(&str, &str, &str)]) -> u32 {
    bench.serve("ModifyServiceSettings", &[("SettingData", embedded(SETTINGS, properties))])
}

#[test]
fn the_service_has_settings() {
    let mut bench = Bench::sample();
    let way = Association::associators(service()).result_class("CIM_SettingData");
    let request = Enumerate {
        filter: Some(Filter::Association(way)),
        mode: EnumerationMode::Epr,
        optimize: Some(10),
        ..Enumerate::new(class("*"))
    };
    let items = bench.run(&request).unwrap().page.items;
    assert_eq!(items.len(), 1);
    let settings = bench.get(Resource::from_children(&items[0]).unwrap()).unwrap();
    let shown = |name: &str| settings.find(name).unwrap().to_string();
    assert_eq!(settings.class(), SETTINGS);
    assert_eq!(shown("RecoveryServerEnabled"), "true");
    assert_eq!(shown("AllowedAuthenticationType"), "1");
    assert_eq!(shown("MonitoringStartTime"), "P0DT9H0M0S");
    assert_eq!(settings.find("CertificateThumbPrint"), Some(&Value::Null));
}

#[test]
fn settings_change_by_a_job_and_what_is_left_out_stays() {
    let mut bench = Bench::sample();
    let changes = [
        ("AllowedAuthenticationType", "uint16", "3"),
        ("CertificateThumbPrint", "string", "AB12"),
        ("HttpsPort", "uint16", "8443"),
        ("MonitoringStartTime", "datetime", "00000000013000.000000:000"),
        ("MonitoringInterval", "uint32", "3600"),
    ];
    assert_eq!(modify(&mut bench, &changes), STARTED);
    let job = bench.one("select * from Msvm_ConcreteJob");
    assert_eq!(job.number("JobType"), Some(90));
    assert_eq!(settings(&mut bench).number("HttpsPort"), Some(443), "not before the job is done");
    assert_eq!(modify(&mut bench, &changes), INVALID_STATE, "nor twice at once");
    bench.pass(JOB_DURATION);
    let settings = settings(&mut bench);
    let shown = ["CertificateThumbPrint", "HttpPort", "HttpsPort", "MonitoringStartTime"]
        .map(|name| settings.find(name).unwrap().to_string());
    assert_eq!(shown, ["AB12", "80", "8443", "P0DT1H30M0S"]);
    assert_eq!(settings.number("MonitoringInterval"), Some(3600));
}

#[test]
fn settings_out_of_range_are_refused() {
    for refused in [
        ("MonitoringInterval", "uint32", "3599"),
        ("MonitoringInterval", "uint32", "604801"),
        ("MonitoringStartTime", "datetime", "00000001000000.000000:000"),
        ("MonitoringStartTime", "datetime", "20261123090000.000000+000"),
        ("AllowedAuthenticationType", "uint16", "0"),
        ("AllowedAuthenticationType", "uint16", "2"),
        ("AllowedAuthenticationType", "uint16", "4"),
        ("HttpPort", "uint16", "0"),
        ("HttpPort", "uint16", "65536"),
        ("InstanceID", "string", "Microsoft:HV02"),
    ] {
        let mut bench = Bench::sample();
        assert_eq!(modify(&mut bench, &[refused]), INVALID_PARAMETER, "{refused:?}");
        assert_eq!(bench.column("select * from Msvm_ConcreteJob", "JobType"), [""; 0]);
    }
    let mut bench = Bench::sample();
    let off = [
        ("RecoveryServerEnabled", "boolean", "FALSE"),
        ("AllowedAuthenticationType", "uint16", "0"),
        ("InstanceID", "string", "microsoft:hv01"),
    ];
    assert_eq!(modify(&mut bench, &off), STARTED);
    let other = embedded("Msvm_ReplicationSettingData", &[]);
    assert_eq!(bench.serve("ModifyServiceSettings", &[("SettingData", other)]), INVALID_PARAMETER);
    assert_eq!(bench.serve("ModifyServiceSettings", &[]), INVALID_PARAMETER);
}

fn entries(bench: &mut Bench) -> Vec<String> {
    let items = bench.query(&format!("select * from {ENTRY}")).unwrap().items;
    let shown = |item| {
        let entry = Instance::decode(item, hyperv_replica::mof::schema()).unwrap();
        assert_eq!(entry.find("InstanceID"), Some(&Value::Null));
        ["AllowedPrimaryHostSystem", "TrustGroup", "ReplicaStorageLocation"]
            .map(|name| entry.text(name).unwrap())
            .join(" ")
    };
    items.iter().map(shown).collect()
}

fn entry(properties: &[(&str, &str)]) -> [(&'static str, Value); 1] {
    let properties: Vec<_> = properties.iter().map(|(name, it)| (*name, "string", *it)).collect();
    [("AuthorizationEntry", embedded(ENTRY, &properties))]
}

#[test]
fn an_authorization_entry_has_no_key_and_is_found_by_its_host() {
    let mut bench = Bench::sample();
    let selectors = SelectorSet::new().with("AllowedPrimaryHostSystem", "HV02.example.com");
    let request = |mode| Enumerate {
        filter: Some(Filter::Selectors(selectors.clone())),
        mode,
        optimize: Some(10),
        ..Enumerate::new(class(ENTRY))
    };
    let found = bench.run(&request(EnumerationMode::Object)).unwrap().page.items;
    assert_eq!(found.len(), 1);
    let references = bench.run(&request(EnumerationMode::Epr)).unwrap().page.items;
    let reference = Resource::from_children(&references[0]).unwrap();
    assert_eq!(reference.selectors.iter().count(), 0);
    assert_eq!(bench.get(reference).unwrap_err().code, Some(2_150_858_842));
    for (name, code) in [("InstanceID", 2_150_858_752), ("AllowedPrimaryHostSystem", 2_150_858_843)]
    {
        let mut resource = class(ENTRY);
        resource.selectors.insert(name, Selector::Text("hv02.example.com".to_owned()));
        assert_eq!(bench.get(resource).unwrap_err().code, Some(code));
    }
}

#[test]
fn authorization_entries_are_added_changed_and_removed() {
    let mut bench = Bench::sample();
    let host = |name| ("AllowedPrimaryHostSystem", name);
    let (group, place) = (("TrustGroup", "G"), ("ReplicaStorageLocation", r"E:\R"));
    let here = [
        r"hv02.example.com EXAMPLE D:\Replicas",
        r"*.branch.example.com BRANCHES D:\Replicas\Branches",
    ];
    assert_eq!(entries(&mut bench), here);
    let new = entry(&[host("hv03"), group, place]);
    assert_eq!(bench.serve("AddAuthorizationEntry", &new), 0);
    assert_eq!(entries(&mut bench), [here[0], here[1], r"hv03 G E:\R"]);
    let changed = entry(&[host("HV03"), ("TrustGroup", "EXAMPLE")]);
    assert_eq!(bench.serve("ModifyAuthorizationEntry", &changed), 0);
    assert_eq!(entries(&mut bench)[2], r"HV03 EXAMPLE E:\R");
    let gone = [("AllowedPrimaryHostSystem", Value::String("hv03".to_owned()))];
    assert_eq!(bench.serve("RemoveAuthorizationEntry", &gone), 0);
    assert_eq!(entries(&mut bench), here);
    assert_eq!(bench.serve("RemoveAuthorizationEntry", &gone), INVALID_PARAMETER);
    assert_eq!(bench.serve("RemoveAuthorizationEntry", &[]), INVALID_PARAMETER);

    for (method, properties, expected) in [
        ("AddAuthorizationEntry", vec![host("hv02.EXAMPLE.com"), group, place], INVALID_PARAMETER),
        ("AddAuthorizationEntry", vec![host("*"), group, place], INVALID_STATE),
        ("AddAuthorizationEntry", vec![host("h*.com"), group, place], INVALID_PARAMETER),
        ("AddAuthorizationEntry", vec![host("h..com"), group, place], INVALID_PARAMETER),
        ("AddAuthorizationEntry", vec![host(""), group, place], INVALID_PARAMETER),
        ("AddAuthorizationEntry", vec![host("hv03"), group], INVALID_PARAMETER),
        ("AddAuthorizationEntry", vec![], INVALID_PARAMETER),
        ("ModifyAuthorizationEntry", vec![host("hv03"), group, place], INVALID_PARAMETER),
        (
            "ModifyAuthorizationEntry",
            vec![host("hv02.example.com"), ("TrustGroup", "")],
            INVALID_PARAMETER,
        ),
    ] {
        assert_eq!(bench.serve(method, &entry(&properties)), expected, "{properties:?}");
    }
    assert_eq!(entries(&mut bench), here);
}

#[test]
fn a_host_takes_so_many_entries_and_no_more() {
    let mut bench = Bench::new(Inventory::new("HV01"), Script::new());
    let mut add = |number: u32| {
        let name = format!("hv{number}");
        let place = ("ReplicaStorageLocation", "D:");
        let new = entry(&[("AllowedPrimaryHostSystem", &name), ("TrustGroup", "G"), place]);
        bench.serve("AddAuthorizationEntry", &new)
    };
    assert!((0..1000).all(|number| add(number) == 0));
    assert_eq!(add(1000), 32768);
}

#[test]
fn a_replica_stops_when_no_entry_is_left_for_its_primary() {
    let replica = |number, primary: &str| {
        let relationship = Relationship::new(primary, "hv01.example.com");
        Vm::new(vm(number).parse().unwrap(), primary).replica(relationship).off()
    };
    let inventory = Inventory::new("HV01")
        .authorization("*.example.com", "A", "D:")
        .authorization("hv02.example.com", "A", "E:")
        .vm(replica(1, "hv02.example.com"))
        .vm(replica(2, "hv03.example.com"))
        .vm(replica(3, "hv02.example.com"))
        .vm(Vm::new(vm(4).parse().unwrap(), "alone"));
    let mut bench = Bench::new(inventory, Script::new());
    let mut bind = |number, host| {
        let system = Value::Reference(vm_resource(&vm(number)));
        let [entry] = entry(&[("AllowedPrimaryHostSystem", host)]);
        bench.serve("SetAuthorizationEntry", &[("ComputerSystem", system), entry])
    };
    assert_eq!(bind(3, "*.example.com"), 0);
    assert_eq!(bind(3, "*.example.net"), INVALID_PARAMETER);
    assert_eq!(bind(4, "*.example.com"), INVALID_STATE);
    assert_eq!(bind(5, "*.example.com"), INVALID_PARAMETER);
    let gone = [("AllowedPrimaryHostSystem", Value::String("*.example.com".to_owned()))];
    assert_eq!(bench.serve("RemoveAuthorizationEntry", &gone), 0);
    bench.pass(Duration::from_secs(1));
    assert_eq!([1, 2, 3].map(|number| bench.state(&vm(number))), [3, 8, 8]);
}
