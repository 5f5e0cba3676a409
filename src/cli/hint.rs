//! What to do next about an error.

use crate::{
    auth::kerberos,
    error::{Error, ErrorKind, Obstacle},
    mof,
    replication::ReturnCode,
};

/// What to do next, as a sentence or two; nothing where the error says it itself.
pub(super) fn hint(error: &Error) -> Option<String> {
    if error.outcome_unknown() {
        return Some(
            "The outcome is unknown: the host may have done it. Look at the state before you try again, with hvr vm list or hvr job show ID.".to_owned(),
        );
    }
    if let Some(obstacle) = error.obstacle() {
        return Some(beyond(obstacle).to_owned());
    }
    let text = match error.kind() {
        ErrorKind::Usage | ErrorKind::Refused | ErrorKind::Ambiguous | ErrorKind::Job => {
            return None;
        }
        ErrorKind::Connect => {
            "Check the name and the port, that WinRM runs on the host (there: winrm quickconfig), and that its firewall \
             lets 5985 (http) or 5986 (https) through; hvr doctor says more."
        }
        ErrorKind::Tls => {
            "Name the certificate of the host or of its CA with --ca FILE, or its SHA-256 with --pin \
             sha256:HEX. Server 2012 and 2012 R2 with an RSA certificate have no cipher suite in common with us: use http \
             with sealed bodies there. hvr doctor shows the certificate and its SHA-256."
        }
        // What Kerberos has against us says itself what to do.
        ErrorKind::Authentication if is_about_kerberos(error) => return None,
        ErrorKind::Authentication => match error.refused_credential() {
            Some("Kerberos ticket") => {
                "The KDC knows us, and the host does not let us in: check that the account may log on there (a member of \
                 Remote Management Users or Administrators), that its clock and ours agree, and over https whether something \
                 between ends TLS, which its CbtHardeningLevel forbids."
            }
            _ => {
                "Check the user (DOMAIN\\user, user@domain, or user for an account of the host) and the password, and that \
             the account is not locked; `winrm get winrm/config/service` on the host shows which mechanisms it \
             takes, and whether clear text. hvr doctor says more."
            }
        },
        ErrorKind::Timeout => {
            "The host may be busy: allow more time for a request with --timeout, or for a job with --wait-timeout. A job goes on by itself: hvr job wait ID follows it."
        }
        ErrorKind::Protocol => {
            "Check that the URL is that of WinRM, and http or https as the port has it: something else may listen there; hvr \
             doctor says more."
        }
        ErrorKind::Fault => return fault(error),
        ErrorKind::ReturnValue => {
            let code = ReturnCode::from(error.return_value()?);
            let resynchronizes = error.context().method.as_deref() == Some("Resynchronize");
            let start = if resynchronizes && code == ReturnCode::InvalidParameter {
                "A start time may lie at most seven days ahead. "
            } else {
                ""
            };
            return Some(format!("{start}{}", code.next_step()));
        }
    };
    Some(text.to_owned())
}

fn is_about_kerberos(error: &Error) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        if error.is::<kerberos::Error>() || error.is::<kerberos::TicketError>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// What to do next about what stands between us and a host.
const fn beyond(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Proxy => {
            "Check the URL of --proxy, HVR_PROXY or HTTPS_PROXY, user and password in it, and that the proxy may connect to \
             the port of WinRM: many allow 443 alone. --no-proxy goes without one."
        }
        Obstacle::Pin => {
            "On the host, certutil -store My shows its certificates, and certutil -hashfile FILE SHA256 the hash of one that was \
             exported as DER. If that is what was shown here, give it with --pin; if not, something else answers in the host's \
             place."
        }
        Obstacle::ClientCertificate => {
            "Check --client-cert and --client-key; on the host, winrm get winrm/config/service/auth (Certificate), winrm \
             enumerate winrm/config/service/certmapping, and netsh http show sslcert (Negotiate Client Certificate)."
        }
        Obstacle::Kdc => {
            "Check the name of the realm (--realm, or user@REALM) and its KDCs: --kdc, krb5.conf or DNS name them, and TCP port 88 \
             has to be open. --auth ntlm goes without one."
        }
        Obstacle::ClearText => {
            "Something between you and the host may not be what it says. A host that demands clear text \
             (AllowUnencrypted) can be had with --dangerous-clear-text, for everybody on the way to read and change."
        }
    }
}

/// What to do next about a fault.
fn fault(error: &Error) -> Option<String> {
    let code = error.fault()?.best_code()?;
    let step = code.next_step()?.to_owned();
    let context = error.context();
    match code.name() {
        // A replay says so of what was not recorded.
        Some("ERROR_WSMAN_ACTION_NOT_SUPPORTED") if context.method.is_none() => None,
        Some("ERROR_WSMAN_INSUFFCIENT_SELECTORS" | "ERROR_WSMAN_UNEXPECTED_SELECTORS") => {
            let class = context.class.as_deref().unwrap_or_default();
            match mof::schema().keys(class).as_slice() {
                [] => Some(step),
                keys => Some(format!("{step} The keys of {class} are {}.", keys.join(", "))),
            }
        }
        _ => Some(step),
    }
}
