//! Create ([WS-Transfer] section 4.1, [DSP0226] section 7.6): a new instance.
//!
//! [WS-Transfer]: https://www.w3.org/submissions/2006/SUBM-WS-Transfer-20060927/
//! [DSP0226]: https://www.dmtf.org/standards/wsman

use super::{Error, Operation, Resource, TRANSFER};
use crate::xml::Element;

/// The request to create a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Create {
    /// The class. Hosts want the keys in the instance, not as selectors.
    pub resource: Resource,
    /// The element of the instance.
    pub instance: Element,
}

impl Create {
    /// The action of the request.
    pub const ACTION: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create";

    /// Writes the body of the answer, as a host does.
    #[must_use]
    pub fn created(resource: &Resource) -> Element {
        resource.into_children_of(Element::new(TRANSFER, "ResourceCreated"))
    }
}

impl Operation for Create {
    /// Where the new resource is.
    type Answer = Resource;

    fn action(&self) -> String {
        Self::ACTION.to_owned()
    }

    fn resource(&self) -> &Resource {
        &self.resource
    }

    fn body(&self) -> Option<Element> {
        Some(self.instance.clone())
    }

    fn read(&self, body: &[Element]) -> Result<Resource, Error> {
        let created = body.first().ok_or(Error::Missing("x:ResourceCreated"))?;
        if !created.is(TRANSFER, "ResourceCreated") {
            return Err(Error::Unexpected(created.name.clone()));
        }
        Resource::from_children(created)
    }
}
