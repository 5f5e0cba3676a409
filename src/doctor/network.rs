//! The way to the host, and its certificate.

use std::{io::ErrorKind as Io, net::IpAddr};

use jiff::Timestamp;

use super::{Finding, Visit, advice};
use crate::{
    auth::{
        certificate::{Certificate, hex},
        end_point_hash,
    },
    error::{Error, ErrorKind},
    transport::{
        Exception, Pin,
        probe::{Distrust, Tls},
    },
};

/// Who soon has no valid certificate any more is told so.
const SOON: i64 = 30 * 24 * 3600;

pub(super) async fn proxy(visit: &Visit) -> Vec<Finding> {
    let proxy = visit.settings.proxy.as_ref().map(ToString::to_string).unwrap_or_default();
    vec![Finding::note(
        "proxy",
        format!(
            "the way to the host leads through {proxy}: its address, port and TLS are not examined"
        ),
    )]
}

pub(super) async fn address(visit: &mut Visit) -> Vec<Finding> {
    let host = visit.settings.endpoint.host();
    let finding = match visit.settings.resolve().await {
        Ok(addresses) if !addresses.is_empty() => {
            let bare = host.trim_matches(['[', ']']);
            let list: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
            visit.addresses = addresses;
            if bare.parse::<IpAddr>().is_ok() {
                Finding::ok("address", format!("{bare}, an address, which is no name to Kerberos"))
            } else {
                Finding::ok("address", format!("{host} is {}", list.join(", ")))
            }
        }
        found => {
            let reason = found.err().map(|error| format!(": {error}")).unwrap_or_default();
            Finding::error("address", ErrorKind::Connect, format!("{host} has no address{reason}"))
                .advice("Check the spelling, give the full name (hv01.example.com), or look at the DNS servers and /etc/hosts of this machine.")
        }
    };
    vec![finding]
}

pub(super) async fn port(visit: &mut Visit) -> Vec<Finding> {
    let mut open = Vec::new();
    let mut closed = Vec::new();
    for address in &visit.addresses {
        match visit.settings.reach(*address).await {
            Ok(()) => open.push(*address),
            Err(error) => closed.push((*address, error)),
        }
    }
    let refusals: Vec<_> = closed
        .iter()
        .map(|(address, error)| match error.kind() {
            Io::ConnectionRefused => format!("{address} refuses connections"),
            Io::TimedOut => {
                format!("{address} does not answer within {:?}", visit.settings.connect_timeout)
            }
            _ => format!("{address}: {error}"),
        })
        .collect();
    let refusals = refusals.join("; ");
    let finding = match (open.first(), closed.first()) {
        (Some(address), None) => Finding::ok("port", format!("{address} accepts connections")),
        (Some(address), Some(_)) => {
            Finding::warning("port", format!("{address} accepts connections; {refusals}"))
                .advice("Programs may try the address that does not answer first, and wait: correct the addresses of the name in DNS.")
        }
        (None, failure) => {
            let kind = failure.map(|(_, error)| error.kind());
            Finding::error("port", ErrorKind::Connect, refusals).advice(match kind {
                Some(Io::ConnectionRefused) => {
                    "The machine is there, and nothing listens at the port: on the host run winrm quickconfig, which is for 5985 (http), or set up a listener for 5986 (https); winrm enumerate winrm/config/listener shows what there is."
                }
                Some(Io::TimedOut) => {
                    "The machine is off, or a firewall drops what we send: on the host allow the port (the rule \"Windows Remote Management\", for the network profile that it is in), and on the way, too."
                }
                Some(Io::HostUnreachable | Io::NetworkUnreachable) => {
                    "There is no way to the address from here: look at the routes and the VPN of this machine, and whether the host is on."
                }
                _ => "Look at the network of this machine, and whether the host is on.",
            })
        }
    };
    // What comes next has no need to wait for those that do not answer.
    visit.addresses = open;
    vec![finding]
}

pub(super) async fn scheme(visit: &Visit) -> Vec<Finding> {
    let settings = &visit.settings;
    let finding = match (visit.is_https(), settings.seals()) {
        (true, false) => Finding::ok("scheme", "https: TLS protects what is sent"),
        (true, true) => Finding::ok("scheme", "https, and bodies are sealed within TLS"),
        (false, true) => {
            Finding::ok("scheme", "http with sealed bodies: Kerberos or NTLM protects what is sent")
        }
        (false, false) => {
            Finding::warning("scheme", "http in clear text: everybody on the way can read and change what is sent")
                .advice("Leave --dangerous-clear-text out: bodies are sealed then, which every WinRM host can do. Or use https.")
        }
    };
    vec![finding]
}

pub(super) async fn tls(visit: &mut Visit) -> Vec<Finding> {
    let Some(address) = visit.addresses.first() else { return Vec::new() };
    let finding = match visit.settings.examine_tls(*address).await {
        Ok(tls) => {
            let finding = Finding::ok("tls", format!("{}, {}", tls.version, tls.cipher));
            visit.tls = Some(tls);
            finding
        }
        Err(error) => {
            let error = Error::from(error);
            let text = advice::chain(&error);
            Finding::error("tls", error.kind(), text).advice(advice::of_handshake(&error))
        }
    };
    vec![finding]
}

pub(super) async fn certificate(visit: &Visit) -> Vec<Finding> {
    let Some(tls) = &visit.tls else { return Vec::new() };
    let Some(der) = tls.certificates.first() else {
        let finding = Finding::error("certificate", ErrorKind::Tls, "the host shows none");
        return vec![finding];
    };
    let facts = Certificate::parse(der);
    let pin = Pin::of_certificate(der);
    let evidence = match &facts {
        Some(facts) => format!("{facts}; {pin}"),
        None => format!("it cannot be read; {pin}"),
    };
    let mut findings = vec![verdict(visit, tls, facts.as_ref(), evidence, pin)];
    findings.extend(facts.as_ref().and_then(|facts| dates(facts, tls)));
    findings.push(match end_point_hash(der) {
        Some(hash) => {
            Finding::ok("channel_binding", format!("tls-server-end-point:{}", hex(&hash)))
        }
        None => Finding::warning(
            "channel_binding",
            "the certificate is signed in a way for which RFC 5929 defines none",
        )
        .advice("A host with CbtHardeningLevel Strict lets nobody in with it: give it a certificate that is signed by RSA or ECDSA."),
    });
    findings
}

fn verdict(
    visit: &Visit,
    tls: &Tls,
    facts: Option<&Certificate>,
    evidence: String,
    pin: Pin,
) -> Finding {
    const NAME: &str = "certificate";
    let host = visit.settings.endpoint.host();
    let pinning = format!("If it is the host's own, trust it by --pin {pin}");
    let (reason, advice) = match (&tls.distrust, visit.settings.trust.exception()) {
        (None, None) => return Finding::ok(NAME, evidence),
        (None, Some(Exception::Pinned)) => {
            return Finding::ok(NAME, format!("the pinned one: {evidence}"));
        }
        (None, Some(_)) => {
            return Finding::warning(NAME, format!("any certificate is accepted: {evidence}"))
                .advice(format!("Anybody on the way can be the host. {pinning}."));
        }
        (Some(Distrust::Issuer | Distrust::Other(_)), _)
            if facts.is_some_and(Certificate::is_self_signed) =>
        {
            (
                "it signs itself, so that nobody vouches for it".to_owned(),
                format!("{pinning}, or by --ca FILE with the certificate in PEM."),
            )
        }
        (Some(Distrust::Issuer), _) => (
            "nobody who is trusted here has issued it".to_owned(),
            format!("Name the certification authority with --ca FILE. {pinning}."),
        ),
        (Some(Distrust::NoRoots), _) => (
            "the system has no trusted root certificates".to_owned(),
            format!("Name the certification authority with --ca FILE. {pinning}."),
        ),
        (Some(Distrust::Name), _) => (
            format!("it is not for {host}"),
            format!("Use a name that it is for, or give the host another certificate. {pinning}."),
        ),
        (Some(Distrust::Expired), _) => (
            "it has expired".to_owned(),
            "Renew it on the host, and bind it to the listener.".to_owned(),
        ),
        (Some(Distrust::NotYet), _) => (
            "it is not valid yet".to_owned(),
            "Look at the clock of this machine, and at that of the one that issued it.".to_owned(),
        ),
        (Some(Distrust::Pin), _) => (
            "it is not the one that was pinned".to_owned(),
            format!(
                "If the host has a new one, pin that: --pin {pin}. Else something between may only claim to be it."
            ),
        ),
        (Some(Distrust::Other(reason)), _) => (reason.clone(), format!("{pinning}.")),
    };
    Finding::error(NAME, ErrorKind::Tls, format!("{reason}: {evidence}")).advice(advice)
}

/// What the dates of a certificate lead to, where they are not what it is refused for.
fn dates(facts: &Certificate, tls: &Tls) -> Option<Finding> {
    if matches!(tls.distrust, Some(Distrust::Expired | Distrust::NotYet)) {
        return None;
    }
    #[expect(clippy::disallowed_methods, reason = "dates are compared with the clock")]
    let left = facts.not_after.as_second() - Timestamp::now().as_second();
    let evidence = match left {
        ..=0 => format!("it expired on {}", facts.not_after),
        1..=SOON => format!("it expires in {} days, on {}", left / (24 * 3600), facts.not_after),
        _ => return None,
    };
    Some(Finding::warning("certificate_dates", evidence).advice(
        "Renew it on the host, and bind it to the listener; whoever pinned it has to pin the new one.",
    ))
}
