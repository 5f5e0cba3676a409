//! Kerberos V5 ([RFC 4120]) and its GSS-API mechanism ([RFC 4121]).
//!
//! ```text
//! principal, ticket        what it is about
//! keytab, ccache           where keys and tickets are kept
//! config                   krb5.conf
//! acquisition              how a ticket is got, by requests to KDCs
//! tickets                  those that were got
//! initiator, acceptor      the exchange of client and host
//! session                  the messages that follow
//! ```
//!
//! The cryptography and the ASN.1 are those of the crate `kerbcore`, which beside this only SPNEGO's tokens name.
//!
//! [RFC 4120]: https://www.rfc-editor.org/rfc/rfc4120
//! [RFC 4121]: https://www.rfc-editor.org/rfc/rfc4121

mod acceptor;
mod acquisition;
mod ccache;
mod config;
mod error;
mod initiator;
mod kdc_request;
mod kerberos_time;
mod keytab;
mod principal;
mod reader;
mod session;
mod ticket;
mod ticket_error;
mod tickets;

pub use acceptor::{KerberosAcceptor, Replays};
pub use acquisition::{Acquire, Acquisition};
pub use ccache::{Ccache, CcacheName};
pub use config::{Config, ConfigError, Include};
pub use error::Error;
pub use initiator::KerberosInitiator;
pub use kdc_request::is_unavailable;
pub use keytab::Keytab;
pub use principal::Principal;
pub use ticket::Ticket;
pub use ticket_error::TicketError;
pub use tickets::Tickets;

/// The encryption types that are spoken, the preferred ones first: AES with SHA-1 ([RFC 3962]), then with SHA-2
/// ([RFC 8009]).
///
/// [RFC 3962]: https://www.rfc-editor.org/rfc/rfc3962
/// [RFC 8009]: https://www.rfc-editor.org/rfc/rfc8009
const ENCTYPES: [i32; 4] = [18, 17, 20, 19];

fn is_supported(enctype: i32) -> bool {
    ENCTYPES.contains(&enctype)
}

/// What stands in the place of a checksum's type in a client's request ([RFC 4121] 4.1.1).
///
/// [RFC 4121]: https://www.rfc-editor.org/rfc/rfc4121
const CHECKSUM_TYPE: i32 = 0x8003;

/// What a client asks for: proof of the host, detection of repeated and of lost messages, sealing and signing.
const FLAGS: u32 = 0x3E;
