//! The methods of the replication service: what they bring about, and what they tell.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::Timestamp;

use super::{
    super::{
        change::{Change, Place, Plan},
        inventory::Vm,
        repository::{Row, relationship_id},
    },
    Call, Provider,
    fault::{self, Refused},
    invoke::{FAILED, INVALID_PARAMETER, INVALID_STATE, SYSTEM_NOT_AVAILABLE, find},
    server::embedded,
};
use crate::cim::{Datetime, Output, Value};

/// How far ahead a start time may be; PowerShell's cmdlets allow as much.
const LATEST_START: Duration = Duration::from_secs(7 * 24 * 3600);

impl Provider {
    /// What a method is to bring about, or the return value that says why not; nothing for other methods.
    pub(super) fn plan_of_service(
        &self,
        call: &Call<'_>,
        method: &str,
        parameters: &[(String, Value)],
    ) -> Option<Result<Plan, u32>> {
        Some(match method {
            "Resynchronize" => self.resynchronize(call, parameters),
            "ModifyServiceSettings" => self.modify_service_settings(parameters),
            "AddAuthorizationEntry" => self.add_authorization(call, parameters),
            "ModifyAuthorizationEntry" => self.modify_authorization(parameters),
            "RemoveAuthorizationEntry" => self.remove_authorization(parameters),
            "SetAuthorizationEntry" => self.set_authorization(parameters),
            "SetFailoverNetworkAdapterSettings" => self.set_failover_settings(parameters),
            "TestReplicationConnection" => self.test_connection(parameters),
            _ => return None,
        })
    }

    /// Executes a method that changes nothing.
    pub(super) fn read_of_service(
        &self,
        call: &Call<'_>,
        method: &str,
        parameters: &[(String, Value)],
    ) -> Result<Output, Refused> {
        match method {
            "GetReplicationStatistics" => self.statistics(call, parameters, false),
            "GetReplicationStatisticsEx" => self.statistics(call, parameters, true),
            "GetSystemCertificates" => Ok(self.system_certificates()),
            method => Err(fault::method_not_implemented(method)),
        }
    }

    /// `GetSystemCertificates`
    fn system_certificates(&self) -> Output {
        let encoded = |der| Value::String(BASE64_STANDARD.encode(der));
        let certificates = self.certificates.iter().map(encoded).collect();
        Output {
            parameters: vec![("EncodedCertificates".to_owned(), Value::Array(certificates))],
            ..Output::default()
        }
    }

    /// `TestReplicationConnection`: whether this host can replicate to another, which it can to those that it has
    /// relationships with, at the ports that are their listeners' by default.
    fn test_connection(&self, parameters: &[(String, Value)]) -> Result<Plan, u32> {
        let host = find(parameters, "RecoveryConnectionPoint").as_str().unwrap_or_default();
        let port = find(parameters, "RecoveryServerPortNumber").as_u64();
        let thumbprint = find(parameters, "CertificateThumbPrint").as_str().unwrap_or_default();
        let listener = match find(parameters, "AuthenticationType").as_u64() {
            Some(1) => 80,
            Some(2) if !thumbprint.is_empty() => 443,
            _ => return Err(INVALID_PARAMETER),
        };
        if host.is_empty() || port == Some(0) {
            return Err(INVALID_PARAMETER);
        }
        let is_here = |name: &str| {
            let computer = self.repository.computer();
            name.split('.').next().is_some_and(|label| label.eq_ignore_ascii_case(computer))
        };
        let mut partners = self
            .repository
            .vms
            .iter()
            .flat_map(|vm| &vm.relationships)
            .flat_map(|it| [&it.primary_host, &it.recovery_host]);
        if is_here(host) || !partners.any(|partner| partner.eq_ignore_ascii_case(host)) {
            return Err(SYSTEM_NOT_AVAILABLE);
        }
        if port == Some(listener) { Ok(Plan::default()) } else { Err(FAILED) }
    }

    /// `Resynchronize`: compares the disks with those of the replica and sends what differs.
    fn resynchronize(&self, call: &Call<'_>, parameters: &[(String, Value)]) -> Result<Plan, u32> {
        let place = self.place_of(parameters)?;
        // Critical, waiting for resynchronization, resynchronization suspended: Microsoft documents no list. These are
        // the states from which its cmdlets are documented to resynchronize, or to go on with it.
        let relationship = self.repository.relationship(place).ok_or(INVALID_PARAMETER)?;
        if !matches!(relationship.state, 8 | 9 | 11) {
            return Err(INVALID_STATE);
        }
        let start = match find(parameters, "StartTime") {
            Value::Datetime(Datetime::Interval(_) | Datetime::Partial(_)) => {
                return Err(INVALID_PARAMETER);
            }
            Value::Datetime(start) => start.timestamp().unwrap_or(call.now).max(call.now),
            _ => call.now,
        };
        if start > call.now.saturating_add(LATEST_START).unwrap_or(Timestamp::MAX) {
            return Err(INVALID_PARAMETER);
        }
        Ok(Plan {
            job_type: Some(if place.relationship == 0 { 107 } else { 121 }),
            vm: Some(place.vm),
            start: Some(start),
            running: vec![Change::State(place, 10)],
            success: vec![
                Change::State(place, 3),
                Change::Health(place, 1),
                Change::Replicated(place),
            ],
            // As after a cancelled resynchronization: it is still needed.
            failure: vec![Change::State(place, 9), Change::Health(place, 3)],
            ..Plan::default()
        })
    }

    /// The virtual machine of the parameter `ComputerSystem`.
    ///
    /// A reference to what is no virtual machine of the host is an invalid parameter: WinRM makes an object path of it
    /// without looking, and it is the provider that finds nothing there.
    pub(super) fn vm_of(&self, parameters: &[(String, Value)]) -> Result<usize, u32> {
        match find(parameters, "ComputerSystem") {
            Value::Reference(resource) => match self.find(resource) {
                Ok(Row::Vm(vm)) => Ok(vm),
                _ => Err(INVALID_PARAMETER),
            },
            _ => Err(INVALID_PARAMETER),
        }
    }

    /// The relationship of that virtual machine that methods without a parameter for one work on: the primary one of a
    /// primary, the extended one of a replica, which has no say in its primary one.
    fn place_of(&self, parameters: &[(String, Value)]) -> Result<Place, u32> {
        let index = self.vm_of(parameters)?;
        let vm = self.repository.vms.get(index).ok_or(INVALID_PARAMETER)?;
        match (vm.mode, vm.relationships.len()) {
            (1, 1..) => Ok(Place { vm: index, relationship: 0 }),
            (2, 2..) => Ok(Place { vm: index, relationship: 1 }),
            _ => Err(INVALID_STATE),
        }
    }
}

/// The relationship of a virtual machine that the parameter `ReplicationRelationship` holds, known by its `InstanceID`.
pub(super) fn place_in(
    index: usize,
    vm: &Vm,
    parameters: &[(String, Value)],
) -> Result<Place, u32> {
    let given = embedded(parameters, "ReplicationRelationship", "Msvm_ReplicationRelationship")?;
    let id = given.text("InstanceID").unwrap_or_default();
    (0..vm.relationships.len())
        .find(|number| relationship_id(vm, *number).eq_ignore_ascii_case(id))
        .map(|relationship| Place { vm: index, relationship })
        .ok_or(INVALID_PARAMETER)
}
