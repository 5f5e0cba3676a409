//! What can go wrong between a client and a host that have a ticket.

use std::time::SystemTime;

use kerbcore::{der::DerError, gss::GssError, keys::KeyError, messages::KrbError};

use super::{Principal, kerberos_time, ticket_error};

/// An exchange or a protected message that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The peer sent bytes that are not the token due now.
    #[error("the peer's Kerberos token is malformed: {0}")]
    Malformed(String),
    /// What the peer sent cannot be decrypted with the key that both should have, or was altered on its way.
    #[error("the peer's Kerberos token does not verify: {0}")]
    NotVerified(String),
    /// The host did not prove that it could read our ticket: it is not who it says.
    #[error("the host did not prove that it is {0}; something between may only claim to be it")]
    HostNotProven(Principal),
    /// The host has not the key that the ticket is for.
    #[error(
        "the host cannot read a ticket for {0}: the name belongs to another account, or the host's password was changed; look for duplicates with setspn -X, or name another service (--spn)"
    )]
    WrongService(Principal),
    /// The clocks of the host and of this machine differ by too much.
    #[error(
        "the clock of this machine is {} the host's, and Kerberos allows 5 minutes: set it right", ticket_error::difference(.ours, .theirs)
    )]
    ClockSkew {
        /// Our time.
        ours: SystemTime,
        /// The host's time.
        theirs: SystemTime,
    },
    /// The ticket has ended.
    #[error("the host says that the ticket has ended; look at the clocks, and get a new one")]
    TicketExpired,
    /// The host refused for another reason.
    #[error("the host refused: {name} ({code})")]
    Refused {
        /// The number (RFC 4120 section 7.5.9).
        code: i32,
        /// Its name.
        name: &'static str,
    },
    /// The peer's message is not encrypted.
    #[error("the peer's message is signed and not encrypted; it is not read")]
    NotSealed,
    /// The peer's message is one of our own.
    #[error("the peer's message is one of our own, sent back")]
    Reflected,
    /// The peer's message uses another key than the one that was agreed on.
    #[error("the peer's message names another key than the one that was agreed on")]
    WrongKey,
    /// A message of the peer was repeated, lost or overtaken.
    #[error("the peer's message has sequence number {found}, expected {expected}")]
    WrongSequence {
        /// The number that is due.
        expected: u64,
        /// The number of the message.
        found: u64,
    },
    /// The client's ticket is for a service that this host has no key of.
    #[error("the ticket is for {0}, of which this host has no key")]
    UnknownService(Principal),
    /// The client used a ticket or a name that are not its own, or asks for less than a sealed connection.
    #[error("the client's request is refused: {0}")]
    ClientRefused(&'static str),
}

impl Error {
    /// What an error means that a host sends in place of a token.
    pub(super) fn refused(error: &KrbError, service: &Principal, ours: SystemTime) -> Self {
        match (error.error_code, kerberos_time::read(&error.stime.0)) {
            (31 | 35 | 41 | 44 | 45, _) => Self::WrongService(service.clone()),
            (32, _) => Self::TicketExpired,
            (37, Some(theirs)) => Self::ClockSkew { ours, theirs },
            (code, _) => Self::Refused { code, name: ticket_error::name(code) },
        }
    }
}

impl From<DerError> for Error {
    fn from(error: DerError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        Self::NotVerified(error.to_string())
    }
}

impl From<GssError> for Error {
    fn from(error: GssError) -> Self {
        match error {
            GssError::BadMic | GssError::BadHeader => {
                Self::NotVerified("its checksum is wrong".to_owned())
            }
            GssError::Crypto(error) => error.into(),
            GssError::WrongMech => Self::Malformed("it is of another mechanism".to_owned()),
            _ => Self::Malformed("it is cut short, or another token".to_owned()),
        }
    }
}
