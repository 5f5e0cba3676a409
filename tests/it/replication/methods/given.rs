//! What a user has read when a method is called.

use hyperv_replica::{
    msvm::FailoverNetworkAdapterSettingData,
    replication::{
        AuthorizationEntry, FailoverNetworkSettings, RecoveryPoint, Relationship,
        ReplicationService, ReplicationSettings, ServiceSettings, VirtualMachine,
        settings::Authentication,
    },
};
use tokio::sync::OnceCell;

use super::{
    host::{Answers, WrittenHost},
    rows::{DC02, FILES01, SQL01, TEST, THUMBPRINT, WEB01},
};

#[derive(Clone)]
pub(super) struct Given {
    pub(super) service: ReplicationService,
    pub(super) primary: VirtualMachine,
    /// A replica that has a replica of its own, by the relationship `extended`.
    pub(super) replica: VirtualMachine,
    pub(super) failed_over: VirtualMachine,
    pub(super) test: VirtualMachine,
    pub(super) prepared: VirtualMachine,
    pub(super) relationship: Relationship,
    pub(super) extended: Relationship,
    pub(super) point: RecoveryPoint,
    pub(super) entry: AuthorizationEntry,
    pub(super) server: ServiceSettings,
}

impl Given {
    /// What all hosts have, with the service of one; it is read once.
    pub(super) async fn of(host: &WrittenHost) -> Self {
        static READ: OnceCell<Given> = OnceCell::const_new();
        let read = READ.get_or_init(async || {
            let answers = Answers::to_calls(Vec::new());
            let host = WrittenHost::start(answers).await;
            Box::pin(Self::read(&host)).await
        });
        Self { service: ReplicationService::new(&host.client()), ..read.await.clone() }
    }

    async fn read(host: &WrittenHost) -> Self {
        let service = ReplicationService::new(&host.client());
        let vms = service.virtual_machines().await.unwrap();
        let vm = |id| vms.iter().find(|vm| vm.id == id).unwrap().clone();
        let (primary, replica) = (vm(WEB01), vm(DC02));
        let [relationship] = service.relationships_of(&primary).await.unwrap().try_into().unwrap();
        let [_, extended] = service.relationships_of(&replica).await.unwrap().try_into().unwrap();
        let [point] = service.recovery_points(&replica).await.unwrap().try_into().unwrap();
        let [entry] = service.authorization_entries().await.unwrap().try_into().unwrap();
        let server = service.service_settings().await.unwrap();
        Self {
            service,
            primary,
            replica,
            failed_over: vm(FILES01),
            test: vm(TEST),
            prepared: vm(SQL01),
            relationship,
            extended,
            point,
            entry,
            server,
        }
    }

    /// The settings of the relationship, with everything changed that can be.
    pub(super) fn changed(&self) -> ReplicationSettings {
        self.settings()
            .recovery_connection_point("hv03.example.com")
            .port(8443)
            .certificate("74:3a:4d:b5:ee:ac:05:37:58:de:45:23:58:72:1d:d2:d4:67:3d:96")
            .compression(false)
            .bypass_proxy(true)
            .interval(std::time::Duration::from_secs(900))
            .recovery_history(4)
            .application_consistent_interval(2)
    }

    /// The settings for the way back.
    pub(super) fn reversed(&self) -> ReplicationSettings {
        let authentication = Authentication::Certificate { thumbprint: THUMBPRINT.to_owned() };
        self.settings().reversed("hv01.example.com", 443, authentication)
    }

    /// The settings of the relationship to the replica's own replica, as they were read.
    pub(super) fn extended_settings(&self) -> ReplicationSettings {
        self.extended.settings.clone().unwrap().into()
    }

    /// The settings of the relationship, as they were read.
    pub(super) fn settings(&self) -> ReplicationSettings {
        self.relationship.settings.clone().unwrap().into()
    }
}

/// The settings of an adapter, by its number.
pub(super) fn adapter(number: u16) -> FailoverNetworkSettings {
    let mut read = FailoverNetworkAdapterSettingData::default();
    read.instance_id = Some(format!(r"Microsoft:{DC02}\{number}"));
    read.into()
}
