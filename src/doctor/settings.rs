//! The settings of WinRM on the host ([MS-WSMV] section 2.2.4.10), which it shows to administrators.
//!
//! [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/

use super::{Finding, Visit};
use crate::{
    cim::{Instance, Value},
    error::ErrorKind,
    wsman::{Resource, ResourceUri},
};

/// The resource.
const CONFIG: &str = "http://schemas.microsoft.com/wbem/wsman/1/config";
/// What hosts have since Server 2012, in KiB.
const ENVELOPE_SIZE: u64 = 500;
/// With fewer operations at a time, an open enumeration or two leave no room.
const FEW_OPERATIONS: u64 = 50;

pub(super) async fn settings(visit: &Visit) -> Vec<Finding> {
    const NAME: &str = "settings";
    let config = match visit.client.get(&Resource::new(ResourceUri::new(CONFIG))).await {
        Ok(config) => config,
        Err(error) if error.kind() == ErrorKind::Fault => {
            let reason = error.fault().map(|fault| fault.text().to_owned()).unwrap_or_default();
            return vec![Finding::note(
                NAME,
                format!(
                    "the host does not show its limits, AllowUnencrypted and CbtHardeningLevel, for which one has to be an administrator: {reason}"
                ),
            )];
        }
        Err(error) => return vec![Finding::failed(NAME, &error)],
    };
    let service = part(&config, "Service");
    let auth = service.and_then(|service| part(service, "Auth"));
    vec![
        limits(&config, service),
        clear_text(service.and_then(|service| service.text("AllowUnencrypted"))),
        hardening(visit, auth.and_then(|auth| auth.text("CbtHardeningLevel"))),
    ]
}

/// An element of the configuration that has others in it.
fn part<'a>(config: &'a Instance, name: &str) -> Option<&'a Instance> {
    match config.find(name)? {
        Value::Instance(part) => Some(part),
        _ => None,
    }
}

fn limits(config: &Instance, service: Option<&Instance>) -> Finding {
    let number =
        |of: Option<&Instance>, name: &str| -> Option<u64> { of?.text(name)?.parse().ok() };
    let all = [
        (Some(config), "MaxEnvelopeSizekb"),
        (Some(config), "MaxTimeoutms"),
        (Some(config), "MaxBatchItems"),
        (service, "MaxConcurrentOperationsPerUser"),
        (service, "MaxConnections"),
        (service, "EnumerationTimeoutms"),
    ];
    let told: Vec<_> = all
        .iter()
        .filter_map(|(of, name)| Some(format!("{name} {}", number(*of, name)?)))
        .collect();
    let evidence = told.join(", ");
    if told.is_empty() {
        return Finding::note("limits", "the host names none");
    }
    if number(service, "MaxConcurrentOperationsPerUser").is_some_and(|most| most < FEW_OPERATIONS) {
        return Finding::warning("limits", evidence).advice("So few operations at a time are soon used up, by other programs of the account, too: winrm set winrm/config/service @{MaxConcurrentOperationsPerUser=\"1500\"}");
    }
    if number(Some(config), "MaxEnvelopeSizekb").is_some_and(|size| size < ENVELOPE_SIZE) {
        return Finding::note("limits", evidence).advice("Large answers come in more and smaller pages; one large instance may not fit at all: winrm set winrm/config @{MaxEnvelopeSizekb=\"500\"}");
    }
    Finding::ok("limits", evidence)
}

fn clear_text(allowed: Option<&str>) -> Finding {
    const NAME: &str = "clear_text";
    match allowed {
        Some(allowed) if allowed.eq_ignore_ascii_case("true") => {
            Finding::warning(NAME, "AllowUnencrypted true: the host takes bodies in clear over http")
                .advice("Nothing here needs that, and everybody on the way can read and change them: winrm set winrm/config/service @{AllowUnencrypted=\"false\"}")
        }
        Some(_) => Finding::ok(NAME, "AllowUnencrypted false: over http bodies have to be sealed"),
        None => Finding::note(NAME, "the host does not say whether AllowUnencrypted is set"),
    }
}

fn hardening(visit: &Visit, level: Option<&str>) -> Finding {
    const NAME: &str = "cbt_level";
    let Some(level) = level else {
        return Finding::note(NAME, "the host does not say what its CbtHardeningLevel is");
    };
    let meaning = match level.to_ascii_lowercase().as_str() {
        "none" => "the host looks at no channel binding",
        "relaxed" => "a wrong channel binding is refused, none at all is not",
        "strict" => "without the right channel binding nobody gets in over https",
        _ => "of which nothing is known here",
    };
    let evidence = format!("CbtHardeningLevel {level}: {meaning}");
    if level.eq_ignore_ascii_case("none") && visit.is_https() {
        return Finding::note(NAME, evidence).advice("Channel bindings keep others from passing on a logon; we always send them: winrm set winrm/config/service/auth @{CbtHardeningLevel=\"Relaxed\"}");
    }
    Finding::ok(NAME, evidence)
}
