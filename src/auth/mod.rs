//! Authentication in the manner of GSS-API ([RFC 2743]): initiators, acceptors and the security contexts they end in.
//!
//! Tokens come in as bytes and go out as bytes. Time, randomness and all else from outside come in through [`Env`];
//! nothing here knows an HTTP header, a socket or a file. The client drives an [`Initiator`], the simulated host an
//! [`Acceptor`]; both then hold a [`SecurityContext`], and [`seal`] frames what it protects as a message body.
//!
//! [RFC 2743]: https://www.rfc-editor.org/rfc/rfc2743

pub mod basic;
pub(crate) mod certificate;
pub mod channel_binding;
pub mod credentials;
pub(crate) mod der;
mod error;
pub mod kerberos;
pub mod ntlm;
pub mod seal;
pub mod spnego;

use std::fmt;
use std::time::SystemTime;

pub use channel_binding::{ChannelBinding, Hardening, end_point_hash};
pub(crate) use credentials::Means;
pub use credentials::{Credentials, Mechanism, Secret, UserName};
pub use error::Error;

/// What a step needs from outside.
pub struct Env<'a> {
    /// The present time, for an exchange whose host sends none.
    pub now: SystemTime,
    /// Fills a buffer with bytes that nobody can predict.
    pub random: &'a mut (dyn FnMut(&mut [u8]) + Send),
    /// The TLS connection that the tokens travel on, so that they are of no use on another. An initiator sends it, an
    /// acceptor judges it by its [`Hardening`].
    pub channel_binding: Option<ChannelBinding>,
    /// The service principal name of the host, such as `host/hv01.example.com`. Initiators only.
    pub target_name: Option<String>,
    /// The name of the machine we run on, for the host's logs. Initiators only.
    pub workstation: Option<String>,
}

/// The side that proves who it is: the client.
///
/// The first call has no token. As long as the answer is [`Step::Send`], send the bytes to the host and call again with
/// the token that it answers. [`Step::Done`] ends the exchange: send its token, if there is one, and keep its context.
/// Whether the host accepted the last token is not in the exchange, the host says it in its own protocol (over HTTP by
/// any status but 401). After `Done` or an error every further call fails; begin anew with a new initiator.
///
/// Over HTTP the answer to a token is a 401 or a 200, and either may carry the host's token, which is passed on in both
/// cases. A 200 without a token in answer to `Send` ends the exchange as a failure: what is missing is the host's proof.
///
/// ```text
/// NTLM      step(None)            -> Send(negotiate)                          401 with a challenge
///           step(Some(challenge)) -> Done { token: authenticate, context }    200
/// SPNEGO    step(None)            -> Send(offer with negotiate)               401 with a challenge
///  of NTLM  step(Some(challenge)) -> Send(authenticate and MIC)               200 with the host's MIC
///           step(Some(MIC))       -> Done { token: None, context }
/// ```
pub trait Initiator: Send {
    /// Takes the host's last token and gives what comes next.
    ///
    /// # Errors
    /// If the host's token is malformed, out of turn or offers less protection than we ask, or if what our caller
    /// supplied does not fit into a token.
    fn step(&mut self, token: Option<&[u8]>, env: &mut Env<'_>) -> Result<Step, Error>;
}

/// What an initiator has to do next.
#[derive(Debug)]
#[non_exhaustive]
pub enum Step {
    /// Send this token, and call again with the answer.
    Send(Vec<u8>),
    /// The exchange is over on our side.
    Done {
        /// The last token, to be sent.
        token: Option<Vec<u8>>,
        /// What protects the messages that follow.
        context: SecurityContext,
    },
}

/// The side that asks for the proof: a host.
///
/// Call it with each token of the client. As long as the answer is [`AcceptStep::Send`], send the bytes back and wait
/// for the next token. [`AcceptStep::Done`] tells who the client is. After `Done` or an error every further call fails;
/// an error means that the client is not authenticated, and it has to begin anew with a new acceptor.
pub trait Acceptor: Send {
    /// Takes the client's next token and gives what comes next.
    ///
    /// # Errors
    /// If the token is malformed, out of turn or asks for too little protection, if user, password or channel binding
    /// are wrong, or if the exchange was tampered with.
    fn step(&mut self, token: &[u8], env: &mut Env<'_>) -> Result<AcceptStep, Error>;
}

/// What an acceptor has to do next.
#[derive(Debug)]
#[non_exhaustive]
pub enum AcceptStep {
    /// Send this token, and call again with the answer.
    Send(Vec<u8>),
    /// The client has proven who it is.
    Done {
        /// The last token, to be sent.
        token: Option<Vec<u8>>,
        /// What protects the messages that follow.
        context: SecurityContext,
        /// Who the client is, as it wrote its name.
        user: UserName,
    },
}

/// Protects the messages between two authenticated ends.
///
/// It belongs to one connection, on which messages arrive complete and in order: each is encrypted with what the one
/// before left behind. After an error in [`unwrap`](Self::unwrap) it refuses everything; close the connection then, and
/// also when a message was given up half-way.
pub struct SecurityContext {
    session: Box<dyn Session>,
    failed: bool,
}

/// The mechanism's own part of a security context.
trait Session: Send {
    /// Encrypts and signs the next message to the peer.
    fn wrap(&mut self, plaintext: &[u8]) -> Result<Wrapped, Error>;

    /// Decrypts and verifies the next message of the peer.
    fn unwrap(&mut self, header: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, Error>;

    /// Signs SPNEGO's list of mechanisms for the peer, before any message.
    fn get_mic(&mut self, message: &[u8]) -> Result<Vec<u8>, Error>;

    /// Verifies the peer's signature of SPNEGO's list of mechanisms, before any message.
    fn verify_mic(&mut self, message: &[u8], mic: &[u8]) -> Result<(), Error>;
}

/// A protected message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    /// Signature, sequence number and what else the mechanism puts before the message.
    pub header: Vec<u8>,
    /// The encrypted message.
    pub ciphertext: Vec<u8>,
}

impl SecurityContext {
    fn new(session: impl Session + 'static) -> Self {
        Self { session: Box::new(session), failed: false }
    }

    /// Encrypts and signs the next message to the peer.
    ///
    /// # Errors
    /// If an earlier message of the peer was refused.
    pub fn wrap(&mut self, plaintext: &[u8]) -> Result<Wrapped, Error> {
        if self.failed { Err(Error::ContextFailed) } else { self.session.wrap(plaintext) }
    }

    /// Decrypts and verifies the next message of the peer.
    ///
    /// # Errors
    /// If the message was altered, repeated, left out or is none of the peer's, and ever after.
    pub fn unwrap(&mut self, header: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, Error> {
        if self.failed {
            return Err(Error::ContextFailed);
        }
        let plaintext = self.session.unwrap(header, ciphertext);
        self.failed = plaintext.is_err();
        plaintext
    }

    fn get_mic(&mut self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.session.get_mic(message)
    }

    fn verify_mic(&mut self, message: &[u8], mic: &[u8]) -> Result<(), Error> {
        self.session.verify_mic(message, mic)
    }
}

impl fmt::Debug for SecurityContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecurityContext").field("failed", &self.failed).finish_non_exhaustive()
    }
}
