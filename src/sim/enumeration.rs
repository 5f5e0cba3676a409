//! Enumerations that clients have begun and not ended.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;
use uuid::Uuid;

use super::{inventory::guid, limits, repository::Row};
use crate::{cim::class::Class, wsman::EnumerationMode};

/// An enumeration and what is left of it.
pub(super) struct Enumeration {
    pub(super) rows: VecDeque<Row>,
    pub(super) mode: EnumerationMode,
    /// Whether the client named the class by the DMTF's URI and gets such names back.
    pub(super) dmtf: bool,
    /// The class as whose instances those of subclasses are shown.
    pub(super) shown_as: Option<&'static Class>,
    /// The properties that alone are wanted.
    pub(super) projection: Option<Vec<String>>,
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
    /// Keeps an enumeration under a name; nothing when there are too many. The limit is a user's at real hosts; here it
    /// is for all users together.
    pub(super) fn open(
        &mut self,
        id: Uuid,
        user: &str,
        now: Timestamp,
        enumeration: Enumeration,
    ) -> Option<String> {
        self.open.retain(|_, open| now < open.expires);
        if self.open.len() >= limits::OPERATIONS {
            return None;
        }
        let lifetime = Duration::from_millis(limits::ENUMERATION_TIMEOUT_MS);
        let expires = now.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
        self.open.insert(id, Open { user: user.to_owned(), expires, enumeration });
        Some(format!("uuid:{}", guid(id)))
    }

    /// Takes an enumeration out; nothing when there is none of that name that has not expired and is the user's.
    pub(super) fn take(
        &mut self,
        context: &str,
        user: &str,
        now: Timestamp,
    ) -> Option<(Uuid, Enumeration)> {
        self.open.retain(|_, open| now < open.expires);
        let id = Uuid::parse_str(context.strip_prefix("uuid:")?).ok()?;
        if !self.open.get(&id)?.user.eq_ignore_ascii_case(user) {
            return None;
        }
        self.open.remove(&id).map(|open| (id, open.enumeration))
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
