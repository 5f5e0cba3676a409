//! The certificates by which a host can authenticate to replica servers, and they to it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;

use crate::{
    auth::certificate::{Certificate, thumbprint},
    msvm::replication_service::GetSystemCertificatesOutput,
};

/// A certificate of a host that is fit for replication, by what it says of itself.
///
/// Whether the other host trusts its issuer is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SystemCertificate {
    /// The SHA-1 of it, forty hexadecimal digits in upper case, by which settings name it.
    pub thumbprint: String,
    /// Who has it, as in `CN=hv01.example.com, O=Example`.
    pub subject: String,
    /// The `CN` of who has it, mostly the full DNS name of the host.
    pub subject_name: Option<String>,
    /// Who issued it.
    pub issuer: String,
    /// The `CN` of who issued it.
    pub issuer_name: Option<String>,
    /// The DNS names and addresses that it is for, besides its subject.
    pub names: Vec<String>,
    /// When it becomes valid.
    pub not_before: Timestamp,
    /// Until when it is valid; the last of [`Timestamp`] where it has no end.
    pub not_after: Timestamp,
}

/// What a certificate is at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Validity {
    /// Its time has not come.
    NotYet,
    /// It can be used.
    Valid,
    /// Its time is over.
    Expired,
}

/// A certificate of a host that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// It is no Base64.
    #[error("the host sent a certificate that is no Base64")]
    Base64,
    /// It is no certificate of X.509.
    #[error("the host sent a certificate that cannot be read, with the thumbprint {thumbprint}")]
    Der {
        /// The SHA-1 of what was sent.
        thumbprint: String,
    },
}

impl SystemCertificate {
    /// The certificates in what `GetSystemCertificates` gave, in the order of the host. One that cannot be read costs
    /// itself alone.
    #[must_use]
    pub fn all(output: &GetSystemCertificatesOutput) -> Vec<Result<Self, CertificateError>> {
        let encoded = output.encoded_certificates.as_deref().unwrap_or_default();
        encoded.iter().map(|text| Self::from_base64(text)).collect()
    }

    /// Reads a certificate in DER ([RFC 5280]) in Base64, which may be in several lines.
    ///
    /// # Errors
    /// When it is no Base64, or no certificate.
    ///
    /// [RFC 5280]: https://www.rfc-editor.org/rfc/rfc5280
    pub fn from_base64(text: &str) -> Result<Self, CertificateError> {
        let text: String = text.split_ascii_whitespace().collect();
        let der = STANDARD.decode(text).map_err(|_| CertificateError::Base64)?;
        let thumbprint = thumbprint(&der);
        let Some(facts) = Certificate::parse(&der) else {
            return Err(CertificateError::Der { thumbprint });
        };
        Ok(Self {
            thumbprint,
            subject: facts.subject,
            subject_name: facts.subject_name,
            issuer: facts.issuer,
            issuer_name: facts.issuer_name,
            names: facts.names,
            not_before: facts.not_before,
            not_after: facts.not_after,
        })
    }

    /// Whether it can be used at a time, as far as its dates say.
    #[must_use]
    pub fn validity(&self, now: Timestamp) -> Validity {
        if now < self.not_before {
            Validity::NotYet
        } else if now > self.not_after {
            Validity::Expired
        } else {
            Validity::Valid
        }
    }
}

/// As people tell certificates apart: `hv01.example.com, issued by Example CA, until 2027-01-01T00:00:00Z`.
impl fmt::Display for SystemCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = self.subject_name.as_ref().unwrap_or(&self.subject);
        let issuer = self.issuer_name.as_ref().unwrap_or(&self.issuer);
        write!(f, "{subject}, issued by {issuer}, until {}", self.not_after)
    }
}
