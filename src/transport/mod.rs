//! HTTP: the only sockets of the library. Moves bytes and knows no XML.
//!
//! A [`Connection`] is one TCP connection with one security context: what is sealed on it means nothing elsewhere, so
//! it is never replaced behind the caller's back, and carries one request at a time. Every failure says whether the
//! host may have executed the request: see [`Error::execution`].

mod client_certificate;
mod connection;
pub mod dns;
mod endpoint;
mod error;
mod handshake;
mod head;
mod host_certificate;
mod http;
pub mod kdc;
mod pin;
pub mod probe;
mod proxy;
mod tls;

pub use connection::{Answer, Connection, Settings};
pub use endpoint::{Endpoint, EndpointError};
pub use error::{Error, Execution};
pub use handshake::{Proof, Scheme};
pub use pin::{Pin, PinError};
pub use proxy::{Proxy, ProxyError, ProxyProblem};
pub use tls::{Exception, Trust, TrustError};

#[expect(clippy::disallowed_methods, reason = "the transport is an I/O layer")]
fn system_random(buffer: &mut [u8]) -> Result<(), getrandom::Error> {
    getrandom::getrandom(buffer)
}
