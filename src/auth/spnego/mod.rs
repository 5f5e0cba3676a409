//! SPNEGO ([RFC 4178], [MS-SPNG]): which mechanism both ends use, agreed upon so that nobody between them can weaken it.
//!
//! The client lists its mechanisms, the best one first and together with the first token of that one. The host takes
//! the first of them that it has. The tokens of the mechanism then travel inside those of SPNEGO. In the end each side
//! may sign the list (`mechListMIC`) with the keys that came of it: a client that did not get its best mechanism
//! demands that signature of the host, since otherwise somebody could have taken the better ones from the list.
//!
//! [RFC 4178]: https://www.rfc-editor.org/rfc/rfc4178
//! [MS-SPNG]: https://learn.microsoft.com/openspecs/windows_protocols/ms-spng/

mod acceptor;
mod initiator;
mod token;

pub use acceptor::SpnegoAcceptor;
pub use initiator::SpnegoInitiator;
pub use token::MechType;
