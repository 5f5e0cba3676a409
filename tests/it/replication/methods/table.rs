//! Every method, as a user calls it: with all that it can be given in one row, and with no more than it needs in another.

use std::{future::Future, pin::Pin};

use hyperv_replica::{
    cim::{
        Instance,
        typed::{Class, Method},
    },
    error::Result,
    job::JobStatus,
    mof,
    msvm::{
        NAMESPACE,
        values::{RequestedReplicationState, RequestedState},
    },
    replication::{
        AuthorizationEntry, Call, CertificateError, Gives, Statistics, Verb, VirtualMachine,
        settings::Authentication,
    },
};

use super::{
    given::{Given, adapter},
    rows::{
        self, DC02, FILES01, SQL01, TEST, THUMBPRINT, WEB01, certificates, no_statistics,
        no_test_replica, nothing, statistics, test_replica,
    },
};

pub(super) const SERVICE: &str = "Msvm_ReplicationService";
pub(super) const VM: &str = "Msvm_ComputerSystem";
pub(super) const SHUTDOWN: &str = "Msvm_ShutdownComponent";
pub(super) const MANAGEMENT: &str = "Msvm_VirtualSystemManagementService";

pub(super) struct Row {
    pub(super) class: &'static str,
    pub(super) method: &'static str,
    variant: &'static str,
    /// The instance that has the method, where it is no service.
    pub(super) of: &'static str,
    pub(super) call: fn(&Given) -> Ready,
    /// The instances in its parameters, in order.
    pub(super) embeds: fn(&Given) -> Vec<Embedded>,
    /// The out parameters of a host that is done at once.
    pub(super) done: fn() -> String,
    /// Those of a host that begins a job.
    pub(super) begun: fn() -> String,
    /// How the host says no.
    pub(super) refusal: u32,
    /// Whether what a job makes is read by calling the method again.
    pub(super) asks_again: bool,
}

/// A call, and what comes of it.
pub(super) struct Ready {
    pub(super) verb: &'static Verb,
    pub(super) send: Pin<Box<dyn Future<Output = Result<Sent>> + Send>>,
}

/// What came of a call that the host took and brought to a good end, besides what it gave.
pub(super) struct Sent {
    pub(super) job: Option<String>,
    pub(super) end: Option<JobStatus>,
}

/// Whether a text carries the instance that was given.
pub(super) type Embedded = Box<dyn Fn(&str)>;

fn ready<M, T>(call: Call<M, T>, check: impl FnOnce(T) + Send + 'static) -> Ready
where
    M: Method + Clone + Send + Sync + 'static,
    T: Gives<M>,
{
    let verb = call.verb();
    let send = Box::pin(async move {
        let invoked = call.send().await?;
        let job = invoked.job().map(|job| job.id().to_owned());
        let finished = invoked.wait().await?;
        check(finished.value);
        Ok(Sent { job, end: finished.status })
    });
    Ready { verb, send }
}

/// A call that gives nothing.
fn plain<M: Method<Output: Send> + Clone + Send + Sync + 'static>(call: Call<M>) -> Ready {
    ready(call, |()| ())
}

fn embedded<T: Class>(given: &T) -> Embedded {
    let given = given.to_instance().unwrap();
    Box::new(move |text| {
        let read = Instance::from_cim_xml(text, NAMESPACE, mof::schema()).unwrap();
        let read = T::from_instance(read).unwrap().to_instance().unwrap();
        assert_eq!(read, given, "{text}");
    })
}

const fn row(
    class: &'static str,
    method: &'static str,
    variant: &'static str,
    call: fn(&Given) -> Ready,
) -> Row {
    Row {
        class,
        method,
        variant,
        of: "",
        call,
        embeds: |_| Vec::new(),
        done: rows::no_job,
        begun: rows::job,
        refusal: 32773,
        asks_again: false,
    }
}

impl Row {
    /// The name of its fixture.
    pub(super) fn name(&self) -> String {
        let join = if self.variant.is_empty() { "" } else { "_" };
        format!("{}{join}{}", self.method, self.variant)
    }

    const fn of(self, of: &'static str) -> Self {
        Self { of, ..self }
    }

    const fn embeds(self, embeds: fn(&Given) -> Vec<Embedded>) -> Self {
        Self { embeds, ..self }
    }

    const fn answers(self, done: fn() -> String, begun: fn() -> String) -> Self {
        Self { done, begun, ..self }
    }

    const fn refusal(self, refusal: u32) -> Self {
        Self { refusal, ..self }
    }

    const fn asks_again(self) -> Self {
        Self { asks_again: true, ..self }
    }
}

/// All rows.
pub(super) fn table() -> impl Iterator<Item = &'static Row> {
    [SERVER, RELATIONSHIPS, FAILOVERS, READING, STATES, POWER].into_iter().flatten()
}

static SERVER: &[Row] = &[
    row(SERVICE, "ModifyServiceSettings", "", |g| {
        plain(g.service.modify_service_settings(&g.server))
    })
    .embeds(|g| vec![embedded(g.server.data())]),
    row(SERVICE, "ModifyServiceSettings", "changed", |g| {
        plain(g.service.modify_service_settings(&changed_server(g)))
    })
    .embeds(|g| vec![embedded(changed_server(g).data())]),
    row(SERVICE, "AddAuthorizationEntry", "", |g| {
        plain(g.service.add_authorization_entry(&new_entry()))
    })
    .embeds(|_| vec![embedded(new_entry().data())]),
    row(SERVICE, "ModifyAuthorizationEntry", "", |g| {
        plain(g.service.modify_authorization_entry(&g.entry.clone().trust_group("other")))
    })
    .embeds(|g| vec![embedded(g.entry.clone().trust_group("other").data())]),
    row(SERVICE, "RemoveAuthorizationEntry", "", |g| {
        plain(g.service.remove_authorization_entry("*.example.com"))
    }),
    row(SERVICE, "SetAuthorizationEntry", "", |g| {
        plain(g.service.set_authorization_entry(&g.replica, &g.entry))
    })
    .embeds(|g| vec![embedded(g.entry.data())]),
    row(SERVICE, "TestReplicationConnection", "", |g| {
        let call = g.service.test_replication_connection(
            "hv02.example.com",
            80,
            &Authentication::Kerberos,
        );
        plain(call)
    }),
    row(SERVICE, "TestReplicationConnection", "certificate", |g| {
        let authentication = Authentication::Certificate { thumbprint: THUMBPRINT.to_owned() };
        let call = g.service.test_replication_connection("hv02.example.com", 443, &authentication);
        plain(call.bypass_proxy_server(true))
    }),
    row(SERVICE, "GetSystemCertificates", "", |g| {
        ready(g.service.system_certificates(), |certificates| {
            let [Ok(one), Err(other)] = &*certificates else { panic!("{certificates:?}") };
            assert_eq!((&*one.thumbprint, &*one.subject), (THUMBPRINT, "CN=hv01.example.com"));
            assert!(matches!(other, CertificateError::Der { .. }), "{other}");
        })
    })
    .answers(certificates, certificates),
    row(SERVICE, "RequestStateChange", "service", |g| {
        plain(g.service.request_service_state(RequestedState::Enabled))
    })
    .refusal(1),
    row(SERVICE, "StartService", "", |g| plain(g.service.start_service()))
        .answers(nothing, nothing)
        .refusal(1),
    row(SERVICE, "StopService", "", |g| plain(g.service.stop_service()))
        .answers(nothing, nothing)
        .refusal(1),
];

static RELATIONSHIPS: &[Row] = &[
    row(SERVICE, "CreateReplicationRelationship", "", |g| {
        plain(g.service.create_replication_relationship(&g.primary, &g.settings()))
    })
    .embeds(|g| vec![embedded(g.settings().data())]),
    row(SERVICE, "CreateReplicationRelationship", "extended", |g| {
        let call = g.service.create_replication_relationship(&g.replica, &g.changed());
        plain(call.extended(true))
    })
    .embeds(|g| vec![embedded(g.changed().data())]),
    row(SERVICE, "ModifyReplicationSettings", "", |g| {
        plain(g.service.modify_replication_settings(&g.primary, &g.changed()))
    })
    .embeds(|g| vec![embedded(g.changed().data())]),
    row(SERVICE, "ModifyReplicationSettings", "extended", |g| {
        let settings = g.extended_settings();
        let call = g.service.modify_replication_settings(&g.replica, &settings);
        plain(call.extended(true))
    })
    .embeds(|g| vec![embedded(g.extended_settings().data())]),
    row(SERVICE, "RemoveReplicationRelationship", "", |g| {
        plain(g.service.remove_primary_replication_relationship(&g.primary))
    }),
    row(SERVICE, "RemoveReplicationRelationshipEx", "", |g| {
        plain(g.service.remove_replication_relationship(&g.primary, &g.relationship))
    })
    .embeds(|g| vec![embedded(&g.relationship.facts)]),
    row(SERVICE, "RemoveReplicationRelationshipEx", "extended", |g| {
        plain(g.service.remove_replication_relationship(&g.replica, &g.extended))
    })
    .embeds(|g| vec![embedded(&g.extended.facts)]),
    row(SERVICE, "StartReplication", "", |g| plain(g.service.start_replication(&g.primary))),
    row(SERVICE, "StartReplication", "export", |g| {
        plain(g.service.start_replication(&g.primary).export_to(r"E:\Export & <more>").at(start()))
    }),
    row(SERVICE, "StartReplication", "seeded_extended", |g| {
        plain(g.service.start_replication(&g.replica).seeded().at(start()).extended(true))
    }),
    row(SERVICE, "ImportInitialReplica", "", |g| {
        plain(g.service.import_initial_replica(&g.replica, r"\\server\share\dc02_C4E0A6B2 "))
    }),
    row(SERVICE, "ReverseReplicationRelationship", "", |g| {
        plain(g.service.reverse_replication_relationship(&g.failed_over, &g.reversed()))
    })
    .embeds(|g| vec![embedded(g.reversed().data())]),
    row(SERVICE, "Resynchronize", "", |g| plain(g.service.resynchronize(&g.primary))),
    row(SERVICE, "Resynchronize", "at_extended", |g| {
        plain(g.service.resynchronize(&g.replica).at(start()).extended(true))
    }),
    row(SERVICE, "ChangeReplicationModeToPrimary", "", |g| {
        plain(g.service.change_replication_mode_to_primary(&g.replica, &g.extended))
    })
    .embeds(|g| vec![embedded(&g.extended.facts)]),
    row(SERVICE, "InitiateFailback", "", |g| {
        plain(g.service.initiate_failback(&g.replica, &g.settings()))
    })
    .embeds(|g| vec![embedded(g.settings().data())]),
    row(SERVICE, "InitiateFailback", "to_point", |g| {
        plain(g.service.initiate_failback(&g.replica, &g.settings()).recovery_point("point 7"))
    })
    .embeds(|g| vec![embedded(g.settings().data())]),
];

static FAILOVERS: &[Row] = &[
    row(SERVICE, "InitiateFailover", "", |g| plain(g.service.initiate_failover(&g.replica))),
    row(SERVICE, "InitiateFailover", "to_point", |g| {
        plain(g.service.initiate_failover(&g.replica).to(&g.point))
    }),
    row(SERVICE, "RevertFailover", "", |g| plain(g.service.revert_failover(&g.failed_over))),
    row(SERVICE, "CommitFailover", "", |g| plain(g.service.commit_failover(&g.failed_over))),
    row(SERVICE, "TestReplicaSystem", "", |g| {
        ready(g.service.test_replica_system(&g.replica), is_test_replica)
    })
    .answers(test_replica, no_test_replica),
    row(SERVICE, "TestReplicaSystem", "to_point", |g| {
        ready(g.service.test_replica_system(&g.replica).to(&g.point), is_test_replica)
    })
    .answers(test_replica, no_test_replica),
    row(MANAGEMENT, "DestroySystem", "", |g| plain(g.service.destroy_test_replica(&g.test)))
        .refusal(4),
    row(SERVICE, "SetFailoverNetworkAdapterSettings", "", |g| {
        plain(g.service.set_failover_network_adapter_settings(&g.replica, &[adapter(1).dhcp()]))
    })
    .embeds(|_| vec![embedded(adapter(1).dhcp().data())]),
    row(SERVICE, "SetFailoverNetworkAdapterSettings", "two", |g| {
        plain(g.service.set_failover_network_adapter_settings(&g.replica, &two_adapters()))
    })
    .embeds(|_| two_adapters().map(|adapter| embedded(adapter.data())).into()),
];

static READING: &[Row] = &[
    row(SERVICE, "GetReplicationStatistics", "", |g| {
        ready(g.service.primary_replication_statistics(&g.primary), has_statistics)
    })
    .answers(statistics, no_statistics)
    .asks_again(),
    row(SERVICE, "GetReplicationStatisticsEx", "", |g| {
        ready(g.service.replication_statistics(&g.primary, &g.relationship), has_statistics)
    })
    .embeds(|g| vec![embedded(&g.relationship.facts)])
    .answers(statistics, no_statistics)
    .asks_again(),
    row(SERVICE, "ResetReplicationStatistics", "", |g| {
        plain(g.service.reset_primary_replication_statistics(&g.primary))
    }),
    row(SERVICE, "ResetReplicationStatisticsEx", "", |g| {
        plain(g.service.reset_replication_statistics(&g.replica, &g.extended))
    })
    .embeds(|g| vec![embedded(&g.extended.facts)]),
];

static STATES: &[Row] = &[
    row(VM, "RequestReplicationStateChange", "", |g| {
        let state = RequestedReplicationState::Suspend;
        plain(g.service.request_primary_replication_state(&g.primary, state))
    })
    .of(WEB01),
    state_change("", |g| {
        let state = RequestedReplicationState::Unknown(77);
        plain(g.service.request_replication_state(&g.primary, state))
    })
    .of(WEB01),
    state_change("extended", |g| {
        plain(g.service.suspend_replication(&g.replica).relationship(&g.extended))
    })
    .of(DC02)
    .embeds(|g| vec![embedded(&g.extended.facts)]),
    state_change("suspend", |g| plain(g.service.suspend_replication(&g.primary))).of(WEB01),
    state_change("resume", |g| plain(g.service.resume_replication(&g.primary))).of(WEB01),
    state_change("cancel_initial", |g| plain(g.service.cancel_initial_replication(&g.primary)))
        .of(WEB01),
    state_change("cancel_resynchronization", |g| {
        plain(g.service.cancel_resynchronization(&g.primary))
    })
    .of(WEB01),
    state_change("prepare", |g| plain(g.service.prepare_failover(&g.primary))).of(WEB01),
    state_change("cancel_prepare", |g| plain(g.service.cancel_failover_preparation(&g.prepared)))
        .of(SQL01),
    state_change("become_replica", |g| plain(g.service.become_replica(&g.failed_over))).of(FILES01),
];

const fn state_change(variant: &'static str, call: fn(&Given) -> Ready) -> Row {
    row(VM, "RequestReplicationStateChangeEx", variant, call)
}

static POWER: &[Row] = &[
    row(VM, "RequestStateChange", "save", |g| {
        plain(g.service.request_state(&g.primary, RequestedState::Offline))
    })
    .of(WEB01),
    row(VM, "RequestStateChange", "start", |g| plain(g.service.start(&g.failed_over))).of(FILES01),
    row(VM, "RequestStateChange", "turn_off", |g| plain(g.service.turn_off(&g.primary))).of(WEB01),
    row(SHUTDOWN, "InitiateShutdown", "", |g| {
        plain(g.service.shut_down(&g.primary, "planned & announced"))
    })
    .of(WEB01)
    .answers(nothing, nothing)
    .refusal(32781),
    row(SHUTDOWN, "InitiateShutdown", "force", |g| {
        plain(g.service.shut_down(&g.primary, "").force(true))
    })
    .of(WEB01)
    .answers(nothing, nothing)
    .refusal(32782),
];

fn start() -> jiff::Timestamp {
    "2026-12-24T18:30:00Z".parse().unwrap()
}

fn changed_server(given: &Given) -> hyperv_replica::replication::ServiceSettings {
    given
        .server
        .clone()
        .enabled(true)
        .certificate_and_kerberos(THUMBPRINT)
        .http_port(8080)
        .https_port(8443)
        .monitoring_interval(std::time::Duration::from_secs(7 * 24 * 3600))
        .monitoring_start(jiff::civil::time(23, 59, 0, 0))
}

fn new_entry() -> AuthorizationEntry {
    AuthorizationEntry::new("*.example.com", r#"D:\Replicas & "more" <Söhne>"#, "group & 'co'")
}

fn two_adapters() -> [hyperv_replica::replication::FailoverNetworkSettings; 2] {
    let ip = |text: &str| text.parse().unwrap();
    let both = adapter(2)
        .address(ip("192.0.2.7"), 24)
        .address(ip("2001:db8::7"), 64)
        .gateway(ip("192.0.2.1"))
        .dns_server(ip("192.0.2.2"))
        .dns_server(ip("2001:db8::2"));
    [adapter(1).clear(), both]
}

fn is_test_replica(vm: VirtualMachine) {
    assert_eq!((&*vm.id, &*vm.name), (TEST, "dc02 - Test"));
}

fn has_statistics(statistics: Statistics) {
    assert_eq!((statistics.periods.len(), statistics.health_issues.len()), (1, 1));
}
