//! One authenticated connection.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use tokio::time::timeout;

use super::{
    Endpoint, Error, Proof, Proxy, ProxyProblem, Trust,
    client_certificate::ClientCertificate,
    head::{Head, authorization, excerpt},
    host_certificate::Verifier,
    http::{ConnectionGone, cause, single_connection_client},
    tls::{Tls, certificate_error},
};
use crate::auth::{
    ChannelBinding, SecurityContext,
    seal::{self, Protocol},
};

/// The header that lets a host answer Identify without authentication ([MS-WSMV] section 3.1.4.1.23).
///
/// [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/
const WSMANIDENTIFY: HeaderName = HeaderName::from_static("wsmanidentify");

/// What says in place of a mechanism that TLS has proven who we are (DSP0226 annex C.3).
const MUTUAL_TLS: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";
/// What a host may refuse.
pub(super) const PASSWORD: &str = "user name or password";
pub(super) const TICKET: &str = "Kerberos ticket";

/// What a connection needs to know.
#[derive(Debug)]
pub struct Settings {
    /// Where the host listens.
    pub endpoint: Endpoint,
    /// Whom we trust, over https.
    pub trust: Trust,
    /// What the connection goes through.
    pub proxy: Option<Proxy>,
    /// How long a TCP connection and its TLS handshake may take.
    pub connect_timeout: Duration,
    /// The largest answer that is read, in bytes.
    pub max_answer: usize,
    /// Send and believe bodies in clear over http.
    pub clear_text: bool,
    /// Seal bodies over https, too.
    pub seal_always: bool,
    /// The service principal name of the host, such as `host/hv01.example.com`.
    pub service: String,
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
    host_certificate: Arc<Verifier>,
    pub(super) settings: Arc<Settings>,
    protection: Protection,
    /// Our end of the TCP connection that was authenticated.
    local: Option<SocketAddr>,
    /// Over https: the tie of an authentication to the host's certificate.
    pub(super) channel_binding: Option<ChannelBinding>,
    usable: bool,
}

#[derive(Debug)]
enum Protection {
    /// Bodies are sealed, by the protocol of the HTTP scheme.
    Sealed(Protocol, SecurityContext),
    /// The TCP connection is authenticated, bodies are protected by TLS or not at all.
    Authenticated,
    /// Each request carries the password.
    Basic(HeaderValue),
    /// TLS has proven who we are, and each request says so.
    Certificate,
    /// Nothing is proven, and nothing is secret.
    None,
}

impl Settings {
    /// Whether bodies are sealed: over http, unless clear text was asked for, and over https if that was asked for.
    #[must_use]
    pub fn seals(&self) -> bool {
        self.seal_always || !self.endpoint.is_https() && !self.clear_text
    }
}

impl Connection {
    /// Connects and authenticates, within the connect time-out and `step_timeout` together.
    ///
    /// # Errors
    /// When there is no connection, TLS fails, or the host refuses us. No request was executed then, whatever
    /// [`Error::execution`] says of the same error in an exchange.
    pub async fn open(
        settings: Arc<Settings>,
        proof: Proof,
        step_timeout: Duration,
    ) -> Result<Self, Error> {
        let Tls { config, verifier } = settings.trust.tls(settings.endpoint.is_https())?;
        let proxy = settings.proxy.as_ref();
        let mut connection = Self {
            http: single_connection_client(config, proxy, settings.connect_timeout)?,
            host_certificate: verifier,
            settings,
            protection: Protection::Authenticated,
            local: None,
            channel_binding: None,
            usable: true,
        };
        connection.protection = match proof {
            Proof::None => Protection::None,
            Proof::Basic(token) => Protection::Basic(authorization("Basic", &token)?),
            Proof::Certificate => Protection::Certificate,
            Proof::Exchange { mechanism, offers } => {
                let limit = connection.settings.connect_timeout.saturating_add(step_timeout);
                let established = timeout(limit, connection.authenticate(mechanism, offers))
                    .await
                    .map_err(|_| Error::Timeout(limit))?;
                let (scheme, context) = established?;
                if connection.settings.seals() {
                    Protection::Sealed(scheme.protocol(), context)
                } else {
                    Protection::Authenticated
                }
            }
        };
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
            Protection::Sealed(protocol, context) => {
                let content_type = HeaderValue::try_from(protocol.content_type());
                headers.insert(
                    CONTENT_TYPE,
                    content_type.map_err(|error| Error::Setup(Box::new(error)))?,
                );
                seal::seal(context, *protocol, envelope).map_err(Error::Seal)?
            }
            plain => {
                headers.insert(
                    CONTENT_TYPE,
                    HeaderValue::from_static("application/soap+xml;charset=UTF-8"),
                );
                match plain {
                    Protection::Basic(token) => drop(headers.insert(AUTHORIZATION, token.clone())),
                    Protection::Certificate => {
                        let value = HeaderValue::from_static(MUTUAL_TLS);
                        headers.insert(AUTHORIZATION, value);
                    }
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
        let is_refusal = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        if is_refusal && matches!(self.protection, Protection::Certificate) {
            let certificate = self.settings.trust.client_certificate();
            return Err(if certificate.is_some_and(ClientCertificate::was_asked_for) {
                Error::CertificateRefused { status: status.as_u16() }
            } else {
                Error::CertificateNotAskedFor { status: status.as_u16() }
            });
        }
        if status == StatusCode::UNAUTHORIZED {
            return Err(match &self.protection {
                Protection::Basic(_) if response.offers("Basic") => {
                    Error::CredentialsRefused { what: PASSWORD }
                }
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
            Protection::Sealed(..) if status == StatusCode::BAD_REQUEST && body.is_empty() => {
                return Err(Error::ContextLost);
            }
            Protection::Sealed(protocol, context)
                if content_type.to_ascii_lowercase().starts_with("multipart/") =>
            {
                seal::unseal(context, *protocol, Some(&content_type), &body).map_err(Error::Seal)?
            }
            Protection::Sealed(..) if is_soap || status.is_success() => {
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

    pub(super) async fn post(
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
        self.channel_binding =
            self.host_certificate.certificate().and_then(ChannelBinding::to_certificate);
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
        let tls = cause::<rustls::Error>(&error);
        if let Some(error) = tls.and_then(certificate_error) {
            error
        } else if !error.is_connect() {
            Error::Broken(Box::new(error))
        } else if cause::<ConnectionGone>(&error).is_some() {
            Error::Closed
        } else if let Some(tls) = tls {
            Error::Tls(Box::new(tls.clone()))
        } else if let Some(proxy) = &self.settings.proxy
            && let Some(problem) = ProxyProblem::of(&error)
        {
            Error::Proxy { proxy: proxy.to_string(), problem }
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
