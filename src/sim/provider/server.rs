//! The methods of the replication service that change what it is as a replica server.

use std::time::Duration;

use super::{
    super::{
        change::{Change, Place, Plan},
        inventory::Authorization,
        limits,
        repository::{NAMESPACE, schema},
    },
    Call, Provider,
    invoke::{FAILED, INVALID_PARAMETER, INVALID_STATE, find},
};
use crate::cim::{Datetime, Instance, ResourceUri, Value};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// The longest text that a setting may have.
const TEXT: usize = 1024;

impl Provider {
    /// `ModifyServiceSettings`. What is NULL stays as it is.
    pub(super) fn modify_service_settings(
        &self,
        parameters: &[(String, Value)],
    ) -> Result<Plan, u32> {
        let given = embedded(parameters, "SettingData", "Msvm_ReplicationServiceSettingData")?;
        let id = format!("Microsoft:{}", self.repository.computer());
        if given.text("InstanceID").is_some_and(|given| !given.eq_ignore_ascii_case(&id)) {
            return Err(INVALID_PARAMETER);
        }
        let mut server = self.repository.server.clone();
        if let Some(Value::Boolean(enabled)) = given.find("RecoveryServerEnabled") {
            server.enabled = *enabled;
        }
        if let Some(Value::Datetime(start)) = given.find("MonitoringStartTime") {
            let Datetime::Interval(start) = start else { return Err(INVALID_PARAMETER) };
            server.monitoring_start = *start;
        }
        if let Some(Value::UInt32(interval)) = given.find("MonitoringInterval") {
            server.monitoring_interval = *interval;
        }
        if let Some(thumbprint) = given.text("CertificateThumbPrint") {
            server.thumbprint = (!thumbprint.is_empty()).then(|| thumbprint.to_owned());
        }
        server.authentication =
            given.small("AllowedAuthenticationType").unwrap_or(server.authentication);
        server.http_port = given.small("HttpPort").unwrap_or(server.http_port);
        server.https_port = given.small("HttpsPort").unwrap_or(server.https_port);

        let authentications = if server.enabled { 1..=3 } else { 0..=3 };
        let thumbprint = server.thumbprint.as_ref();
        // 2 and 3 take certificates, and need their own for it.
        let fits = authentications.contains(&server.authentication)
            && (server.authentication < 2 || thumbprint.is_some())
            && thumbprint.is_none_or(|thumbprint| thumbprint.len() <= 128)
            && server.http_port != 0
            && server.https_port != 0
            && server.monitoring_start < DAY
            && (3600..=604_800).contains(&server.monitoring_interval);
        if !fits {
            return Err(INVALID_PARAMETER);
        }
        let success = vec![Change::Server(server)];
        Ok(Plan { job_type: Some(90), success, ..Plan::default() })
    }

    /// `AddAuthorizationEntry`
    pub(super) fn add_authorization(
        &self,
        call: &Call<'_>,
        parameters: &[(String, Value)],
    ) -> Result<Plan, u32> {
        let entry = Authorization {
            id: call.new_id,
            primary: String::new(),
            trust_group: String::new(),
            storage: String::new(),
        };
        let entry = changed(entry, &authorization(parameters)?)?;
        if self.authorization_of(&entry.primary).is_some() {
            return Err(INVALID_PARAMETER);
        }
        // "Any server" and named servers exclude each other, as the cmdlets have it.
        let known = &self.repository.authorizations;
        if known.iter().any(|known| (known.primary == "*") != (entry.primary == "*")) {
            return Err(INVALID_STATE);
        }
        if known.len() >= limits::AUTHORIZATIONS {
            return Err(FAILED);
        }
        Ok(Plan { success: vec![Change::Authorization(entry)], ..Plan::default() })
    }

    /// `ModifyAuthorizationEntry`. What is NULL stays as it is.
    pub(super) fn modify_authorization(&self, parameters: &[(String, Value)]) -> Result<Plan, u32> {
        let given = authorization(parameters)?;
        let known = self.authorization_in(&given)?;
        let entry = changed(known.clone(), &given)?;
        Ok(Plan { success: vec![Change::Authorization(entry)], ..Plan::default() })
    }

    /// `RemoveAuthorizationEntry`. The replication that relied on it stops.
    pub(super) fn remove_authorization(&self, parameters: &[(String, Value)]) -> Result<Plan, u32> {
        let name = find(parameters, "AllowedPrimaryHostSystem").as_str().unwrap_or_default();
        let gone = self.authorization_of(name).ok_or(INVALID_PARAMETER)?;
        let mut success = vec![Change::NoAuthorization(gone.id)];
        let others = || self.repository.authorizations.iter().filter(|it| it.id != gone.id);
        for (vm, of) in self.repository.vms.iter().enumerate().filter(|(_, vm)| vm.mode == 2) {
            let relies = of.relationships.first().is_some_and(|relationship| {
                let host = &relationship.primary_host;
                gone.covers(host)
                    && (of.authorized_by == Some(gone.id) || !others().any(|it| it.covers(host)))
            });
            if relies {
                let place = Place { vm, relationship: 0 };
                success.extend([Change::State(place, 8), Change::Health(place, 3)]);
            }
        }
        Ok(Plan { success, ..Plan::default() })
    }

    /// `SetAuthorizationEntry`
    pub(super) fn set_authorization(&self, parameters: &[(String, Value)]) -> Result<Plan, u32> {
        let vm = self.vm_of(parameters)?;
        let authorization = self.authorization_in(&authorization(parameters)?)?.id;
        if self.repository.vms.get(vm).is_none_or(|vm| vm.mode != 2) {
            return Err(INVALID_STATE);
        }
        let success = vec![Change::AuthorizedBy { vm, authorization }];
        Ok(Plan { success, ..Plan::default() })
    }

    fn authorization_of(&self, primary: &str) -> Option<&Authorization> {
        let known = &self.repository.authorizations;
        known.iter().find(|known| known.primary.eq_ignore_ascii_case(primary))
    }

    /// The entry that an embedded instance names, by what is its key in practice.
    fn authorization_in(&self, given: &Instance) -> Result<&Authorization, u32> {
        let name = given.text("AllowedPrimaryHostSystem").unwrap_or_default();
        self.authorization_of(name).ok_or(INVALID_PARAMETER)
    }
}

fn authorization(parameters: &[(String, Value)]) -> Result<Instance, u32> {
    embedded(parameters, "AuthorizationEntry", "Msvm_ReplicationAuthorizationSettingData")
}

/// The entry with what is given, if it is one then.
fn changed(mut entry: Authorization, given: &Instance) -> Result<Authorization, u32> {
    for (name, own) in [
        ("AllowedPrimaryHostSystem", &mut entry.primary),
        ("TrustGroup", &mut entry.trust_group),
        ("ReplicaStorageLocation", &mut entry.storage),
    ] {
        if let Some(text) = given.text(name) {
            text.clone_into(own);
        }
        if own.is_empty() || own.len() > TEXT {
            return Err(INVALID_PARAMETER);
        }
    }
    let host = match entry.primary.as_str() {
        "*" => "any",
        name => name.strip_prefix("*.").unwrap_or(name),
    };
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    if host.split('.').all(is_label) { Ok(entry) } else { Err(INVALID_PARAMETER) }
}

/// The embedded instance that is a parameter; an empty text stands for one without values.
pub(super) fn embedded(
    parameters: &[(String, Value)],
    name: &str,
    class: &str,
) -> Result<Instance, u32> {
    match find(parameters, name).as_str() {
        Some("") => Ok(Instance::new(ResourceUri::wmi(NAMESPACE, class))),
        Some(text) => {
            Instance::from_cim_xml(text, NAMESPACE, schema()).map_err(|_| INVALID_PARAMETER)
        }
        None => Err(INVALID_PARAMETER),
    }
}
