//! Get ([WS-Transfer] section 3.1, [DSP0226] section 7.3): one instance.
//!
//! [WS-Transfer]: https://www.w3.org/submissions/2006/SUBM-WS-Transfer-20060927/
//! [DSP0226]: https://www.dmtf.org/standards/wsman

use super::{Error, Operation, Resource};
use crate::xml::Element;

/// The request for one resource as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Get {
    /// Which one.
    pub resource: Resource,
}

impl Get {
    /// The action of the request.
    pub const ACTION: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
}

impl Operation for Get {
    /// The instance.
    type Answer = Element;

    fn action(&self) -> String {
        Self::ACTION.to_owned()
    }

    fn resource(&self) -> &Resource {
        &self.resource
    }

    fn body(&self) -> Option<Element> {
        None
    }

    fn read(&self, body: &[Element]) -> Result<Element, Error> {
        body.first().cloned().ok_or(Error::Missing("instance in the answer to Get"))
    }
}
