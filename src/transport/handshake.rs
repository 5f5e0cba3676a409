//! How a connection proves who we are.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, HeaderMap},
};
use zeroize::Zeroizing;

use super::{
    Connection, Error,
    connection::{PASSWORD, TICKET},
    head::{Head, authorization, excerpt},
    system_random,
};
use crate::auth::{self, Env, Initiator, Mechanism, SecurityContext, Step, seal::Protocol};

/// What a connection proves who we are with.
#[non_exhaustive]
pub enum Proof {
    /// Nothing, which is enough for Identify.
    None,
    /// The password in every request: what stands behind `Basic `.
    Basic(Zeroizing<String>),
    /// The client certificate of [`Trust`](super::Trust), which TLS has shown.
    Certificate,
    /// An exchange of tokens.
    Exchange {
        /// What the tokens are of: Kerberos, NTLM, or for a choice of the host's between them Negotiate.
        mechanism: Mechanism,
        /// One initiator for each scheme that would do; the first that the host offers is used.
        offers: Vec<(Scheme, Box<dyn Initiator>)>,
    },
}

/// An authentication scheme of HTTP that carries tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// SPNEGO, or NTLM as it is.
    Negotiate,
    /// Kerberos as it is.
    Kerberos,
}

impl Scheme {
    /// The name in the headers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Negotiate => "Negotiate",
            Self::Kerberos => "Kerberos",
        }
    }

    /// What sealed bodies name as their protocol.
    #[must_use]
    pub const fn protocol(self) -> Protocol {
        match self {
            Self::Negotiate => Protocol::Spnego,
            Self::Kerberos => Protocol::Kerberos,
        }
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Basic(_) => "Basic",
            Self::Certificate => "Certificate",
            Self::Exchange { .. } => "Exchange",
        })
    }
}

impl Connection {
    /// The exchange of tokens, in requests without a body: a host does not take a sealed body with the last token.
    pub(super) async fn authenticate(
        &mut self,
        mechanism: Mechanism,
        offers: Vec<(Scheme, Box<dyn Initiator>)>,
    ) -> Result<(Scheme, SecurityContext), Error> {
        let (scheme, mut initiator) = self.choose(mechanism, offers).await?;
        let mut token = None;
        let mut sent = 0_u32;
        loop {
            let step = self.step(&mut *initiator, token).map_err(|error| match error {
                // SPNEGO has a token to say no with. Of NTLM the second one holds the proof of the password.
                Error::Handshake(auth::Error::SpnegoRejected)
                    if sent > 1 && mechanism != Mechanism::Kerberos =>
                {
                    Error::CredentialsRefused { what: PASSWORD }
                }
                error => error,
            })?;
            let (token_of_ours, context) = match step {
                Step::Send(token) => (token, None),
                Step::Done { token: Some(token), context } => (token, Some(context)),
                Step::Done { token: None, context } => return Ok((scheme, context)),
            };
            let mut headers = HeaderMap::new();
            let token_of_ours = Zeroizing::new(BASE64_STANDARD.encode(token_of_ours));
            headers.insert(AUTHORIZATION, authorization(scheme.name(), &token_of_ours)?);
            let (response, body) = self.post(headers, Vec::new()).await?;
            sent += 1;
            token = response.token(scheme.name());
            match (response.status, context) {
                (status, Some(context)) if status.is_success() => return Ok((scheme, context)),
                // The host has let us in, and has still to prove who it is: bare NTLM cannot, within SPNEGO it can.
                (status, None)
                    if status.is_success() && (token.is_some() || mechanism != Mechanism::Ntlm) =>
                {
                    let token = token.ok_or(Error::HostNotProven)?;
                    return match self.step(&mut *initiator, Some(token))? {
                        Step::Done { token: None, context } => Ok((scheme, context)),
                        _ => Err(Error::HostNotProven),
                    };
                }
                (StatusCode::UNAUTHORIZED, None) if token.is_some() => {}
                (StatusCode::UNAUTHORIZED, _) => {
                    return Err(refusal(mechanism, scheme, sent == 1, &response));
                }
                (status, _) => {
                    return Err(Error::Status { status: status.as_u16(), excerpt: excerpt(&body) });
                }
            }
        }
    }

    /// Chooses among the schemes by what the host offers. A request without authorization brings that to light, and
    /// over https the host's certificate, to which the first token may have to be bound.
    async fn choose(
        &mut self,
        mechanism: Mechanism,
        offers: Vec<(Scheme, Box<dyn Initiator>)>,
    ) -> Result<(Scheme, Box<dyn Initiator>), Error> {
        let probes =
            offers.len() > 1 || mechanism != Mechanism::Ntlm && self.settings.endpoint.is_https();
        let head = if probes {
            let (response, body) = self.post(HeaderMap::new(), Vec::new()).await?;
            if response.status != StatusCode::UNAUTHORIZED {
                let status = response.status.as_u16();
                return Err(Error::Status { status, excerpt: excerpt(&body) });
            }
            Some(response)
        } else {
            None
        };
        let is_offered = |scheme: Scheme| head.as_ref().is_none_or(|it| it.offers(scheme.name()));
        offers.into_iter().find(|(scheme, _)| is_offered(*scheme)).ok_or_else(|| {
            let offered = head.as_ref().map(Head::schemes).unwrap_or_default();
            Error::MechanismRefused { wanted: mechanism.name(), offered }
        })
    }

    fn step(
        &self,
        initiator: &mut dyn Initiator,
        token: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Step, Error> {
        let mut no_randomness = None;
        let step = initiator.step(
            token.as_ref().map(|token| token.as_slice()),
            &mut Env {
                #[expect(clippy::disallowed_methods, reason = "the transport is an I/O layer")]
                now: std::time::SystemTime::now(),
                random: &mut |buffer| no_randomness = system_random(buffer).err(),
                channel_binding: self.channel_binding,
                target_name: Some(self.settings.service.clone()),
                workstation: None,
            },
        );
        match no_randomness {
            Some(error) => Err(Error::Setup(Box::new(error))),
            None => step.map_err(Error::Handshake),
        }
    }
}

/// What a 401 without a token means, in answer to our first token or a later one.
fn refusal(mechanism: Mechanism, scheme: Scheme, is_first: bool, response: &Head) -> Error {
    let tells = response.offers(scheme.name());
    match mechanism {
        // Its first token is the ticket.
        Mechanism::Kerberos if tells => Error::CredentialsRefused { what: TICKET },
        Mechanism::Negotiate if tells && is_first => Error::CredentialsRefused { what: TICKET },
        Mechanism::Negotiate | Mechanism::Ntlm if !is_first => {
            Error::CredentialsRefused { what: PASSWORD }
        }
        // The password has played no part yet, so nothing else can be wrong.
        _ => Error::MechanismRefused { wanted: mechanism.name(), offered: response.schemes() },
    }
}
