//! TLS by rustls.

use std::sync::Arc;

use rustls::{
    AlertDescription, CertificateError, ClientConfig, OtherError, RootCertStore,
    client::{Resumption, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use super::{
    Error, Pin,
    client_certificate::ClientCertificate,
    host_certificate::{Check, Verifier},
};

#[cfg(not(any(feature = "ring", feature = "graviola")))]
compile_error!(
    "TLS needs cryptography: enable the feature `ring`, or `graviola` where there is no C compiler"
);

/// Which certificates are trusted, besides the roots of the system, and who we are to TLS.
///
/// Pins stand in place of all other trust.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    certificates: Vec<CertificateDer<'static>>,
    pins: Vec<Pin>,
    accepts_invalid: bool,
    client_certificate: Option<ClientCertificate>,
}

/// What stands in place of the chain of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exception {
    /// A certificate that is pinned is trusted, and no other.
    Pinned,
    /// Any certificate is trusted.
    Anything,
}

/// Certificates that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The text is no PEM.
    #[error("the certificates are no PEM")]
    Pem(#[source] rustls::pki_types::pem::Error),
    /// The PEM holds no certificate.
    #[error("the PEM holds no certificate")]
    Empty,
    /// What the PEM calls a certificate is none.
    #[error("the PEM holds something that is no certificate")]
    Certificate(#[source] rustls::Error),
    /// The private key of the client certificate is protected by a password.
    #[error(
        "the private key is encrypted, and is read in clear only: openssl pkey -in KEY -out PLAIN takes the password off"
    )]
    EncryptedKey,
    /// The PEM holds no private key.
    #[error("the PEM holds no private key")]
    NoKey(#[source] rustls::pki_types::pem::Error),
    /// The private key is of another certificate.
    #[error("the private key is not that of the client certificate, which has to be the first one")]
    OtherKey,
    /// The private key is damaged, or of a kind that the cryptography lacks: it has RSA, and ECDSA on P-256 and P-384.
    #[error("the private key cannot be used")]
    Key(#[source] rustls::Error),
    /// The host has another certificate than the pinned ones.
    #[error(
        "the host's certificate is not the pinned one: it has {shown}; pin that only if the host itself says that it is its own"
    )]
    NotPinned {
        /// The pin of the certificate that the host showed.
        shown: Pin,
    },
    /// Nothing is trusted at all, so nobody could be.
    #[error(
        "the system has no trusted root certificates: name a file with the host's certificate or its CA"
    )]
    NoRoots,
    /// rustls cannot be set up.
    #[error("TLS cannot be set up")]
    Rustls(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The TLS of one connection.
pub(super) struct Tls {
    pub(super) config: ClientConfig,
    /// Learns the certificate that the host shows.
    pub(super) verifier: Arc<Verifier>,
}

impl Trust {
    /// Adds the certificates of a PEM text: certification authorities, or the host's own certificate.
    ///
    /// # Errors
    /// When it is no PEM, or holds no certificate or something else under that name.
    pub fn with_pem(mut self, pem: &[u8]) -> Result<Self, TrustError> {
        self.certificates.extend(certificates(pem)?);
        Ok(self)
    }

    /// Trusts the certificate with this pin. Nothing else about a certificate counts then, neither who issued it nor its
    /// name and dates: a pin names exactly one.
    #[must_use]
    pub fn with_pin(mut self, pin: Pin) -> Self {
        self.pins.push(pin);
        self
    }

    /// Trusts any certificate, so that anybody on the way can be the host. That the host has the key of the certificate
    /// that it shows is still verified.
    #[must_use]
    pub fn dangerous_accept_invalid(self, yes: bool) -> Self {
        Self { accepts_invalid: yes, ..self }
    }

    /// Shows a client certificate to hosts that ask for one in the TLS handshake. Both are PEM; the certificate may be
    /// followed by those that it was issued by, the key is PKCS#8, PKCS#1 or SEC1.
    ///
    /// # Errors
    /// When one of them cannot be read, or they do not belong together.
    pub fn with_client_certificate(self, chain: &[u8], key: &[u8]) -> Result<Self, TrustError> {
        let certificate = ClientCertificate::new(certificates(chain)?, key, &provider())?;
        Ok(Self { client_certificate: Some(certificate), ..self })
    }

    /// What stands in place of the chain of trust, as pins do.
    #[must_use]
    pub fn exception(&self) -> Option<Exception> {
        match () {
            () if !self.pins.is_empty() => Some(Exception::Pinned),
            () if self.accepts_invalid => Some(Exception::Anything),
            () => None,
        }
    }

    /// Whether there is a client certificate.
    #[must_use]
    pub fn has_client_certificate(&self) -> bool {
        self.client_certificate.is_some()
    }

    /// The client certificate, to be asked whether hosts ask for it.
    pub(super) fn client_certificate(&self) -> Option<&ClientCertificate> {
        self.client_certificate.as_ref()
    }

    /// The TLS of a new connection. The roots of the system are read only here, and only for https that needs them.
    pub(super) fn tls(&self, https: bool) -> Result<Tls, TrustError> {
        let verifier = Arc::new(self.verifier(https)?);
        if https && self.accepts_invalid && self.pins.is_empty() {
            tracing::warn!(
                "the certificate of the host is not verified: anybody on the way can be the host"
            );
        }
        Ok(Tls { config: self.config(Arc::<Verifier>::clone(&verifier))?, verifier })
    }

    /// Who judges the certificates of a host.
    pub(super) fn verifier(&self, https: bool) -> Result<Verifier, TrustError> {
        let provider = Arc::new(provider());
        let check = if !https {
            Check::Pins(Vec::new())
        } else if !self.pins.is_empty() {
            Check::Pins(self.pins.clone())
        } else if self.accepts_invalid {
            Check::Nothing
        } else {
            self.chain(&provider)?
        };
        Ok(Verifier::new(check, provider))
    }

    /// The configuration of TLS where somebody judges the certificates of the host.
    pub(super) fn config(
        &self,
        verifier: Arc<dyn ServerCertVerifier>,
    ) -> Result<ClientConfig, TrustError> {
        let builder = ClientConfig::builder_with_provider(Arc::new(provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| TrustError::Rustls(Box::new(error)))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.client_certificate {
            None => builder.with_no_client_auth(),
            Some(certificate) => builder.with_client_cert_resolver(certificate.resolver()),
        };
        // Without a certificate in the handshake there would be none to bind an authentication to.
        config.resumption = Resumption::disabled();
        Ok(config)
    }

    fn chain(&self, provider: &Arc<CryptoProvider>) -> Result<Check, TrustError> {
        let mut roots = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        for error in &system.errors {
            tracing::warn!(%error, "a root certificate of the system cannot be read");
        }
        roots.add_parsable_certificates(system.certs);
        roots.add_parsable_certificates(self.certificates.iter().cloned());
        if roots.is_empty() {
            return Err(TrustError::NoRoots);
        }
        Check::chain(roots, self.certificates.clone(), provider)
    }
}

/// The certificates of a PEM text; at least one.
fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let mut found = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(TrustError::Pem)?;
        // Of the system's roots many may be passed over, of those that somebody named none.
        RootCertStore::empty().add(certificate.clone()).map_err(TrustError::Certificate)?;
        found.push(certificate);
    }
    if found.is_empty() { Err(TrustError::Empty) } else { Ok(found) }
}

/// The cryptography that this was built with. It is handed to each connection, and never made that of the process.
fn provider() -> CryptoProvider {
    #[cfg(feature = "ring")]
    return rustls::crypto::ring::default_provider();
    #[cfg(all(feature = "graviola", not(feature = "ring")))]
    return rustls_graviola::default_provider();
}

/// What is wrong with the certificate of one of the two ends, where rustls or the other end says so.
pub(super) fn certificate_error(error: &rustls::Error) -> Option<Error> {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(other))) => {
            match other.downcast_ref() {
                Some(TrustError::NotPinned { shown }) => {
                    Some(TrustError::NotPinned { shown: *shown }.into())
                }
                _ => None,
            }
        }
        // With TLS 1.3 it comes after the handshake, in place of the first answer.
        rustls::Error::AlertReceived(alert) if is_about_certificate(*alert) => {
            Some(Error::CertificateAlert(Box::new(error.clone())))
        }
        _ => None,
    }
}

/// Whether an alert is about the certificate that we showed, or did not show ([RFC 8446] 6.2).
///
/// [RFC 8446]: https://www.rfc-editor.org/rfc/rfc8446
fn is_about_certificate(alert: AlertDescription) -> bool {
    use AlertDescription as A;
    matches!(
        alert,
        A::CertificateRequired
            | A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked
            | A::CertificateExpired
            | A::CertificateUnknown
            | A::UnknownCA
            | A::AccessDenied
    )
}
