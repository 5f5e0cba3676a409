//! What the host has: instances as hosts write them, which a user has read before calling a method, and the answers of
//! methods. Written by hand; names and values are invented.

use hyperv_replica::{cim::COMMON, soap::ADDRESSING, wsman::WSMAN, xml::XSI};

const V2: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2";
/// A primary, a replica, a replica that is failed over, a test replica, and a primary that is prepared for a failover.
pub(super) const WEB01: &str = "C4E0A6B2-53D7-4E88-9A1F-0B2C3D4E5F60";
pub(super) const DC02: &str = "C4E0A6B2-53D7-4E88-9A1F-0B2C3D4E5F61";
pub(super) const FILES01: &str = "C4E0A6B2-53D7-4E88-9A1F-0B2C3D4E5F62";
pub(super) const TEST: &str = "C4E0A6B2-53D7-4E88-9A1F-0B2C3D4E5F63";
pub(super) const SQL01: &str = "C4E0A6B2-53D7-4E88-9A1F-0B2C3D4E5F64";
pub(super) const JOB: &str = "9AD0F1B2-11C3-4D4E-A5F6-00718293A4B5";
pub(super) const THUMBPRINT: &str = "743A4DB5EEAC053758DE452358721DD2D4673D96";
/// NULL, as the value of a property.
const NIL: &str = "\0";
const NEVER: &str = "<cim:Datetime>1601-01-01T00:00:00Z</cim:Datetime>";

/// An element as hosts write instances and the outputs of methods, with the namespaces that they declare on it.
pub(super) fn element(uri: &str, name: &str, attributes: &str, inner: &str) -> String {
    format!(
        "<p:{name} xmlns:xsi=\"{XSI}\" xmlns:p=\"{uri}\" xmlns:cim=\"{COMMON}\"{attributes}>{inner}</p:{name}>"
    )
}

fn row(class: &str, properties: &[(&str, &str)]) -> String {
    let inner: String = properties.iter().map(|(name, value)| member(name, value)).collect();
    element(&format!("{V2}/{class}"), class, &format!(" xsi:type=\"p:{class}_Type\""), &inner)
}

fn member(name: &str, value: &str) -> String {
    match value {
        NIL => format!("<p:{name} xsi:nil=\"true\"/>"),
        value => format!("<p:{name}>{value}</p:{name}>"),
    }
}

/// A reference as the value of a property or parameter.
fn reference(name: &str, class: &str, keys: &[(&str, &str)]) -> String {
    let selectors: String = keys
        .iter()
        .map(|(key, value)| format!("<w:Selector Name=\"{key}\">{value}</w:Selector>"))
        .collect();
    format!(
        "<p:{name} xmlns:a=\"{ADDRESSING}\" xmlns:w=\"{WSMAN}\"><a:Address>{ADDRESSING}/role/anonymous</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{V2}/{class}</w:ResourceURI><w:SelectorSet>{selectors}</w:SelectorSet>\
         </a:ReferenceParameters></p:{name}>"
    )
}

pub(super) fn vm(id: &str) -> String {
    let (name, mode, state) = match id {
        WEB01 => ("web01 &amp; Söhne", "1", "3"),
        DC02 => ("dc02", "2", "3"),
        FILES01 => ("files01", "2", "5"),
        SQL01 => ("sql01", "1", "4"),
        _ => ("dc02 - Test", "3", "0"),
    };
    row(
        "Msvm_ComputerSystem",
        &[
            ("Caption", "Virtueller Computer"),
            ("CreationClassName", "Msvm_ComputerSystem"),
            ("ElementName", name),
            ("EnabledState", "3"),
            ("LastReplicationTime", NEVER),
            ("Name", id),
            ("ReplicationHealth", "1"),
            ("ReplicationMode", mode),
            ("ReplicationState", state),
        ],
    )
}

fn ended_job() -> String {
    row(
        "Msvm_ConcreteJob",
        &[
            ("ErrorCode", "0"),
            ("InstanceID", JOB),
            ("JobState", "7"),
            ("JobStatus", "Der Auftrag wurde abgeschlossen"),
            ("OperationalStatus", "17"),
            ("OperationalStatus", "2"),
            ("PercentComplete", "100"),
        ],
    )
}

/// The answer to `Get`, by the key.
pub(super) fn instance_of(key: &str) -> String {
    if key == JOB { ended_job() } else { vm(key) }
}

/// The answer to a query that is made before a method is called.
pub(super) fn of_query(query: &str) -> String {
    let class = query.split_once(" FROM ").unwrap().1.split(' ').next().unwrap();
    let is = |id: &str| query.contains(id);
    match class {
        "Msvm_ComputerSystem" => [WEB01, DC02, FILES01, TEST, SQL01].map(vm).concat(),
        "Msvm_ReplicationRelationship" if is(DC02) => {
            relationship(DC02, 0) + &relationship(DC02, 1)
        }
        "Msvm_ReplicationRelationship" => relationship(WEB01, 0),
        "Msvm_ReplicationSettingData" if is(DC02) => settings(DC02, 0) + &settings(DC02, 1),
        "Msvm_ReplicationSettingData" => settings(WEB01, 0),
        "Msvm_VirtualSystemSettingData" => point(),
        "Msvm_ReplicationServiceSettingData" => service_settings(),
        "Msvm_ReplicationAuthorizationSettingData" => authorization(),
        "Msvm_ShutdownComponent" if is(WEB01) => shutdown_component(),
        "Msvm_SyntheticEthernetPortSettingData"
        | "Msvm_EthernetPortFailoverSettingDataComponent" => String::new(),
        // What is read before a call that is about more than a virtual machine.
        "Msvm_ReplicationService" => service(),
        "CIM_ConcreteJob" => String::new(),
        class => panic!("the host has no {class}: {query}"),
    }
}

fn service() -> String {
    row(
        "Msvm_ReplicationService",
        &[
            ("CreationClassName", "Msvm_ReplicationService"),
            ("Name", "replicasvc"),
            ("SystemCreationClassName", "Msvm_ComputerSystem"),
            ("SystemName", "HV01"),
        ],
    )
}

fn relationship(vm: &str, kind: u16) -> String {
    row(
        "Msvm_ReplicationRelationship",
        &[
            ("Caption", "Replikationsbeziehung &amp; &lt;mehr&gt; \"so\""),
            ("CommunicationStatus", NIL),
            ("FailedOverReplicationType", "0"),
            ("FutureProperty", "a value &amp; another"),
            ("InstanceID", &format!(r"Microsoft:{vm}\HVR\{kind}")),
            ("LastApplicationConsistentReplicationTime", NEVER),
            ("LastApplyTime", NIL),
            ("LastReplicationTime", "<cim:Datetime>2026-10-30T21:04:05.000007Z</cim:Datetime>"),
            ("LastReplicationType", "1"),
            ("OperationalStatus", "2"),
            ("OperationalStatus", "32775"),
            ("ReplicationHealth", "77"),
            ("ReplicationState", "3"),
        ],
    )
}

fn settings(vm: &str, kind: u16) -> String {
    row(
        "Msvm_ReplicationSettingData",
        &[
            ("ApplicationConsistentSnapshotInterval", "0"),
            ("AuthenticationType", "1"),
            ("AutomaticStartupActionDelay", NIL),
            ("AutoResynchronizeEnabled", "false"),
            ("AutoResynchronizeIntervalEnd", "<cim:Interval>P0DT6H0M0S</cim:Interval>"),
            ("AutoResynchronizeIntervalStart", "<cim:Interval>P0DT18H30M0S</cim:Interval>"),
            ("BypassProxyServer", "false"),
            ("CertificateThumbPrint", ""),
            ("CompressionEnabled", "true"),
            ("IncludedDisks", r"C:\Disks\1 &amp; 2.vhdx"),
            ("IncludedDisks", r#"C:\Disks\"3".vhdx"#),
            ("InstanceID", &format!(r"Microsoft:{vm}\HVR\{kind}")),
            ("PrimaryHostSystem", "hv01.example.com"),
            ("RecoveryConnectionPoint", "hv02.example.com"),
            ("RecoveryHistory", "0"),
            ("RecoveryHostSystem", "hv02.example.com"),
            ("RecoveryServerPortNumber", "80"),
            ("ReplicateHostKvpItems", "true"),
            ("ReplicationInterval", "300"),
            ("ReplicationProvider", NIL),
            ("VirtualSystemIdentifier", vm),
        ],
    )
}

fn point() -> String {
    row(
        "Msvm_VirtualSystemSettingData",
        &[
            ("CreationTime", "<cim:Datetime>2026-10-30T20:00:00Z</cim:Datetime>"),
            ("ElementName", "dc02 - Standardreplikat - 30.10.2026 21:00:00"),
            ("InstanceID", r"Microsoft:5E6F7081-92A3-44B5-86C7-D8E9F0A1B2C3"),
            ("VirtualSystemIdentifier", DC02),
            ("VirtualSystemType", "Microsoft:Hyper-V:Snapshot:Replica:Standard"),
        ],
    )
}

fn service_settings() -> String {
    row(
        "Msvm_ReplicationServiceSettingData",
        &[
            ("AllowedAuthenticationType", "0"),
            ("CertificateThumbPrint", ""),
            ("HttpPort", "80"),
            ("HttpsPort", "443"),
            ("InstanceID", "Microsoft:HVR"),
            ("MonitoringInterval", "43200"),
            ("MonitoringStartTime", "<cim:Interval>P0DT9H0M0S</cim:Interval>"),
            ("RecoveryServerEnabled", "false"),
        ],
    )
}

fn authorization() -> String {
    row(
        "Msvm_ReplicationAuthorizationSettingData",
        &[
            ("AllowedPrimaryHostSystem", "hv01.example.com"),
            ("InstanceID", NIL),
            ("ReplicaStorageLocation", r"D:\Replicas"),
            ("TrustGroup", "group"),
        ],
    )
}

fn shutdown_component() -> String {
    row(
        "Msvm_ShutdownComponent",
        &[
            ("CreationClassName", "Msvm_ShutdownComponent"),
            ("DeviceID", &format!(r"Microsoft:{WEB01}\A9C0F1B2\0")),
            ("SystemCreationClassName", "Msvm_ComputerSystem"),
            ("SystemName", WEB01),
        ],
    )
}

/// The out parameter of a method that has begun no job, and of one that has.
pub(super) fn no_job() -> String {
    member("Job", NIL)
}

pub(super) fn job() -> String {
    reference("Job", "Msvm_ConcreteJob", &[("InstanceID", JOB)])
}

pub(super) fn nothing() -> String {
    String::new()
}

pub(super) fn test_replica() -> String {
    let keys = [("CreationClassName", "Msvm_ComputerSystem"), ("Name", TEST)];
    reference("ResultingSystem", "Msvm_ComputerSystem", &keys) + &no_job()
}

pub(super) fn no_test_replica() -> String {
    member("ResultingSystem", NIL) + &job()
}

pub(super) fn statistics() -> String {
    with_statistics(&[PERIOD], &[ISSUE]) + &no_job()
}

pub(super) fn no_statistics() -> String {
    with_statistics(&[], &[]) + &job()
}

/// The out parameters of statistics; an array without elements is NULL.
pub(super) fn with_statistics(periods: &[&str], issues: &[&str]) -> String {
    let array = |name: &str, texts: &[&str]| -> String {
        if texts.is_empty() {
            return member(name, NIL);
        }
        texts.iter().map(|text| member(name, &escaped(text))).collect()
    };
    array("ReplicationStatistics", periods) + &array("ReplicationHealthIssues", issues)
}

pub(super) fn certificates() -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let der = crate::fixture("auth/certificates/rsa-sha256.der");
    member("EncodedCertificates", &BASE64_STANDARD.encode(der))
        + &member("EncodedCertificates", "AAAA")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Statistics as WMI writes them into a string.
pub(super) const PERIOD: &str = r#"<INSTANCE CLASSNAME="Msvm_ReplicationStatistics">
<PROPERTY NAME="ApplicationConsistentSnapshotFailureCount" TYPE="uint32"><VALUE>1</VALUE></PROPERTY>
<PROPERTY NAME="Caption" TYPE="string"><VALUE>Statistik</VALUE></PROPERTY>
<PROPERTY NAME="EndStatisticTime" TYPE="datetime"><VALUE>20261102110000.000000+000</VALUE></PROPERTY>
<PROPERTY NAME="LastTestFailoverTime" TYPE="datetime"><VALUE>16010101000000.000000+000</VALUE></PROPERTY>
<PROPERTY NAME="MaxReplicationLatency" TYPE="uint32"><VALUE>90</VALUE></PROPERTY>
<PROPERTY NAME="MaxReplicationSize" TYPE="uint64"><VALUE>5000000000</VALUE></PROPERTY>
<PROPERTY NAME="NetworkFailureCount" TYPE="uint32"><VALUE>0</VALUE></PROPERTY>
<PROPERTY NAME="PendingReplicationSize" TYPE="uint64"><VALUE>4096</VALUE></PROPERTY>
<PROPERTY NAME="ReplicationFailureCount" TYPE="uint32"><VALUE>2</VALUE></PROPERTY>
<PROPERTY NAME="ReplicationHealth" TYPE="uint32"><VALUE>2</VALUE></PROPERTY>
<PROPERTY NAME="ReplicationLatency" TYPE="uint32"><VALUE>120</VALUE></PROPERTY>
<PROPERTY NAME="ReplicationMissCount" TYPE="uint32"><VALUE>3</VALUE></PROPERTY>
<PROPERTY NAME="ReplicationSize" TYPE="uint64"><VALUE>18446744073709551615</VALUE></PROPERTY>
<PROPERTY NAME="ReplicationSuccessCount" TYPE="uint32"><VALUE>20</VALUE></PROPERTY>
<PROPERTY NAME="StartStatisticTime" TYPE="datetime"><VALUE>20261102100000.000000+060</VALUE></PROPERTY>
</INSTANCE>"#;

pub(super) const ISSUE: &str = r#"<INSTANCE CLASSNAME="Msvm_Error">
<PROPERTY NAME="ErrorType" TYPE="uint16"><VALUE>4</VALUE></PROPERTY>
<PROPERTY NAME="Message" TYPE="string"><VALUE>Die Replikation von "web01 &amp; Söhne" ist angehalten. </VALUE></PROPERTY>
<PROPERTY NAME="MessageID" TYPE="string"><VALUE>33414</VALUE></PROPERTY>
<PROPERTY NAME="PerceivedSeverity" TYPE="uint16"><VALUE>3</VALUE></PROPERTY>
<PROPERTY.ARRAY NAME="RecommendedActions" TYPE="string"><VALUE.ARRAY><VALUE>Replikation fortsetzen</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>
</INSTANCE>"#;
