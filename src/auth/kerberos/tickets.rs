//! Tickets that were got.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Principal, Ticket};

/// How many tickets are kept: those of a large fleet.
const MOST: usize = 4096;

/// The tickets that were got by the same credentials, shared by all who use these. Credentials may be asked for as more
/// than one client, in several realms; a KDC may name a client in another way than it was asked for.
#[derive(Default)]
pub struct Tickets(Mutex<Vec<Kept>>);

struct Kept {
    /// The client as it was asked for.
    asked: Principal,
    ticket: Ticket,
}

impl Tickets {
    /// Keeps tickets that a client was asked for, each in place of the one that it had for the same service.
    pub fn store(&self, asked: &Principal, new: impl IntoIterator<Item = Ticket>) {
        let mut tickets = self.lock();
        for ticket in new {
            tickets.retain(|old| old.asked != *asked || old.ticket.service != ticket.service);
            tickets.push(Kept { asked: asked.clone(), ticket });
        }
        let surplus = tickets.len().saturating_sub(MOST);
        tickets.drain(..surplus);
    }

    /// The tickets of a client by which a service can be reached: its own, by any of its names, and those for the tickets of realms. Some
    /// may have ended.
    #[must_use]
    pub fn towards(&self, asked: &Principal, services: &[Principal]) -> Vec<Ticket> {
        let leads = |ticket: &&Ticket| {
            ticket.granted_realm().is_some()
                || services.iter().any(|service| ticket.is_for(service))
        };
        let tickets = self.lock();
        let of_client = tickets.iter().filter(|kept| kept.asked == *asked);
        of_client.map(|kept| &kept.ticket).filter(leads).cloned().collect()
    }

    /// Forgets the tickets for a service, by any of its names.
    pub fn forget(&self, services: &[Principal]) {
        self.lock().retain(|kept| !services.iter().any(|service| kept.ticket.is_for(service)));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.lock().iter().map(|kept| &kept.ticket)).finish()
    }
}
