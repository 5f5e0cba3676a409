//! The replica server of a host: its settings, and whom it lets replicate to it.

use std::time::Duration;

use uuid::Uuid;

/// What `Msvm_ReplicationServiceSettingData` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) struct ReplicaServer {
    pub(in crate::sim) enabled: bool,
    /// `AllowedAuthenticationType`: 0 none, 1 Kerberos, 2 certificates, 3 both.
    pub(in crate::sim) authentication: u16,
    pub(in crate::sim) thumbprint: Option<String>,
    pub(in crate::sim) http_port: u16,
    pub(in crate::sim) https_port: u16,
    /// A time of day, in UTC.
    pub(in crate::sim) monitoring_start: Duration,
    /// In seconds.
    pub(in crate::sim) monitoring_interval: u32,
}

/// An authorization entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Authorization {
    /// By which the simulation tells entries apart, which have no identity on the wire.
    pub(in crate::sim) id: Uuid,
    /// `AllowedPrimaryHostSystem`: a DNS name, `*` and a suffix, or `*`.
    pub(in crate::sim) primary: String,
    pub(in crate::sim) trust_group: String,
    pub(in crate::sim) storage: String,
}

impl ReplicaServer {
    /// As a host is after installation, but for its role.
    pub(in crate::sim) fn new(enabled: bool) -> Self {
        Self {
            enabled,
            authentication: u16::from(enabled),
            thumbprint: None,
            http_port: 80,
            https_port: 443,
            monitoring_start: Duration::from_secs(9 * 3600),
            monitoring_interval: 43_200,
        }
    }
}

impl Authorization {
    /// Whether it lets a host replicate.
    pub(in crate::sim) fn covers(&self, host: &str) -> bool {
        let (own, host) = (self.primary.to_ascii_lowercase(), host.to_ascii_lowercase());
        own.strip_prefix('*').map_or(own == host, |suffix| host.ends_with(suffix))
    }
}
