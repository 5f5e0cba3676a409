//! One authenticated connection.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::{
    Response, StatusCode,
    header::{
        AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName,
        HeaderValue, WWW_AUTHENTICATE,
    },
    tls::TlsInfo,
};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::{
    Endpoint, Error, Trust,
    http::{ConnectionGone, cause, single_connection_client},
};
use crate::auth::{
    ChannelBinding, Credentials, Env, Initiator as _, Mechanism, SecurityContext, Step, basic,
    ntlm,
    seal::{self, Protocol},
};

/// The header that lets a host answer Identify without authentication ([MS-WSMV] section 3.1.4.1.23).
///
/// [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/
const WSMANIDENTIFY: HeaderName = HeaderName::from_static("wsmanidentify");

/// What a connection needs to know.
#[derive(Debug)]
pub struct Settings {
    /// Where the host listens.
    pub endpoint: Endpoint,
    /// Who we are.
    pub credentials: Credentials,
    /// Whom we trust, over https.
    pub trust: Trust,
    /// How long a TCP connection and its TLS handshake may take.
    pub connect_timeout: Duration,
    /// The largest answer that is read, in bytes.
    pub max_answer: usize,
    /// Send and believe bodies in clear over http.
    pub clear_text: bool,
}

/// An HTTP answer that carries SOAP.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status: 200, or 500 and the like for a fault.
    pub status: u16,
    /// The envelope, opened if it was sealed.
    pub body: Vec<u8>,
}

/// One TCP connection to a host, authenticated, with its security context.
///
/// Use: [`open`](Self::open), then [`exchange`](Self::exchange) for one request after the other. When an exchange
/// fails, or its future is dropped, the connection [is no longer usable](Self::is_usable): the two ends may have
/// counted differently what was sealed. Dropping it closes the TCP connection.
#[derive(Debug)]
pub struct Connection {
    http: reqwest::Client,
    settings: Arc<Settings>,
    protection: Protection,
    /// Our end of the TCP connection that was authenticated.
    local: Option<SocketAddr>,
    /// Over https: the tie of an authentication to the host's certificate.
    channel_binding: Option<ChannelBinding>,
    usable: bool,
}

#[derive(Debug)]
enum Protection {
    /// Bodies are sealed.
    Sealed(SecurityContext),
    /// The TCP connection is authenticated, bodies are protected by TLS or not at all.
    Authenticated,
    /// Each request carries the password.
    Basic(HeaderValue),
    /// Nothing is proven, and nothing is secret.
    None,
}

impl Settings {
    /// Whether bodies are sealed: over http, unless clear text was asked for.
    #[must_use]
    pub fn seals(&self) -> bool {
        !self.endpoint.is_https() && !self.clear_text
    }
}

impl Connection {
    /// Connects and authenticates, within the connect time-out and `step_timeout` together.
    ///
    /// # Errors
    /// When there is no connection, TLS fails, or the host refuses us. No request was executed then, whatever
    /// [`Error::execution`] says of the same error in an exchange.
    pub async fn open(settings: Arc<Settings>, step_timeout: Duration) -> Result<Self, Error> {
        let tls = settings.trust.config(settings.endpoint.is_https())?;
        let mut connection = Self {
            http: single_connection_client(tls, settings.connect_timeout)?,
            settings,
            protection: Protection::Authenticated,
            local: None,
            channel_binding: None,
            usable: true,
        };
        match connection.settings.credentials.mechanism() {
            Mechanism::Basic => {
                let token =
                    basic::token(&connection.settings.credentials).map_err(Error::Handshake)?;
                connection.protection = Protection::Basic(authorization("Basic", &token)?);
            }
            Mechanism::None => connection.protection = Protection::None,
            Mechanism::Ntlm => {
                let limit = connection.settings.connect_timeout.saturating_add(step_timeout);
                let context = timeout(limit, connection.handshake())
                    .await
                    .map_err(|_| Error::Timeout(limit))??;
                if connection.settings.seals() {
                    connection.protection = Protection::Sealed(context);
                }
            }
        }
        Ok(connection)
    }

    /// Whether another request may be sent on it.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        self.usable
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// See [`Error::execution`] for whether the host may have executed the request.
    ///
    /// # Cancellation
    /// Dropping the future leaves the request's outcome unknown and the connection unusable.
    pub async fn exchange(&mut self, envelope: &[u8], limit: Duration) -> Result<Answer, Error> {
        self.usable = false;
        let answer = timeout(limit, self.exchange_once(envelope))
            .await
            .map_err(|_| Error::Timeout(limit))??;
        let (answer, keep) = answer;
        self.usable = keep;
        Ok(answer)
    }

    /// The answer, and whether the host keeps the connection.
    async fn exchange_once(&mut self, envelope: &[u8]) -> Result<(Answer, bool), Error> {
        let mut headers = HeaderMap::new();
        let body = match &mut self.protection {
            Protection::Sealed(context) => {
                let content_type = HeaderValue::try_from(Protocol::Spnego.content_type());
                headers.insert(
                    CONTENT_TYPE,
                    content_type.map_err(|error| Error::Setup(Box::new(error)))?,
                );
                seal::seal(context, Protocol::Spnego, envelope).map_err(Error::Seal)?
            }
            plain => {
                headers.insert(
                    CONTENT_TYPE,
                    HeaderValue::from_static("application/soap+xml;charset=UTF-8"),
                );
                match plain {
                    Protection::Basic(token) => drop(headers.insert(AUTHORIZATION, token.clone())),
                    Protection::None => {
                        let value = HeaderValue::from_static("unauthenticated");
                        headers.insert(WSMANIDENTIFY, value);
                    }
                    _ => {}
                }
                envelope.to_vec()
            }
        };
        let (response, body) = self.post(headers, body).await?;
        let status = response.status;
        let in_clear = !self.settings.endpoint.is_https() && self.settings.clear_text;
        if status == StatusCode::UNAUTHORIZED {
            return Err(match &self.protection {
                Protection::Basic(_) if response.offers("Basic") => Error::CredentialsRefused,
                Protection::Basic(_) => {
                    Error::MechanismRefused { wanted: "Basic", offered: response.schemes() }
                }
                Protection::None => {
                    Error::MechanismRefused { wanted: "no", offered: response.schemes() }
                }
                _ if in_clear => Error::ClearTextRefused { status: status.as_u16() },
                _ => Error::Unauthenticated,
            });
        }
        if in_clear && status == StatusCode::INTERNAL_SERVER_ERROR && body.is_empty() {
            return Err(Error::ClearTextRefused { status: status.as_u16() });
        }
        let content_type = response.header("content-type");
        let is_soap = content_type.to_ascii_lowercase().starts_with("application/soap+xml");
        let body = match &mut self.protection {
            Protection::Sealed(_) if status == StatusCode::BAD_REQUEST && body.is_empty() => {
                return Err(Error::ContextLost);
            }
            Protection::Sealed(context)
                if content_type.to_ascii_lowercase().starts_with("multipart/") =>
            {
                seal::unseal(context, Protocol::Spnego, Some(&content_type), &body)
                    .map_err(Error::Seal)?
            }
            Protection::Sealed(_) if is_soap || status.is_success() => {
                return Err(Error::ClearAnswer {
                    status: status.as_u16(),
                    excerpt: excerpt(&body),
                });
            }
            _ if is_soap => body,
            _ => return Err(Error::Status { status: status.as_u16(), excerpt: excerpt(&body) }),
        };
        Ok((Answer { status: status.as_u16(), body }, !response.closes()))
    }

    /// The exchange of tokens, in requests without a body: a host does not take a sealed body with the last token.
    async fn handshake(&mut self) -> Result<SecurityContext, Error> {
        let mut initiator =
            ntlm::NtlmInitiator::new(&self.settings.credentials).map_err(Error::Handshake)?;
        let mut no_randomness = None;
        let mut challenge: Option<Zeroizing<Vec<u8>>> = None;
        loop {
            let mut random = |buffer: &mut [u8]| no_randomness = system_random(buffer).err();
            let mut env = Env {
                #[expect(clippy::disallowed_methods, reason = "the transport is an I/O layer")]
                now: std::time::SystemTime::now(),
                random: &mut random,
                channel_binding: self.channel_binding,
                target_name: Some(format!("host/{}", self.settings.endpoint.host())),
                workstation: None,
            };
            let step = initiator.step(challenge.as_ref().map(|token| token.as_slice()), &mut env);
            if let Some(error) = no_randomness {
                return Err(Error::Setup(Box::new(error)));
            }
            let (token, context) = match step.map_err(Error::Handshake)? {
                Step::Send(token) => (Some(token), None),
                Step::Done { token, context } => (token, Some(context)),
            };
            let Some(token) = token else {
                return context.ok_or(Error::CredentialsRefused);
            };
            let mut headers = HeaderMap::new();
            headers
                .insert(AUTHORIZATION, authorization("Negotiate", &BASE64_STANDARD.encode(token))?);
            let (response, body) = self.post(headers, Vec::new()).await?;
            match context {
                Some(context) if response.status.is_success() => return Ok(context),
                Some(_) if response.status == StatusCode::UNAUTHORIZED => {
                    return Err(Error::CredentialsRefused);
                }
                None if response.status == StatusCode::UNAUTHORIZED => {
                    // The password has played no part yet, so nothing else can be wrong.
                    challenge = Some(response.token("Negotiate").ok_or_else(|| {
                        Error::MechanismRefused { wanted: "NTLM", offered: response.schemes() }
                    })?);
                }
                _ => {
                    return Err(Error::Status {
                        status: response.status.as_u16(),
                        excerpt: excerpt(&body),
                    });
                }
            }
        }
    }

    async fn post(
        &mut self,
        mut headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<(Head, Vec<u8>), Error> {
        // reqwest leaves it out of a request with an empty body, and HTTP.sys answers 411 then.
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        let request =
            self.http.post(self.settings.endpoint.url().clone()).headers(headers).body(body);
        let mut response = request.send().await.map_err(|error| self.send_error(error))?;
        let local = response.extensions().get::<HttpInfo>().map(HttpInfo::local_addr);
        if self.local.is_some() && self.local != local {
            return Err(Error::Moved);
        }
        self.local = local;
        let tls = response.extensions().get::<TlsInfo>();
        self.channel_binding =
            tls.and_then(TlsInfo::peer_certificate).and_then(ChannelBinding::to_certificate);
        let head = Head::new(&response);
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| Error::Broken(Box::new(error)))?
        {
            if body.len() + chunk.len() > self.settings.max_answer {
                return Err(Error::TooLarge { limit: self.settings.max_answer });
            }
            body.extend_from_slice(&chunk);
        }
        Ok((head, body))
    }

    fn send_error(&self, error: reqwest::Error) -> Error {
        if !error.is_connect() {
            Error::Broken(Box::new(error))
        } else if cause::<ConnectionGone>(&error).is_some() {
            Error::Closed
        } else if let Some(tls) = cause::<rustls::Error>(&error) {
            Error::Tls(Box::new(tls.clone()))
        } else if error.is_timeout() {
            Error::ConnectTimeout(self.settings.connect_timeout)
        } else {
            // What reqwest and hyper add tells a user nothing; the system's own word does.
            match cause::<std::io::Error>(&error) {
                Some(io) => Error::Connect(std::io::Error::new(io.kind(), io.to_string()).into()),
                None => Error::Connect(Box::new(error)),
            }
        }
    }
}

/// The head of an answer.
struct Head {
    status: StatusCode,
    headers: HeaderMap,
}

impl Head {
    fn new(response: &Response) -> Self {
        Self { status: response.status(), headers: response.headers().clone() }
    }

    fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .unwrap_or_default()
    }

    fn closes(&self) -> bool {
        let values =
            self.headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split(','))
            .any(|token| token.trim().eq_ignore_ascii_case("close"))
    }

    fn challenges(&self) -> impl Iterator<Item = &str> {
        self.headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok())
    }

    /// The schemes of all challenges, by their first words.
    fn schemes(&self) -> Vec<String> {
        self.challenges()
            .filter_map(|challenge| challenge.split_whitespace().next())
            .map(str::to_owned)
            .collect()
    }

    fn offers(&self, scheme: &str) -> bool {
        self.schemes().iter().any(|offer| offer.eq_ignore_ascii_case(scheme))
    }

    /// The token of the challenge for a scheme.
    fn token(&self, scheme: &str) -> Option<Zeroizing<Vec<u8>>> {
        self.challenges().find_map(|challenge| {
            let (name, token) = challenge.trim().split_once(' ')?;
            let token = name
                .eq_ignore_ascii_case(scheme)
                .then(|| BASE64_STANDARD.decode(token.trim()).ok())?;
            token.map(Zeroizing::new)
        })
    }
}

/// An `Authorization` header, marked so that it is in no log.
fn authorization(scheme: &str, token: &str) -> Result<HeaderValue, Error> {
    let text = Zeroizing::new(format!("{scheme} {token}"));
    let mut value = HeaderValue::from_str(&text).map_err(|error| Error::Setup(Box::new(error)))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The begin of a body that is no SOAP, for people.
fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().filter(|c| !c.is_control()).take(200).collect()
}

#[expect(clippy::disallowed_methods, reason = "the transport is an I/O layer")]
fn system_random(buffer: &mut [u8]) -> Result<(), getrandom::Error> {
    getrandom::getrandom(buffer)
}
