//! Tickets that were got.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use super::Ticket;

/// How many tickets are kept: those of a large fleet.
const MOST: usize = 4096;

/// The tickets of one client, shared by all who use its credentials.
#[derive(Default)]
pub struct Tickets(Mutex<Vec<Ticket>>);

impl Tickets {
    /// Keeps tickets, each in place of the one that there was for the same service.
    pub fn store(&self, new: impl IntoIterator<Item = Ticket>) {
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for ticket in new {
            tickets.retain(|old| old.service != ticket.service);
            tickets.push(ticket);
        }
        let surplus = tickets.len().saturating_sub(MOST);
        tickets.drain(..surplus);
    }

    /// The tickets, some of which may have ended.
    #[must_use]
    pub fn all(&self) -> Vec<Ticket> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}
