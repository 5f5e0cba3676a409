//! `Msvm_FailoverNetworkAdapterSettingData`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::{NAMESPACE, values};
use crate::cim::typed::{Rest, class, codec};

/// IP settings that a guest's adapter gets at failover.
///
/// On the wire: `Msvm_FailoverNetworkAdapterSettingData`, derived from `CIM_SettingData`. Since Windows
/// Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FailoverNetworkAdapterSettingData {
    /// Identity of the settings. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// Protocols that are meant.
    pub protocol_if_type: Option<values::ProtocolIFType>,
    /// Get the IPv4 address by DHCP.
    pub dhcp_enabled: Option<bool>,
    /// Addresses of the guest.
    pub ip_addresses: Option<Vec<String>>,
    /// Mask or prefix length of each of `IPAddresses`.
    pub subnets: Option<Vec<String>>,
    /// Addresses of the gateways, at most five.
    pub default_gateways: Option<Vec<String>>,
    /// Addresses of the DNS servers.
    pub dns_servers: Option<Vec<String>>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    FailoverNetworkAdapterSettingData is "Msvm_FailoverNetworkAdapterSettingData" in NAMESPACE, keys ["InstanceID"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    protocol_if_type = codec::Number<u16>, "ProtocolIFType";
    dhcp_enabled = codec::Plain, "DHCPEnabled";
    ip_addresses = codec::Array<codec::Plain>, "IPAddresses";
    subnets = codec::Array<codec::Plain>, "Subnets";
    default_gateways = codec::Array<codec::Plain>, "DefaultGateways";
    dns_servers = codec::Array<codec::Plain>, "DNSServers";
}
