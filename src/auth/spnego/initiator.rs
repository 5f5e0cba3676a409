//! The client's side ([RFC 4178] sections 4 and 5).
//!
//! [RFC 4178]: https://www.rfc-editor.org/rfc/rfc4178

use super::token::{MechType, MechTypeList, NegState, NegTokenInit, NegTokenResp, read_response};
use crate::auth::{Env, Error, Initiator, SecurityContext, Step};

/// Offers mechanisms to a host, and proves who we are by the one that it takes.
///
/// It ends when the mechanism has ended, mutual authentication included, and the host has confirmed that. The host has
/// to sign the list of mechanisms if it did not take the first of them or asked for signatures; if it signs unasked,
/// the signature has to be right. We sign whenever our mechanism ends before the host has declared the exchange over,
/// which with NTLM is always so, as Windows wants it.
pub struct SpnegoInitiator {
    mechanisms: Vec<(MechType, Box<dyn Initiator>)>,
    exchange: Option<Exchange>,
}

/// An exchange that has begun.
struct Exchange {
    list: MechTypeList,
    mech: MechType,
    mechanism: Box<dyn Initiator>,
    /// The mechanisms after the first, as long as the host has not chosen.
    others: Option<Vec<(MechType, Box<dyn Initiator>)>>,
    /// The mechanism has ended with this.
    context: Option<SecurityContext>,
    mic_required: bool,
    mic_sent: bool,
    mic_verified: bool,
}

impl SpnegoInitiator {
    /// Prepares an exchange with these mechanisms, each listed once and the best one first.
    ///
    /// Only the first one's first step is certain to be made.
    #[must_use]
    pub fn new(mechanisms: Vec<(MechType, Box<dyn Initiator>)>) -> Self {
        Self { mechanisms, exchange: None }
    }

    fn offer(&mut self, env: &mut Env<'_>) -> Result<Step, Error> {
        let mut others = std::mem::take(&mut self.mechanisms);
        let mech_types = others.iter().map(|(mech, _)| mech.oid()).collect();
        let mut init = NegTokenInit { mech_types, ..NegTokenInit::default() };
        if others.is_empty() {
            return Err(Error::OutOfTurn);
        }
        let (mech, mechanism) = others.remove(0);
        let mut exchange = Exchange {
            list: MechTypeList::of(&init),
            mech,
            mechanism,
            others: Some(others),
            context: None,
            mic_required: false,
            mic_sent: false,
            mic_verified: false,
        };
        init.mech_token = exchange.advance(None, env)?;
        self.exchange = Some(exchange);
        Ok(Step::Send(init.encode()))
    }
}

impl Initiator for SpnegoInitiator {
    fn step(&mut self, token: Option<&[u8]>, env: &mut Env<'_>) -> Result<Step, Error> {
        match (self.exchange.take(), token) {
            (None, None) => self.offer(env),
            (Some(mut exchange), Some(token)) => {
                let (token, is_over) = exchange.answer(read_response(token)?, env)?;
                match (is_over, token, exchange.context.take()) {
                    (true, token, Some(context)) => Ok(Step::Done { token, context }),
                    (true, _, None) => Err(Error::MechanismIncomplete),
                    (false, Some(token), context) => {
                        self.exchange = Some(Exchange { context, ..exchange });
                        Ok(Step::Send(token))
                    }
                    (false, None, _) => Err(Error::MalformedSpnego("it leaves nothing to answer")),
                }
            }
            _ => {
                self.mechanisms.clear();
                Err(Error::OutOfTurn)
            }
        }
    }
}

impl Exchange {
    /// What the host gets from us, and whether the exchange is over then.
    fn answer(
        &mut self,
        host: NegTokenResp,
        env: &mut Env<'_>,
    ) -> Result<(Option<Vec<u8>>, bool), Error> {
        if host.neg_state == Some(NegState::Reject) {
            // The mechanism may be able to read the reason.
            if let (Some(token), None) = (&host.response_token, &self.context) {
                self.advance(Some(token), env)?;
            }
            return Err(Error::SpnegoRejected);
        }
        let is_new = self.choose(host.supported_mech.as_deref())?;
        self.mic_required |= is_new || host.neg_state == Some(NegState::RequestMic);
        let completed = host.neg_state == Some(NegState::AcceptCompleted);

        let token = match (&self.context, host.response_token.as_deref()) {
            (None, None) if completed => return Err(Error::MechanismIncomplete),
            // What the host got so far was the token of another mechanism.
            (None, None) if is_new => self.advance(None, env)?,
            (None, Some(token)) if !is_new => self.advance(Some(token), env)?,
            (Some(_), None) => None,
            _ => return Err(Error::MalformedSpnego("the mechanism's token is missing or not due")),
        };
        if completed && token.is_some() {
            return Err(Error::MechanismIncomplete);
        }
        if let Some(mic) = host.mech_list_mic {
            let context = self.context.as_mut().ok_or(Error::MechanismIncomplete)?;
            self.list.verify(context, &mic)?;
            self.mic_verified = true;
        }
        if completed && self.mic_required && !self.mic_verified {
            return Err(Error::MissingMechListMic);
        }
        let mic = match &mut self.context {
            Some(context) if !completed && !self.mic_sent => Some(self.list.sign(context)?),
            _ => None,
        };
        self.mic_sent |= mic.is_some();
        let ours = (token.is_some() || mic.is_some()).then(|| {
            let state = if self.mic_verified {
                NegState::AcceptCompleted
            } else {
                NegState::AcceptIncomplete
            };
            NegTokenResp {
                neg_state: Some(state),
                supported_mech: None,
                response_token: token,
                mech_list_mic: mic,
            }
            .encode()
        });
        Ok((ours, completed || self.mic_verified))
    }

    /// Heeds the host's choice, and says whether it is another than our first.
    fn choose(&mut self, oid: Option<&[u8]>) -> Result<bool, Error> {
        let mech =
            oid.map(|oid| MechType::of(oid).ok_or(Error::MechanismNotOffered)).transpose()?;
        let Some(mut others) = self.others.take() else {
            return match mech {
                Some(mech) if mech != self.mech => Err(Error::MechanismNotOffered),
                _ => Ok(false),
            };
        };
        let mech = mech.ok_or(Error::MalformedSpnego("it names no mechanism"))?;
        if mech == self.mech {
            return Ok(false);
        }
        let place = others.iter().position(|(other, _)| *other == mech);
        (self.mech, self.mechanism) = others.remove(place.ok_or(Error::MechanismNotOffered)?);
        self.context = None;
        Ok(true)
    }

    /// Makes the mechanism's next step and gives its token.
    fn advance(
        &mut self,
        token: Option<&[u8]>,
        env: &mut Env<'_>,
    ) -> Result<Option<Vec<u8>>, Error> {
        Ok(match self.mechanism.step(token, env)? {
            Step::Send(token) => Some(token),
            Step::Done { token, context } => {
                self.context = Some(context);
                token
            }
        })
    }
}
