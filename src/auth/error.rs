//! What can go wrong between two ends that authenticate.

/// An exchange or a protected message that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The peer sent bytes that are not the NTLM message due now.
    #[error("the peer's NTLM {message} message is malformed: {reason}")]
    Malformed {
        /// The message that was expected: `NEGOTIATE`, `CHALLENGE` or `AUTHENTICATE`.
        message: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The peer does not agree to the protection that sealed messages need.
    #[error(
        "the peer's NTLM {message} message does not agree to {missing}; allow NTLMv2 session security with 128-bit encryption there"
    )]
    TooWeak {
        /// The message that lacks it.
        message: &'static str,
        /// The missing flags by their names in [MS-NLMP] 2.2.2.5.
        missing: String,
    },
    /// Our caller, or the host through its target information, made a field too long for its message.
    #[error("the {what} is too long for NTLM: {length}, the limit is {limit}")]
    TooLong {
        /// The field.
        what: &'static str,
        /// Its length, in UTF-16 units if it is text, else in bytes.
        length: usize,
        /// The greatest length.
        limit: usize,
    },
    /// The exchange of Kerberos failed, or a message that it protects.
    #[error(transparent)]
    Kerberos(#[from] super::kerberos::Error),
    /// The peer sent bytes that are not the SPNEGO token due now.
    #[error("the peer's SPNEGO token is malformed: {0}")]
    MalformedSpnego(&'static str),
    /// The peer gave up the negotiation of a mechanism.
    #[error(
        "the peer rejected all mechanisms that were offered, or the first token of one; its log may say why"
    )]
    SpnegoRejected,
    /// The client has no mechanism that the host has.
    #[error("the client offers no mechanism that this host has")]
    NoCommonMechanism,
    /// The host chose another mechanism than the offered ones.
    #[error("the host chose a mechanism that we did not offer")]
    MechanismNotOffered,
    /// The host declares the exchange over before its mechanism has ended.
    #[error(
        "the host says that all is done and has not proven who it is; something between may only claim to be it"
    )]
    MechanismIncomplete,
    /// The peer does not sign the list of mechanisms, although another than the first was taken.
    #[error(
        "the peer did not sign the list of mechanisms (mechListMIC); a better one may have been taken from it on its way"
    )]
    MissingMechListMic,
    /// The list of mechanisms was altered on its way.
    #[error(
        "the peer signed another list of mechanisms (mechListMIC) than the one that was offered: it was altered on its way"
    )]
    WrongMechListMic,
    /// Our caller gave credentials without a password.
    #[error("these credentials have no password, which NTLM and Basic authentication need")]
    NoPassword,
    /// Our caller gave a user name that Basic authentication cannot carry.
    #[error(
        "the user name holds a colon or a control character, which Basic authentication cannot carry"
    )]
    BasicUserName,
    /// Our caller stepped on after the end of the exchange, or without the token that is due.
    #[error("the authentication exchange is over or has no token to work on; begin a new one")]
    OutOfTurn,
    /// The client is no user of this host, or gave a wrong password.
    #[error("unknown user or wrong password")]
    LogonFailure,
    /// The exchange was altered on its way.
    #[error("the integrity code of the NTLM exchange is wrong: a message was altered on its way")]
    WrongIntegrityCode,
    /// The client authenticated for another TLS connection, or for none.
    #[error("the client's channel binding is missing or is not that of this TLS connection")]
    WrongChannelBinding,
    /// The peer's message carries no signature of the mechanism in use.
    #[error("the signature of the peer's message is no NTLM signature")]
    NotASignature,
    /// A message of the peer was repeated, lost or overtaken.
    #[error("the peer's message has sequence number {found}, expected {expected}")]
    WrongSequence {
        /// The number that is due.
        expected: u32,
        /// The number of the message.
        found: u32,
    },
    /// The peer's message was altered, or is not the peer's.
    #[error("the signature of the peer's message does not verify")]
    WrongSignature,
    /// Our caller went on with a context that has failed.
    #[error("the security context has failed before; authenticate anew on a new connection")]
    ContextFailed,
    /// The peer sent a message that is not sealed, or not in the way that was agreed.
    #[error("the peer's message is not sealed as {expected}: its content type is {found:?}")]
    NotSealed {
        /// The protocol that is due, by its media type.
        expected: &'static str,
        /// What the peer sent instead, shortened; empty if it said nothing.
        found: String,
    },
    /// The peer sent a sealed message that is not framed as one.
    #[error("the peer's sealed message is malformed: {0}")]
    MalformedSeal(&'static str),
    /// The peer sealed something that is no SOAP in UTF-8.
    #[error("the peer sealed {0:?}, and only application/soap+xml in UTF-8 is read")]
    SealedContent(String),
    /// The peer's sealed message is longer or shorter than it says.
    #[error("the peer's sealed message has {actual} bytes and says that it has {stated}")]
    SealedLength {
        /// What the message says.
        stated: usize,
        /// What it has.
        actual: usize,
    },
}
