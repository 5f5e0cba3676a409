//! Where a host listens.

use std::fmt;

use url::Url;

/// The URL of a WS-Management endpoint.
///
/// Read from a bare name (`hv01`: port 5985 over http, as Windows' own clients have it), a name and a port
/// (`hv01:5985`; port 5986 is https), or a URL (`https://hv01`: port 5986). The path is `/wsman` unless the URL has
/// another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(Url);

/// A text that is no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// It is neither a host name nor a URL.
    #[error("{0:?} is no host name, HOST:PORT or URL")]
    Invalid(String),
    /// It has another scheme than the two of WS-Management.
    #[error("the scheme of {0:?} is neither http nor https")]
    Scheme(String),
    /// It has a user name or password, which would be seen by all who see the URL.
    #[error("the URL has a user name or password: give credentials apart from it")]
    Credentials,
    /// It has a query or fragment, which an endpoint has not.
    #[error("the URL {0:?} has a query or fragment")]
    Query(String),
}

impl Endpoint {
    /// Whether the endpoint is https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The name or address of the host; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The URL.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }
}

impl std::str::FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let invalid = || EndpointError::Invalid(text.to_owned());
        let text = text.trim();
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, text),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(EndpointError::Credentials);
        }
        // A bare IPv6 address has colons, but no port. The url crate drops a port that is its scheme's default, so
        // whether one was given is read here.
        let bare_ipv6 = authority.parse::<std::net::Ipv6Addr>().is_ok();
        let port = authority
            .rsplit_once(':')
            .map(|(_, port)| port)
            .filter(|port| !bare_ipv6 && !port.ends_with(']') && !port.is_empty());
        let scheme = match &scheme {
            Some(scheme) if scheme == "http" || scheme == "https" => scheme.as_str(),
            Some(_) => return Err(EndpointError::Scheme(text.to_owned())),
            None if port == Some("5986") => "https",
            None => "http",
        };
        let rest = if bare_ipv6 { format!("[{authority}]") } else { rest.to_owned() };
        let mut url = Url::parse(&format!("{scheme}://{rest}")).map_err(|_| invalid())?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(EndpointError::Query(text.to_owned()));
        }
        if port.is_none() {
            let default = if scheme == "https" { 5986 } else { 5985 };
            url.set_port(Some(default)).map_err(|()| invalid())?;
        }
        if url.path() == "/" {
            url.set_path("/wsman");
        }
        Ok(Self(url))
    }
}

/// The URL.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_for_a_host() {
        for (text, url) in [
            ("hv01", "http://hv01:5985/wsman"),
            (" hv01.example.com ", "http://hv01.example.com:5985/wsman"),
            ("hv01:15985", "http://hv01:15985/wsman"),
            ("hv01:", "http://hv01:5985/wsman"),
            ("https://hv01:/", "https://hv01:5986/wsman"),
            ("hv01:5986", "https://hv01:5986/wsman"),
            ("https://hv01", "https://hv01:5986/wsman"),
            ("HTTPS://hv01/", "https://hv01:5986/wsman"),
            ("http://hv01:80", "http://hv01/wsman"),
            ("https://hv01:443/other", "https://hv01/other"),
            ("http://127.0.0.1:15985/wsman", "http://127.0.0.1:15985/wsman"),
            ("fe80::1", "http://[fe80::1]:5985/wsman"),
            ("[::1]:5985", "http://[::1]:5985/wsman"),
            ("[::1]", "http://[::1]:5985/wsman"),
        ] {
            let endpoint: Endpoint = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(endpoint.to_string(), url, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_endpoint() {
        let parse = |text: &str| text.parse::<Endpoint>().unwrap_err();
        assert!(matches!(parse(""), EndpointError::Invalid(_)));
        assert!(matches!(parse("two words"), EndpointError::Invalid(_)));
        assert!(matches!(parse("hv01:99999"), EndpointError::Invalid(_)));
        assert!(matches!(parse("ftp://hv01"), EndpointError::Scheme(_)));
        assert!(matches!(parse("http://user:secret@hv01"), EndpointError::Credentials));
        assert!(matches!(parse("http://hv01/wsman?a=b"), EndpointError::Query(_)));
    }
}
