//! What a KDC gives.

use std::{fmt, time::SystemTime};

use kerbcore::{keys::KerberosKey, messages};

use super::Principal;

/// A ticket for a service, or for the tickets of a realm (`krbtgt/REALM`), with its session key.
#[derive(Clone)]
pub struct Ticket {
    /// Whose ticket it is.
    pub(super) client: Principal,
    /// What it is for, in the realm that issued it.
    pub(super) service: Principal,
    /// The key that the KDC gave the client, and in the ticket to the service.
    pub(super) session_key: KerberosKey,
    /// When it ends.
    pub(super) end_time: SystemTime,
    /// The ticket itself, which only the service can read.
    pub(super) ticket: messages::Ticket,
}

impl Ticket {
    /// Whose ticket it is.
    #[must_use]
    pub const fn client(&self) -> &Principal {
        &self.client
    }

    /// What it is for.
    #[must_use]
    pub const fn service(&self) -> &Principal {
        &self.service
    }

    /// When it ends.
    #[must_use]
    pub const fn end_time(&self) -> SystemTime {
        self.end_time
    }
}

impl Ticket {
    /// Whether it is for this service, in any realm if that of the service is not known.
    pub(super) fn is_for(&self, service: &Principal) -> bool {
        self.service.components() == service.components()
            && (service.realm().is_empty() || service.realm() == self.service.realm())
    }

    /// The realm whose tickets can be had by it.
    pub(super) fn granted_realm(&self) -> Option<&str> {
        self.service.granted_realm()
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket")
            .field("client", &self.client.to_string())
            .field("service", &self.service.to_string())
            .field("end_time", &self.end_time)
            .finish_non_exhaustive()
    }
}
