//! What the service tells without changing anything.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyperv_replica::{
    cim::{Instance, Output, Value},
    mof,
};

use super::{Bench, V2, WEB01, embedded, service, vm, vm_resource};

const INVALID_PARAMETER: u32 = 32773;

fn instances(output: &Output, name: &str) -> Vec<Instance> {
    let values = output.find(name).map_or(&[][..], Value::as_slice);
    values.iter().map(|value| value.to_embedded(V2, mof::schema()).unwrap()).collect()
}

fn statistics(bench: &mut Bench, vm: &str) -> Output {
    let arguments = [("ComputerSystem", Value::Reference(vm_resource(vm)))];
    bench.call(service(), "GetReplicationStatistics", &arguments).unwrap()
}

#[test]
fn statistics_follow_from_the_state() {
    let mut bench = Bench::sample();
    bench.pass(std::time::Duration::from_secs(3600));
    let mut of = |number: u8| {
        let output = statistics(&mut bench, &vm(number));
        assert_eq!(output.return_value, 0);
        assert_eq!(output.find("Job"), Some(&Value::Null));
        let [one] = instances(&output, "ReplicationStatistics").try_into().unwrap();
        let counts = ["ReplicationSuccessCount", "ReplicationMissCount", "ReplicationHealth"]
            .map(|name| one.number(name).unwrap());
        let issues: Vec<_> = instances(&output, "ReplicationHealthIssues")
            .iter()
            .map(|issue| {
                (
                    issue.number("PerceivedSeverity").unwrap(),
                    issue.text("Message").unwrap().to_owned(),
                )
            })
            .collect();
        (one, counts, issues)
    };
    // The period began at 09:00, an hour ago.
    let (well, counts, issues) = of(2);
    assert_eq!((counts, issues.len()), ([12, 0, 1], 0));
    assert_eq!(well.find("StartStatisticTime").unwrap().to_string(), "2026-11-23T09:00:00Z");
    assert_eq!(well.find("EndStatisticTime").unwrap().to_string(), "2026-11-23T10:00:00Z");
    assert_eq!(well.time("LastTestFailoverTime"), None);
    let (ill, counts, issues) = of(1);
    assert_eq!(counts, [0, 12, 3]);
    assert_eq!(issues, [(6, "Resynchronization is required".to_owned())]);
    assert_eq!(ill.number("PendingReplicationSize"), Some(12 * (24 << 20)));
    let (_, counts, issues) = of(4);
    assert_eq!(counts, [9, 3, 2]);
    assert_eq!(issues[0].0, 3);
}

#[test]
fn statistics_are_of_a_relationship() {
    let mut bench = Bench::sample();
    let class = "Msvm_ReplicationRelationship";
    let id = |vm: &str, number: u8| format!(r"Microsoft:{vm}\HVR\{number}");
    let mut of = |vm: &str, id: &str| {
        let relationship = embedded(class, &[("InstanceID", "string", id)]);
        let system = Value::Reference(vm_resource(vm));
        let arguments =
            [("ComputerSystem", system), (class.strip_prefix("Msvm_").unwrap(), relationship)];
        let output = bench.call(service(), "GetReplicationStatisticsEx", &arguments).unwrap();
        (output.return_value, instances(&output, "ReplicationStatistics").len())
    };
    assert_eq!(of(WEB01, &id(WEB01, 0)), (0, 1));
    assert_eq!(of(WEB01, &id(WEB01, 1)), (INVALID_PARAMETER, 0));
    assert_eq!(of(WEB01, &id(&vm(2), 0)), (INVALID_PARAMETER, 0), "of another");
    assert_eq!(of("nobody", &id(WEB01, 0)), (INVALID_PARAMETER, 0));
    assert_eq!(statistics(&mut bench, &vm(5)).return_value, 32775, "it does not replicate");
    let none = bench.call(service(), "GetReplicationStatistics", &[]).unwrap();
    assert_eq!(none.return_value, INVALID_PARAMETER);
}

#[test]
fn certificates_of_the_machine_are_listed() {
    let Bench { provider, now, user, calls } = Bench::sample();
    let provider = provider.certificates(vec![vec![0x30, 0x03, 0x02, 0x01, 0x05]]);
    let mut bench = Bench { provider, now, user, calls };
    let output = bench.call(service(), "GetSystemCertificates", &[]).unwrap();
    let encoded = output.find("EncodedCertificates").unwrap().as_slice();
    let der = BASE64_STANDARD.decode(encoded[0].as_str().unwrap()).unwrap();
    assert_eq!((encoded.len(), der.as_slice()), (1, &[0x30, 0x03, 0x02, 0x01, 0x05][..]));
    let none = Bench::sample().call(service(), "GetSystemCertificates", &[]).unwrap();
    assert_eq!((none.return_value, none.find("EncodedCertificates")), (0, None));
}

#[test]
fn a_connection_can_be_tested_to_partners() {
    let mut bench = Bench::sample();
    let mut test = |host: &str, port, authentication, thumbprint: Option<&str>| {
        let text = |text: &str| Value::String(text.to_owned());
        let arguments = [
            ("RecoveryConnectionPoint", text(host)),
            ("RecoveryServerPortNumber", Value::UInt16(port)),
            ("AuthenticationType", Value::UInt16(authentication)),
            ("CertificateThumbPrint", thumbprint.map_or(Value::Null, text)),
            ("BypassProxyServer", Value::Boolean(false)),
        ];
        bench.serve("TestReplicationConnection", &arguments)
    };
    assert_eq!(test("HV02.example.com", 80, 1, None), 0);
    assert_eq!(test("hv02.example.com", 443, 2, Some("AB12")), 0);
    assert_eq!(test("hv02.example.com", 8080, 1, None), 32768);
    assert_eq!(test("hv03.example.com", 80, 1, None), 32777);
    assert_eq!(test("hv01.example.com", 80, 1, None), 32777, "the host itself");
    assert_eq!(test("hv02.example.com", 443, 2, None), INVALID_PARAMETER);
    assert_eq!(test("hv02.example.com", 80, 3, None), INVALID_PARAMETER);
    assert_eq!(test("hv02.example.com", 0, 1, None), INVALID_PARAMETER);
    assert_eq!(test("", 80, 1, None), INVALID_PARAMETER);
    assert_eq!(bench.serve("TestReplicationConnection", &[]), INVALID_PARAMETER);
}
