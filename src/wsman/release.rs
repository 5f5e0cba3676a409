//! Release ([WS-Enumeration] section 3.5): the end of an enumeration that is not read to its end.
//!
//! [WS-Enumeration]: https://www.w3.org/submissions/2006/SUBM-WS-Enumeration-20060315/

use super::{ENUMERATION, Error, Operation, Resource};
use crate::xml::Element;

/// The request to forget an enumeration. Open ones count against the host's limit of operations per user.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// What the enumeration was begun on.
    pub resource: Resource,
    /// The context that came last.
    pub context: String,
}

impl Release {
    /// The action of the request.
    pub const ACTION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release";

    /// Reads the body of a request, as a host does.
    ///
    /// # Errors
    /// When it is no request to forget an enumeration.
    pub fn from_body(resource: Resource, body: &[Element]) -> Result<Self, Error> {
        let body = body.first().ok_or(Error::Missing("n:Release"))?;
        if !body.is(ENUMERATION, "Release") {
            return Err(Error::Unexpected(body.name.clone()));
        }
        let context = body
            .text_of(ENUMERATION, "EnumerationContext")
            .ok_or(Error::Missing("n:EnumerationContext"))?;
        Ok(Self { resource, context: context.to_owned() })
    }
}

impl Operation for Release {
    type Answer = ();

    fn action(&self) -> String {
        Self::ACTION.to_owned()
    }

    fn resource(&self) -> &Resource {
        &self.resource
    }

    fn body(&self) -> Option<Element> {
        let context = Element::new(ENUMERATION, "EnumerationContext").text(&self.context);
        Some(Element::new(ENUMERATION, "Release").child(context))
    }

    fn read(&self, _body: &[Element]) -> Result<(), Error> {
        Ok(())
    }
}
