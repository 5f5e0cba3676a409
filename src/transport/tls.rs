//! TLS by rustls, with `ring` for the cryptography.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
    server::ParsedCertificate,
};

/// Which certificates are trusted, besides the roots of the system.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    certificates: Vec<CertificateDer<'static>>,
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
    /// Nothing is trusted at all, so nobody could be.
    #[error(
        "the system has no trusted root certificates: name a file with the host's certificate or its CA"
    )]
    NoRoots,
    /// rustls cannot be set up.
    #[error("TLS cannot be set up")]
    Rustls(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Trust {
    /// Adds the certificates of a PEM text: certification authorities, or the host's own certificate.
    ///
    /// # Errors
    /// When it is no PEM, or holds no certificate or something else under that name.
    pub fn with_pem(mut self, pem: &[u8]) -> Result<Self, TrustError> {
        let before = self.certificates.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(TrustError::Pem)?;
            // Of the system's roots many may be passed over, of those that somebody named none.
            RootCertStore::empty().add(certificate.clone()).map_err(TrustError::Certificate)?;
            self.certificates.push(certificate);
        }
        if self.certificates.len() == before { Err(TrustError::Empty) } else { Ok(self) }
    }

    /// The TLS configuration. The roots of the system are read only here, and only for https.
    pub(super) fn config(&self, https: bool) -> Result<ClientConfig, TrustError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| TrustError::Rustls(Box::new(error)))?;
        if !https {
            return Ok(builder
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth());
        }
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
        let chain =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .map_err(|error| TrustError::Rustls(Box::new(error)))?;
        let verifier = Verifier { chain, exact: self.certificates.clone(), provider };
        Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth())
    }
}

/// Accepts what the chain of trust accepts, and a host certificate that was named itself.
///
/// rustls refuses a certificate with `CA:TRUE` as that of a host, and one that signs itself has no chain. WinRM hosts
/// often have just such a one: when it is byte for byte one that the user named, has the host's name, and is within its
/// dates, it is theirs.
#[derive(Debug)]
struct Verifier {
    chain: Arc<WebPkiServerVerifier>,
    exact: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let named = self.exact.iter().any(|known| known == end_entity);
        // Without other certificates, a complaint about dates is about those of the host's own.
        let intermediates = if named { &[] } else { intermediates };
        let by_chain = self.chain.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        match by_chain {
            // The dates are looked at before all else, so whatever else is wrong, they are right.
            Err(error) if named && !is_about_dates(&error) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            by_chain => by_chain,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

fn is_about_dates(error: &rustls::Error) -> bool {
    use CertificateError as E;
    matches!(
        error,
        rustls::Error::InvalidCertificate(
            E::Expired | E::ExpiredContext { .. } | E::NotValidYet | E::NotValidYetContext { .. }
        )
    )
}
