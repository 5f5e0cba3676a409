//! Invoke ([DSP0226] section 9, [MS-WSMV] section 3.1.4.1.17): a method of a resource.
//!
//! [DSP0226]: https://www.dmtf.org/standards/wsman
//! [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/

use super::{Error, Operation, Resource};
use crate::xml::Element;

/// The request to run a method.
#[derive(Clone, Debug, PartialEq)]
pub struct Invoke {
    /// The resource whose method it is. A singleton service needs a selector, too: without one it fails in a way that
    /// differs from service to service.
    pub resource: Resource,
    /// The name of the method, in its exact case.
    pub method: String,
    /// The parameters: the element `<method>_INPUT` in the namespace of the class.
    pub input: Element,
}

impl Operation for Invoke {
    /// The element `<method>_OUTPUT`: the out parameters, and `ReturnValue` as the last.
    type Answer = Element;

    fn action(&self) -> String {
        format!("{}/{}", self.resource.uri, self.method)
    }

    fn resource(&self) -> &Resource {
        &self.resource
    }

    fn body(&self) -> Option<Element> {
        Some(self.input.clone())
    }

    fn read(&self, body: &[Element]) -> Result<Element, Error> {
        let output = body.first().ok_or(Error::Missing("output of the method"))?;
        let is_output = output
            .name
            .local()
            .strip_suffix("_OUTPUT")
            .is_some_and(|m| m.eq_ignore_ascii_case(&self.method));
        let is_of_class = output
            .name
            .namespace()
            .is_some_and(|namespace| namespace.eq_ignore_ascii_case(self.resource.uri.as_str()));
        if is_output && is_of_class {
            Ok(output.clone())
        } else {
            Err(Error::Unexpected(output.name.clone()))
        }
    }
}
