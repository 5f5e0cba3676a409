//! WS-Addressing ([WS-Addressing], August 2004).
//!
//! [WS-Addressing]: https://www.w3.org/submissions/2004/SUBM-ws-addressing-20040810/

use super::{ADDRESSING, Error};
use crate::xml::Element;

/// The address that stands for "the other end of this connection".
pub const ANONYMOUS: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";

/// A reference to something behind an endpoint ([WS-Addressing] section 2).
///
/// [WS-Addressing]: https://www.w3.org/submissions/2004/SUBM-ws-addressing-20040810/
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointReference {
    /// `a:Address`: a URL, or [`ANONYMOUS`] for the same endpoint.
    pub address: String,
    /// What `a:ReferenceParameters` holds.
    pub parameters: Vec<Element>,
}

impl EndpointReference {
    /// Reads the reference whose children are those of `parent`.
    ///
    /// The parent is an `a:EndpointReference` in the items of an enumeration, but the parameter or property itself
    /// where a method or an instance holds a reference: Windows writes no wrapper there, and accepts none.
    ///
    /// # Errors
    /// When there is no address.
    pub fn from_children(parent: &Element) -> Result<Self, Error> {
        let address =
            parent.text_of(ADDRESSING, "Address").ok_or(Error::Missing("a:Address"))?.to_owned();
        let parameters = parent
            .find(ADDRESSING, "ReferenceParameters")
            .or_else(|| parent.find(ADDRESSING, "ReferenceProperties"))
            .map(|parameters| parameters.children.clone())
            .unwrap_or_default();
        Ok(Self { address, parameters })
    }

    /// Whether the children of `parent` are those of a reference.
    #[must_use]
    pub fn is_in(parent: &Element) -> bool {
        parent.find(ADDRESSING, "Address").is_some()
    }

    /// Puts the reference into `parent`, which is the `a:EndpointReference`, the parameter or the property.
    #[must_use]
    pub fn into_children_of(self, parent: Element) -> Element {
        parent
            .child(Element::new(ADDRESSING, "Address").text(&self.address))
            .child(Element::new(ADDRESSING, "ReferenceParameters").children(self.parameters))
    }
}
