//! Settings of a replica server.

use std::time::Duration;

use jiff::civil::Time;

use super::{check::Check, settings, since_midnight, thumbprint, thumbprint_problem};
use crate::{
    error::Result,
    msvm::{ReplicationServiceSettingData, values::AllowedAuthenticationType},
};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// The lengths of a statistics period, in hours.
const MONITORING_HOURS: [u64; 14] = [1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 96, 120, 144, 168];

/// Settings of a host as a replica server, for `ModifyServiceSettings`.
///
/// On the nodes of a cluster they belong to the Hyper-V Replica Broker.
///
/// On the wire: `Msvm_ReplicationServiceSettingData`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
#[must_use = "settings change nothing until a method is called with them"]
pub struct ServiceSettings {
    data: ReplicationServiceSettingData,
    #[cfg_attr(feature = "serde", serde(skip))]
    read: ReplicationServiceSettingData,
}

settings!(ServiceSettings of ReplicationServiceSettingData);

impl ServiceSettings {
    /// Whether the host accepts replicas.
    pub const fn enabled(mut self, yes: bool) -> Self {
        self.data.recovery_server_enabled = Some(yes);
        self
    }

    /// Accepts Kerberos, over HTTP, and nothing else. No certificate is named then.
    pub fn kerberos(mut self) -> Self {
        self.data.allowed_authentication_type = Some(AllowedAuthenticationType::Kerberos);
        self.data.certificate_thumb_print = None;
        self.data.rest.forget("CertificateThumbPrint");
        self
    }

    /// Accepts certificates, over HTTPS, and nothing else. The listener gets the host's certificate that has the thumbprint.
    pub fn certificate(self, thumbprint: &str) -> Self {
        self.allow(AllowedAuthenticationType::Certificate, thumbprint)
    }

    /// Accepts both certificates and Kerberos.
    pub fn certificate_and_kerberos(self, thumbprint: &str) -> Self {
        self.allow(AllowedAuthenticationType::CertificateAndKerberos, thumbprint)
    }

    fn allow(mut self, allowed: AllowedAuthenticationType, of: &str) -> Self {
        self.data.allowed_authentication_type = Some(allowed);
        self.data.certificate_thumb_print = Some(thumbprint(of));
        self
    }

    /// The port of the listener for Kerberos; hosts come with 80.
    pub const fn http_port(mut self, port: u16) -> Self {
        self.data.http_port = Some(port);
        self
    }

    /// The port of the listener for certificates; hosts come with 443.
    pub const fn https_port(mut self, port: u16) -> Self {
        self.data.https_port = Some(port);
        self
    }

    /// The length of a statistics period: 1, 2, 3, 4, 6, 8, 12 or 24 hours, or 2 to 7 days.
    ///
    /// These are what the cmdlets offer. The documentation has everything from 1 hour to 7 days, and the schema of hosts the
    /// same list without 1, 2 and 3 hours; they do not agree on the default either, which was 12 hours where it was seen.
    pub const fn monitoring_interval(mut self, length: Duration) -> Self {
        self.data.monitoring_interval = Some(length);
        self
    }

    /// The time of day at which statistics periods start, in UTC.
    ///
    /// Hosts come with 9:00 of their local time, told in UTC, as the documentation says and was seen; the schema says
    /// 10:00 UTC.
    pub fn monitoring_start(mut self, time: Time) -> Self {
        self.data.monitoring_start_time = Some(since_midnight(time));
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Kind [`Usage`](crate::ErrorKind::Usage), with everything that is not allowed: what is missing, out of range, or does
    /// not go together.
    pub fn check(&self) -> Result<()> {
        use AllowedAuthenticationType as A;
        let data = &self.data;
        let mut check = Check::new("replica server settings", &self.read, data, &data.rest);
        let allowed = data.allowed_authentication_type;
        check.rule(
            &["RecoveryServerEnabled", "AllowedAuthenticationType"],
            data.recovery_server_enabled != Some(true) || !matches!(allowed, None | Some(A::Undefined)),
            || {
                "RecoveryServerEnabled is true and AllowedAuthenticationType is not set: 1 (Kerberos), 2 (certificate) and 3 (both) are allowed".to_owned()
            },
        );
        if matches!(allowed, Some(A::Certificate | A::CertificateAndKerberos)) {
            let problem = thumbprint_problem(data.certificate_thumb_print.as_deref());
            check.rule(
                &["AllowedAuthenticationType", "CertificateThumbPrint"],
                problem.is_none(),
                || problem.unwrap_or_default(),
            );
        }
        for (name, port) in [("HttpPort", data.http_port), ("HttpsPort", data.https_port)] {
            check.rule(&[name], port != Some(0), || format!("{name} is 0: 1 to 65535 are allowed"));
        }
        let length = data.monitoring_interval;
        let is_allowed = |length: Duration| {
            MONITORING_HOURS.iter().any(|hours| length == Duration::from_secs(hours * 3600))
        };
        check.rule(&["MonitoringInterval"], length.is_none_or(is_allowed), || {
            format!(
                "MonitoringInterval is {:?}: 1, 2, 3, 4, 6, 8, 12 and 24 hours and 2 to 7 days are allowed",
                length.unwrap_or_default()
            )
        });
        let start = data.monitoring_start_time.unwrap_or_default();
        check.rule(&["MonitoringStartTime"], start < DAY, || {
            format!(
                "MonitoringStartTime is {start:?}: a time of day is allowed, which is less than 24 hours"
            )
        });
        check.finish()
    }
}
