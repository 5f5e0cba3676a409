//! Why there is no ticket.

use std::time::{Duration, SystemTime};

use kerbcore::{der::DerError, keys::KeyError, messages::KrbError};

use super::{Principal, kerberos_time};

/// A ticket that could not be got.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TicketError {
    /// Our caller gave something else than a keytab.
    #[error("the keytab cannot be read: {0}")]
    MalformedKeytab(String),
    /// Our caller's keytab has only keys that are too weak.
    #[error(
        "the keytab has no AES key; make one with encryption types aes256-cts-hmac-sha1-96 or aes128-cts-hmac-sha1-96"
    )]
    NoAesKey,
    /// Our caller's keytab has keys of others.
    #[error("the keytab has no key of {0}")]
    NotInKeytab(Principal),
    /// Our caller gave something else than a credential cache file.
    #[error("the ticket cache cannot be read: {0}")]
    MalformedCcache(&'static str),
    /// Our caller named a cache that is not in a file.
    #[error(
        "ticket caches of the kind {0}: cannot be read, only files; get a ticket into one: export KRB5CCNAME=FILE:$HOME/krb5cc && kinit USER@REALM"
    )]
    CcacheKind(String),
    /// Our caller's tickets have ended, or it has none.
    #[error("there is no ticket of {0} that is still valid; get one with kinit")]
    Expired(Principal),
    /// The KDC sent something else than an answer.
    #[error("the KDC's answer is malformed: {0}")]
    Malformed(String),
    /// The KDC encrypted its answer by another key than ours, or it was altered on its way.
    #[error("the KDC's answer cannot be decrypted: {0}")]
    Undecipherable(String),
    /// The KDC sent an answer to something else, or somebody in its place did.
    #[error("the KDC's answer does not belong to our request: {0}")]
    NotOurs(&'static str),
    /// The clocks of the KDC and of this machine differ by too much.
    #[error(
        "the clock of this machine is {} the KDC's, and Kerberos allows 5 minutes: set it right", difference(.ours, .theirs)
    )]
    ClockSkew {
        /// Our time.
        ours: SystemTime,
        /// The KDC's time.
        theirs: SystemTime,
    },
    /// There is no such user.
    #[error("the KDC knows no {0}; check the name and the realm")]
    UnknownClient(Principal),
    /// The KDC took the user, but calls the realm by another name.
    #[error("the KDC calls the realm {called}, not {asked}: name it so (--realm {called})")]
    OtherRealm {
        /// As we called it.
        asked: String,
        /// As the KDC does.
        called: String,
    },
    /// The password, or the key in the keytab, is not that of the user.
    #[error(
        "the KDC refused the {what} of {client}; look twice before you try again, as accounts are locked after a few attempts"
    )]
    WrongKey {
        /// Whose it is.
        client: Principal,
        /// `password`, or `key in the keytab, which may be older than the password`.
        what: &'static str,
    },
    /// The password has to be changed first.
    #[error("the password of {0} has expired; change it first")]
    PasswordExpired(Principal),
    /// The account is disabled, locked or expired, or may not log on now.
    #[error("the account {0} is disabled, locked or expired")]
    Revoked(Principal),
    /// The KDC has no key of the user of an encryption type that we know.
    #[error(
        "the KDC has no AES key of {0}: change its password once, or allow AES in its msDS-SupportedEncryptionTypes"
    )]
    ClientWithoutAes(Principal),
    /// No service of these names is known to the KDC.
    #[error(
        "the KDC knows no service {}; name the host as the directory does, or register the name with setspn, or give another one (--spn)", list(.0)
    )]
    UnknownService(Vec<Principal>),
    /// The service takes only encryption that is too weak.
    #[error(
        "the account of {0} has no AES keys, and RC4 is not spoken: allow AES in its msDS-SupportedEncryptionTypes (24), and change its password once"
    )]
    ServiceWithoutAes(Principal),
    /// The realm of the service is not trusted, or not the one that our caller's configuration says.
    #[error(
        "the KDC of {0} has no way to the realm {1}: check the realm of the host in [domain_realm] of krb5.conf, and the trust between the two"
    )]
    NoWay(String, String),
    /// Realms refer to each other without end.
    #[error("the realms refer to each other in a circle, or over too many steps: {0}")]
    Referrals(String),
    /// The KDC asks for less work on a password than is safe, or for more than is sensible.
    #[error(
        "the KDC, or somebody in its place, asks for {0} iterations on the password: too few or too many"
    )]
    Iterations(u32),
    /// The KDC refused for another reason.
    #[error("the KDC refused: {name} ({code}){}", with_colon(.text))]
    Refused {
        /// The number (RFC 4120 section 7.5.9).
        code: i32,
        /// Its name.
        name: &'static str,
        /// What the KDC adds, shortened.
        text: String,
    },
    /// Our caller stepped on after the end.
    #[error("the ticket was got or refused already; begin anew")]
    OutOfTurn,
}

impl TicketError {
    /// Whether the KDC judged the user or the password: asking again with the same would only count as another attempt.
    #[must_use]
    pub const fn is_judgement(&self) -> bool {
        matches!(self, Self::WrongKey { .. } | Self::PasswordExpired(_) | Self::Revoked(_))
    }

    pub(super) fn refused(error: &KrbError) -> Self {
        Self::Refused {
            code: error.error_code,
            name: name(error.error_code),
            text: error
                .e_text
                .iter()
                .flat_map(|text| text.chars())
                .filter(|c| !c.is_control())
                .take(200)
                .collect(),
        }
    }

    pub(super) fn clock_skew(error: &KrbError, ours: SystemTime) -> Self {
        match kerberos_time::read(&error.stime.0) {
            Some(theirs) => Self::ClockSkew { ours, theirs },
            None => Self::refused(error),
        }
    }
}

impl From<DerError> for TicketError {
    fn from(error: DerError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl From<KeyError> for TicketError {
    fn from(error: KeyError) -> Self {
        Self::Undecipherable(error.to_string())
    }
}

pub(super) fn difference(ours: &SystemTime, theirs: &SystemTime) -> String {
    let (by, side) = match ours.duration_since(*theirs) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    format!("{:?} {side}", Duration::from_secs(by.as_secs()))
}

fn list(services: &[Principal]) -> String {
    services.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn with_colon(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": {text}") }
}

/// The names of the errors that a KDC or a service may give (RFC 4120 section 7.5.9).
pub(super) const fn name(code: i32) -> &'static str {
    match code {
        6 => "KDC_ERR_C_PRINCIPAL_UNKNOWN",
        7 => "KDC_ERR_S_PRINCIPAL_UNKNOWN",
        8 => "KDC_ERR_PRINCIPAL_NOT_UNIQUE",
        9 => "KDC_ERR_NULL_KEY",
        11 => "KDC_ERR_NEVER_VALID",
        12 => "KDC_ERR_POLICY",
        13 => "KDC_ERR_BADOPTION",
        14 => "KDC_ERR_ETYPE_NOSUPP",
        16 => "KDC_ERR_PADATA_TYPE_NOSUPP",
        18 => "KDC_ERR_CLIENT_REVOKED",
        19 => "KDC_ERR_SERVICE_REVOKED",
        20 => "KDC_ERR_TGT_REVOKED",
        23 => "KDC_ERR_KEY_EXPIRED",
        24 => "KDC_ERR_PREAUTH_FAILED",
        25 => "KDC_ERR_PREAUTH_REQUIRED",
        26 => "KDC_ERR_SERVER_NOMATCH",
        27 => "KDC_ERR_MUST_USE_USER2USER",
        28 => "KDC_ERR_PATH_NOT_ACCEPTED",
        29 => "KDC_ERR_SVC_UNAVAILABLE",
        31 => "KRB_AP_ERR_BAD_INTEGRITY",
        32 => "KRB_AP_ERR_TKT_EXPIRED",
        33 => "KRB_AP_ERR_TKT_NYV",
        34 => "KRB_AP_ERR_REPEAT",
        35 => "KRB_AP_ERR_NOT_US",
        36 => "KRB_AP_ERR_BADMATCH",
        37 => "KRB_AP_ERR_SKEW",
        41 => "KRB_AP_ERR_MODIFIED",
        44 => "KRB_AP_ERR_BADKEYVER",
        45 => "KRB_AP_ERR_NOKEY",
        46 => "KRB_AP_ERR_MUT_FAIL",
        60 => "KRB_ERR_GENERIC",
        61 => "KRB_ERR_FIELD_TOOLONG",
        68 => "KDC_ERR_WRONG_REALM",
        _ => "an error of a number without a name here",
    }
}
