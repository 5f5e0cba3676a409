//! Hyper-V and its Replica on the host.

use super::{Finding, Visit};
use crate::{
    cim::{Instance, Value},
    client::VIRTUALIZATION,
    error::{Error, ErrorKind, Result},
    replication::ReplicationService,
    wsman::ResourceUri,
};

const INVALID_NAMESPACE: u32 = 0x8004_100E;
/// `OperationalStatus` where a listener of the replica server is down.
const STATUS_ERROR: u64 = 6;

/// Whether there is Hyper-V, and what of it the account sees.
pub(super) async fn virtual_machines(visit: &Visit) -> Vec<Finding> {
    const NAME: &str = "namespace";
    let vms = match ReplicationService::new(&visit.client).virtual_machines().await {
        Ok(vms) => vms,
        Err(error) if is_fault(&error, INVALID_NAMESPACE) => {
            return vec![
                Finding::error(NAME, error.kind(), format!("the host has no namespace {VIRTUALIZATION}"))
                    .advice("The role Hyper-V is not installed (Install-WindowsFeature Hyper-V), or the host is older than Server 2012."),
            ];
        }
        Err(error) => return vec![Finding::failed(NAME, &error)],
    };
    let namespace = Finding::ok(NAME, format!("the namespace {VIRTUALIZATION} is there"));
    let machines = match vms.len() {
        0 => Finding::warning("virtual_machines", "the account sees none")
            .advice("If there are some, the account is a local administrator whose token UAC filters (use an account of the domain, or set LocalAccountTokenFilterPolicy to 1 in the registry of the host), or it is not in the group Hyper-V Administrators."),
        1 => Finding::ok("virtual_machines", "the account sees one"),
        number => Finding::ok("virtual_machines", format!("the account sees {number}")),
    };
    vec![namespace, machines]
}

pub(super) async fn service(visit: &mut Visit) -> Vec<Finding> {
    const NAME: &str = "replication_service";
    let finding = match first(visit, "Msvm_ReplicationService").await {
        Ok(Some(service)) => {
            let status = service.find("OperationalStatus");
            visit.service_status = status.and_then(|status| status.as_slice().first()?.as_u64());
            match visit.service_status {
                Some(2) => Finding::ok(NAME, "it is there, and its OperationalStatus is 2 (OK)"),
                Some(STATUS_ERROR) => Finding::warning(NAME, "its OperationalStatus is 6 (Error): a listener of the replica server is down")
                    .advice("Replicas cannot be received: look at the port and the certificate of the replica server, and at the event log Hyper-V-VMMS."),
                Some(other) => Finding::note(NAME, format!("its OperationalStatus is {other}")),
                None => Finding::note(NAME, "it is there, and does not say how it is"),
            }
        }
        Ok(None) => absent(NAME, "Msvm_ReplicationService"),
        Err(error) => Finding::failed(NAME, &error),
    };
    vec![finding]
}

pub(super) async fn replica_server(visit: &Visit) -> Vec<Finding> {
    const NAME: &str = "replica_server";
    let class = "Msvm_ReplicationServiceSettingData";
    let settings = match first(visit, class).await {
        Ok(Some(settings)) => settings,
        Ok(None) => return vec![absent(NAME, class)],
        Err(error) => return vec![Finding::failed(NAME, &error)],
    };
    if settings.find("RecoveryServerEnabled") != Some(&Value::Boolean(true)) {
        let evidence = "it is off: the host takes no replicas of others, and its own virtual machines can be replicated all the same";
        return vec![Finding::note(NAME, evidence)];
    }
    let number = |name| settings.number(name).unwrap_or_default();
    let http = || format!("Kerberos on port {}", number("HttpPort"));
    let https = || {
        let thumb_print = settings.text("CertificateThumbPrint").unwrap_or_default();
        format!("certificates on port {} (thumbprint {thumb_print})", number("HttpsPort"))
    };
    let accepts = match number("AllowedAuthenticationType") {
        1 => http(),
        2 => https(),
        3 => format!("{} and {}", http(), https()),
        other => format!("authentication of the unknown type {other}"),
    };
    let listening = match visit.service_status {
        Some(2) => "; its listeners run",
        Some(STATUS_ERROR) => "; a listener is down",
        _ => "",
    };
    let evidence = format!("it takes replicas with {accepts}{listening}");
    vec![if visit.service_status == Some(STATUS_ERROR) {
        Finding::warning(NAME, evidence).advice("Primaries cannot reach it: look whether something else has the port, whether the certificate is still valid, and whether the firewall rule \"Hyper-V Replica\" is on.")
    } else {
        Finding::ok(NAME, evidence)
    }]
}

/// The only instance of a class; nothing where there is none, or no such class.
async fn first(visit: &Visit, class: &str) -> Result<Option<Instance>> {
    let uri = ResourceUri::wmi(VIRTUALIZATION, class);
    match visit.client.enumerate(&uri).collect().await {
        Ok(instances) => Ok(instances.into_iter().next()),
        // What there is not.
        Err(error) if is_fault(&error, 2_150_858_752) || is_fault(&error, 0x8004_1010) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_fault(error: &Error, code: u32) -> bool {
    error.kind() == ErrorKind::Fault && error.fault().is_some_and(|fault| fault.has_code(code))
}

fn absent(name: &'static str, class: &str) -> Finding {
    Finding::warning(name, format!("the account sees no {class}"))
        .advice("It is not in the group Hyper-V Administrators, or UAC filters its token, or the host is older than Server 2012.")
}
