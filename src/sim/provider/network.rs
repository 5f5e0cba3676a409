//! `SetFailoverNetworkAdapterSettings`: what guests get at their network adapters after a failover.

use std::net::IpAddr;

use super::{
    super::{
        change::{Change, Plan},
        inventory::FailoverSettings,
        repository::{NAMESPACE, failover_id, schema},
    },
    Provider,
    invoke::{INVALID_PARAMETER, find},
};
use crate::cim::{Instance, Value};

/// `ProtocolIFType`
const IPV4: u16 = 4096;
const IPV6: u16 = 4097;
const BOTH: u16 = 4098;
/// As many gateways as are documented.
const GATEWAYS: usize = 5;

impl Provider {
    pub(super) fn set_failover_settings(
        &self,
        parameters: &[(String, Value)],
    ) -> Result<Plan, u32> {
        let index = self.vm_of(parameters)?;
        let vm = self.repository.vms.get(index).ok_or(INVALID_PARAMETER)?;
        let mut success = Vec::new();
        let mut known = Vec::new();
        for text in find(parameters, "NetworkSettings").as_slice() {
            let given =
                Instance::from_cim_xml(text.as_str().unwrap_or_default(), NAMESPACE, schema())
                    .map_err(|_| INVALID_PARAMETER)?;
            let id = given.text("InstanceID").unwrap_or_default();
            let is_meant = |id_of: String| id_of.eq_ignore_ascii_case(id);
            let adapter = vm.adapters.iter().find(|it| is_meant(failover_id(vm, it)));
            let adapter = adapter.ok_or(INVALID_PARAMETER)?.id;
            if known.contains(&adapter) {
                return Err(INVALID_PARAMETER);
            }
            known.push(adapter);
            let settings = read(&given).ok_or(INVALID_PARAMETER)?;
            success.push(Change::Failover { vm: index, adapter, settings });
        }
        if success.is_empty() {
            return Err(INVALID_PARAMETER);
        }
        Ok(Plan { success, ..Plan::default() })
    }
}

/// The settings, if they are some: `DHCPEnabled` and `IPAddresses` have to be there, as documented.
fn read(given: &Instance) -> Option<FailoverSettings> {
    let Some(Value::Boolean(dhcp)) = given.find("DHCPEnabled") else { return None };
    let list = |name: &str| -> Vec<String> {
        let values = given.find(name).unwrap_or(&Value::Null);
        values.as_slice().iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let settings = FailoverSettings {
        protocol: given.small("ProtocolIFType").unwrap_or(IPV4),
        dhcp: *dhcp,
        addresses: list("IPAddresses"),
        subnets: list("Subnets"),
        gateways: list("DefaultGateways"),
        dns_servers: list("DNSServers"),
    };
    let fits = |address: &String| {
        matches!(
            (settings.protocol, address.parse()),
            (IPV4, Ok(IpAddr::V4(_))) | (IPV6, Ok(IpAddr::V6(_))) | (BOTH, Ok(_))
        )
    };
    let is_subnet = |subnet: &String| {
        subnet.parse::<u8>().map_or_else(|_| subnet.parse::<IpAddr>().is_ok(), |bits| bits <= 128)
    };
    let is_valid = matches!(given.find("IPAddresses"), Some(Value::Array(_)))
        && (settings.dhcp || !settings.addresses.is_empty())
        && settings.subnets.len() == settings.addresses.len()
        && settings.gateways.len() <= GATEWAYS
        && settings.subnets.iter().all(is_subnet)
        && [&settings.addresses, &settings.gateways, &settings.dns_servers]
            .into_iter()
            .flatten()
            .all(fits);
    is_valid.then_some(settings)
}
