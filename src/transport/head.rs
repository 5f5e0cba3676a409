//! Heads of HTTP messages.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{
    Response, StatusCode,
    header::{CONNECTION, HeaderMap, HeaderValue, WWW_AUTHENTICATE},
};
use zeroize::Zeroizing;

use super::Error;

/// The head of an answer.
pub(super) struct Head {
    pub(super) status: StatusCode,
    headers: HeaderMap,
}

impl Head {
    pub(super) fn new(response: &Response) -> Self {
        Self { status: response.status(), headers: response.headers().clone() }
    }

    pub(super) fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .unwrap_or_default()
    }

    pub(super) fn closes(&self) -> bool {
        let values =
            self.headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split(','))
            .any(|token| token.trim().eq_ignore_ascii_case("close"))
    }

    /// The challenges, each with its token or its first parameter (RFC 9110 section 11.6.1).
    fn challenges(&self) -> impl Iterator<Item = &str> {
        let lists = self.headers.get_all(WWW_AUTHENTICATE).iter();
        lists.filter_map(|value| value.to_str().ok()).flat_map(elements).filter(|element| {
            let rest = element.trim_start_matches(|c: char| c != '=' && !c.is_whitespace());
            !element.is_empty() && !rest.trim_start().starts_with('=')
        })
    }

    /// The schemes of all challenges, by their first words.
    pub(super) fn schemes(&self) -> Vec<String> {
        self.challenges()
            .filter_map(|challenge| challenge.split_whitespace().next())
            .map(str::to_owned)
            .collect()
    }

    pub(super) fn offers(&self, scheme: &str) -> bool {
        self.schemes().iter().any(|offer| offer.eq_ignore_ascii_case(scheme))
    }

    /// The token of the challenge for a scheme.
    pub(super) fn token(&self, scheme: &str) -> Option<Zeroizing<Vec<u8>>> {
        self.challenges().find_map(|challenge| {
            let (name, token) = challenge.split_once(' ')?;
            let token = name
                .eq_ignore_ascii_case(scheme)
                .then(|| BASE64_STANDARD.decode(token.trim()).ok())?;
            token.map(Zeroizing::new)
        })
    }
}

/// The elements of a list, some of which may have commas in quotes (RFC 9110 section 5.6).
fn elements(list: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let elements = list.split(move |c| {
        let ends = c == ',' && !is_quoted;
        is_quoted ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && is_quoted && !is_escaped;
        ends
    });
    elements.map(str::trim)
}

/// An `Authorization` header, marked so that it is in no log.
pub(super) fn authorization(scheme: &str, token: &str) -> Result<HeaderValue, Error> {
    let text = Zeroizing::new(format!("{scheme} {token}"));
    let mut value = HeaderValue::from_str(&text).map_err(|error| Error::Setup(Box::new(error)))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The begin of a body that is no SOAP, for people.
pub(super) fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().filter(|c| !c.is_control()).take(200).collect()
}
