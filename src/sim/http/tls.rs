//! TLS of the simulated host.

use std::{fmt, sync::Arc};

use rustls::{
    ServerConfig,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio_rustls::TlsAcceptor;

use super::Error;
use crate::auth::ChannelBinding;

/// A certificate, and what makes TLS connections with it.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) acceptor: TlsAcceptor,
    /// The certificate, as DER.
    pub(super) certificate: Vec<u8>,
    /// What an authentication is bound to.
    pub(super) binding: Option<ChannelBinding>,
}

impl Tls {
    pub(super) fn new(certificate: &[u8], key: &[u8]) -> Result<Self, Error> {
        let chain = CertificateDer::pem_slice_iter(certificate)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Error::Certificate(Box::new(error)))?;
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|error| Error::Certificate(Box::new(error)))?;
        let certificate = chain.first().map(|leaf| leaf.to_vec()).unwrap_or_default();
        let binding = chain.first().and_then(|leaf| ChannelBinding::to_certificate(leaf));
        let config = ServerConfig::builder_with_provider(Arc::new(provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| Error::Certificate(Box::new(error)))?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate, binding })
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("binding", &self.binding).finish_non_exhaustive()
    }
}

/// The cryptography that this was built with. Another than the client's could be, and none is shared.
fn provider() -> CryptoProvider {
    #[cfg(feature = "ring")]
    return rustls::crypto::ring::default_provider();
    #[cfg(all(feature = "graviola", not(feature = "ring")))]
    return rustls_graviola::default_provider();
}
