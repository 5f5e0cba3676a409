//! Keys in a file.

use std::fmt;

use kerbcore::keys::KerberosKey;
use zeroize::Zeroize as _;

use super::{Principal, TicketError};

/// The long-term keys of principals, as MIT and Samba keep them in a file.
///
/// Keys of other encryption types than those of AES are left out: nothing is done with them here.
#[derive(Clone)]
pub struct Keytab {
    entries: Vec<Entry>,
}

/// One key.
#[derive(Clone)]
struct Entry {
    principal: Principal,
    version: u32,
    key: KerberosKey,
}

impl Keytab {
    /// Reads the bytes of a keytab file.
    ///
    /// # Errors
    /// If they are none, or hold no AES key.
    pub fn parse(bytes: &[u8]) -> Result<Self, TicketError> {
        let keytab = keytab_io::Keytab::parse(bytes)
            .map_err(|error| TicketError::MalformedKeytab(error.to_string()))?;
        let mut entries = Vec::with_capacity(keytab.entries.len());
        for mut entry in keytab.entries {
            let enctype = i32::from(entry.enctype);
            if super::is_supported(enctype) {
                let key = KerberosKey::from_i32(enctype, std::mem::take(&mut entry.key))
                    .map_err(|error| TicketError::MalformedKeytab(error.to_string()))?;
                let principal = Principal::new(entry.components, entry.realm);
                entries.push(Entry { principal, version: entry.kvno, key });
            } else {
                entry.key.zeroize();
            }
        }
        if entries.is_empty() {
            return Err(TicketError::NoAesKey);
        }
        Ok(Self { entries })
    }

    /// The principals with a key, in the order of the file.
    pub fn principals(&self) -> impl Iterator<Item = &Principal> {
        let mut seen: Vec<&Principal> = Vec::new();
        self.entries.iter().map(|entry| &entry.principal).filter(move |principal| {
            let is_new = !seen.contains(principal);
            if is_new {
                seen.push(principal);
            }
            is_new
        })
    }

    /// The newest keys of a principal, one of each encryption type.
    pub(super) fn newest_keys(&self, principal: &Principal) -> Vec<&KerberosKey> {
        let of_principal = || self.entries.iter().filter(|entry| entry.principal == *principal);
        let newest = of_principal().map(|entry| entry.version).max();
        of_principal()
            .filter(|entry| Some(entry.version) == newest)
            .map(|entry| &entry.key)
            .collect()
    }

    /// The key that a ticket for a service is encrypted with; of any version if the ticket does not say which.
    pub(super) fn key(
        &self,
        service: &Principal,
        enctype: i32,
        version: Option<u32>,
    ) -> Option<&KerberosKey> {
        let fitting = self.entries.iter().filter(|entry| {
            entry.principal == *service
                && entry.key.enctype().to_i32() == enctype
                && version.is_none_or(|version| entry.version == version)
        });
        fitting.max_by_key(|entry| entry.version).map(|entry| &entry.key)
    }
}

impl fmt::Debug for Keytab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.principals().map(ToString::to_string)).finish()
    }
}
