//! XML with namespaces, for messages: names, a pull reader with limits, trees, and a writer.
//!
//! The only module that uses `quick-xml`. It knows nothing of SOAP. Elements are told apart by namespace and local
//! name, never by prefix: a Windows host binds the prefix `p` twice in one answer.
//!
//! Not read at all: document type definitions, entity definitions, processing instructions, encodings other than
//! UTF-8. A message has no use for them, and a hostile one might.

mod edit;
mod element;
mod error;
mod name;
mod reader;
mod writer;

pub use edit::{Edit, Open, Place};
pub use element::{Apart, Element};
pub use error::{Error, Problem};
pub use name::{Name, XML, XMLNS, XSI};
pub use reader::{Event, Limits, Reader, Start};
