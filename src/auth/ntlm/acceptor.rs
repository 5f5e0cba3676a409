//! The host's side of the exchange ([MS-NLMP] 3.2.5.1).
//!
//! [MS-NLMP]: https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/

use hmac::Mac as _;
use ntlmclient::{ChallengeMessage, Flags, TargetInfoEntry, TargetInfoType};
use zeroize::Zeroizing;

use super::message::{self, AUTHENTICATE, NEGOTIATE};
use super::response::{NtlmV2Response, exchange, mac, response_key};
use super::{MIC_PROVIDED, NtlmSession, SUPPORTED, file_time, require};
use crate::auth::{AcceptStep, Acceptor, Env, Error, Hardening, Secret, SecurityContext, UserName};

/// Verifies a client that proves a password by NTLMv2.
///
/// Two steps: CHALLENGE in answer to the client's NEGOTIATE, then the end with its AUTHENTICATE. It draws 8 random bytes
/// for the challenge.
pub struct NtlmAcceptor<F> {
    computer: String,
    domain: String,
    password_of: F,
    hardening: Hardening,
    state: State,
}

enum State {
    Start,
    Challenged(Challenged),
    Finished,
}

/// The messages so far, as they went over the wire: the integrity code is computed over them.
struct Challenged {
    negotiate: Vec<u8>,
    challenge: Vec<u8>,
    server_challenge: [u8; 8],
}

impl<F: Fn(&UserName) -> Option<Secret>> NtlmAcceptor<F> {
    /// A host of these `NetBIOS` names, whose users are those that `password_of` finds.
    ///
    /// `password_of` gets the name as the client wrote it: see [`UserName::is_same_account`].
    pub fn new(computer: impl Into<String>, domain: impl Into<String>, password_of: F) -> Self {
        Self {
            computer: computer.into(),
            domain: domain.into(),
            password_of,
            hardening: Hardening::default(),
            state: State::Start,
        }
    }

    /// How much it insists on channel bindings over TLS; relaxed, as a host is installed.
    #[must_use]
    pub fn hardening(self, hardening: Hardening) -> Self {
        Self { hardening, ..self }
    }

    fn challenge(&self, negotiate: &[u8], env: &mut Env<'_>) -> Result<Challenged, Error> {
        let offered = message::read_negotiate(negotiate)?;
        require(offered, NEGOTIATE)?;
        let mut server_challenge = [0; 8];
        (env.random)(&mut server_challenge);
        let challenge = message::write_challenge(&ChallengeMessage {
            target_name: self.computer.clone(),
            flags: offered & SUPPORTED
                | Flags::TARGET_TYPE_SERVER
                | Flags::NEGOTIATE_TARGET_INFO
                | Flags::NEGOTIATE_VERSION,
            challenge: server_challenge,
            context: (0, 0),
            target_information: vec![
                TargetInfoEntry::from_string(TargetInfoType::NtDomain, &self.domain),
                TargetInfoEntry::from_string(TargetInfoType::NtServer, &self.computer),
                TargetInfoEntry {
                    entry_type: TargetInfoType::Timestamp,
                    data: file_time(env.now).to_le_bytes().to_vec(),
                },
            ],
            os_version: message::VERSION,
        })?;
        Ok(Challenged { negotiate: negotiate.to_vec(), challenge, server_challenge })
    }

    fn verify(
        &self,
        sent: &Challenged,
        authenticate: &[u8],
        env: &Env<'_>,
    ) -> Result<AcceptStep, Error> {
        let message = message::read_authenticate(authenticate)?;
        require(message.flags, AUTHENTICATE)?;
        let response = &message.ntlm_response;
        let pairs = NtlmV2Response::av_pairs(response)
            .ok_or_else(|| message::malformed(AUTHENTICATE, "it has no NTLMv2 response"))?;
        let pairs = message::read_target_info(pairs, AUTHENTICATE)?;

        let user = UserName::new(message.domain_name, message.user_name);
        let password = (self.password_of)(&user).ok_or(Error::LogonFailure)?;
        let key = response_key(&user, &password);
        let base_key = NtlmV2Response::verify(response, &key, sent.server_challenge)?;

        // What follows is believed, as the response covers it.
        let value = |entry_type| {
            let pair = pairs.iter().find(|pair| pair.entry_type == entry_type)?;
            Some(pair.data.as_slice())
        };
        self.hardening.check(env.channel_binding, value(TargetInfoType::ChannelBindings))?;
        let encrypted = message
            .session_key
            .try_into()
            .map_err(|_| message::malformed(AUTHENTICATE, "its session key has not 16 bytes"))?;
        let session_key = exchange(&base_key, &Zeroizing::new(encrypted));
        let flags = value(TargetInfoType::Flags).and_then(|flags| flags.first_chunk());
        if u32::from_le_bytes(*flags.unwrap_or(&[0; 4])) & MIC_PROVIDED != 0 {
            verify_integrity(sent, authenticate, &session_key)?;
        }
        Ok(AcceptStep::Done {
            token: None,
            context: SecurityContext::new(NtlmSession::of_server(&session_key)),
            user,
        })
    }
}

impl<F: Fn(&UserName) -> Option<Secret> + Send> Acceptor for NtlmAcceptor<F> {
    fn step(&mut self, token: &[u8], env: &mut Env<'_>) -> Result<AcceptStep, Error> {
        match std::mem::replace(&mut self.state, State::Finished) {
            State::Start => {
                let sent = self.challenge(token, env)?;
                let challenge = sent.challenge.clone();
                self.state = State::Challenged(sent);
                Ok(AcceptStep::Send(challenge))
            }
            State::Challenged(sent) => self.verify(&sent, token, env),
            State::Finished => Err(Error::OutOfTurn),
        }
    }
}

fn verify_integrity(
    sent: &Challenged,
    authenticate: &[u8],
    session_key: &[u8; 16],
) -> Result<(), Error> {
    let mut without_code = authenticate.to_vec();
    let place = without_code.get_mut(message::MIC).ok_or(Error::WrongIntegrityCode)?;
    let code = place.to_vec();
    place.fill(0);
    mac(session_key, &[&sent.negotiate, &sent.challenge, &without_code])
        .verify_slice(&code)
        .map_err(|_| Error::WrongIntegrityCode)
}
