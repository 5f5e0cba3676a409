//! TLS by rustls.

use std::{fmt, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject as _},
    server::ParsedCertificate,
};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

#[cfg(not(any(feature = "ring", feature = "graviola")))]
compile_error!(
    "TLS needs cryptography: enable the feature `ring`, or `graviola` where there is no C compiler"
);

/// Which certificates are trusted, besides the roots of the system, and who we are to TLS.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    certificates: Vec<CertificateDer<'static>>,
    pins: Vec<[u8; 32]>,
    accepts_invalid: bool,
    identity: Option<Identity>,
}

/// A client certificate.
#[derive(Clone)]
struct Identity {
    /// The certificate, then those that it was issued by.
    chain: Vec<CertificateDer<'static>>,
    /// The private key, as PEM.
    key: Arc<Zeroizing<Vec<u8>>>,
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
    /// The private key is not that of the client certificate, or of a kind that is not known.
    #[error("the private key does not fit the client certificate")]
    Key(#[source] rustls::Error),
    /// The text is no SHA-256 of a certificate.
    #[error("{0:?} is no sha256:HEX, the SHA-256 of a certificate in 64 hexadecimal digits")]
    Pin(String),
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
        self.certificates.extend(certificates(pem)?);
        Ok(self)
    }

    /// Trusts the certificate with this hash: `sha256:` and the SHA-256 of its DER, in hexadecimal digits with or without
    /// colons between them. With a pin nothing else about a certificate counts, neither who issued it nor its name and
    /// dates.
    ///
    /// # Errors
    /// When it is no such hash.
    pub fn with_pin(mut self, pin: &str) -> Result<Self, TrustError> {
        let invalid = || TrustError::Pin(pin.to_owned());
        let digits = pin.trim().strip_prefix("sha256:").ok_or_else(invalid)?.replace(':', "");
        let mut hash = [0; 32];
        let is_hex = digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        for (at, byte) in (0..64).step_by(2).zip(&mut hash) {
            let pair = digits.get(at..at + 2).filter(|_| is_hex).ok_or_else(invalid)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| invalid())?;
        }
        self.pins.push(hash);
        Ok(self)
    }

    /// Trusts any certificate, so that anybody on the way can be the host.
    #[must_use]
    pub fn dangerous_accept_invalid(self, yes: bool) -> Self {
        Self { accepts_invalid: yes, ..self }
    }

    /// Shows a client certificate to hosts that ask for one in the TLS handshake. Both are PEM; the certificate may be
    /// followed by those that it was issued by.
    ///
    /// # Errors
    /// When one of them cannot be read, or they do not belong together.
    pub fn with_identity(self, certificate: &[u8], key: &[u8]) -> Result<Self, TrustError> {
        let text = String::from_utf8_lossy(key);
        if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(TrustError::EncryptedKey);
        }
        let identity = Identity {
            chain: certificates(certificate)?,
            key: Arc::new(Zeroizing::new(key.to_vec())),
        };
        let trust = Self { identity: Some(identity), ..self };
        // Says at once what does not fit.
        trust.config(false)?;
        Ok(trust)
    }

    /// Whether there is a client certificate.
    #[must_use]
    pub fn has_identity(&self) -> bool {
        self.identity.is_some()
    }

    /// The TLS configuration. The roots of the system are read only here, and only for https that needs them.
    pub(super) fn config(&self, https: bool) -> Result<ClientConfig, TrustError> {
        let provider = Arc::new(provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| TrustError::Rustls(Box::new(error)))?;
        let check = match () {
            () if !https => Check::Pins(Vec::new()),
            () if self.accepts_invalid => {
                tracing::warn!(
                    "the certificate of the host is not verified: anybody on the way can be the host"
                );
                Check::Nothing
            }
            () if !self.pins.is_empty() => Check::Pins(self.pins.clone()),
            () => self.chain(&provider)?,
        };
        let verifier = Verifier { check, provider };
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        match &self.identity {
            None => Ok(builder.with_no_client_auth()),
            Some(Identity { chain, key }) => {
                let key = PrivateKeyDer::from_pem_slice(key).map_err(TrustError::NoKey)?;
                builder.with_client_auth_cert(chain.clone(), key).map_err(TrustError::Key)
            }
        }
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
        let chain =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
                .build()
                .map_err(|error| TrustError::Rustls(Box::new(error)))?;
        Ok(Check::Chain { chain, exact: self.certificates.clone() })
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("chain", &self.chain.len()).finish_non_exhaustive()
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

/// The cryptography that this was built with.
fn provider() -> CryptoProvider {
    #[cfg(feature = "ring")]
    return rustls::crypto::ring::default_provider();
    #[cfg(all(feature = "graviola", not(feature = "ring")))]
    return rustls_graviola::default_provider();
}

/// Whose certificate is accepted.
#[derive(Debug)]
enum Check {
    /// What the chain of trust accepts, and a host certificate that was named itself.
    ///
    /// rustls refuses a certificate with `CA:TRUE` as that of a host, and one that signs itself has no chain. WinRM
    /// hosts often have just such a one: when it is byte for byte one that the user named, has the host's name, and is
    /// within its dates, it is theirs.
    Chain { chain: Arc<WebPkiServerVerifier>, exact: Vec<CertificateDer<'static>> },
    /// One with one of these hashes, and nothing else about it counts.
    Pins(Vec<[u8; 32]>),
    /// Any.
    Nothing,
}

/// Another certificate than the one that was pinned.
#[derive(Debug, thiserror::Error)]
#[error(
    "the host has another certificate than the pinned one: that of sha256:{}; if it is the host's new one, pin it",
    hex(.0)
)]
struct WrongPin([u8; 32]);

#[derive(Debug)]
struct Verifier {
    check: Check,
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
        let (chain, exact) = match &self.check {
            Check::Nothing => return Ok(ServerCertVerified::assertion()),
            Check::Pins(pins) => {
                let hash: [u8; 32] = Sha256::digest(end_entity).into();
                return if pins.contains(&hash) {
                    Ok(ServerCertVerified::assertion())
                } else {
                    Err(CertificateError::Other(OtherError(Arc::new(WrongPin(hash)))).into())
                };
            }
            Check::Chain { chain, exact } => (chain, exact),
        };
        let named = exact.iter().any(|known| known == end_entity);
        // Without other certificates, a complaint about dates is about those of the host's own.
        let intermediates = if named { &[] } else { intermediates };
        let by_chain =
            chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
