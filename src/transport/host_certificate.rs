//! Whether a host is the right one, by its certificate.

use std::sync::{Arc, OnceLock};

use rustls::{
    CertificateError, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::{Pin, TrustError};

/// Whose certificate is accepted.
#[derive(Debug)]
pub(super) enum Check {
    /// What the chain of trust accepts, and a host certificate that was named itself.
    ///
    /// rustls refuses a certificate with `CA:TRUE` as that of a host, and one that signs itself has no chain. WinRM
    /// hosts often have just such a one: when it is byte for byte one that the user named, has the host's name, and is
    /// within its dates, it is theirs.
    Chain { chain: Arc<WebPkiServerVerifier>, exact: Vec<CertificateDer<'static>> },
    /// One with one of these hashes, and nothing else about it counts.
    Pins(Vec<Pin>),
    /// Any.
    Nothing,
}

impl Check {
    pub(super) fn chain(
        roots: RootCertStore,
        exact: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, TrustError> {
        let builder =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
        let chain = builder.build().map_err(|error| TrustError::Rustls(Box::new(error)))?;
        Ok(Self::Chain { chain, exact })
    }

    fn accepts(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<(), rustls::Error> {
        let (chain, exact) = match self {
            Self::Nothing => return Ok(()),
            Self::Pins(pins) => {
                let shown = Pin::of_certificate(leaf);
                if pins.contains(&shown) {
                    return Ok(());
                }
                let error = TrustError::NotPinned { shown };
                return Err(CertificateError::Other(OtherError(Arc::new(error))).into());
            }
            Self::Chain { chain, exact } => (chain, exact),
        };
        let named = exact.iter().any(|known| known == leaf);
        // Without other certificates, a complaint about dates is about those of the host's own.
        let intermediates = if named { &[] } else { intermediates };
        match chain.verify_server_cert(leaf, intermediates, name, ocsp_response, now) {
            // The dates are looked at before all else, so whatever else is wrong, they are right.
            Err(error) if named && !is_about_dates(&error) => {
                verify_server_name(&ParsedCertificate::try_from(leaf)?, name)
            }
            by_chain => by_chain.map(|_| ()),
        }
    }
}

/// Verifies the certificate of the host on one connection, and keeps it.
///
/// reqwest gives the certificate out only where there is no proxy.
#[derive(Debug)]
pub(super) struct Verifier {
    check: Check,
    provider: Arc<CryptoProvider>,
    accepted: OnceLock<CertificateDer<'static>>,
}

impl Verifier {
    pub(super) const fn new(check: Check, provider: Arc<CryptoProvider>) -> Self {
        Self { check, provider, accepted: OnceLock::new() }
    }

    /// The certificate of the host, in DER, once it was accepted.
    pub(super) fn certificate(&self) -> Option<&[u8]> {
        self.accepted.get().map(|certificate| &**certificate)
    }
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
        self.check.accepts(end_entity, intermediates, server_name, ocsp_response, now)?;
        let accepted = self.accepted.get_or_init(|| end_entity.clone().into_owned());
        if accepted == end_entity {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::General("the host changed its certificate".to_owned()))
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
        self.provider.signature_verification_algorithms.supported_schemes()
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
