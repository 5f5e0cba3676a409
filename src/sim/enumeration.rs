//! Enumerations that clients have begun and not ended.

use std::{collections::BTreeMap, collections::VecDeque, time::Duration};

use jiff::Timestamp;
use uuid::Uuid;

use super::{inventory::guid, repository::Row, wql::Query};
use crate::wsman::EnumerationMode;

/// An enumeration and what is left of it.
pub(super) struct Enumeration {
    pub(super) rows: VecDeque<Row>,
    pub(super) mode: EnumerationMode,
    /// The query whose projection is to be applied.
    pub(super) query: Option<Query>,
}

/// All open enumerations.
///
/// One belongs to its user, not to the connection on which it was begun.
#[derive(Default)]
pub(super) struct Contexts {
    open: BTreeMap<Uuid, Open>,
}

struct Open {
    user: String,
    expires: Timestamp,
    enumeration: Enumeration,
}

impl Contexts {
    /// How long one lives that nobody pulls from: `EnumerationTimeoutms` of Windows Server 2012 and later.
    const LIFETIME: Duration = Duration::from_millis(240_000);
    /// How many there may be: `MaxConcurrentOperationsPerUser`. Here it is for all users together.
    const LIMIT: usize = 1500;

    /// Keeps an enumeration and names it; nothing when there are too many.
    pub(super) fn open(
        &mut self,
        id: Uuid,
        user: &str,
        now: Timestamp,
        enumeration: Enumeration,
    ) -> Option<String> {
        self.open.retain(|_, open| now < open.expires);
        if self.open.len() >= Self::LIMIT {
            return None;
        }
        let expires = now.saturating_add(Self::LIFETIME).unwrap_or(Timestamp::MAX);
        self.open.insert(id, Open { user: user.to_owned(), expires, enumeration });
        Some(format!("uuid:{}", guid(id)))
    }

    /// Takes an enumeration out; nothing when there is none of that name that has not expired and is the user's.
    pub(super) fn take(
        &mut self,
        context: &str,
        user: &str,
        now: Timestamp,
    ) -> Option<Enumeration> {
        self.open.retain(|_, open| now < open.expires);
        let id = Uuid::parse_str(context.strip_prefix("uuid:")?).ok()?;
        if !self.open.get(&id)?.user.eq_ignore_ascii_case(user) {
            return None;
        }
        self.open.remove(&id).map(|open| open.enumeration)
    }

    /// How many there are.
    pub(super) fn count(&self, now: Timestamp) -> usize {
        self.open.values().filter(|open| now < open.expires).count()
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.open.clear();
    }
}
