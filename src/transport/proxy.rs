//! Proxies on the way to a host.

use std::{error, fmt, io, net::IpAddr, str::FromStr};

use url::{Host, Url};
use zeroize::Zeroizing;

use super::{Endpoint, http::cause};

/// A proxy: `http://HOST:PORT`, which is asked for a tunnel (CONNECT, [RFC 9110] 9.3.6), `socks5://HOST:PORT`
/// ([RFC 1928]), or `socks5h://HOST:PORT`, which resolves the names of hosts itself: without the `h` they are resolved
/// here. Without a port it is 80 or 1080. A user and password stand before the host, as in any URL.
///
/// [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110
/// [RFC 1928]: https://www.rfc-editor.org/rfc/rfc1928
#[derive(Clone)]
pub struct Proxy {
    /// Without user and password.
    url: Url,
    login: Login,
}

/// As they stand in a URL.
#[derive(Clone)]
struct Login {
    user: String,
    password: Zeroizing<String>,
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
    /// A host that is named by an IPv6 address, over https.
    #[error("through a proxy an https host has to be named, or have an IPv4 address")]
    Ipv6,
}

/// Why a proxy gave no connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyProblem {
    /// It cannot be reached itself.
    #[error("the proxy cannot be reached{}", detail(.0))]
    Unreachable(String),
    /// It wants a user and a password, or others.
    #[error("the proxy wants a user and a password, or does not take these")]
    Login,
    /// It does not connect us with the host.
    #[error("the proxy refused to connect us with the host{}", detail(.0))]
    Refused(String),
    /// The name of the host cannot be resolved here.
    #[error(
        "the name of the host cannot be resolved here; with socks5h:// the proxy would resolve it"
    )]
    Name,
}

impl Proxy {
    /// Whether it can be used for a host.
    ///
    /// # Errors
    /// If it would have to forward requests, or cannot name the host.
    pub fn check(&self, endpoint: &Endpoint) -> Result<(), ProxyError> {
        match (self.url.scheme(), endpoint.is_https()) {
            ("http", false) => Err(ProxyError::Forwarding),
            // reqwest takes the address in its brackets for a name.
            (_, true) if endpoint.host().starts_with('[') => Err(ProxyError::Ipv6),
            _ => Ok(()),
        }
    }

    /// The proxy that the variables `HTTPS_PROXY` and `NO_PROXY` name for a host; none over http, and none for the
    /// machine itself.
    ///
    /// The exceptions are separated by commas or spaces: `*` is every host, a name also all below it, and addresses may
    /// have a prefix length, as curl has it; a port at the end limits an exception to it.
    ///
    /// # Errors
    /// When the proxy is none.
    pub fn from_variables(
        https_proxy: &str,
        no_proxy: &str,
        endpoint: &Endpoint,
    ) -> Result<Option<Self>, ProxyError> {
        let is_direct = !endpoint.is_https()
            || https_proxy.trim().is_empty()
            || is_loopback(endpoint)
            || no_proxy
                .split([',', ' ', '\t'])
                .filter(|exception| !exception.is_empty())
                .any(|exception| covers(exception, endpoint));
        if is_direct { Ok(None) } else { https_proxy.parse().map(Some) }
    }

    pub(super) fn to_reqwest(&self) -> Result<reqwest::Proxy, reqwest::Error> {
        let mut url = self.url.clone();
        // Neither fails where there is a host.
        let has_login = url.set_username(&self.login.user).is_ok()
            && url
                .set_password(
                    Some(&self.login.password).filter(|it| !it.is_empty()).map(|it| it.as_str()),
                )
                .is_ok();
        debug_assert!(has_login, "a proxy has a host");
        reqwest::Proxy::all(url)
    }
}

/// Whether the host of an endpoint is this machine, by its name or address.
fn is_loopback(endpoint: &Endpoint) -> bool {
    match endpoint.url().host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

/// Whether an exception is about a host.
fn covers(exception: &str, endpoint: &Endpoint) -> bool {
    if exception == "*" {
        return true;
    }
    // An IPv6 address has colons, but no port unless it is in brackets.
    let (exception, port) = match exception.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
        _ => (exception, None),
    };
    let ours = endpoint.url().port_or_known_default();
    if port.is_some_and(|port| port.parse().ok() != ours) {
        return false;
    }
    let exception = exception.trim_start_matches('[').trim_end_matches(']');
    match endpoint.url().host() {
        Some(Host::Domain(host)) => {
            let suffix = exception.trim_matches('.').to_ascii_lowercase();
            let host = host.trim_end_matches('.');
            !suffix.is_empty()
                && host
                    .strip_suffix(&suffix)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        }
        Some(Host::Ipv4(host)) => is_in_network(host.into(), exception),
        Some(Host::Ipv6(host)) => is_in_network(host.into(), exception),
        None => false,
    }
}

/// Whether an address is a given one, or in a network such as `192.168.0.0/16`.
fn is_in_network(host: IpAddr, network: &str) -> bool {
    let (address, length) = match network.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (network, None),
    };
    // The 32 or 128 bits, at the upper end of a number.
    let bits = |address| match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let ((host_bits, _), (network_bits, width)) = (bits(host), bits(address));
    let Ok(length) = length.map_or(Ok(width), str::parse::<u32>) else { return false };
    let differs = host_bits ^ network_bits;
    host.is_ipv4() == address.is_ipv4()
        && length <= width
        && (length == 0 || differs >> (128 - length) == 0)
}

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        // As in the variables of the environment, where a scheme may be missing.
        let text = text.trim();
        let text = Zeroizing::new(if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        });
        let mut url = Url::parse(&text).map_err(|_| ProxyError::Invalid)?;
        let is_known = matches!(url.scheme(), "http" | "socks5" | "socks5h");
        if !is_known || url.host_str().is_none_or(str::is_empty) {
            return Err(ProxyError::Invalid);
        }
        let password = Zeroizing::new(url.password().unwrap_or_default().to_owned());
        let login = Login { user: url.username().to_owned(), password };
        url.set_password(None)
            .and_then(|()| url.set_username(""))
            .map_err(|()| ProxyError::Invalid)?;
        Ok(Self { url, login })
    }
}

/// Without user and password.
impl fmt::Display for Proxy {
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

impl ProxyProblem {
    /// What a proxy had against a connection, if that is what an error is about.
    ///
    /// The errors of hyper-util and reqwest about it have no types that could be named, so their texts are read.
    pub(super) fn of(error: &(dyn error::Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(level) = next {
            let text = level.to_string();
            next = level.source();
            if text == "error resolving for socks proxy" {
                return Some(Self::Name);
            }
            let Some(reason) =
                text.strip_prefix("tunnel error: ").or_else(|| text.strip_prefix("SOCKS error: "))
            else {
                continue;
            };
            return Some(match reason {
                "failed to create underlying connection" => Self::Unreachable(
                    next.and_then(cause::<io::Error>).map(ToString::to_string).unwrap_or_default(),
                ),
                "proxy authorization required"
                | "credentials not accepted"
                | "server does not support user/pass authentication"
                | "server implements authentication incorrectly" => Self::Login,
                // It answered CONNECT by another status than 200 and 407.
                "unsuccessful" => Self::Refused(String::new()),
                reason => Self::Refused(reason.to_owned()),
            });
        }
        None
    }
}

fn detail(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": {text}") }
}
