use hyperv_replica::{
    cim::Value,
    wsman::{Get, Resource, ResourceUri},
};

use super::{Bench, WEB01, class, service, text, vm_resource};

#[test]
fn an_answer_looks_as_windows_writes_it() {
    let answer = Bench::sample().send_changed(&Get { resource: vm_resource(WEB01) }, |_| {});
    let expected = concat!(
        r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" "#,
        r#"xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" "#,
        r#"xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd" xml:lang="en-US"><s:Header>"#,
        r#"<a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse</a:Action>"#,
        r#"<a:MessageID>uuid:00000000-0000-0000-0000-000000000002</a:MessageID>"#,
        r#"<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"#,
        r#"<a:RelatesTo>uuid:11111111-2222-4333-8444-555555555555</a:RelatesTo></s:Header><s:Body>"#,
        r#"<p:Msvm_ComputerSystem xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" "#,
        r#"xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ComputerSystem" "#,
        r#"xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" xsi:type="p:Msvm_ComputerSystem_Type">"#,
        r#"<p:Caption>Virtual Machine</p:Caption><p:CommunicationStatus xsi:nil="true"/>"#,
        r#"<p:CreationClassName>Msvm_ComputerSystem</p:CreationClassName><p:Description>Microsoft Virtual Machine</p:Description>"#,
        r#"<p:DetailedStatus xsi:nil="true"/><p:ElementName>web01</p:ElementName><p:EnabledDefault>2</p:EnabledDefault>"#,
        r#"<p:EnabledState>2</p:EnabledState>"#,
    );
    let text = text(&answer);
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains(
        "<p:LastReplicationTime><cim:Datetime>2026-11-23T06:00:00Z</cim:Datetime></p:LastReplicationTime>"
    ));
}

/// The names and the NULLs are those of a recording of Windows 11, in its order.
#[test]
fn the_host_itself_has_the_properties_of_a_recording() {
    let mut bench = Bench::sample();
    let host = bench.get(vm_resource("HV01")).unwrap();
    let nil = |name: &str| format!("{name}-");
    let shown: Vec<String> = host
        .properties
        .iter()
        .map(|(name, value)| if *value == Value::Null { nil(name) } else { name.clone() })
        .collect();
    assert_eq!(
        shown.join(" "),
        "Caption CommunicationStatus- CreationClassName Description DetailedStatus- ElementName EnabledDefault \
         EnabledState EnhancedSessionModeState- FailedOverReplicationType- HealthState HwThreadsPerCoreRealized- \
         InstallDate- InstanceID- LastApplicationConsistentReplicationTime- LastReplicationTime- LastReplicationType- \
         LastSuccessfulBackupTime- ManagementVtlImageFileName- ManagementVtlImageVersion- Name NameFormat- \
         NumberOfNumaNodes OnTimeInMilliseconds- OperatingStatus- OperationalStatus OtherEnabledState- \
         PrimaryOwnerContact- PrimaryOwnerName- PrimaryStatus- ProcessID- ReplicationHealth- ReplicationMode- \
         ReplicationState- RequestedState ResetCapability Status StatusDescriptions TimeOfLastConfigurationChange- \
         TimeOfLastStateChange- TransitioningToState-"
    );
    let vm = bench.get(vm_resource(WEB01)).unwrap();
    let nil_in_recording = [
        "CommunicationStatus",
        "DetailedStatus",
        "InstanceID",
        "LastSuccessfulBackupTime",
        "ManagementVtlImageFileName",
        "ManagementVtlImageVersion",
        "NameFormat",
        "OperatingStatus",
        "OtherEnabledState",
        "PrimaryOwnerContact",
        "PrimaryOwnerName",
        "PrimaryStatus",
        "TransitioningToState",
    ];
    for (name, value) in &vm.properties {
        assert_eq!(*value == Value::Null, nil_in_recording.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn a_part_of_the_key_is_enough_and_has_no_case() {
    let mut bench = Bench::sample();
    for resource in [
        vm_resource(WEB01),
        vm_resource(WEB01).selector("CreationClassName", "msvm_computersystem"),
        class("msvm_COMPUTERSYSTEM").selector("name", WEB01),
        vm_resource(WEB01).selector("__cimnamespace", r"root\virtualization\v2"),
    ] {
        let vm = bench.get(resource.clone()).unwrap();
        assert_eq!(vm.text("ElementName"), Some("web01"), "{resource}");
    }
    let service = bench.get(service()).unwrap();
    assert_eq!(service.text("SystemName"), Some("HV01"));
}

#[test]
fn refuses_what_identifies_nothing_or_too_much() {
    let mut bench = Bench::sample();
    let elsewhere =
        |namespace, class| Resource::new(ResourceUri::wmi(namespace, class)).selector("Name", "x");
    for (resource, subcode, code) in [
        (
            vm_resource("56495254-0000-4000-8000-0000000000ff"),
            "DestinationUnreachable",
            2_150_858_752,
        ),
        (class("Msvm_ComputerSystem"), "InvalidSelectors", 2_150_858_842),
        (vm_resource(WEB01).selector("Colour", "blue"), "InvalidSelectors", 2_150_858_843),
        (service().selector("InstanceID", "x"), "InvalidSelectors", 2_150_858_843),
        (
            class("Msvm_ComputerSystem").selector("CreationClassName", "Msvm_ComputerSystem"),
            "InvalidSelectors",
            2_150_858_846,
        ),
        (
            vm_resource(WEB01).selector("__cimnamespace", "root/cimv2"),
            "InvalidSelectors",
            2_150_859_067,
        ),
        (class("Msvm_Nothing").selector("Name", "x"), "DestinationUnreachable", 2_150_858_752),
        (elsewhere("root/cimv2", "Win32_Service"), "DestinationUnreachable", 2_150_858_752),
        (
            Resource::new(ResourceUri::new("http://example.com/thing")),
            "DestinationUnreachable",
            2_150_858_811,
        ),
    ] {
        let fault = bench.get(resource.clone()).unwrap_err();
        assert_eq!((fault.subcode(), fault.code), (Some(subcode), Some(code)), "{resource}");
    }
    let fault = bench.get(elsewhere("root/virtualization", "Msvm_ComputerSystem")).unwrap_err();
    assert!(fault.text().contains("cannot find namespace root/virtualization"), "{fault}");
    assert_eq!(fault.provider.unwrap().code, Some(0x8004_100E));
}

#[test]
fn refuses_a_selector_that_is_there_twice() {
    let get = Get { resource: vm_resource(WEB01) };
    let answer = Bench::sample().send_changed(&get, |envelope| {
        let set =
            envelope.header.others.iter_mut().find(|h| h.name.local() == "SelectorSet").unwrap();
        let selector = set.children[0].clone();
        set.children.push(selector);
    });
    assert_eq!(super::fault(&answer).code, Some(2_150_858_847));
}
