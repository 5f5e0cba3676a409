//! The client's side of the exchange ([MS-NLMP] 3.1.5.1).
//!
//! [MS-NLMP]: https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/

use ntlmclient::{AuthenticateMessage, ChallengeMessage, Flags, TargetInfoEntry, TargetInfoType};

use super::message::{self, CHALLENGE};
use super::response::{NtlmV2Response, digest, exchange, response_key};
use super::{Key, MIC_PROVIDED, NtlmSession, SUPPORTED, file_time, require};
use crate::auth::{Credentials, Env, Error, Initiator, SecurityContext, Step, UserName};

/// The longest user name, domain or password in UTF-16 units. Active Directory allows 1024 for a user principal name,
/// less for all else.
const MAX_TEXT: usize = 1024;

/// Proves a password by NTLMv2.
///
/// Two steps: NEGOTIATE, then AUTHENTICATE in answer to the host's CHALLENGE. It draws 8 random bytes for the response
/// and 16 for the session key.
pub struct NtlmInitiator {
    user: UserName,
    key: Key,
    state: State,
}

enum State {
    Start,
    /// Our NEGOTIATE message as sent; the integrity code is computed over it.
    Negotiating(Vec<u8>),
    Finished,
}

impl NtlmInitiator {
    /// Prepares an exchange. The password itself is not kept.
    ///
    /// # Errors
    /// If user name, domain or password is longer than any of Windows.
    pub fn new(credentials: &Credentials) -> Result<Self, Error> {
        let user = credentials.user();
        check_length("user name", user.name())?;
        check_length("domain name", user.domain())?;
        let password = credentials.password().ok_or(Error::NoPassword)?;
        check_length("password", password.expose())?;
        Ok(Self { user: user.clone(), key: response_key(user, password), state: State::Start })
    }

    fn authenticate(
        &self,
        negotiate: &[u8],
        challenge: &[u8],
        env: &mut Env<'_>,
    ) -> Result<Step, Error> {
        let message = message::read_challenge(challenge)?;
        require(message.flags, CHALLENGE)?;

        let target_info = TargetInfo::answer(&message, env)?;
        let mut client_challenge = [0; 8];
        (env.random)(&mut client_challenge);
        let response = NtlmV2Response::new(
            &self.key,
            message.challenge,
            client_challenge,
            target_info.file_time,
            &target_info.bytes,
        );
        let mut session_key = Key::default();
        (env.random)(&mut *session_key);

        let flags =
            message.flags & (SUPPORTED | Flags::NEGOTIATE_TARGET_INFO) | Flags::NEGOTIATE_VERSION;
        let mut authenticate = message::write_authenticate(&AuthenticateMessage {
            // An LM response would help only those who want to guess the password: 3.1.5.1.2 wants zeros beside a
            // time of the host's, and no host that we know leaves that out.
            lm_response: vec![0; 24],
            ntlm_response: response.bytes,
            domain_name: self.user.domain().to_owned(),
            user_name: self.user.name().to_owned(),
            workstation_name: env.workstation.clone().unwrap_or_default(),
            session_key: exchange(&response.base_key, &session_key).to_vec(),
            flags,
            os_version: message::VERSION,
        })?;
        let mic = digest(&session_key, &[negotiate, challenge, &authenticate]);
        if let Some(place) = authenticate.get_mut(message::MIC) {
            place.copy_from_slice(&*mic);
        }
        Ok(Step::Done {
            token: Some(authenticate),
            context: SecurityContext::new(NtlmSession::of_client(&session_key)),
        })
    }
}

impl Initiator for NtlmInitiator {
    fn step(&mut self, token: Option<&[u8]>, env: &mut Env<'_>) -> Result<Step, Error> {
        match (std::mem::replace(&mut self.state, State::Finished), token) {
            (State::Start, None) => {
                let negotiate = message::write_negotiate(SUPPORTED);
                self.state = State::Negotiating(negotiate.clone());
                Ok(Step::Send(negotiate))
            }
            (State::Negotiating(negotiate), Some(challenge)) => {
                self.authenticate(&negotiate, challenge, env)
            }
            _ => Err(Error::OutOfTurn),
        }
    }
}

fn check_length(what: &'static str, text: &str) -> Result<(), Error> {
    let length = text.encode_utf16().count();
    if length > MAX_TEXT {
        return Err(Error::TooLong { what, length, limit: MAX_TEXT });
    }
    Ok(())
}

/// The host's target information with our additions, which the response protects.
struct TargetInfo {
    bytes: Vec<u8>,
    /// The host's time, or ours if it sent none.
    file_time: u64,
}

impl TargetInfo {
    fn answer(challenge: &ChallengeMessage, env: &Env<'_>) -> Result<Self, Error> {
        let mut pairs: Vec<_> = challenge
            .target_information
            .iter()
            .take_while(|pair| pair.entry_type != TargetInfoType::Terminator)
            .cloned()
            .collect();
        let file_time = match value(&pairs, TargetInfoType::Timestamp)? {
            Some(time) => u64::from_le_bytes(time),
            None => file_time(env.now),
        };
        let flags = value(&pairs, TargetInfoType::Flags)?.map_or(0, u32::from_le_bytes);
        let target_name = message::utf16(env.target_name.as_deref().unwrap_or_default());
        // Hosts take zeros for a wrong binding, not for none: without one the pair stays away.
        let channel_binding = env.channel_binding.map(|binding| binding.as_bytes().to_vec());
        for (entry_type, data) in [
            (TargetInfoType::Flags, Some((flags | MIC_PROVIDED).to_le_bytes().to_vec())),
            (TargetInfoType::ChannelBindings, channel_binding),
            (TargetInfoType::TargetName, Some(target_name)),
        ] {
            pairs.retain(|pair| pair.entry_type != entry_type);
            pairs.extend(data.map(|data| TargetInfoEntry { entry_type, data }));
        }
        Ok(Self { bytes: message::write_target_info(&pairs)?, file_time })
    }
}

/// The value of the AV pair that the host sent, which has a fixed length.
fn value<const N: usize>(
    pairs: &[TargetInfoEntry],
    entry_type: TargetInfoType,
) -> Result<Option<[u8; N]>, Error> {
    pairs
        .iter()
        .find(|pair| pair.entry_type == entry_type)
        .map(|pair| pair.data.as_slice().try_into())
        .transpose()
        .map_err(|_| {
            message::malformed(CHALLENGE, format_args!("{entry_type:?} has not {N} bytes"))
        })
}
