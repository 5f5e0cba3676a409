//! Delete ([WS-Transfer] section 3.3, [DSP0226] section 7.5): one instance less.
//!
//! [WS-Transfer]: https://www.w3.org/submissions/2006/SUBM-WS-Transfer-20060927/
//! [DSP0226]: https://www.dmtf.org/standards/wsman

use super::{Error, Operation, Resource};
use crate::xml::Element;

/// The request to delete a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// Which one.
    pub resource: Resource,
}

impl Delete {
    /// The action of the request.
    pub const ACTION: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete";
}

impl Operation for Delete {
    type Answer = ();

    fn action(&self) -> String {
        Self::ACTION.to_owned()
    }

    fn resource(&self) -> &Resource {
        &self.resource
    }

    fn body(&self) -> Option<Element> {
        None
    }

    fn read(&self, _body: &[Element]) -> Result<(), Error> {
        Ok(())
    }
}
