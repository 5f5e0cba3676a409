//! Settings of relationships: begun with what the host has, changed, checked, and carried whole.

use std::time::Duration;

use hyperv_replica::{
    cim::{Instance, Value, typed::Class},
    error::{ErrorKind, Result},
    mof,
    msvm::{NAMESPACE, ReplicationSettingData, values::AuthenticationType},
    replication::{ReplicationSettings, settings::Authentication},
    xml::{Element, Limits, XSI},
};
use jiff::civil::time;
use serde_json::json;

use crate::wire::V2;

pub(super) const THUMBPRINT: &str = "0123456789ABCDEF0123456789ABCDEF01234567";
pub(super) const MINUTE: Duration = Duration::from_secs(60);

/// What a host has.
pub(super) fn read<T: Class>(properties: &str) -> T {
    let class = T::CLASS;
    let document = format!(
        "<p:{class} xmlns:p='{V2}{class}' xmlns:xsi='{XSI}' xmlns:cim='http://schemas.dmtf.org/wbem/wscim/1/common'>{properties}</p:{class}>"
    );
    let element = Element::parse(document.as_bytes(), Limits::default()).unwrap();
    T::from_instance(Instance::decode(&element, mof::schema()).unwrap()).unwrap()
}

/// The instance that a host would get.
pub(super) fn sent<T: Class>(data: &T) -> Instance {
    let Ok(Value::String(text)) = data.to_embedded(mof::schema()) else { panic!("no text") };
    Instance::from_cim_xml(&text, NAMESPACE, mof::schema()).unwrap()
}

/// The problems of a check that has to fail.
pub(super) fn problems(result: Result<()>) -> Vec<String> {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    let message = error.to_string();
    let (_, problems) = message.split_once(" cannot be sent: ").unwrap();
    problems.split("; ").map(str::to_owned).collect()
}

fn good() -> ReplicationSettings {
    ReplicationSettings::from(ReplicationSettingData::default())
        .recovery_connection_point("hv02.example.com")
        .port(80)
        .kerberos()
}

#[test]
fn all_that_can_be_set_is_sent() {
    let settings = good()
        .compression(true)
        .bypass_proxy(false)
        .replicate_host_kvp_items(true)
        .interval(15 * MINUTE)
        .recovery_history(24)
        .application_consistent_interval(12)
        .included_disks(["a", "b"])
        .auto_resynchronize(true)
        .auto_resynchronize_window(time(18, 30, 0, 0), time(6, 0, 0, 0))
        .additional_settings("x");
    settings.check().unwrap();
    let interval = |text: &str| Value::Datetime(text.parse().unwrap());
    let text = |text: &str| Value::String(text.to_owned());
    assert_eq!(
        sent(settings.data()).properties,
        [
            ("AuthenticationType", Value::UInt16(1)),
            ("CompressionEnabled", Value::Boolean(true)),
            ("BypassProxyServer", Value::Boolean(false)),
            ("RecoveryConnectionPoint", text("hv02.example.com")),
            ("RecoveryServerPortNumber", Value::UInt16(80)),
            ("ReplicateHostKvpItems", Value::Boolean(true)),
            ("ApplicationConsistentSnapshotInterval", Value::UInt16(12)),
            ("RecoveryHistory", Value::UInt16(24)),
            ("IncludedDisks", Value::Array(vec![text("a"), text("b")])),
            ("AutoResynchronizeEnabled", Value::Boolean(true)),
            ("AutoResynchronizeIntervalStart", interval("00000000183000.000000:000")),
            ("AutoResynchronizeIntervalEnd", interval("00000000060000.000000:000")),
            ("ReplicationInterval", Value::UInt16(900)),
            ("AdditionalSettings", text("x")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
    );
}

#[test]
fn every_violated_rule_is_told_at_once() {
    let nothing = ReplicationSettings::from(ReplicationSettingData::default());
    assert_eq!(
        problems(nothing.check()),
        [
            "RecoveryConnectionPoint is not set: it names the recovery host",
            "RecoveryServerPortNumber is not set: 1 to 65535 are allowed",
            "AuthenticationType is not set: 1 (Kerberos) and 2 (certificate) are allowed",
        ]
    );
    let mut data = ReplicationSettingData::default();
    data.auto_resynchronize_interval_start = Some(Duration::from_secs(24 * 3600));
    data.application_consistent_snapshot_interval = Some(90 * MINUTE);
    data.authentication_type = Some(AuthenticationType::Unknown(0));
    let wrong = ReplicationSettings::from(data)
        .recovery_connection_point("h".repeat(257))
        .port(0)
        .interval(MINUTE)
        .recovery_history(25)
        .included_disks(Vec::<String>::new());
    assert_eq!(
        problems(wrong.check()),
        [
            "RecoveryConnectionPoint has 257 characters: 256 are allowed",
            "RecoveryServerPortNumber is not set: 1 to 65535 are allowed",
            "AuthenticationType is not set: 1 (Kerberos) and 2 (certificate) are allowed",
            "ReplicationInterval is 60s: 30s, 300s and 900s are allowed",
            "RecoveryHistory is 25: 0 to 24 are allowed",
            "ApplicationConsistentSnapshotInterval is 5400s: whole hours from 1 to 12 are allowed, and 0 for none",
            "IncludedDisks is empty: name one disk at least, or leave it out for all",
            "AutoResynchronizeIntervalStart is 86400s: a time of day is allowed, which is less than 24 hours",
        ]
    );
}

#[test]
fn ranges_end_where_they_are_said_to() {
    for seconds in 0..=1000 {
        let allowed = matches!(seconds, 30 | 300 | 900);
        let settings = good().interval(Duration::from_secs(seconds));
        assert_eq!(settings.check().is_ok(), allowed, "{seconds}");
    }
    let half = good().interval(Duration::from_millis(30_500));
    assert!(half.check().is_err());
    assert_eq!(half.changes().unwrap_err().kind(), ErrorKind::Usage);
    for points in 0..=30 {
        assert_eq!(good().recovery_history(points).check().is_ok(), points <= 24, "{points}");
    }
    for hours in 0..=20 {
        let settings = good().recovery_history(1).application_consistent_interval(hours);
        assert_eq!(settings.check().is_ok(), hours <= 12, "{hours}");
    }
    good().auto_resynchronize_window(time(0, 0, 0, 0), time(23, 59, 59, 0)).check().unwrap();
    good().recovery_connection_point("h".repeat(256)).check().unwrap();
    assert!(good().recovery_connection_point(" ").check().is_err());
}

#[test]
fn application_consistent_points_need_a_history() {
    let settings = good().application_consistent_interval(1);
    let problem = "ApplicationConsistentSnapshotInterval is 3600s and RecoveryHistory is 0: application-consistent points need a history of 1 at least";
    assert_eq!(problems(settings.check()), [problem]);
    assert_eq!(problems(settings.clone().recovery_history(0).check()), [problem]);
    settings.recovery_history(1).check().unwrap();
}

#[test]
fn a_certificate_needs_a_thumbprint_and_kerberos_none() {
    let of = |thumbprint: &str| good().certificate(thumbprint);
    let spaced = of("\u{200e}01 23 45 67 89 ab cd ef 01:23:45:67:89:AB:CD:EF 01234567");
    spaced.check().unwrap();
    assert_eq!(spaced.data().certificate_thumb_print.as_deref(), Some(THUMBPRINT));
    assert_eq!(
        problems(of("").check()),
        ["CertificateThumbPrint is not set, which authentication by certificate needs"]
    );
    for wrong in ["0123456", "0123456g", &"ab".repeat(65)] {
        let problem = problems(of(wrong).check());
        assert!(problem[0].contains("hexadecimal bytes are allowed, 128 digits"), "{problem:?}");
    }
    let kerberos = of("no thumbprint").kerberos();
    kerberos.check().unwrap();
    assert_eq!(kerberos.data().certificate_thumb_print, None);
    assert_eq!(kerberos, of(THUMBPRINT).authentication(Authentication::Kerberos));
    // An authentication of a newer host is the host's.
    let mut data = good().into_data();
    data.authentication_type = Some(AuthenticationType::Unknown(3));
    ReplicationSettings::from(data).check().unwrap();
}

#[test]
fn an_extended_relationship_is_not_faster_than_the_primary_one() {
    let extended = |own: u64, primary: u64| {
        let settings = good().interval(Duration::from_secs(own));
        settings.check_extended(Duration::from_secs(primary)).is_ok()
    };
    assert!(extended(300, 30) && extended(300, 300) && extended(900, 300) && extended(900, 900));
    assert!(!extended(30, 30) && !extended(300, 900));
    assert_eq!(
        problems(good().interval(MINUTE / 2).recovery_history(99).check_extended(5 * MINUTE)),
        [
            "RecoveryHistory is 99: 0 to 24 are allowed",
            "ReplicationInterval is 30s: an extended relationship takes 300s or 900s, and not less than the 300s of the primary one",
        ]
    );
    // What is not set is 300 s.
    good().check_extended(5 * MINUTE).unwrap();
    good().check_extended(15 * MINUTE).unwrap_err();
}

#[test]
fn an_external_provider_ignores_how_to_connect() {
    let of =
        |path: &str| ReplicationSettings::from(ReplicationSettingData::default()).provider(path);
    let path = |guid: &str| {
        format!(r#"\\HV01\root\virtualization\v2:Msvm_ReplicationProvider.Name="{guid}""#)
    };
    of(&path("11111111-272C-4DDF-BA88-9BEFB1A0975C")).check().unwrap();
    assert_eq!(problems(of(&path("22391cdc-272c-4ddf-ba88-9befb1a0975c")).check()).len(), 3);
    assert_eq!(problems(of("").check()).len(), 3);
    let other = of("x").interval(MINUTE);
    assert_eq!(problems(other.check()).len(), 1);
}

#[test]
fn what_the_host_has_is_not_judged_but_what_is_changed_is() {
    let data: ReplicationSettingData = read(
        "<p:RecoveryConnectionPoint>hv02.example.com</p:RecoveryConnectionPoint>\
         <p:RecoveryServerPortNumber>80</p:RecoveryServerPortNumber><p:AuthenticationType>1</p:AuthenticationType>\
         <p:RecoveryHistory>48</p:RecoveryHistory><p:ReplicationInterval>60</p:ReplicationInterval>\
         <p:NewerSetting>1</p:NewerSetting>",
    );
    let settings = ReplicationSettings::from(data.clone());
    settings.check().unwrap();
    settings.clone().compression(true).check().unwrap();
    assert_eq!(
        problems(settings.clone().recovery_history(49).check()),
        ["RecoveryHistory is 49: 0 to 24 are allowed"]
    );
    assert_eq!(settings.changes().unwrap(), []);
    let changed = settings.compression(true).recovery_history(12).interval(Duration::from_secs(60));
    let changes = changed.changes().unwrap();
    assert_eq!(
        serde_json::to_value(&changes).unwrap(),
        json!([
            { "property": "CompressionEnabled", "old": null, "new": "true" },
            { "property": "RecoveryHistory", "old": "48", "new": "12" },
        ])
    );
    assert_eq!(sent(changed.data()).text("NewerSetting"), Some("1"));
    assert_eq!(serde_json::to_value(&changed).unwrap()["recovery_history"], json!(12));
    // The identity and everything else is that of the host.
    let mut expected = data;
    expected.compression_enabled = Some(true);
    expected.recovery_history = Some(12);
    assert_eq!(changed.into_data(), expected);
}

#[test]
fn values_that_could_not_be_read_go_back_as_they_came() {
    let disk = "Msvm_StorageAllocationSettingData";
    let settings = ReplicationSettings::from(read::<ReplicationSettingData>(&format!(
        "<p:VirtualSystemIdentifier>planned</p:VirtualSystemIdentifier>\
         <p:IncludedDisks><e:InstanceID xmlns:e='{V2}{disk}'>a</e:InstanceID></p:IncludedDisks>\
         <p:AutoResynchronizeIntervalStart><cim:CIM_DateTime>********183000.000000+***</cim:CIM_DateTime></p:AutoResynchronizeIntervalStart>",
    )))
    .recovery_connection_point("hv02")
    .port(80)
    .kerberos();
    assert_eq!(settings.data().rest.invalid.len(), 3);
    settings.check().unwrap();
    let instance = sent(settings.data());
    assert_eq!(instance.text("VirtualSystemIdentifier"), Some("planned"));
    let start = "********183000.000000+***".parse().unwrap();
    assert_eq!(instance.find("AutoResynchronizeIntervalStart"), Some(&Value::Datetime(start)));
    let Some(Value::Array(disks)) = instance.find("IncludedDisks") else { panic!("no disks") };
    let [Value::Instance(read)] = disks.as_slice() else { panic!("{disks:?}") };
    assert_eq!((read.class(), read.text("InstanceID")), (disk, Some("a")));
    // What the caller sets replaces it, also by nothing.
    let start = settings.clone().auto_resynchronize_window(time(1, 0, 0, 0), time(2, 0, 0, 0));
    let old = &start.changes().unwrap()[3];
    assert_eq!(old.property, "AutoResynchronizeIntervalStart");
    assert_eq!(old.old.to_string(), "********183000.000000+***");
    assert_eq!(sent(start.data()).find("AutoResynchronizeIntervalStart"), Some(&old.new));
    let all = settings.clone().all_disks();
    assert_eq!(sent(all.data()).find("IncludedDisks"), None);
    let own = settings.included_disks(["b"]);
    let disks = Value::Array(vec![Value::String("b".to_owned())]);
    assert_eq!(sent(own.data()).find("IncludedDisks"), Some(&disks));
}

#[test]
fn values_that_would_be_lost_are_refused() {
    let settings = ReplicationSettings::from(read::<ReplicationSettingData>(
        "<p:RecoveryHistory>many</p:RecoveryHistory>",
    ))
    .recovery_connection_point("hv02")
    .port(80)
    .kerberos();
    assert_eq!(
        problems(settings.check()),
        [
            r#"the host's RecoveryHistory cannot be read ("many" is no uint16) and would be lost: set it"#
        ]
    );
    settings.recovery_history(0).check().unwrap();
}

#[test]
fn a_reversal_swaps_the_direction_and_keeps_the_rest() {
    let settings = ReplicationSettings::from(read::<ReplicationSettingData>(
        "<p:InstanceID>Microsoft:X\\HVR\\0</p:InstanceID><p:AuthenticationType>1</p:AuthenticationType>\
         <p:RecoveryConnectionPoint>hv02</p:RecoveryConnectionPoint><p:PrimaryConnectionPoint>hv01</p:PrimaryConnectionPoint>\
         <p:RecoveryServerPortNumber>80</p:RecoveryServerPortNumber><p:RecoveryHistory>4</p:RecoveryHistory>",
    ));
    let primary = settings.data().primary_connection_point.clone().unwrap();
    let authentication = Authentication::Certificate { thumbprint: THUMBPRINT.to_lowercase() };
    let reversed = settings.reversed(primary, 443, authentication);
    reversed.check().unwrap();
    let changes: Vec<_> = reversed
        .changes()
        .unwrap()
        .into_iter()
        .map(|change| format!("{}: {} -> {}", change.property, change.old, change.new))
        .collect();
    assert_eq!(
        changes,
        [
            "AuthenticationType: 1 -> 2",
            &format!("CertificateThumbPrint:  -> {THUMBPRINT}"),
            "RecoveryConnectionPoint: hv02 -> hv01",
            "RecoveryServerPortNumber: 80 -> 443",
        ]
    );
}
