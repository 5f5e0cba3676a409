//! What can go wrong on the way to a host and back.

use std::{error, time::Duration};

use super::{ProxyProblem, TrustError};
use crate::auth;

/// Whether the host may have executed a request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Execution {
    /// It did not: the request may be sent again.
    No,
    /// Nobody knows. A request that changes something must not be sent again.
    Unknown,
}

/// A request that got no answer that can be believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No TCP connection came about.
    #[error("cannot connect")]
    Connect(#[source] Box<dyn error::Error + Send + Sync>),
    /// No connection came about through the proxy.
    #[error("no connection through the proxy {proxy}")]
    Proxy {
        /// The proxy, without user and password.
        proxy: String,
        /// What is wrong.
        #[source]
        problem: ProxyProblem,
    },
    /// Nobody could be trusted over https.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The TLS handshake failed.
    #[error("the TLS handshake failed")]
    Tls(#[source] Box<dyn error::Error + Send + Sync>),
    /// No TCP connection came about in time.
    #[error("no connection within {0:?}")]
    ConnectTimeout(Duration),
    /// The host had closed the connection before the request was written.
    #[error("the host closed the connection before the request was sent")]
    Closed,
    /// The connection broke after the request was written, or while it was.
    #[error("the connection broke before the answer was complete")]
    Broken(#[source] Box<dyn error::Error + Send + Sync>),
    /// The answer did not come in time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The answer is larger than our limit.
    #[error("the answer is larger than {limit} bytes, our limit")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The host does not take the mechanism that we use.
    #[error("the host does not accept {wanted} authentication; it offers {}", offers(.offered))]
    MechanismRefused {
        /// What we wanted.
        wanted: &'static str,
        /// The schemes of its `WWW-Authenticate` headers.
        offered: Vec<String>,
    },
    /// The host does not take the credentials.
    #[error("the host refused the {what} (HTTP 401)")]
    CredentialsRefused {
        /// What it judged by: `user name or password` or `Kerberos ticket`.
        what: &'static str,
    },
    /// The host has seen the client certificate, and has no account for it.
    #[error("the host refused the client certificate (HTTP {status}): it maps it to no account")]
    CertificateRefused {
        /// The HTTP status: 401 or 403.
        status: u16,
    },
    /// The host never asked for the client certificate.
    ///
    /// HTTP.sys asks after the handshake, by renegotiation or post-handshake authentication, neither of which rustls
    /// has; only if its binding says so does it ask in the handshake.
    #[error(
        "the host did not ask for the client certificate in the TLS handshake (HTTP {status}), and later we cannot show it: bind its certificate with netsh http add sslcert ... clientcertnegotiation=enable"
    )]
    CertificateNotAskedFor {
        /// The HTTP status: 401 or 403.
        status: u16,
    },
    /// By a TLS alert the host says what is wrong with the client certificate, or that it wants one.
    #[error("the host does not take the client certificate, or wants one")]
    CertificateAlert(#[source] Box<dyn error::Error + Send + Sync>),
    /// The host let us in without proving who it is, which the mechanism demands.
    #[error(
        "the host accepted us without proving who it is; something between may only claim to be it"
    )]
    HostNotProven,
    /// The tokens of the host, or the credentials, do not fit the mechanism.
    #[error("the authentication exchange failed")]
    Handshake(#[source] auth::Error),
    /// The host does not take a body in clear over http.
    ///
    /// Hosts without `AllowUnencrypted` answer 401, or 500 with an empty body.
    #[error(
        "the host refused a body in clear text (HTTP {status}): it wants sealed bodies or https, unless AllowUnencrypted is set there"
    )]
    ClearTextRefused {
        /// The HTTP status: 401 or 500.
        status: u16,
    },
    /// The host asks for authentication again on an authenticated connection.
    #[error("the host no longer knows this connection (HTTP 401)")]
    Unauthenticated,
    /// The host does not know the security context of a sealed request: it answers 400 with an empty body.
    #[error("the host no longer knows the security context of this connection (HTTP 400, empty)")]
    ContextLost,
    /// A sealed answer cannot be opened.
    #[error("the sealed answer cannot be opened")]
    Seal(#[source] auth::Error),
    /// The answer to a sealed request came in clear. Anybody on the way could have written it.
    #[error(
        "the host answered in clear text (HTTP {status}) to a sealed request; the answer, not authenticated: {excerpt:?}"
    )]
    ClearAnswer {
        /// The HTTP status.
        status: u16,
        /// The begin of the body.
        excerpt: String,
    },
    /// Another HTTP status than 200 and 500, which alone carry SOAP.
    #[error("the host answered HTTP {status}; not authenticated: {excerpt:?}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The begin of the body.
        excerpt: String,
    },
    /// The request moved to another TCP connection than the one that was authenticated.
    #[error("the answer came on another connection than the authenticated one")]
    Moved,
    /// The HTTP client could not be set up.
    #[error("the HTTP client cannot be set up")]
    Setup(#[source] Box<dyn error::Error + Send + Sync>),
}

impl Error {
    /// Whether the host may have executed the request.
    ///
    /// A 401, and an empty 400 to a sealed request, come before execution. Over http both can be forged by somebody on
    /// the way, who can let the request run as well, so that it runs twice; https prevents that.
    #[must_use]
    pub const fn execution(&self) -> Execution {
        match self {
            Self::Connect(_)
            | Self::Proxy { .. }
            | Self::Trust(_)
            | Self::Tls(_)
            | Self::ConnectTimeout(_)
            | Self::Closed
            | Self::MechanismRefused { .. }
            | Self::CredentialsRefused { .. }
            | Self::CertificateRefused { .. }
            | Self::CertificateNotAskedFor { .. }
            | Self::CertificateAlert(_)
            | Self::HostNotProven
            | Self::ClearTextRefused { status: 401 }
            | Self::Handshake(_)
            | Self::Unauthenticated
            | Self::ContextLost
            | Self::Setup(_) => Execution::No,
            Self::Broken(_)
            | Self::Timeout(_)
            | Self::TooLarge { .. }
            | Self::Seal(_)
            | Self::ClearTextRefused { .. }
            | Self::ClearAnswer { .. }
            | Self::Status { .. }
            | Self::Moved => Execution::Unknown,
        }
    }

    /// Whether no connection came about, so that another attempt would only take as long again.
    #[must_use]
    pub const fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Connect(_)
                | Self::ConnectTimeout(_)
                | Self::Proxy { .. }
                | Self::Trust(_)
                | Self::Tls(_)
        )
    }

    /// The HTTP status with which the host refused the request, where that is what failed.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::CredentialsRefused { .. }
            | Self::MechanismRefused { .. }
            | Self::Unauthenticated => Some(401),
            Self::ContextLost => Some(400),
            Self::ClearTextRefused { status }
            | Self::CertificateRefused { status }
            | Self::CertificateNotAskedFor { status }
            | Self::ClearAnswer { status, .. }
            | Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }
}

fn offers(schemes: &[String]) -> String {
    if schemes.is_empty() { "none".to_owned() } else { schemes.join(", ") }
}
