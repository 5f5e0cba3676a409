//! Who we are to TLS.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rustls::{
    SignatureScheme,
    client::ResolvesClientCert,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};

use super::TrustError;

/// A client certificate with its private key.
#[derive(Clone)]
pub(super) struct ClientCertificate(Arc<Resolver>);

struct Resolver {
    certified: Arc<CertifiedKey>,
    asked: AtomicBool,
}

impl ClientCertificate {
    /// The certificate, then those that it was issued by; and the private key, as PEM.
    pub(super) fn new(
        chain: Vec<CertificateDer<'static>>,
        key: &[u8],
        provider: &CryptoProvider,
    ) -> Result<Self, TrustError> {
        let has = |text: &str| key.windows(text.len()).any(|window| window == text.as_bytes());
        // PKCS#8, and the older form of OpenSSL.
        if has("BEGIN ENCRYPTED PRIVATE KEY") || has("Proc-Type: 4,ENCRYPTED") {
            return Err(TrustError::EncryptedKey);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(TrustError::NoKey)?;
        let certified =
            CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => TrustError::OtherKey,
                error => TrustError::Key(error),
            })?;
        let asked = AtomicBool::new(false);
        Ok(Self(Arc::new(Resolver { certified: Arc::new(certified), asked })))
    }

    pub(super) fn resolver(&self) -> Arc<dyn ResolvesClientCert> {
        Arc::<Resolver>::clone(&self.0)
    }

    /// Whether a host has asked for it in a handshake.
    pub(super) fn was_asked_for(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for Resolver {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        Some(Arc::clone(&self.certified))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate")
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolver")
    }
}
