//! Kerberos V5 ([RFC 4120]) and its GSS-API mechanism ([RFC 4121]).
//!
//! [RFC 4120]: https://www.rfc-editor.org/rfc/rfc4120
//! [RFC 4121]: https://www.rfc-editor.org/rfc/rfc4121

mod principal;
mod ticket;

pub use principal::Principal;
pub use ticket::Ticket;
