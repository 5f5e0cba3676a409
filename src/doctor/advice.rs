//! What errors most likely mean here, and what to do about them.

use std::{error, io};

use crate::{
    error::{Error, ErrorKind},
    transport,
};

/// An error and its causes in one line.
pub(super) fn chain(error: &Error) -> String {
    let mut levels: Vec<String> = Vec::new();
    let mut next: Option<&(dyn error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        let level = error.to_string();
        // A level that only passes on the next one says nothing new.
        if levels.last() != Some(&level) {
            levels.push(level);
        }
        next = error.source();
    }
    levels.join(": ")
}

/// What to do about an error of a call.
pub(super) fn of(error: &Error) -> Option<String> {
    if let Some(fault) = error.fault() {
        return fault.best_code()?.next_step().map(str::to_owned);
    }
    let Some(cause) = cause::<transport::Error>(error) else {
        return (error.kind() == ErrorKind::Connect).then(|| {
            "The KDC is named by --kdc, krb5.conf or DNS: check that it is on and that TCP port 88 is open to it.".to_owned()
        });
    };
    of_transport(cause).map(str::to_owned)
}

fn of_transport(error: &transport::Error) -> Option<&'static str> {
    use transport::Error as E;
    Some(match error {
        E::CredentialsRefused { what: "Kerberos ticket" } => {
            "A 401 after a valid ticket: the account may not log on to this host (put it into Remote Management Users or Administrators), the clocks differ by more than 5 minutes, the service principal name belongs to another account, or over https something between ends TLS, which CbtHardeningLevel forbids."
        }
        E::CertificateRefused { .. } => {
            "Map it to an account of the host (winrm enumerate winrm/config/service/certmapping shows those that are), and enable Certificate in winrm/config/service/auth."
        }
        E::CertificateNotAskedFor { .. } => {
            "That command replaces the binding of the port: netsh http show sslcert shows what it is now. Or log on with a password, which needs no client certificate."
        }
        E::CertificateAlert(_) => {
            "Check --client-cert and --client-key, and that the host trusts who issued the certificate."
        }
        E::Proxy { .. } => {
            "Check the URL of --proxy or HTTPS_PROXY, and that the proxy may connect to the port of WinRM: many allow 443 alone. --no-proxy goes without one."
        }
        E::Trust(_) => {
            "If what is shown is the host's own, trust it with --pin sha256:HEX, or its certification authority with --ca FILE."
        }
        E::CredentialsRefused { .. } => {
            "A 401 to the proof itself: the user name or the password is wrong (an account of the host has no domain, one of a domain is DOMAIN\\user or user@domain), the account is locked, disabled or must change its password, NTLM is forbidden by policy, or over https something between ends TLS, which CbtHardeningLevel forbids. Do not try too often: hosts lock accounts."
        }
        E::MechanismRefused { .. } => {
            "A 401 that does not offer what we use: choose another mechanism with --auth, or enable this one on the host: winrm set winrm/config/service/auth @{Negotiate=\"true\"}"
        }
        E::ClearTextRefused { .. } => {
            "A 401 or an empty 500 to a body in clear: AllowUnencrypted is false, as it should be. Leave --dangerous-clear-text out, or use https."
        }
        E::Unauthenticated | E::ContextLost => {
            "A 401, or an empty 400, on a connection that was authenticated: a proxy or load balancer between spreads the requests over several connections. Go to the host directly."
        }
        E::Status { status: 400 | 401, .. } => {
            "The host did not understand the request: something between changes it, or the URL is not that of WinRM."
        }
        E::Status { status: 404, .. } => {
            "Something else listens at this address, or WinRM has another URL prefix: winrm get winrm/config/listener?Address=*+Transport=HTTP on the host shows it."
        }
        E::Status { status: 500, .. } => {
            "WinRM itself failed: look into its event log on the host (Applications and Services, Microsoft, Windows, Windows Remote Management), and at AllowUnencrypted if bodies go in clear."
        }
        E::Status { status: 503, .. } => {
            "WinRM is stopped or has no room: on the host, Start-Service WinRM, or look at its quotas."
        }
        E::Status { .. } | E::Broken(_) => {
            "Something else than WinRM listens at this address, or something between answers for it: check the URL."
        }
        E::HostNotProven | E::ClearAnswer { .. } | E::Seal(_) => {
            "Something between you and the host may only claim to be it: look at the network before a password is sent again."
        }
        E::Timeout(_) => {
            "The host has accepted the connection and says nothing: it is overloaded, or WinRM hangs; restart the service there, or allow more time with --timeout."
        }
        _ => return None,
    })
}

/// What to do about a TLS handshake that failed.
pub(super) fn of_handshake(error: &Error) -> &'static str {
    use rustls::{AlertDescription as Alert, Error as Tls};
    const NO_CIPHER: &str = "No cipher suite in common, as with Server 2012 and 2012 R2 whose certificate is RSA: use http with sealed bodies there, or give the host an ECDSA certificate.";
    match cause::<Tls>(error) {
        Some(Tls::AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity))
        | Some(Tls::PeerIncompatible(_)) => return NO_CIPHER,
        Some(Tls::AlertReceived(Alert::ProtocolVersion)) => {
            return "The host speaks no TLS 1.2 or 1.3: enable TLS 1.2 there, or use http with sealed bodies.";
        }
        Some(Tls::AlertReceived(Alert::CertificateRequired | Alert::BadCertificate)) => {
            return "The host wants a client certificate, or another one: --client-cert FILE.";
        }
        Some(Tls::InvalidMessage(_)) => {
            return "What listens at the port speaks no TLS: 5986 is the port of https, and http:// is the scheme of 5985.";
        }
        Some(_) => return "Look at what the binding of the port is: netsh http show sslcert.",
        None => {}
    }
    match cause::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
            "The host ends the connection in the handshake: no certificate is bound to the port (on the host: netsh http show sslcert), or there is no cipher suite in common, as with Server 2012 and 2012 R2 whose certificate is RSA: use http with sealed bodies there."
        }
        _ => "Check that it is WinRM over https that listens at the port.",
    }
}

/// The first error of a type among the causes of an error.
fn cause<E: error::Error + 'static>(error: &Error) -> Option<&E> {
    let mut next = error::Error::source(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
