//! Identify ([DSP0226] section 11): who answers at an endpoint.
//!
//! [DSP0226]: https://www.dmtf.org/standards/wsman

use super::Error;
use crate::{soap::Envelope, xml::Element};

/// The namespace of Identify.
const IDENTITY: &str = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";

/// The request, which alone among all has no headers at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identify;

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Identity {
    /// `wsmid:ProtocolVersion`: the namespace of WS-Management.
    pub protocol_version: String,
    /// `wsmid:ProductVendor`, such as `Microsoft Corporation`.
    pub product_vendor: Option<String>,
    /// `wsmid:ProductVersion`, such as `OS: 10.0.20348 SP: 0.0 Stack: 3.0`; all zeros before authentication.
    pub product_version: Option<String>,
}

impl Identify {
    /// The envelope of the request.
    #[must_use]
    pub fn envelope(self) -> Envelope {
        Envelope {
            body: vec![Element::new(IDENTITY, "Identify")],
            declarations: vec![("wsmid", IDENTITY)],
            ..Envelope::default()
        }
    }

    /// Whether an envelope is this request.
    #[must_use]
    pub fn is_in(envelope: &Envelope) -> bool {
        envelope.body.first().is_some_and(|element| element.is(IDENTITY, "Identify"))
    }
}

impl Identity {
    /// What a host says of itself.
    #[must_use]
    pub fn new(vendor: &str, version: &str) -> Self {
        Self {
            protocol_version: super::WSMAN.to_owned(),
            product_vendor: Some(vendor.to_owned()),
            product_version: Some(version.to_owned()),
        }
    }

    /// The envelope of the answer.
    #[must_use]
    pub fn envelope(&self) -> Envelope {
        let text = |local: &'static str, value: &str| Element::new(IDENTITY, local).text(value);
        let body = Element::new(IDENTITY, "IdentifyResponse")
            .child(text("ProtocolVersion", &self.protocol_version))
            .children(self.product_vendor.iter().map(|vendor| text("ProductVendor", vendor)))
            .children(self.product_version.iter().map(|version| text("ProductVersion", version)));
        Envelope {
            body: vec![body],
            declarations: vec![("wsmid", IDENTITY)],
            ..Envelope::default()
        }
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(envelope: &Envelope) -> Result<Self, Error> {
        if let Some(fault) = envelope.fault()? {
            return Err(Error::Fault(Box::new(super::Fault::new(fault))));
        }
        let body = envelope.body.first().ok_or(Error::Missing("wsmid:IdentifyResponse"))?;
        if !body.is(IDENTITY, "IdentifyResponse") {
            return Err(Error::Unexpected(body.name.clone()));
        }
        let text = |local| body.text_of(IDENTITY, local).map(str::to_owned);
        Ok(Self {
            protocol_version: text("ProtocolVersion")
                .ok_or(Error::Missing("wsmid:ProtocolVersion"))?,
            product_vendor: text("ProductVendor"),
            product_version: text("ProductVersion"),
        })
    }
}
