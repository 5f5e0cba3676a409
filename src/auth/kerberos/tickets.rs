//! Tickets that were got.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Principal, Ticket};

/// How many tickets are kept: those of a large fleet.
const MOST: usize = 4096;

/// The tickets of one client, shared by all who use its credentials.
#[derive(Default)]
pub struct Tickets(Mutex<Vec<Ticket>>);

impl Tickets {
    /// Keeps tickets, each in place of the one that there was for the same service.
    pub fn store(&self, new: impl IntoIterator<Item = Ticket>) {
        let mut tickets = self.lock();
        for ticket in new {
            tickets.retain(|old| old.service != ticket.service);
            tickets.push(ticket);
        }
        let surplus = tickets.len().saturating_sub(MOST);
        tickets.drain(..surplus);
    }

    /// The tickets by which a service can be reached: its own, by any of its names, and those for the tickets of realms. Some
    /// may have ended.
    #[must_use]
    pub fn towards(&self, services: &[Principal]) -> Vec<Ticket> {
        let leads = |ticket: &&Ticket| {
            ticket.granted_realm().is_some()
                || services.iter().any(|service| ticket.is_for(service))
        };
        self.lock().iter().filter(leads).cloned().collect()
    }

    /// Forgets the tickets for a service, by any of its names.
    pub fn forget(&self, services: &[Principal]) {
        self.lock().retain(|ticket| !services.iter().any(|service| ticket.is_for(service)));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Ticket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&*self.lock()).finish()
    }
}
