//! The host as a replica server.

use super::facts;
use crate::{
    error::Result,
    job::Job,
    msvm::{
        replication_service::{
            GetSystemCertificates, GetSystemCertificatesOutput, ModifyServiceSettings,
            RequestStateChange, StartService, StopService, TestReplicationConnection,
        },
        values::{AuthenticationType, RequestedState},
    },
    replication::{
        Call, CertificateError, Gives, ReplicationService, Sent, ServiceSettings,
        SystemCertificate, Verb,
        look::{Place, Wanted},
        settings::Authentication,
    },
};

impl ReplicationService {
    /// Changes how the host takes replicas: whether at all, on which ports, by which authentication, and the period of its
    /// statistics. The settings are those that were [read](Self::service_settings), changed.
    #[doc = facts!(
        host: "the replica's",
        before: "any",
        after: "the listeners are as the settings have them",
        undo: "the same with the old settings",
        returns: "0, 4096, 32768 to 32778",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.ModifyServiceSettings(SettingData string, out Job REF)",
    )]
    pub fn modify_service_settings(
        &self,
        settings: &ServiceSettings,
    ) -> Call<ModifyServiceSettings> {
        let input = ModifyServiceSettings { setting_data: settings.data().clone() };
        let wanted = Wanted::some(Place::Server, [settings.data()]);
        Call::of_service(self, &Verb::CHANGE_SERVER, input).makes(wanted).checked(settings.check())
    }

    /// Checks that this host can replicate to a replica server, or to the broker of a cluster, by its name and port.
    #[doc = facts!(
        host: "the primary's",
        before: "any",
        after: "the same",
        undo: "nothing to undo",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.TestReplicationConnection(RecoveryConnectionPoint string, RecoveryServerPortNumber uint16, AuthenticationType uint16, CertificateThumbPrint string, BypassProxyServer boolean, out Job REF)",
    )]
    pub fn test_replication_connection(
        &self,
        recovery_connection_point: impl Into<String>,
        port: u16,
        authentication: &Authentication,
    ) -> Call<TestReplicationConnection> {
        let (authentication_type, certificate_thumb_print) = match authentication {
            Authentication::Kerberos => (AuthenticationType::Kerberos, None),
            Authentication::Certificate { thumbprint } => {
                (AuthenticationType::Certificate, Some(thumbprint.clone()))
            }
        };
        let input = TestReplicationConnection {
            recovery_connection_point: recovery_connection_point.into(),
            recovery_server_port_number: port,
            authentication_type,
            certificate_thumb_print,
            bypass_proxy_server: false,
        };
        Call::of_service(self, &Verb::TEST_CONNECTION, input)
    }

    /// Lists the certificates of the host that replication can use.
    #[doc = facts!(
        host: "either",
        before: "any",
        after: "the same",
        undo: "nothing to undo",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.GetSystemCertificates(out EncodedCertificates string[])",
    )]
    pub fn system_certificates(
        &self,
    ) -> Call<GetSystemCertificates, Vec<std::result::Result<SystemCertificate, CertificateError>>>
    {
        Call::of_service(self, &Verb::LIST_CERTIFICATES, GetSystemCertificates {})
    }

    /// Asks the service for a state. Inherited from `CIM_Service`, and of no use: the system starts and stops the service.
    #[doc = facts!(
        host: "either",
        before: "any",
        after: "the same",
        undo: "nothing to undo",
        returns: "0, 1",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.RequestStateChange(RequestedState uint16, out Job REF, TimeoutPeriod datetime)",
    )]
    pub fn request_service_state(&self, state: RequestedState) -> Call<RequestStateChange> {
        let input = RequestStateChange { requested_state: state, timeout_period: None };
        Call::of_service(self, &Verb::SERVICE_STATE, input)
    }

    /// Starts the service. Inherited from `CIM_Service`, and of no use: the system starts it.
    #[doc = facts!(
        host: "either",
        before: "any",
        after: "the same",
        undo: "nothing to undo",
        returns: "0, 1",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.StartService()",
    )]
    pub fn start_service(&self) -> Call<StartService> {
        Call::of_service(self, &Verb::SERVICE_START, StartService {})
    }

    /// Stops the service. Inherited from `CIM_Service`, and of no use: the system stops it.
    #[doc = facts!(
        host: "either",
        before: "any",
        after: "the same",
        undo: "nothing to undo",
        returns: "0, 1",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.StopService()",
    )]
    pub fn stop_service(&self) -> Call<StopService> {
        Call::of_service(self, &Verb::SERVICE_STOP, StopService {})
    }
}

/// A certificate that cannot be read costs itself alone. The method has no job.
impl Gives<GetSystemCertificates>
    for Vec<std::result::Result<SystemCertificate, CertificateError>>
{
    async fn of_output(_: &Sent, output: GetSystemCertificatesOutput) -> Result<Self> {
        Ok(SystemCertificate::all(&output))
    }

    async fn of_job(sent: &Sent, input: &GetSystemCertificates, _: &Job) -> Result<Self> {
        let output = sent.ask_again(input).await?;
        Ok(output.iter().flat_map(SystemCertificate::all).collect())
    }
}

impl<T> Call<TestReplicationConnection, T> {
    /// Goes past the proxy server of the host; it does not by default.
    pub const fn bypass_proxy_server(mut self, yes: bool) -> Self {
        self.input.bypass_proxy_server = yes;
        self
    }
}
