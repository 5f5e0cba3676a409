//! What our own messages say.

use hyperv_replica::{
    cim::Value,
    soap::{ADDRESSING, FaultCode},
    wsman::{ENUMERATION, Fault, Get, Page, WSMAN},
    xml::Name,
};

use super::{
    Check, Expected, PLAIN, answered, assert_affected, assert_config, assert_host, assert_shell,
    assert_switch, assert_values, class, enumerated, envelope, instance, invoke, is_guid, output,
    pulled, text, time,
};

const JOB: &str = "9AD0F1B2-11C3-4D4E-A5F6-00718293A4B5";
const VM: &str = "C4E0A6B2-53D7-4E88-9A1F-0B2C3D4E5F60";

pub(super) const FIXTURES: &[(&str, Check)] = &[
    ("wire/pull_virtual_machine.xml", |document| {
        let (vm, context) = pulled(document, "Msvm_ComputerSystem");
        assert_eq!(context, None);
        let status = [2, 32_775].map(Value::UInt16).to_vec();
        let descriptions = ["Betriebsbereit", "Replikation > Fehler"].map(text).to_vec();
        assert_values(
            &vm,
            &[
                ("ElementName", text("web01 & Söhne")),
                ("Name", text(VM)),
                ("InstallDate", time("2024-03-02T08:15:30.25Z")),
                ("TimeOfLastStateChange", time("2026-10-30T21:04:05.000007Z")),
                ("OnTimeInMilliseconds", Value::UInt64(7_300_000_123)),
                ("OperationalStatus", Value::Array(status)),
                ("StatusDescriptions", Value::Array(descriptions)),
                ("ReplicationState", Value::UInt16(12)),
                ("OtherEnabledState", Value::Null),
            ],
        );
        assert_eq!(vm.time("LastReplicationTime"), None);
        assert_eq!(vm.find("NumberOfNothing"), None);
        assert!(is_guid(vm.text("Name").unwrap()));
    }),
    ("wire/pull_host.xml", |document| {
        let (host, context) = pulled(document, "Msvm_ComputerSystem");
        assert_eq!(context.as_deref(), Some("uuid:0D9E8F70-1B2C-4D3E-8F40-516273849500"));
        assert_host(&host, "HV01");
    }),
    ("wire/get_job.xml", |document| {
        let job = instance(&answered(&Get { resource: class("Msvm_ConcreteJob") }, document));
        assert_values(
            &job,
            &[
                ("InstanceID", text(JOB)),
                ("JobState", Value::UInt16(4)),
                ("PercentComplete", Value::UInt16(42)),
                ("Cancellable", Value::Boolean(true)),
                ("ElapsedTime", time("P0DT0H3M7.5S")),
                ("TimeBeforeRemoval", time("P0DT0H5M0S")),
                ("TimeSubmitted", time("2026-11-02T08:59:59.5Z")),
                ("ErrorDescription", text("")),
                ("UntilTime", Value::Null),
            ],
        );
        assert_eq!(job.time("InstallDate"), None);
        assert_eq!((job.small("JobState"), job.small("PercentComplete")), (Some(4), Some(42)));
    }),
    ("wire/enumerate_answer.xml", |document| {
        let context = Some("uuid:61A2B3C4-D5E6-4F70-8192-A3B4C5D6E7F8".into());
        assert_eq!(enumerated(document), Page { items: vec![], context });
    }),
    ("wire/pull_affected_job_element.xml", |document| {
        assert_affected(&pulled(document, "Msvm_AffectedJobElement").0, VM, JOB, 5);
    }),
    ("wire/invoke_done.xml", |document| {
        assert_switch(document, "5E6F7081-92A3-44B5-86C7-D8E9F0A1B2C3");
    }),
    ("wire/invoke_job.xml", |document| {
        let invoke = invoke("Msvm_ReplicationService", "Resynchronize");
        let output = output(&answered(&invoke, document), &invoke);
        let job = class("Msvm_ConcreteJob").selector("InstanceID", JOB);
        assert_eq!(output.return_value, 4096);
        assert_eq!(output.parameters, [("Job".to_owned(), Value::Reference(job))]);
    }),
    ("wire/invoke_refused.xml", |document| {
        let invoke = invoke("Msvm_ReplicationService", "Resynchronize");
        let output = output(&answered(&invoke, document), &invoke);
        assert_eq!((output.return_value, output.find("Job")), (32_775, Some(&Value::Null)));
    }),
    ("wire/get_config.xml", |document| {
        assert_config(
            document,
            &[
                (&["MaxEnvelopeSizekb"], "500"),
                (&["Client", "TrustedHosts"], ""),
                (&["Service", "MaxConcurrentOperationsPerUser"], "1500"),
            ],
        );
    }),
    ("wire/create_shell.xml", |document| {
        assert_shell(&envelope(document), "D2C3B4A5-9687-4788-A9BA-CBDCEDFE0F10");
    }),
    ("faults/must_understand.xml", |document| {
        let fault = envelope(document).fault().unwrap().unwrap();
        assert_eq!(fault.not_understood, [Name::new("urn:example:novel", "Novel")]);
    }),
    ("faults/wmi_error.xml", |document| {
        let envelope = envelope(document);
        assert_eq!(envelope.header.relates_to, None);
        let wmi = Fault::new(envelope.fault().unwrap().unwrap()).wmi.unwrap();
        assert_eq!((wmi.code, wmi.category), (Some(2_150_859_174), Some(30)));
        assert_eq!(wmi.cim_status.unwrap().to_string(), "27 (CIM_ERR_SERVER_LIMITS_EXCEEDED)");
        assert_eq!(wmi.error_type.as_deref(), Some("HRESULT"));
        assert_eq!(wmi.message_id.as_deref(), Some("HRESULT 0x803381a6"));
        assert_eq!(wmi.message.as_deref(), Some("Zu viele Vorgänge."));
        assert_eq!(wmi.windows_message.as_deref(), Some("Zu viele Vorgänge."));
    }),
];

pub(super) const FIXTURE_FAULTS: &[(&str, Expected)] = &[
    (
        "faults/timed_out.xml",
        Expected {
            code: FaultCode::Receiver,
            subcode: Some((WSMAN, "TimedOut")),
            number: Some(2_150_858_793),
            text: "Zeit abgelaufen.",
            machine: Some("hv01"),
            ..PLAIN
        },
    ),
    (
        "faults/invalid_header.xml",
        Expected {
            subcode: Some((ADDRESSING, "InvalidMessageInformationHeader")),
            number: Some(2_150_858_767),
            text: "Das Feld ist falsch: PT-1S.",
            ..PLAIN
        },
    ),
    (
        "faults/invalid_selectors.xml",
        Expected {
            subcode: Some((WSMAN, "InvalidSelectors")),
            number: Some(2_150_858_843),
            text: "Die Auswahl ist falsch.",
            detail: Some("UnexpectedSelectors"),
            ..PLAIN
        },
    ),
    (
        "faults/provider_text.xml",
        Expected {
            subcode: Some((WSMAN, "InvalidParameter")),
            number: Some(87),
            text: "Der Parameter ist falsch.",
            detail: Some("InvalidValue"),
            provider: Some(("WMI Provider", None)),
            ..PLAIN
        },
    ),
    (
        "faults/nested_provider.xml",
        Expected {
            subcode: Some((ADDRESSING, "DestinationUnreachable")),
            number: Some(2_150_858_752),
            text: "Nicht gefunden.",
            machine: Some("10.0.0.7"),
            detail: Some("InvalidResourceURI"),
            provider: Some(("WMI Provider", Some(2_150_858_752))),
            ..PLAIN
        },
    ),
    (
        "faults/extended_error.xml",
        Expected {
            subcode: Some((ENUMERATION, "CannotProcessFilter")),
            number: Some(2_150_858_778),
            text: "Die Klasse gibt es nicht.",
            provider: Some(("WMI Provider", Some(2_150_858_778))),
            ..PLAIN
        },
    ),
    (
        "faults/provider_code.xml",
        Expected {
            code: FaultCode::Receiver,
            subcode: Some((WSMAN, "InternalError")),
            number: Some(2_150_858_755),
            text: "Ungültige Methodenparameter",
            provider: Some(("WMI Provider", Some(0x8004_102F))),
            ..PLAIN
        },
    ),
    (
        "faults/wmi_error.xml",
        Expected {
            code: FaultCode::Receiver,
            subcode: Some((WSMAN, "InternalError")),
            number: Some(2_150_859_174),
            text: "Zu viele Vorgänge.",
            ..PLAIN
        },
    ),
    (
        "faults/must_understand.xml",
        Expected {
            code: FaultCode::MustUnderstand,
            text: "Der Vorgang ist fehlgeschlagen.",
            ..PLAIN
        },
    ),
];
