//! What the recordings of real hosts say.

use hyperv_replica::{
    cim::Value,
    soap::{ADDRESSING, Envelope, FaultCode},
    wsman::{ENUMERATION, Error, Fault, Get, Operation as _, Page, WSMAN, read_answer},
    xml::{self, Element, Limits, Problem},
};

use super::{
    Check, Expected, PLAIN, SHELL, answered, assert_affected, assert_config, assert_host,
    assert_shell, assert_switch, assert_values, class, enumerated, envelope, instance, invoke,
    is_guid, output, pulled, text, time,
};

pub(super) const CAPTURES: &[(&str, Check)] = &[
    ("go-wsman/recorded_computersystem_pull_vm_running_c_eos.xml", |document| {
        let (vm, context) = pulled(document, "Msvm_ComputerSystem");
        assert_eq!(context, None);
        assert_values(
            &vm,
            &[
                ("Caption", text("仮想マシン")),
                ("ElementName", text("scrubbed-4")),
                ("Name", text("00000000-0000-4000-8000-000000000015")),
                ("EnabledState", Value::UInt16(2)),
                ("InstallDate", time("2025-12-17T09:55:22.702341Z")),
                ("InstanceID", Value::Null),
                ("LastReplicationTime", time("1601-01-01T00:00:00Z")),
                ("OnTimeInMilliseconds", Value::UInt64(6_138_293_824)),
                ("OperationalStatus", Value::Array(vec![Value::UInt16(2)])),
                ("ProcessID", Value::UInt32(8748)),
                ("ReplicationHealth", Value::UInt16(0)),
                ("ReplicationState", Value::UInt16(0)),
                ("StatusDescriptions", Value::Array(vec![text("正常稼働中")])),
                ("TransitioningToState", Value::Null),
            ],
        );
        assert_eq!(vm.time("LastReplicationTime"), None);
        assert!(vm.time("InstallDate").is_some() && is_guid(vm.text("Name").unwrap()));
    }),
    ("go-wsman/recorded_computersystem_pull_host.xml", |document| {
        let (host, context) = pulled(document, "Msvm_ComputerSystem");
        assert_eq!(context.as_deref(), Some("uuid:00000000-0000-4000-8000-000000000006"));
        assert_host(&host, "scrubbed-1");
    }),
    ("go-wsman/get_response_storagejob_running.xml", |document| {
        let resource = class("Msvm_StorageJob");
        let job = instance(&answered(&Get { resource }, document));
        assert_values(
            &job,
            &[
                ("InstanceID", text("00000000-0000-4000-8000-000000000003")),
                ("JobState", Value::UInt16(4)),
                ("PercentComplete", Value::UInt16(0)),
                ("OperationalStatus", Value::Array(vec![Value::UInt16(2)])),
                ("Cancellable", Value::Boolean(true)),
                ("DeleteOnCompletion", Value::Boolean(false)),
                ("ElapsedTime", time("P0DT0H0M0.014947S")),
                ("TimeBeforeRemoval", time("P0DT0H5M0S")),
                ("InstallDate", time("1601-01-01T00:00:00Z")),
                ("StartTime", time("2026-10-05T04:23:50Z")),
                ("ErrorCode", Value::UInt16(0)),
                ("ErrorDescription", text("")),
                ("Notify", text("")),
                ("Owner", text(r"scrubbed-1\scrubbed-8")),
                ("UntilTime", Value::Null),
                ("RunDay", Value::Null),
            ],
        );
        assert_eq!(job.time("InstallDate"), None);
        assert_eq!(job.number("PercentComplete"), Some(0));
    }),
    ("go-wsman/recorded_affectedjobelement_enumerate.xml", |document| {
        let page = enumerated(document);
        let context = Some("uuid:00000000-0000-4000-8000-000000000076".into());
        assert_eq!(page, Page { items: vec![], context });
    }),
    ("go-wsman/recorded_affectedjobelement_pull_same_job_effect0.xml", |document| {
        let (element, context) = pulled(document, "Msvm_AffectedJobElement");
        assert_eq!(context.as_deref(), Some("uuid:00000000-0000-4000-8000-000000000080"));
        assert_affected(
            &element,
            "00000000-0000-4000-8000-000000000003",
            "00000000-0000-4000-8000-000000000066",
            0,
        );
    }),
    ("go-wsman/invoke_response_define_switch.xml", |document| {
        assert_switch(document, "00000000-0000-4000-8000-000000000014");
    }),
    ("go-wsman/aug-2026_semi-genuine_invoke_create_vhd_job.xml", |document| {
        let invoke = invoke("Msvm_ImageManagementService", "CreateVirtualHardDisk");
        // Its header was edited: it says to nobody that it is an answer, and is believed by nobody.
        let envelope = envelope(document);
        assert!(matches!(read_answer(&invoke, "", &envelope), Err(Error::NotOurs { .. })));
        let output = output(&invoke.read(&envelope.body).unwrap(), &invoke);
        let job = class("Msvm_StorageJob");
        let job = job.selector("InstanceID", "3F8C2E11-AAAA-BBBB-CCCC-000011112222");
        assert_eq!(output.return_value, 4096);
        assert_eq!(output.find("Job"), Some(&Value::Reference(job)));
    }),
    ("pypsrp/get_config_response_500kb.xml", |document| {
        assert_config(
            document,
            &[
                (&["MaxEnvelopeSizekb"], "500"),
                (&["MaxTimeoutms"], "60000"),
                (&["MaxBatchItems"], "32000"),
                (&["MaxProviderRequests"], "4294967295"),
                (&["Client", "Auth", "CredSSP"], "false"),
                (&["Client", "TrustedHosts"], ""),
                (&["Service", "EnumerationTimeoutms"], "240000"),
                (&["Service", "MaxConcurrentOperationsPerUser"], "1500"),
                (&["Service", "MaxConnections"], "300"),
                (&["Service", "AllowUnencrypted"], "false"),
                (&["Service", "Auth", "CbtHardeningLevel"], "Relaxed"),
                (&["Service", "DefaultPorts", "HTTPS"], "5986"),
                (&["Winrs", "MaxShellsPerUser"], "2147483647"),
            ],
        );
    }),
    ("winrb/open_shell_v2.xml", |document| {
        assert_shell(&envelope(document), "62DE33F0-8674-43D9-B6A5-3298012CC4CD");
    }),
    ("winrm4j/win12.xml", |document| {
        let error = Element::parse(document, Limits::default()).unwrap_err();
        assert_eq!(error, xml::Error { problem: Problem::DocumentType, path: "/".into() });
        let envelopes = cut_envelopes(std::str::from_utf8(document).unwrap());
        assert_eq!(envelopes.len(), 10, "five requests and five answers");
        let actions: Vec<_> = envelopes
            .iter()
            .map(|envelope| envelope.header.action.as_deref().unwrap().rsplit('/').next().unwrap())
            .collect();
        for pair in actions.chunks(2) {
            assert_eq!(pair[1], format!("{}Response", pair[0]));
        }
        assert_eq!((actions[0], actions[2], actions[8]), ("Create", "Command", "Delete"));
        for (index, envelope) in envelopes.iter().enumerate() {
            let header = &envelope.header;
            let id = if index % 2 == 0 { &header.message_id } else { &header.relates_to };
            assert_eq!(id.as_deref(), Some("${messageId}"), "templated in both directions");
        }
        let request = &envelopes[0].header;
        assert_eq!(request.find(WSMAN, "ResourceURI").unwrap().text, SHELL);
        assert_eq!(request.find(WSMAN, "MaxEnvelopeSize").unwrap().text, "153600");
        assert_shell(&envelopes[1], "AF161CE1-3D3F-46B7-A101-800DD70639A9");
    }),
    ("opennms/get-response-fault.xml", |document| {
        // A line break in a namespace is well-formed, but makes it another namespace, whose elements we do not know.
        let fault = Fault::new(envelope(document).fault().unwrap().unwrap());
        assert_eq!((fault.fault_detail, fault.code), (None, Some(2_150_858_752)));
        let document = std::str::from_utf8(document).unwrap();
        let repaired = document.replace("http://schem\nas", "http://schemas");
        DESTINATION_UNREACHABLE.check(repaired.as_bytes());
    }),
];

const DESTINATION_UNREACHABLE: Expected = Expected {
    subcode: Some((ADDRESSING, "DestinationUnreachable")),
    number: Some(2_150_858_752),
    text: "The WS-Management service cannot process the request. The service cannot find the resource identified by the \
           resource URI and selectors.",
    machine: Some("172.23.1.106"),
    detail: Some("InvalidResourceURI"),
    provider: Some(("WMI Provider", Some(2_150_858_752))),
    ..PLAIN
};

pub(super) const CAPTURED_FAULTS: &[(&str, Expected)] = &[
    (
        "pypsrp/fault_internalerror_hresult_providerfault_text.xml",
        Expected {
            code: FaultCode::Receiver,
            subcode: Some((WSMAN, "InternalError")),
            number: Some(2_147_942_402),
            text: "The system cannot find the file specified.",
            machine: Some("server2008r2.domain.local"),
            provider: Some(("Shell cmd plugin", None)),
            ..PLAIN
        },
    ),
    (
        "pypsrp/fault_invalidmessageinformationheader_2150858767.xml",
        Expected {
            subcode: Some((ADDRESSING, "InvalidMessageInformationHeader")),
            number: Some(2_150_858_767),
            text: "The WS-Management service cannot process the request. The XML contains an invalid timeout field in \
                   the SOAP header: PT-1S.",
            machine: Some("127.0.0.1"),
            ..PLAIN
        },
    ),
    (
        "pypsrp/fault_invalidparameter_87_providerfault.xml",
        Expected {
            subcode: Some((WSMAN, "InvalidParameter")),
            number: Some(87),
            text: "The parameter is incorrect.",
            detail: Some("InvalidValue"),
            provider: Some(("Shell cmd plugin", None)),
            ..PLAIN
        },
    ),
    (
        "pypsrp/fault_invalidselectors_2150858843_activityid.xml",
        Expected {
            subcode: Some((WSMAN, "InvalidSelectors")),
            number: Some(2_150_858_843),
            text: "The Windows Remote Shell received a request to perform an operation on a command identifier that does \
                   not exist. Either the command has completed execution or the client specified an invalid command \
                   identifier.",
            detail: Some("UnexpectedSelectors"),
            ..PLAIN
        },
    ),
    (
        "pypsrp/fault_timedout_2150858793.xml",
        Expected {
            code: FaultCode::Receiver,
            subcode: Some((WSMAN, "TimedOut")),
            number: Some(2_150_858_793),
            text: "The WS-Management service cannot complete the operation within the time specified in \
                   OperationTimeout.",
            machine: Some("192.168.56.11"),
            ..PLAIN
        },
    ),
    (
        "winrb/soap_fault_v1.xml",
        Expected {
            subcode: Some((ENUMERATION, "CannotProcessFilter")),
            number: Some(2_150_858_778),
            text: "The specified class does not exist in the given namespace.",
            machine: Some(""),
            provider: Some(("WMIv1 plugin for Windows Remote Management ", Some(2_150_858_778))),
            ..PLAIN
        },
    ),
    (
        "winrb/soap_fault_v2.xml",
        Expected {
            subcode: Some((ENUMERATION, "CannotProcessFilter")),
            number: Some(2_150_858_778),
            text: "The specified class does not exist in the given namespace.",
            machine: Some("localhost"),
            provider: Some(("WMI Provider", Some(2_150_858_778))),
            ..PLAIN
        },
    ),
];

/// The envelopes of a collection, which as a whole is no message.
fn cut_envelopes(collection: &str) -> Vec<Envelope> {
    let mut envelopes = Vec::new();
    let mut current = None;
    for line in collection.lines() {
        let is_tag = line.contains(":Envelope");
        if is_tag && !line.contains("</") {
            current = Some(String::new());
        }
        if let Some(text) = &mut current {
            text.push_str(line);
            text.push('\n');
        }
        if is_tag && line.contains("</") {
            envelopes.push(envelope(current.take().unwrap().as_bytes()));
        }
    }
    envelopes
}
