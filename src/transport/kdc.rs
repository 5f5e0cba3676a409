//! Requests to a KDC over TCP (RFC 4120 section 7.2.2).

use std::{fmt, io, str::FromStr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::auth::kerberos::is_unavailable;

/// The port of a KDC, unless another is named.
const PORT: u16 = 88;
/// The largest reply: many times that of a user who is in thousands of groups.
const LARGEST_REPLY: usize = 1 << 20;

/// Where a KDC listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KdcAddress {
    pub(super) host: String,
    pub(super) port: u16,
}

/// How long a KDC may take.
#[derive(Clone, Copy, Debug)]
pub struct KdcTimes {
    /// For a connection.
    pub connect: Duration,
    /// For an answer.
    pub answer: Duration,
}

/// A request that no KDC answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KdcError {
    /// There is none to ask.
    #[error("no KDC is known")]
    None,
    /// The last one that was asked did not answer.
    #[error("{kdc} does not answer")]
    Unreachable {
        /// Which.
        kdc: KdcAddress,
        /// Why.
        #[source]
        error: io::Error,
    },
}

impl KdcAddress {
    /// An address.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port }
    }
}

impl FromStr for KdcAddress {
    type Err = String;

    /// Reads `HOST`, `HOST:PORT`, `ADDRESS` and `[ADDRESS]:PORT`, each with `tcp/` before it or without.
    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("tcp/").unwrap_or(text).trim();
        let invalid = || format!("{text:?} is no HOST or HOST:PORT");
        let (host, port) = match rest.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']').ok_or_else(invalid)?;
                (
                    host,
                    if port.is_empty() {
                        None
                    } else {
                        Some(port.strip_prefix(':').ok_or_else(invalid)?)
                    },
                )
            }
            // More than one colon: an IPv6 address without brackets.
            None => match rest.split_once(':') {
                Some((host, port)) if !port.contains(':') => (host, Some(port)),
                _ => (rest, None),
            },
        };
        let port = port.map_or(Ok(PORT), |port| port.parse().map_err(|_| invalid()))?;
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c == '/') || port == 0 {
            return Err(invalid());
        }
        Ok(Self::new(host, port))
    }
}

impl fmt::Display for KdcAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Sends a request to the first KDC that answers, and gives its reply and which one it was. KDCs of a realm have the
/// same users, so that what one of them says is not asked of another, but that it cannot serve just now.
///
/// # Errors
/// If none answers.
///
/// # Cancellation
/// Dropping the future closes the connection. A KDC that judged a password has judged it.
pub async fn exchange<'a>(
    kdcs: &'a [KdcAddress],
    request: &[u8],
    times: KdcTimes,
) -> Result<(Vec<u8>, &'a KdcAddress), KdcError> {
    let mut last = Err(KdcError::None);
    for kdc in kdcs {
        last = match ask(kdc, request, times).await {
            Ok(reply) if is_unavailable(&reply) => {
                tracing::debug!(%kdc, "a KDC is not available");
                Ok((reply, kdc))
            }
            Ok(reply) => return Ok((reply, kdc)),
            Err(error) => {
                tracing::debug!(%kdc, %error, "a KDC does not answer");
                Err(KdcError::Unreachable { kdc: kdc.clone(), error })
            }
        };
    }
    last
}

async fn ask(kdc: &KdcAddress, request: &[u8], times: KdcTimes) -> io::Result<Vec<u8>> {
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    let connect = TcpStream::connect((kdc.host.as_str(), kdc.port));
    let mut stream = timeout(times.connect, connect).await.map_err(late)??;
    timeout(times.answer, converse(&mut stream, request)).await.map_err(late)?
}

/// Both ways the length in 32 bits goes before the message.
async fn converse(stream: &mut TcpStream, request: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(request.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), request].concat()).await?;
    let length = usize::try_from(stream.read_u32().await?).unwrap_or(usize::MAX);
    if length > LARGEST_REPLY {
        return Err(io::Error::other(format!("its reply would have {length} bytes")));
    }
    let mut reply = vec![0; length];
    stream.read_exact(&mut reply).await?;
    Ok(reply)
}
