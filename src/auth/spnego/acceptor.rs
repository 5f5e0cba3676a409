//! The host's side ([RFC 4178] sections 4 and 5).
//!
//! [RFC 4178]: https://www.rfc-editor.org/rfc/rfc4178

use super::token::{
    FirstToken, MechType, MechTypeList, NegState, NegTokenInit, NegTokenResp, read_response,
};
use crate::auth::{AcceptStep, Acceptor, Env, Error, SecurityContext, UserName};

/// Takes the first mechanism of the client's list that the host has.
///
/// As Windows, it takes a bare token of NTLM or Kerberos, too, and then answers with bare tokens. The client has to sign
/// the list of mechanisms if its first one was not taken; a list that is signed unasked is verified, and signed in turn.
pub struct SpnegoAcceptor {
    mechanisms: Vec<(MechType, Box<dyn Acceptor>)>,
    state: State,
}

enum State {
    Start,
    Bare(Box<dyn Acceptor>),
    Negotiating(Exchange),
    Finished,
}

/// An exchange whose mechanism is chosen.
struct Exchange {
    list: MechTypeList,
    mechanism: Box<dyn Acceptor>,
    /// The mechanism has ended with this.
    established: Option<(SecurityContext, UserName)>,
    mic_required: bool,
    mic_sent: bool,
}

impl SpnegoAcceptor {
    /// A host that has these mechanisms; their order does not matter.
    #[must_use]
    pub fn new(mechanisms: Vec<(MechType, Box<dyn Acceptor>)>) -> Self {
        Self { mechanisms, state: State::Start }
    }

    fn take(&mut self, wanted: MechType) -> Option<Box<dyn Acceptor>> {
        let place = self.mechanisms.iter().position(|(mech, _)| *mech == wanted)?;
        Some(self.mechanisms.swap_remove(place).1)
    }

    /// Chooses a mechanism, and answers to the token that may have come with its name.
    fn choose(&mut self, init: NegTokenInit, env: &mut Env<'_>) -> Result<AcceptStep, Error> {
        let list = MechTypeList::of(&init);
        let preferred = init.mech_types.first().and_then(|oid| MechType::of(oid));
        let (oid, mech, mechanism) = init
            .mech_types
            .into_iter()
            .find_map(|oid| {
                let mech = MechType::of(&oid)?;
                Some((oid, mech, self.take(mech)?))
            })
            .ok_or(Error::NoCommonMechanism)?;
        let is_preferred = preferred == Some(mech);
        let exchange = Exchange {
            list,
            mechanism,
            established: None,
            mic_required: !is_preferred,
            mic_sent: false,
        };
        let token = init.mech_token.filter(|_| is_preferred);
        self.advance(exchange, Some(oid), token.as_deref(), init.mech_list_mic.as_deref(), env)
    }

    /// Goes on with an exchange. `chosen` is the mechanism's name in the first answer, as the client wrote it.
    fn advance(
        &mut self,
        mut exchange: Exchange,
        chosen: Option<Vec<u8>>,
        token: Option<&[u8]>,
        mic: Option<&[u8]>,
        env: &mut Env<'_>,
    ) -> Result<AcceptStep, Error> {
        let token = exchange.accept(token, chosen.is_some(), env)?;
        let mut answer = NegTokenResp {
            supported_mech: chosen,
            response_token: token,
            ..NegTokenResp::default()
        };
        let Some((mut context, user)) = exchange.established.take() else {
            if mic.is_some() {
                return Err(Error::MalformedSpnego("it has a MIC before there is a key"));
            }
            let asks = exchange.mic_required && answer.supported_mech.is_some();
            answer.neg_state =
                Some(if asks { NegState::RequestMic } else { NegState::AcceptIncomplete });
            self.state = State::Negotiating(exchange);
            return Ok(AcceptStep::Send(answer.encode()));
        };
        if let Some(mic) = mic {
            exchange.list.verify(&mut context, mic)?;
        }
        // Of a mechanism that ends with our token the client cannot sign before it has that.
        let waits = mic.is_none() && exchange.mic_required;
        if waits && answer.response_token.is_none() {
            return Err(Error::MissingMechListMic);
        }
        if (mic.is_some() || waits) && !exchange.mic_sent {
            answer.mech_list_mic = Some(exchange.list.sign(&mut context)?);
            exchange.mic_sent = true;
        }
        if waits {
            answer.neg_state = Some(NegState::AcceptIncomplete);
            exchange.established = Some((context, user));
            self.state = State::Negotiating(exchange);
            return Ok(AcceptStep::Send(answer.encode()));
        }
        answer.neg_state = Some(NegState::AcceptCompleted);
        Ok(AcceptStep::Done { token: Some(answer.encode()), context, user })
    }

    fn accept_bare(
        &mut self,
        mut mechanism: Box<dyn Acceptor>,
        token: &[u8],
        env: &mut Env<'_>,
    ) -> Result<AcceptStep, Error> {
        let step = mechanism.step(token, env)?;
        if matches!(step, AcceptStep::Send(_)) {
            self.state = State::Bare(mechanism);
        }
        Ok(step)
    }
}

impl Exchange {
    /// Makes the mechanism's next step and gives its token.
    fn accept(
        &mut self,
        token: Option<&[u8]>,
        is_first: bool,
        env: &mut Env<'_>,
    ) -> Result<Option<Vec<u8>>, Error> {
        match (token, &self.established) {
            (Some(token), None) => Ok(match self.mechanism.step(token, env)? {
                AcceptStep::Send(token) => Some(token),
                AcceptStep::Done { token, context, user } => {
                    self.established = Some((context, user));
                    token
                }
            }),
            // The client offered mechanisms without a token, or with one of another mechanism.
            (None, None) if is_first => Ok(None),
            (None, Some(_)) => Ok(None),
            (None, None) => Err(Error::MalformedSpnego("the mechanism's token is missing")),
            (Some(_), Some(_)) => Err(Error::MalformedSpnego("the mechanism has ended before")),
        }
    }
}

impl Acceptor for SpnegoAcceptor {
    fn step(&mut self, token: &[u8], env: &mut Env<'_>) -> Result<AcceptStep, Error> {
        match std::mem::replace(&mut self.state, State::Finished) {
            State::Start => match FirstToken::read(token)? {
                FirstToken::Negotiation(init) => self.choose(init, env),
                FirstToken::Bare(mech) => {
                    let mechanism = self.take(mech).ok_or(Error::NoCommonMechanism)?;
                    self.accept_bare(mechanism, token, env)
                }
            },
            State::Bare(mechanism) => self.accept_bare(mechanism, token, env),
            State::Negotiating(exchange) => {
                let client = read_response(token)?;
                if client.neg_state == Some(NegState::Reject) {
                    return Err(Error::SpnegoRejected);
                }
                let (token, mic) = (client.response_token, client.mech_list_mic);
                self.advance(exchange, None, token.as_deref(), mic.as_deref(), env)
            }
            State::Finished => Err(Error::OutOfTurn),
        }
    }
}
