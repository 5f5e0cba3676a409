//! What the recordings of real hosts say.

use hyperv_replica::{
    cim::Value,
    soap::{ADDRESSING, Envelope, FaultCode},
    wsman::{ENUMERATION, Error, Fault, Get, Operation as _, Page, WSMAN, read_answer},
    xml::{self, Element, Limits, Problem},
};

use super::{
    Check, Expected, PLAIN, SHELL, answered, assert_affected, assert_config, assert_host,
    assert_shell, assert_switch, assert_whole, class, enumerated, envelope, instance, invoke,
    is_guid, output, pulled, text, time,
};

pub(super) const CAPTURES: &[(&str, Check)] = &[
    ("go-wsman/recorded_computersystem_pull_vm_running_c_eos.xml", |document| {
        let (vm, context) = pulled(document, "Msvm_ComputerSystem");
        assert_eq!(context, None);
        assert_whole(
            &vm,
            &[
                ("Caption", text("仮想マシン")),
                ("CreationClassName", text("Msvm_ComputerSystem")),
                ("Description", text("Microsoft Virtual Machine")),
                ("ElementName", text("scrubbed-4")),
                ("EnabledDefault", Value::UInt16(2)),
                ("EnabledState", Value::UInt16(2)),
                ("EnhancedSessionModeState", Value::UInt16(6)),
                ("FailedOverReplicationType", Value::UInt16(0)),
                ("HealthState", Value::UInt16(5)),
                ("HwThreadsPerCoreRealized", Value::UInt32(2)),
                ("InstallDate", time("2025-12-17T09:55:22.702341Z")),
                ("LastApplicationConsistentReplicationTime", time("1601-01-01T00:00:00Z")),
                ("LastReplicationTime", time("1601-01-01T00:00:00Z")),
                ("LastReplicationType", Value::UInt16(0)),
                ("Name", text("00000000-0000-4000-8000-000000000015")),
                ("NumberOfNumaNodes", Value::UInt16(1)),
                ("OnTimeInMilliseconds", Value::UInt64(6_138_293_824)),
                ("OperationalStatus", Value::Array(vec![Value::UInt16(2)])),
                ("ProcessID", Value::UInt32(8748)),
                ("ReplicationHealth", Value::UInt16(0)),
                ("ReplicationMode", Value::UInt16(0)),
                ("ReplicationState", Value::UInt16(0)),
                ("RequestedState", Value::UInt16(5)),
                ("ResetCapability", Value::UInt16(1)),
                ("Status", text("OK")),
                ("StatusDescriptions", Value::Array(vec![text("正常稼働中")])),
                ("TimeOfLastConfigurationChange", time("2026-07-29T14:11:00.026037Z")),
                ("TimeOfLastStateChange", time("2026-07-29T14:11:00.019976Z")),
            ],
            "CommunicationStatus DetailedStatus InstanceID LastSuccessfulBackupTime ManagementVtlImageFileName \
             ManagementVtlImageVersion NameFormat OperatingStatus OtherEnabledState PrimaryOwnerContact \
             PrimaryOwnerName PrimaryStatus TransitioningToState",
        );
        assert_eq!(vm.time("LastReplicationTime"), None);
        assert!(vm.time("InstallDate").is_some() && is_guid(vm.text("Name").unwrap()));
    }),
    ("go-wsman/recorded_computersystem_pull_host.xml", |document| {
        let (host, context) = pulled(document, "Msvm_ComputerSystem");
        assert_eq!(context.as_deref(), Some("uuid:00000000-0000-4000-8000-000000000006"));
        assert_host(&host, "scrubbed-1");
        assert_whole(
            &host,
            &[
                ("Caption", text("ホスト コンピューター システム")),
                ("CreationClassName", text("Msvm_ComputerSystem")),
                ("Description", text("Microsoft ホスト コンピューター システム")),
                ("ElementName", text("scrubbed-1")),
                ("EnabledDefault", Value::UInt16(2)),
                ("EnabledState", Value::UInt16(2)),
                ("HealthState", Value::UInt16(5)),
                ("Name", text("scrubbed-1")),
                ("NumberOfNumaNodes", Value::UInt16(1)),
                ("OperationalStatus", Value::Array(vec![Value::UInt16(2)])),
                ("RequestedState", Value::UInt16(12)),
                ("ResetCapability", Value::UInt16(1)),
                ("Status", text("OK")),
                ("StatusDescriptions", Value::Array(vec![text("OK")])),
            ],
            "CommunicationStatus DetailedStatus EnhancedSessionModeState FailedOverReplicationType \
             HwThreadsPerCoreRealized InstallDate InstanceID LastApplicationConsistentReplicationTime \
             LastReplicationTime LastReplicationType LastSuccessfulBackupTime ManagementVtlImageFileName \
             ManagementVtlImageVersion NameFormat OnTimeInMilliseconds OperatingStatus OtherEnabledState \
             PrimaryOwnerContact PrimaryOwnerName PrimaryStatus ProcessID ReplicationHealth ReplicationMode \
             ReplicationState TimeOfLastConfigurationChange TimeOfLastStateChange TransitioningToState",
        );
    }),
    ("go-wsman/get_response_storagejob_running.xml", |document| {
        let resource = class("Msvm_StorageJob");
        let job = instance(&answered(&Get { resource }, document));
        let started = time("2026-10-05T04:23:50Z");
        assert_whole(
            &job,
            &[
                ("Cancellable", Value::Boolean(true)),
                ("Caption", text("仮想ハード ディスクの作成")),
                ("DeleteOnCompletion", Value::Boolean(false)),
                ("Description", text("仮想ハード ディスクの作成中")),
                ("ElapsedTime", time("P0DT0H0M0.014947S")),
                ("ElementName", text("仮想ハード ディスクの作成")),
                ("ErrorCode", Value::UInt16(0)),
                ("ErrorDescription", text("")),
                ("ErrorSummaryDescription", text("")),
                ("HealthState", Value::UInt16(5)),
                ("InstallDate", time("1601-01-01T00:00:00Z")),
                ("InstanceID", text("00000000-0000-4000-8000-000000000003")),
                ("JobCompletionStatusCode", Value::UInt32(0)),
                ("JobRunTimes", Value::UInt32(1)),
                ("JobState", Value::UInt16(4)),
                ("JobStatus", text("ジョブは実行中です")),
                ("JobType", Value::UInt16(1)),
                ("LocalOrUtcTime", Value::UInt16(2)),
                ("Name", text("仮想ハード ディスクの作成")),
                ("Notify", text("")),
                ("OperationalStatus", Value::Array(vec![Value::UInt16(2)])),
                ("OtherRecoveryAction", text("")),
                ("Owner", text(r"scrubbed-1\scrubbed-8")),
                ("PercentComplete", Value::UInt16(0)),
                ("Priority", Value::UInt32(0)),
                ("RecoveryAction", Value::UInt16(2)),
                ("ScheduledStartTime", started.clone()),
                ("StartTime", started.clone()),
                ("Status", text("OK")),
                ("StatusDescriptions", Value::Array(vec![text("ジョブは実行中です")])),
                ("TimeBeforeRemoval", time("P0DT0H5M0S")),
                ("TimeOfLastStateChange", started.clone()),
                ("TimeSubmitted", started),
            ],
            "Child CommunicationStatus DetailedStatus OperatingStatus Parent PrimaryStatus RunDay RunDayOfWeek \
             RunMonth RunStartInterval UntilTime",
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
                (&["Client", "NetworkDelayms"], "5000"),
                (&["Client", "Auth", "CredSSP"], "false"),
                (&["Client", "TrustedHosts"], ""),
                (&["Service", "RootSDDL"], SDDL),
                (&["Service", "MaxConcurrentOperations"], "4294967295"),
                (&["Service", "MaxConcurrentOperationsPerUser"], "1500"),
                (&["Service", "EnumerationTimeoutms"], "240000"),
                (&["Service", "MaxConnections"], "300"),
                (&["Service", "MaxPacketRetrievalTimeSeconds"], "120"),
                (&["Service", "AllowUnencrypted"], "false"),
                (&["Service", "Auth", "Basic"], "true"),
                (&["Service", "Auth", "Kerberos"], "true"),
                (&["Service", "Auth", "Negotiate"], "true"),
                (&["Service", "Auth", "Certificate"], "false"),
                (&["Service", "Auth", "CredSSP"], "true"),
                (&["Service", "Auth", "CbtHardeningLevel"], "Relaxed"),
                (&["Service", "DefaultPorts", "HTTP"], "5985"),
                (&["Service", "DefaultPorts", "HTTPS"], "5986"),
                (&["Service", "IPv4Filter"], "*"),
                (&["Service", "EnableCompatibilityHttpListener"], "false"),
                (&["Service", "CertificateThumbprint"], ""),
                (&["Service", "AllowRemoteAccess"], "true"),
                (&["Winrs", "AllowRemoteShellAccess"], "true"),
                (&["Winrs", "IdleTimeout"], "7200000"),
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

        let rsp = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";
        let command = "D6BF85B4-E0D0-4770-9330-F5474E967185";
        assert_eq!(envelopes[3].body[0].text_of(rsp, "CommandId"), Some(command));
        let received = &envelopes[5].body[0];
        let streams: Vec<_> = received
            .all(rsp, "Stream")
            .map(|stream| (stream.find_attribute("Name").unwrap(), stream.text.as_str()))
            .collect();
        assert_eq!(streams, [("stdout", "bXlsaW5lDQo="), ("stdout", ""), ("stderr", "")]);
        let state = received.find(rsp, "CommandState").unwrap();
        assert!(state.find_attribute("State").unwrap().ends_with("/CommandState/Done"));
        assert_eq!(state.text_of(rsp, "ExitCode"), Some("0"));
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

/// Who may use WinRM, on the host of which we have the configuration.
const SDDL: &str = "O:NSG:BAD:P(A;;GA;;;BA)(A;;GR;;;IU)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)";

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
