//! What a guest's network adapter gets at failover.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
};

use super::{check::Check, settings};
use crate::{
    error::{Error, ErrorKind, Result},
    msvm::{FailoverNetworkAdapterSettingData, values::ProtocolIFType},
};

/// The most gateways of an adapter.
const MAX_GATEWAYS: usize = 5;

/// How much of an address is that of its network.
///
/// IPv4 has masks on the wire, and IPv6 prefix lengths. IPv4 may be given either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subnet {
    /// The number of bits: 0 to 32 of IPv4, 0 to 128 of IPv6.
    PrefixLength(u8),
    /// The mask, as `255.255.255.0`; for IPv4 only.
    Mask(Ipv4Addr),
}

impl From<u8> for Subnet {
    fn from(length: u8) -> Self {
        Self::PrefixLength(length)
    }
}

impl From<Ipv4Addr> for Subnet {
    fn from(mask: Ipv4Addr) -> Self {
        Self::Mask(mask)
    }
}

/// Reads a mask or a prefix length: `255.255.255.0`, `24`.
impl FromStr for Subnet {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mask = || text.parse().map(Self::Mask);
        text.parse().map(Self::PrefixLength).or_else(|_| mask()).map_err(|_| {
            let message = format!("{text:?} is neither a mask of IPv4 nor a prefix length");
            Error::new(ErrorKind::Usage, message)
        })
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrefixLength(length) => length.fmt(f),
            Self::Mask(mask) => mask.fmt(f),
        }
    }
}

impl Subnet {
    /// As it is written beside an address.
    fn of(self, address: IpAddr) -> Self {
        match (self, address) {
            (Self::PrefixLength(length @ 0..=32), IpAddr::V4(_)) => {
                let host_bits = u32::MAX.checked_shr(length.into()).unwrap_or_default();
                Self::Mask(Ipv4Addr::from_bits(!host_bits))
            }
            (subnet, _) => subnet,
        }
    }

    /// Whether an address can have it.
    fn fits(self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::PrefixLength(length), IpAddr::V4(_)) => length <= 32,
            (Self::PrefixLength(length), IpAddr::V6(_)) => length <= 128,
            (Self::Mask(mask), IpAddr::V4(_)) => {
                mask.to_bits().leading_ones() + mask.to_bits().trailing_zeros() >= 32
            }
            (Self::Mask(_), IpAddr::V6(_)) => false,
        }
    }
}

/// Network settings that an adapter of a guest gets after a failover, for `SetFailoverNetworkAdapterSettings`.
///
/// They begin with what the host has for the adapter, in which it is hidden which adapter that is. The guest applies them
/// by its integration services, where it has the key-value pair exchange.
///
/// On the wire: `Msvm_FailoverNetworkAdapterSettingData`. `ProtocolIFType` follows the addresses; where none is left, it
/// stays as it was read, or becomes both protocols.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
#[must_use = "settings change nothing until a method is called with them"]
pub struct FailoverNetworkSettings {
    data: FailoverNetworkAdapterSettingData,
    #[cfg_attr(feature = "serde", serde(skip))]
    read: FailoverNetworkAdapterSettingData,
}

settings!(FailoverNetworkSettings of FailoverNetworkAdapterSettingData);

impl FailoverNetworkSettings {
    /// Adds an address. One of IPv4 turns DHCP off.
    pub fn address(mut self, address: IpAddr, subnet: impl Into<Subnet>) -> Self {
        let addresses = self.data.ip_addresses.get_or_insert_default();
        // A subnet belongs to the address that has its index.
        let index = addresses.len();
        addresses.push(address.to_string());
        let subnets = self.data.subnets.get_or_insert_default();
        subnets.resize(index, String::new());
        subnets.push(subnet.into().of(address).to_string());
        if address.is_ipv4() {
            self.data.dhcp_enabled = Some(false);
        }
        self.settled()
    }

    /// Adds a gateway; there are five at most.
    pub fn gateway(mut self, gateway: IpAddr) -> Self {
        self.data.default_gateways.get_or_insert_default().push(gateway.to_string());
        self.settled()
    }

    /// Adds a DNS server; the first is the preferred one.
    pub fn dns_server(mut self, server: IpAddr) -> Self {
        self.data.dns_servers.get_or_insert_default().push(server.to_string());
        self.settled()
    }

    /// Gets the IPv4 settings by DHCP: those that were here are cleared.
    pub fn dhcp(self) -> Self {
        let mut cleared = self.clear_ipv4();
        cleared.data.dhcp_enabled = Some(true);
        cleared.settled()
    }

    /// Takes all settings of IPv4 away, and DHCP.
    pub fn clear_ipv4(mut self) -> Self {
        self.data.dhcp_enabled = Some(false);
        self.without(IpAddr::is_ipv4)
    }

    /// Takes all settings of IPv6 away.
    pub fn clear_ipv6(self) -> Self {
        self.without(IpAddr::is_ipv6)
    }

    /// Takes all settings away, so that a failover changes nothing in the guest.
    pub fn clear(mut self) -> Self {
        self.data.dhcp_enabled = Some(false);
        // Of lists that cannot be read, too, nothing is to stay.
        for list in ["IPAddresses", "Subnets", "DefaultGateways", "DNSServers"] {
            self.data.rest.forget(list);
        }
        self.without(|_| true)
    }

    fn without(mut self, is_it: fn(&IpAddr) -> bool) -> Self {
        let stays = |text: &str| !text.parse().is_ok_and(|address| is_it(&address));
        let addresses = self.data.ip_addresses.take().unwrap_or_default();
        if let Some(subnets) = &mut self.data.subnets {
            let mut stay = addresses.iter().map(|address| stays(address));
            subnets.retain(|_| stay.next().unwrap_or_default());
        }
        self.data.ip_addresses =
            Some(addresses.into_iter().filter(|address| stays(address)).collect());
        for list in [&mut self.data.default_gateways, &mut self.data.dns_servers] {
            list.get_or_insert_default().retain(|address| stays(address));
        }
        self.settled()
    }

    /// Sets what the method demands, and the protocols.
    fn settled(mut self) -> Self {
        self.data.ip_addresses.get_or_insert_default();
        self.data.dhcp_enabled.get_or_insert_default();
        self.data.protocol_if_type =
            Some(match (self.has(IpAddr::is_ipv4), self.has(IpAddr::is_ipv6)) {
                (true, true) => ProtocolIFType::IPv4AndIPv6,
                (true, false) => ProtocolIFType::IPv4,
                (false, true) => ProtocolIFType::IPv6,
                (false, false) => self.read.protocol_if_type.unwrap_or(ProtocolIFType::IPv4AndIPv6),
            });
        self
    }

    /// Whether the adapter gets an address of a protocol.
    fn has(&self, is_it: fn(&IpAddr) -> bool) -> bool {
        let by_dhcp = self.data.dhcp_enabled == Some(true) && is_it(&Ipv4Addr::UNSPECIFIED.into());
        let addresses = self.data.ip_addresses.iter().flatten();
        by_dhcp || addresses.flat_map(|text| text.parse()).any(|address| is_it(&address))
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Kind [`Usage`](crate::ErrorKind::Usage), with everything that is not allowed: what is missing, is no address, does not
    /// fit its address, or is of a protocol of which the adapter gets no address.
    pub fn check(&self) -> Result<()> {
        let data = &self.data;
        let mut check = Check::new("failover network settings", &self.read, data, &data.rest);
        check.demand(data.ip_addresses.is_some() && data.dhcp_enabled.is_some(), || {
            "IPAddresses and DHCPEnabled have to be set: give an address, or use DHCP, or clear the settings".to_owned()
        });
        for (name, list) in [
            ("IPAddresses", &data.ip_addresses),
            ("Subnets", &data.subnets),
            ("DefaultGateways", &data.default_gateways),
            ("DNSServers", &data.dns_servers),
        ] {
            check.demand(list.is_none() || data.rest.could_read(name), || {
                format!(
                    "the host's {name} cannot be read, and what it names would be lost: clear all settings first"
                )
            });
        }
        let addresses: &[String] = data.ip_addresses.as_deref().unwrap_or_default();
        let subnets: &[String] = data.subnets.as_deref().unwrap_or_default();
        check.rule(&["IPAddresses", "Subnets"], subnets.len() == addresses.len(), || {
            format!(
                "Subnets has {} elements and IPAddresses {}: each address has its subnet at its index",
                subnets.len(),
                addresses.len()
            )
        });
        for address in addresses {
            check.rule(&["IPAddresses"], address.parse::<IpAddr>().is_ok(), || {
                format!("IPAddresses has {address:?}, which is no address of IPv4 or IPv6")
            });
        }
        for (address, subnet) in addresses.iter().zip(subnets) {
            let Ok(address) = address.parse::<IpAddr>() else { continue };
            let fits = subnet.parse::<Subnet>().is_ok_and(|subnet| subnet.fits(address));
            check.rule(&["IPAddresses", "Subnets"], fits, || {
                let allowed = if address.is_ipv4() {
                    "a mask whose ones are at its begin, and a prefix length of 0 to 32"
                } else {
                    "a prefix length of 0 to 128"
                };
                format!("Subnets has {subnet:?} for {address}: {allowed} are allowed")
            });
        }
        check.rule(
            &["IPAddresses", "DHCPEnabled"],
            data.dhcp_enabled != Some(true)
                || !addresses.iter().any(|address| address.parse::<Ipv4Addr>().is_ok()),
            || {
                "DHCPEnabled is true, and IPAddresses has addresses of IPv4: one of both is allowed"
                    .to_owned()
            },
        );
        let gateways = data.default_gateways.as_deref().unwrap_or_default();
        check.rule(&["DefaultGateways"], gateways.len() <= MAX_GATEWAYS, || {
            format!("DefaultGateways has {} elements: {MAX_GATEWAYS} are allowed", gateways.len())
        });
        self.judge_peers(&mut check, "DefaultGateways", gateways);
        self.judge_peers(&mut check, "DNSServers", data.dns_servers.as_deref().unwrap_or_default());
        check.finish()
    }

    /// Others that the adapter reaches by an address of its own.
    fn judge_peers(&self, check: &mut Check, name: &str, peers: &[String]) {
        for peer in peers {
            let problem = match peer.parse() {
                Ok(IpAddr::V4(_)) if self.has(IpAddr::is_ipv4) => continue,
                Ok(IpAddr::V6(_)) if self.has(IpAddr::is_ipv6) => continue,
                Ok(_) => "for whose protocol the adapter gets no address",
                Err(_) => "which is no address of IPv4 or IPv6",
            };
            check.rule(&[name, "IPAddresses", "DHCPEnabled"], false, || {
                format!("{name} has {peer:?}, {problem}")
            });
        }
    }
}
