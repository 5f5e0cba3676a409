//! Put ([WS-Transfer] section 3.2, [DSP0226] section 7.4): properties of one instance.
//!
//! [WS-Transfer]: https://www.w3.org/submissions/2006/SUBM-WS-Transfer-20060927/
//! [DSP0226]: https://www.dmtf.org/standards/wsman

use super::{Error, Operation, Resource};
use crate::xml::Element;

/// The request to change a resource.
///
/// Windows keeps the value of a property that is left out, which the specification leaves to the host. The providers
/// of Hyper-V refuse it: they have methods for what can be changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Put {
    /// Which one.
    pub resource: Resource,
    /// The element of the instance, with the properties that change.
    pub instance: Element,
}

impl Put {
    /// The action of the request.
    pub const ACTION: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Put";
}

impl Operation for Put {
    /// The instance as it is now, if the host gives it.
    type Answer = Option<Element>;

    fn action(&self) -> String {
        Self::ACTION.to_owned()
    }

    fn resource(&self) -> &Resource {
        &self.resource
    }

    fn body(&self) -> Option<Element> {
        Some(self.instance.clone())
    }

    fn read(&self, body: &[Element]) -> Result<Option<Element>, Error> {
        Ok(body.first().cloned())
    }
}
