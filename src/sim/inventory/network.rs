//! Network adapters of virtual machines.

use uuid::Uuid;

/// A synthetic network adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Adapter {
    pub(in crate::sim) id: Uuid,
    pub(in crate::sim) name: String,
    /// Twelve hexadecimal digits.
    pub(in crate::sim) mac: String,
    pub(in crate::sim) failover: FailoverSettings,
}

/// What the guest gets at the adapter after a failover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct FailoverSettings {
    /// `ProtocolIFType`: 4096 IPv4, 4097 IPv6, 4098 both.
    pub(in crate::sim) protocol: u16,
    pub(in crate::sim) dhcp: bool,
    pub(in crate::sim) addresses: Vec<String>,
    pub(in crate::sim) subnets: Vec<String>,
    pub(in crate::sim) gateways: Vec<String>,
    pub(in crate::sim) dns_servers: Vec<String>,
}
