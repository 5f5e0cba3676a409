//! Proxies on the way to a host.

use std::{fmt, str::FromStr};

use reqwest::NoProxy;
use url::Url;

use super::Endpoint;

/// A proxy: `http://HOST:PORT`, which is asked for a tunnel (CONNECT), `socks5://HOST:PORT`, or `socks5h://HOST:PORT`,
/// which resolves the names of hosts itself. A user and password stand before the host, as in any URL.
#[derive(Clone)]
pub struct Proxy {
    url: Url,
    exceptions: Option<NoProxy>,
}

/// A text that is no proxy, or a proxy that is of no use to a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// It is no URL of a proxy.
    #[error("it is no URL of a proxy: http://HOST:PORT, socks5://HOST:PORT or socks5h://HOST:PORT")]
    Invalid,
    /// An HTTP proxy for a host without TLS.
    #[error(
        "an HTTP proxy forwards requests over connections of its own, and over http authentication belongs to the connection: use https, or a SOCKS5 proxy"
    )]
    Forwarding,
}

impl Proxy {
    /// Hosts that are reached without it, as in the variable `NO_PROXY`: names, domains, addresses and networks with
    /// commas between them, or `*` for all.
    #[must_use]
    pub fn except(self, hosts: &str) -> Self {
        Self { exceptions: NoProxy::from_string(hosts), ..self }
    }

    /// Whether it can be used for a host.
    ///
    /// # Errors
    /// If it would have to forward requests.
    pub fn check(&self, endpoint: &Endpoint) -> Result<(), ProxyError> {
        if self.url.scheme() == "http" && !endpoint.is_https() {
            Err(ProxyError::Forwarding)
        } else {
            Ok(())
        }
    }

    pub(super) fn to_reqwest(&self) -> Result<reqwest::Proxy, reqwest::Error> {
        Ok(reqwest::Proxy::all(self.url.clone())?.no_proxy(self.exceptions.clone()))
    }
}

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        // As in the variables of the environment, where a scheme may be missing.
        let text = text.trim();
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&text).map_err(|_| ProxyError::Invalid)?;
        let is_known = matches!(url.scheme(), "http" | "socks5" | "socks5h");
        if !is_known || url.host_str().is_none_or(str::is_empty) {
            return Err(ProxyError::Invalid);
        }
        Ok(Self { url, exceptions: None })
    }
}

impl fmt::Display for Proxy {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.url.scheme(), self.url.host_str().unwrap_or_default())?;
        self.url.port().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}
