//! How the client proves who it is: the mechanism, and what it needs.

use crate::{
    auth::{self, Credentials, Initiator, Mechanism, basic, ntlm::NtlmInitiator},
    transport::{Error, Proof, Scheme},
};

/// Who we are to one host.
pub(super) struct Login {
    credentials: Credentials,
}

impl Login {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self { credentials }
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Whether a connection that is open proves that the host took the credentials. The others are judged with the
    /// first request.
    pub(super) fn is_proven_by_opening(&self) -> bool {
        !matches!(self.credentials.mechanism(), Mechanism::Basic | Mechanism::Certificate)
    }

    /// What the next connection proves who we are with.
    pub(super) async fn proof(&self) -> Result<Proof, Error> {
        Ok(match self.credentials.mechanism() {
            Mechanism::None => Proof::None,
            Mechanism::Certificate => Proof::Certificate,
            Mechanism::Basic => {
                Proof::Basic(basic::token(&self.credentials).map_err(Error::Handshake)?)
            }
            _ => Proof::Exchange {
                mechanism: Mechanism::Ntlm,
                offers: vec![(Scheme::Negotiate, self.ntlm().map_err(Error::Handshake)?)],
            },
        })
    }

    fn ntlm(&self) -> Result<Box<dyn Initiator>, auth::Error> {
        Ok(Box::new(NtlmInitiator::new(&self.credentials)?))
    }
}
