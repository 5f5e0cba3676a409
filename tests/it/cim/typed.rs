//! Classes as Rust types: what a host says is read, written back, and lost nowhere on the way.

use std::time::Duration;

use hyperv_replica::{
    cim::{
        COMMON, Datetime, Error, FromInstance as _, Instance, Nulls, Output, Reference,
        ResourceUri, Selector, Value,
        class::{Schema, Type},
        typed::{
            Bytes, Class, Method as _,
            codec::{self, Codec as _},
        },
    },
    mof,
    msvm::{
        self, AffectedJobElement, ComputerSystem, ConcreteJob, HeartbeatComponent, NAMESPACE,
        ReplicationAuthorizationSettingData, ReplicationRelationship, ReplicationSettingData,
        ReplicationStatistics, StorageJob, SystemReplicationRelationship,
        concrete_job::{GetErrorEx, RequestStateChange},
        values::{AuthenticationType, HeartbeatStatus, PerceivedSeverity, ReplicationState},
    },
    replication::ReplicationSettings,
    xml::{Element, Limits, XSI},
};
use jiff::Timestamp;
use proptest::{collection::vec, option, prelude::*};
use uuid::Uuid;

use super::text;
use crate::{
    fixture,
    wire::{V2, captures_folder},
};

const GUID: &str = "C4E0A6B2-53D7-4E88-9A1F-0B2C3D4E5F60";

/// An instance as a host would write it.
fn row(class: &str, properties: &str) -> Instance {
    let document = format!(
        "<p:{class} xmlns:p='{V2}{class}' xmlns:xsi='{XSI}' xmlns:cim='{COMMON}'>{properties}</p:{class}>"
    );
    let element = Element::parse(document.as_bytes(), Limits::default()).unwrap();
    Instance::decode(&element, mof::schema()).unwrap()
}

fn read<T: Class>(properties: &str) -> T {
    T::from_instance(row(T::CLASS, properties)).unwrap()
}

/// The properties that are not NULL, in the order of their names.
fn values(instance: &Instance) -> Vec<(&str, &Value)> {
    let values = instance.properties.iter().filter(|(_, value)| *value != Value::Null);
    let mut values: Vec<_> = values.map(|(name, value)| (name.as_str(), value)).collect();
    values.sort_by_key(|(name, _)| *name);
    values
}

/// The text that a method would take, read again.
fn through_cim_xml<T: Class>(value: &T) -> T {
    let Value::String(text) = value.to_embedded(mof::schema()).unwrap() else { panic!("no text") };
    T::from_instance(Instance::from_cim_xml(&text, NAMESPACE, mof::schema()).unwrap()).unwrap()
}

/// Reads an instance as its type, and demands that nothing of it is lost in either form.
fn assert_survives<T: Class>(instance: &Instance) -> T {
    let typed = T::from_instance(instance.clone()).unwrap();
    let written = typed.to_instance().unwrap();
    assert_eq!(written.uri, instance.uri);
    assert_eq!(values(&written), values(instance));
    assert_eq!(values(&through_cim_xml(&typed).to_instance().unwrap()), values(instance));
    typed
}

/// The first element of a class of Hyper-V.
fn first_row(document: &[u8]) -> Instance {
    fn find(element: &Element) -> Option<&Element> {
        let is_row = element.name.namespace().is_some_and(|namespace| namespace.starts_with(V2));
        if is_row { Some(element) } else { element.children.iter().find_map(find) }
    }
    let root = Element::parse(document, Limits::default()).unwrap();
    let body = root.children.iter().find(|child| child.name.local() == "Body").unwrap();
    Instance::decode(find(body).unwrap(), mof::schema()).unwrap()
}

#[test]
fn answers_of_hosts_survive() {
    let vm: ComputerSystem = assert_survives(&first_row(&fixture("wire/pull_virtual_machine.xml")));
    assert_eq!(vm.element_name.as_deref(), Some("web01 & Söhne"));
    assert_eq!(vm.replication_state, Some(ReplicationState::FailoverInProgress));
    assert_eq!(vm.last_replication_time, None);
    assert_eq!(vm.rest.invalid, []);
    let host: ComputerSystem = assert_survives(&first_row(&fixture("wire/pull_host.xml")));
    assert_eq!(host.replication_state, None);
    let job: ConcreteJob = assert_survives(&first_row(&fixture("wire/get_job.xml")));
    assert_eq!(job.elapsed_time, Some(Duration::from_millis(187_500)));
    let affected: AffectedJobElement =
        assert_survives(&first_row(&fixture("wire/pull_affected_job_element.xml")));
    let key = affected.reference().unwrap();
    let names: Vec<_> = key.selectors.iter().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(names, ["AffectedElement", "AffectingElement"]);
}

#[test]
fn recordings_of_hosts_survive() {
    let Some(folder) = captures_folder() else { return };
    let row = |file: &str| first_row(&std::fs::read(folder.join("go-wsman").join(file)).unwrap());
    let vm: ComputerSystem =
        assert_survives(&row("recorded_computersystem_pull_vm_running_c_eos.xml"));
    assert_eq!(vm.rest.invalid, []);
    assert_survives::<ComputerSystem>(&row("recorded_computersystem_pull_host.xml"));
    assert_survives::<StorageJob>(&row("get_response_storagejob_running.xml"));
    let affected = "recorded_affectedjobelement_pull_same_job_effect0.xml";
    assert_survives::<AffectedJobElement>(&row(affected));
}

#[test]
fn what_the_type_does_not_know_is_carried() {
    let instance = row(
        ReplicationSettingData::CLASS,
        "<p:RecoveryHistory>4</p:RecoveryHistory><p:NewerSetting>7</p:NewerSetting>\
         <p:NewerTimes><cim:Datetime>2026-11-02T09:00:00Z</cim:Datetime></p:NewerTimes>\
         <p:NewerNothing xsi:nil='true'/>",
    );
    let mut settings: ReplicationSettingData = assert_survives(&instance);
    assert_eq!(settings.rest.properties.len(), 3);
    settings.recovery_history = Some(5);
    let written = through_cim_xml(&settings).to_instance().unwrap();
    assert_eq!(written.find("RecoveryHistory"), Some(&Value::UInt16(5)));
    assert_eq!(written.find("NewerSetting"), Some(&text("7")));
}

#[test]
fn a_value_that_the_type_cannot_hold_is_carried_and_reported() {
    let id = "<p:VirtualSystemIdentifier>planned</p:VirtualSystemIdentifier>";
    let start = "<p:AutoResynchronizeIntervalStart><cim:Datetime>2026-11-02T18:30:00Z</cim:Datetime></p:AutoResynchronizeIntervalStart>";
    let disks = "<p:IncludedDisks>a</p:IncludedDisks><p:IncludedDisks xsi:nil='true'/>";
    let instance = row(ReplicationSettingData::CLASS, &format!("{id}{start}{disks}"));
    let mut settings: ReplicationSettingData = assert_survives(&instance);
    assert_eq!(settings.virtual_system_identifier, None);
    assert_eq!(settings.auto_resynchronize_interval_start, None);
    assert_eq!(settings.included_disks, None);
    let messages: Vec<_> = settings.rest.invalid.iter().map(Error::to_string).collect();
    assert_eq!(
        messages,
        [
            "VirtualSystemIdentifier is invalid",
            "IncludedDisks is invalid",
            "AutoResynchronizeIntervalStart is invalid",
        ]
    );
    // What the caller says then is what counts, once.
    settings.virtual_system_identifier = Some(Uuid::nil());
    let written = settings.to_instance().unwrap();
    let ids: Vec<_> =
        written.properties.iter().filter(|(name, _)| name == "VirtualSystemIdentifier").collect();
    let nil = text("00000000-0000-0000-0000-000000000000");
    assert_eq!(ids, [&("VirtualSystemIdentifier".to_owned(), nil)]);
}

#[test]
fn a_value_that_is_none_of_its_type_is_reported() {
    let settings: ReplicationSettingData =
        read("<p:RecoveryHistory>many</p:RecoveryHistory><p:ElementName>web01</p:ElementName>");
    assert_eq!(settings.element_name.as_deref(), Some("web01"));
    assert_eq!(settings.recovery_history, None);
    let Some(Error::Member { name, source }) = settings.rest.invalid.first() else { panic!() };
    let source = source.as_ref();
    assert_eq!(name, "RecoveryHistory");
    assert_eq!(source, &Error::Text { text: "many".into(), ty: Type::UInt16 });
}

#[test]
fn values_without_a_schema_are_read_as_what_they_have_to_be() {
    let mut instance = Instance::new(ResourceUri::wmi(NAMESPACE, ConcreteJob::CLASS));
    for (name, value) in
        [("jobstate", "7"), ("PercentComplete", "100"), ("Cancellable", "TRUE"), ("JobType", "x")]
    {
        instance.set(name, text(value));
    }
    instance.set("OperationalStatus", text("2"));
    let job = ConcreteJob::from_instance(instance).unwrap();
    assert_eq!(job.job_state.map(u16::from), Some(7));
    assert_eq!((job.percent_complete, job.cancellable), (Some(100), Some(true)));
    assert_eq!(job.operational_status.map(|status| status.len()), Some(1));
    assert_eq!(job.rest.properties, [("JobType".to_owned(), text("x"))]);
}

#[test]
fn never_is_nothing_and_partial_times_are_kept() {
    let time = |name: &str, value: &str| {
        format!("<p:{name}><cim:Datetime>{value}</cim:Datetime></p:{name}>")
    };
    let partial = "20261102******.******+***";
    let relationship: ReplicationRelationship = assert_survives(&row(
        ReplicationRelationship::CLASS,
        &format!(
            "{}{}{}",
            time("LastReplicationTime", "1601-01-01T00:00:00Z"),
            time("LastApplyTime", "2026-11-02T10:00:00.5+01:00"),
            format_args!(
                "<p:InstallDate><cim:CIM_DateTime>{partial}</cim:CIM_DateTime></p:InstallDate>"
            ),
        ),
    ));
    assert_eq!(relationship.last_replication_time, None);
    let at: Timestamp = "2026-11-02T09:00:00.5Z".parse().unwrap();
    assert_eq!(relationship.last_apply_time, Some(at));
    assert_eq!(relationship.install_date, None);
    // That it never replicated is no error; a time of which half is not known is one.
    assert_eq!(relationship.rest.invalid.len(), 1);
    let written = relationship.to_instance().unwrap();
    assert_eq!(written.find("InstallDate"), Some(&Value::Datetime(partial.parse().unwrap())));
    let never = Value::Datetime("1601-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(written.find("LastReplicationTime"), Some(&never));
}

#[test]
fn lengths_of_time_are_whole_units_or_refused() {
    let settings: ReplicationSettingData = read(
        "<p:ReplicationInterval>900</p:ReplicationInterval>\
         <p:ApplicationConsistentSnapshotInterval>12</p:ApplicationConsistentSnapshotInterval>",
    );
    let hours = settings.application_consistent_snapshot_interval;
    assert_eq!(settings.replication_interval, Some(Duration::from_secs(900)));
    assert_eq!(hours, Some(Duration::from_secs(12 * 3600)));
    type Seconds = codec::Seconds<u16>;
    type Hours = codec::Hours<u16>;
    type Milliseconds = codec::Milliseconds<u64>;
    assert_eq!(Seconds::encode(&Duration::from_secs(65_535)), Ok(Value::UInt16(65_535)));
    assert_eq!(Milliseconds::encode(&Duration::from_secs(2)), Ok(Value::UInt64(2_000)));
    let refusal = |result: Result<Value, Error>| result.unwrap_err().to_string();
    assert_eq!(
        refusal(Seconds::encode(&Duration::from_millis(30_500))),
        "30.5s cannot be written as a number of seconds has it"
    );
    assert_eq!(
        refusal(Seconds::encode(&Duration::from_secs(65_536))),
        "65536s cannot be written as a number of seconds has it"
    );
    assert_eq!(
        refusal(Hours::encode(&Duration::from_secs(5_400))),
        "5400s cannot be written as a number of hours has it"
    );
    assert_eq!(
        refusal(Milliseconds::encode(&Duration::from_nanos(1))),
        "1ns cannot be written as a number of milliseconds has it"
    );
    let longest = Hours::decode(&Value::UInt16(u16::MAX));
    assert_eq!(longest, Ok(Some(Duration::from_secs(65_535 * 3_600))));
    let mut settings = settings;
    settings.replication_interval = Some(Duration::from_millis(1));
    assert_eq!(settings.to_instance().unwrap_err().to_string(), "ReplicationInterval is invalid");
}

#[test]
fn a_time_is_written_to_the_microsecond() {
    let time: Timestamp = "2026-11-02T09:00:00.123456789Z".parse().unwrap();
    let written = codec::Time::encode(&time).unwrap();
    assert_eq!(written.to_string(), "2026-11-02T09:00:00.123456Z");
    assert_eq!(
        codec::Time::decode(&written),
        Ok(Some("2026-11-02T09:00:00.123456Z".parse().unwrap()))
    );
    for end in [Timestamp::MIN, Timestamp::MAX] {
        assert!(codec::Time::encode(&end).is_ok());
    }
}

/// As many as an answer may have. In pairs of all it would take minutes, and nobody would wait for this test.
#[test]
fn as_many_properties_as_an_answer_has_are_written_and_compared() {
    let mut instance = Instance::new(ResourceUri::wmi(NAMESPACE, ReplicationSettingData::CLASS));
    let new = |number: u32| (format!("Unknown{number}"), text("x"));
    instance.properties = (0..190_000).map(new).collect();
    instance.properties.push(("UNKNOWN5".to_owned(), text("second")));
    let mut data = ReplicationSettingData::from_instance(instance).unwrap();
    let written = data.to_instance().unwrap();
    assert_eq!(written.properties.len(), 190_000);
    assert_eq!(written.find("unknown5"), Some(&text("x")));
    data.recovery_history = Some(4);
    let settings = ReplicationSettings::from(data).recovery_history(5);
    assert_eq!(settings.changes().unwrap().len(), 1);
    assert!(settings.check().is_err());
}

#[test]
fn unknown_numbers_are_kept() {
    let instance =
        row(ReplicationSettingData::CLASS, "<p:AuthenticationType>7</p:AuthenticationType>");
    let settings: ReplicationSettingData = assert_survives(&instance);
    assert_eq!(settings.authentication_type, Some(AuthenticationType::Unknown(7)));
    // The health of statistics is wider than the enumeration.
    let health = |number: u32| {
        read::<ReplicationStatistics>(&format!(
            "<p:ReplicationHealth>{number}</p:ReplicationHealth>"
        ))
    };
    assert_eq!(health(99).replication_health.map(u16::from), Some(99));
    let wide = health(65_536 + 2);
    assert_eq!(wide.replication_health, None);
    assert_eq!(wide.rest.properties, [("ReplicationHealth".to_owned(), Value::UInt32(65_538))]);
    let size: ReplicationStatistics =
        read("<p:ReplicationSize>18446744073709551615</p:ReplicationSize>");
    assert_eq!(size.replication_size, Some(Bytes(u64::MAX)));
}

#[test]
fn a_subclass_stays_what_it_is() {
    let instance = row("Msvm_NewerJob", "<p:InstanceID>5</p:InstanceID>");
    let job: ConcreteJob = assert_survives(&instance);
    assert_eq!(job.reference().unwrap().class(), "Msvm_NewerJob");
    let Value::String(text) = job.to_embedded(mof::schema()).unwrap() else { panic!() };
    assert!(text.starts_with("<INSTANCE CLASSNAME=\"Msvm_NewerJob\">"), "{text}");
    let mut own = ConcreteJob::default();
    own.instance_id = Some("5".into());
    let uri = ResourceUri::wmi(NAMESPACE, "Msvm_ConcreteJob");
    assert_eq!(own.reference().unwrap(), Reference::new(uri).selector("InstanceID", "5"));
}

#[test]
fn the_key_is_the_reference() {
    let relationship = format!(r"Microsoft:{GUID}\HVR\0");
    let mut dependent = ReplicationRelationship::default();
    dependent.instance_id = Some(relationship.clone());
    let dependent = dependent.reference().unwrap();
    assert_eq!(dependent.selectors.find("InstanceID"), Some(&*relationship));
    let mut association = SystemReplicationRelationship::default();
    association.dependent = Some(dependent.clone());
    let missing = association.reference().unwrap_err();
    assert_eq!(missing, Error::Missing("Antecedent".into()));
    association.antecedent = Some(dependent.clone());
    let reference = association.reference().unwrap();
    let ends: Vec<_> = reference.selectors.iter().collect();
    let end = Selector::Reference(dependent);
    assert_eq!(ends, [("Antecedent", &end), ("Dependent", &end)]);
    // A key that is empty is none: Hyper-V documents this one as NULL always.
    let entry = ReplicationAuthorizationSettingData::default();
    assert_eq!(entry.reference(), Err(Error::Missing("InstanceID".into())));
}

#[test]
fn a_heartbeat_says_first_how_the_guest_is_and_then_its_applications() {
    let device = format!(r"Microsoft:{GUID}\84EAAE65-2F2E-45F5-9BB5-0E857DC8EB47");
    let keys = format!(
        "<p:CreationClassName>Msvm_HeartbeatComponent</p:CreationClassName><p:DeviceID>{device}</p:DeviceID>\
         <p:SystemCreationClassName>Msvm_ComputerSystem</p:SystemCreationClassName><p:SystemName>{GUID}</p:SystemName>"
    );
    let statuses = |numbers: &[u16]| {
        let status = |number| format!("<p:OperationalStatus>{number}</p:OperationalStatus>");
        let numbers: String = numbers.iter().map(status).collect();
        assert_survives::<HeartbeatComponent>(&row(
            HeartbeatComponent::CLASS,
            &format!("{keys}{numbers}<p:EnabledState>2</p:EnabledState>"),
        ))
    };
    use HeartbeatStatus as H;
    let heartbeat = statuses(&[2, 32782]);
    assert_eq!(heartbeat.operational_status, Some(vec![H::Ok, H::ApplicationCriticalState]));
    assert_eq!(statuses(&[15]).operational_status, Some(vec![H::Paused]));
    assert_eq!(statuses(&[12, 16]).operational_status, Some(vec![H::NoContact, H::Unknown(16)]));
    assert_eq!(statuses(&[]).operational_status, None);
    let reference = heartbeat.reference().unwrap();
    assert_eq!(reference.class(), "Msvm_HeartbeatComponent");
    let keys: Vec<_> = reference.selectors.iter().map(|(name, _)| name).collect();
    assert_eq!(keys, ["CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"]);
    assert_eq!(reference.selectors.find("DeviceID"), Some(device.as_str()));
    assert_eq!(reference.selectors.find("SystemName"), Some(GUID));
    let unread = HeartbeatComponent::default();
    assert_eq!(unread.reference(), Err(Error::Missing("CreationClassName".into())));
}

#[test]
fn null_left_out_and_empty_are_three_things() {
    let mut settings = ReplicationSettingData::default();
    let texts = |settings: &ReplicationSettingData| match settings.to_embedded(mof::schema()) {
        Ok(Value::String(text)) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(texts(&settings), "<INSTANCE CLASSNAME=\"Msvm_ReplicationSettingData\"></INSTANCE>");
    settings.included_disks = Some(Vec::new());
    assert_eq!(
        texts(&settings),
        "<INSTANCE CLASSNAME=\"Msvm_ReplicationSettingData\">\
         <PROPERTY.ARRAY NAME=\"IncludedDisks\" TYPE=\"string\"><VALUE.ARRAY></VALUE.ARRAY></PROPERTY.ARRAY></INSTANCE>"
    );
    assert_eq!(through_cim_xml(&settings).included_disks, Some(Vec::new()));
    let none: ReplicationSettingData = read("<p:IncludedDisks xsi:nil='true'/>");
    assert_eq!((none.included_disks, none.rest.properties), (None, vec![]));
    settings.included_disks = Some(vec!["a".into()]);
    settings.notes = Some(vec![String::new()]);
    let read = through_cim_xml(&settings);
    assert_eq!((read.included_disks, read.notes), (settings.included_disks, settings.notes));
}

const ERROR: &str = "<INSTANCE CLASSNAME=\"Msvm_Error\">\
    <PROPERTY NAME=\"Message\" TYPE=\"string\"><VALUE>a &lt; b</VALUE></PROPERTY>\
    <PROPERTY NAME=\"PerceivedSeverity\" TYPE=\"uint16\"><VALUE>6</VALUE></PROPERTY>\
    <PROPERTY NAME=\"Caption\" TYPE=\"string\"></PROPERTY></INSTANCE>";

#[test]
fn embedded_instances_are_read_as_text_and_as_elements() {
    let escaped = ERROR.replace('&', "&amp;").replace('<', "&lt;");
    let elements = format!(
        "<e:Message xmlns:e='{V2}Msvm_Error'>a &lt; b</e:Message>\
         <e:PerceivedSeverity xmlns:e='{V2}Msvm_Error'>6</e:PerceivedSeverity>"
    );
    let method = mof::schema().find_method("Msvm_ConcreteJob", "GetErrorEx").unwrap();
    for errors in [
        format!("<p:Errors>{escaped}</p:Errors>"),
        format!("<p:Errors>{escaped}</p:Errors><p:Errors>{escaped}</p:Errors>"),
        format!("<p:Errors>{elements}</p:Errors>"),
        format!("<p:Errors>{elements}</p:Errors><p:Errors>{escaped}</p:Errors>"),
    ] {
        let count = errors.matches("<p:Errors>").count();
        let document = format!(
            "<p:GetErrorEx_OUTPUT xmlns:p='{V2}Msvm_ConcreteJob'>{errors}<p:ReturnValue>0</p:ReturnValue></p:GetErrorEx_OUTPUT>"
        );
        let element = Element::parse(document.as_bytes(), Limits::default()).unwrap();
        let output = Output::decode(&element, method).unwrap();
        let read = GetErrorEx::output(&output).unwrap().errors.unwrap();
        assert_eq!(read.len(), count, "{document}");
        for error in read {
            assert_eq!(error.message.as_deref(), Some("a < b"));
            assert_eq!(error.perceived_severity, Some(PerceivedSeverity::from(6)));
        }
    }
}

#[test]
fn outputs_are_nothing_or_invalid_where_they_are() {
    let mut output = Output::default();
    assert_eq!(GetErrorEx::output(&output).unwrap().errors, None);
    output.parameters = vec![("errors".into(), Value::Null)];
    assert_eq!(GetErrorEx::output(&output).unwrap().errors, None);
    for value in [text("no XML"), text("<a/>"), Value::Array(vec![text(ERROR), Value::Null])] {
        output.parameters = vec![("errors".into(), value)];
        let error = GetErrorEx::output(&output).unwrap_err();
        assert_eq!(error.to_string(), "Errors is invalid");
    }
    let member =
        Error::Member { name: "ERRORS".into(), source: Box::new(Error::Missing("x".into())) };
    output.parameters = vec![];
    output.invalid = vec![member.clone()];
    assert_eq!(GetErrorEx::output(&output), Err(member));
}

#[test]
fn inputs_have_embedded_instances_as_text() {
    let mut entry = ReplicationAuthorizationSettingData::default();
    entry.allowed_primary_host_system = Some("*.example.com".into());
    let call = msvm::replication_service::AddAuthorizationEntry { authorization_entry: entry };
    assert_eq!(
        call.arguments(mof::schema()).unwrap(),
        [(
            "AuthorizationEntry",
            text(
                "<INSTANCE CLASSNAME=\"Msvm_ReplicationAuthorizationSettingData\">\
                 <PROPERTY NAME=\"AllowedPrimaryHostSystem\" TYPE=\"string\"><VALUE>*.example.com</VALUE></PROPERTY></INSTANCE>"
            )
        )]
    );
    let call = RequestStateChange { requested_state: 4.into(), timeout_period: None };
    assert_eq!(call.arguments(mof::schema()).unwrap(), [("RequestedState", Value::UInt16(4))]);
    let timeout_period = Some(Duration::from_millis(1500));
    let call = RequestStateChange { requested_state: 99.into(), timeout_period };
    let (name, value) = call.arguments(&Schema::default()).unwrap().pop().unwrap();
    let interval = "00000000000001.500000:000".parse::<Datetime>().unwrap();
    assert_eq!((name, value), ("TimeoutPeriod", Value::Datetime(interval)));
}

fn settings() -> impl Strategy<Value = ReplicationSettingData> {
    let text = || option::of("[ -~\t\nüß€\u{10FFFF}]{0,12}");
    let interval = || option::of((0..u64::from(u32::MAX)).prop_map(Duration::from_micros));
    (
        (text(), text(), option::of(any::<u128>().prop_map(Uuid::from_u128))),
        option::of(vec("[ -~ü]{0,8}", 0..4)),
        option::of(any::<u16>().prop_map(AuthenticationType::from)),
        option::of(any::<bool>()),
        option::of(any::<u16>()),
        option::of(any::<u16>().prop_map(|n| Duration::from_secs(n.into()))),
        option::of(any::<u16>().prop_map(|n| Duration::from_secs(u64::from(n) * 3600))),
        interval(),
        option::of(
            (-11_644_473_599_i64..253_402_207_200).prop_map(|s| Timestamp::from_second(s).unwrap()),
        ),
    )
        .prop_map(
            |((id, name, guid), disks, kind, yes, number, seconds, hours, interval, time)| {
                let mut data = ReplicationSettingData::default();
                data.instance_id = id;
                data.recovery_connection_point = name;
                data.virtual_system_identifier = guid;
                data.included_disks = disks;
                data.authentication_type = kind;
                data.compression_enabled = yes;
                data.recovery_history = number;
                data.replication_interval = seconds;
                data.application_consistent_snapshot_interval = hours;
                data.auto_resynchronize_interval_end = interval;
                data.creation_time = time;
                data
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn types_survive(data in settings()) {
        let mut read = through_cim_xml(&data);
        read.rest.uri = None;
        prop_assert_eq!(&read, &data);
        let written = data.to_instance().unwrap();
        let xml = written.encode().to_xml().unwrap();
        let element = Element::parse(xml.as_bytes(), Limits::default()).unwrap();
        let instance = Instance::decode(&element, mof::schema()).unwrap();
        let mut read = ReplicationSettingData::from_instance(instance).unwrap();
        read.rest.uri = None;
        // On the wire of WS-Management an empty array is one that is left out.
        let mut data = data;
        data.included_disks = data.included_disks.filter(|disks| !disks.is_empty());
        prop_assert_eq!(read, data);
    }

    #[test]
    fn no_value_makes_a_type_panic(name in 0..3_usize, value in "[ -~]{0,20}") {
        let name = ["ReplicationInterval", "CreationTime", "VirtualSystemIdentifier"][name];
        let mut instance = Instance::new(ResourceUri::wmi(NAMESPACE, ReplicationSettingData::CLASS));
        instance.set(name, text(&value));
        let data = ReplicationSettingData::from_instance(instance.clone()).unwrap();
        // It was read, or it is carried as it came.
        let is_carried = data.to_instance().unwrap() == instance;
        prop_assert!(is_carried || data.rest.properties.is_empty());
        drop(instance.to_cim_xml(mof::schema(), Nulls::Omit));
    }
}
