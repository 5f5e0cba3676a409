//! What to do next about an error.

use crate::{
    error::{Error, ErrorKind},
    replication::ReturnCode,
    wsman::Fault,
};

/// What to do next, as a sentence or two; nothing where the error says it itself.
pub(super) fn hint(error: &Error) -> Option<String> {
    if error.outcome_unknown() {
        return Some(
            "The outcome is unknown: the host may have done it. Look at the state before you try again, with hvr vm list or hvr job show ID.".to_owned(),
        );
    }
    let text = match error.kind() {
        ErrorKind::Usage | ErrorKind::Refused | ErrorKind::Ambiguous | ErrorKind::Job => {
            return None;
        }
        ErrorKind::Connect => {
            "Check the name and the port, that WinRM runs on the host (there: winrm quickconfig), and that its firewall \
             lets 5985 (http) or 5986 (https) through."
        }
        ErrorKind::Tls => {
            "Name the certificate of the host or of its CA with --ca FILE. Server 2012 and 2012 R2 with an RSA certificate \
             have no cipher suite in common with us: use http with sealed bodies there."
        }
        ErrorKind::Authentication => {
            "Check the user (DOMAIN\\user, user@domain, or user for an account of the host) and the password, and that \
             the account is not locked; `winrm get winrm/config/service` on the host shows which mechanisms it \
             takes, and whether clear text."
        }
        ErrorKind::Timeout => {
            "The host may be busy: allow more time for a request with --timeout, or for a job with --wait-timeout. A job goes on by itself: hvr job wait ID follows it."
        }
        ErrorKind::Protocol => {
            "Check that the URL is that of WinRM. If the host answers in clear text, something between you and it may \
             not be what it says; if it demands clear text, --dangerous-clear-text allows it."
        }
        ErrorKind::Fault => return error.fault().and_then(fault_hint).map(str::to_owned),
        ErrorKind::ReturnValue => {
            return error
                .return_value()
                .map(|value| ReturnCode::from(value).next_step().to_owned());
        }
    };
    Some(text.to_owned())
}

fn fault_hint(fault: &Fault) -> Option<&'static str> {
    /// The codes by which hosts say that a namespace does not exist: `WBEM_E_INVALID_NAMESPACE`, and WinRM's own.
    const NO_NAMESPACE: [u32; 3] = [0x8004_100E, 2_150_858_811, 2_150_858_752];
    const ACCESS_DENIED: [u32; 4] = [5, 2_150_859_012, 2_150_859_013, 2_150_859_014];
    const QUOTA: [u32; 3] = [2_150_858_815, 2_150_859_173, 2_150_859_174];

    let has_any = |codes: &[u32]| codes.iter().any(|code| fault.has_code(*code));
    if has_any(&ACCESS_DENIED) {
        Some(
            "Use an account that is in the groups Hyper-V Administrators and Remote Management Users of the host, or an administrator.",
        )
    } else if has_any(&NO_NAMESPACE) {
        Some(
            "The host may not have the Hyper-V role: its namespace root/virtualization/v2 came with Server 2012.",
        )
    } else if has_any(&QUOTA) {
        Some("The host has reached a limit of WinRM; wait a little and try again.")
    } else {
        None
    }
}
