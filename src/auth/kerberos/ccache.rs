//! Tickets in a file, as `kinit` leaves them.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use kerbcore::{keys::KerberosKey, messages};

use super::{Principal, Ticket, TicketError, reader::Reader};

/// A principal and its tickets: the contents of a credential cache file of MIT Kerberos, version 3 or 4.
#[derive(Clone, Debug)]
pub struct Ccache {
    principal: Principal,
    tickets: Vec<Ticket>,
}

impl Ccache {
    /// Reads the bytes of a cache file. Entries that are settings, and tickets of others or of encryption types other than
    /// those of AES, are passed over.
    ///
    /// # Errors
    /// If they are none.
    pub fn parse(bytes: &[u8]) -> Result<Self, TicketError> {
        let mut reader = Reader(bytes);
        let Some([5, version @ (3 | 4)]) = reader.array() else {
            return Err(TicketError::MalformedCcache("it is of no version that is known, 3 or 4"));
        };
        let truncated = TicketError::MalformedCcache("it ends too early");
        let mut clock_offset = 0;
        if version == 4 {
            clock_offset = offset(&mut reader).ok_or_else(|| truncated.clone())?;
        }
        let principal = principal(&mut reader).ok_or_else(|| truncated.clone())?;
        let mut tickets = Vec::new();
        while !reader.0.is_empty() {
            let entry = Entry::read(&mut reader, version).ok_or_else(|| truncated.clone())?;
            tickets.extend(entry.ticket(clock_offset));
        }
        // A service may keep those of users whom it acts for, which are not ours to use.
        tickets.retain(|ticket| ticket.client == principal);
        Ok(Self { principal, tickets })
    }

    /// Whose tickets these are.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The tickets.
    #[must_use]
    pub fn tickets(&self) -> &[Ticket] {
        &self.tickets
    }
}

/// The header of version 4: how far the KDC's clock was ahead of ours, in seconds.
fn offset(reader: &mut Reader<'_>) -> Option<i32> {
    const DELTA_TIME: u16 = 1;
    let length = usize::from(reader.u16()?);
    let mut header = Reader(reader.bytes(length)?);
    let mut offset = 0;
    while !header.0.is_empty() {
        let (tag, length) = (header.u16()?, header.u16()?);
        let mut field = Reader(header.bytes(usize::from(length))?);
        if tag == DELTA_TIME {
            offset = field.u32()?.cast_signed();
        }
    }
    Some(offset)
}

fn principal(reader: &mut Reader<'_>) -> Option<Principal> {
    let _name_type = reader.u32()?;
    let count = reader.u32()?;
    let mut text = || reader.data().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let realm = text()?;
    // Each takes four bytes at least, so that the end of the file ends this, too.
    let components: Option<Vec<String>> = (0..count).map(|_| text()).collect();
    Some(Principal::new(components?, realm))
}

/// One entry of the file.
struct Entry<'a> {
    client: Principal,
    service: Principal,
    enctype: u16,
    key: &'a [u8],
    end_time: u32,
    ticket: &'a [u8],
}

impl<'a> Entry<'a> {
    fn read(reader: &mut Reader<'a>, version: u8) -> Option<Self> {
        let (client, service) = (principal(reader)?, principal(reader)?);
        let enctype = reader.u16()?;
        if version == 3 {
            reader.u16()?; // the same again
        }
        let key = reader.data()?;
        let [_auth_time, _start_time, end_time, _renew_till] =
            [reader.u32()?, reader.u32()?, reader.u32()?, reader.u32()?];
        let (_is_session_key, _flags) = (reader.u8()?, reader.u32()?);
        // Addresses, then authorization data.
        for _ in 0..2 {
            for _ in 0..reader.u32()? {
                reader.u16()?;
                reader.data()?;
            }
        }
        let (ticket, _second_ticket) = (reader.data()?, reader.data()?);
        Some(Self { client, service, enctype, key, end_time, ticket })
    }

    fn ticket(self, clock_offset: i32) -> Option<Ticket> {
        let enctype = i32::from(self.enctype);
        // Settings are kept as tickets of a realm of their own; what was deleted has no end.
        if self.service.realm() == "X-CACHECONF:" || !super::is_supported(enctype) {
            return None;
        }
        let end_time = i64::from(self.end_time) - i64::from(clock_offset);
        Some(Ticket {
            client: self.client,
            service: self.service,
            session_key: KerberosKey::from_i32(enctype, self.key.to_vec()).ok()?,
            end_time: SystemTime::UNIX_EPOCH + Duration::from_secs(end_time.try_into().ok()?),
            ticket: messages::Ticket::decode(self.ticket).ok()?,
        })
    }
}

/// Where a cache is: a file, the only kind that is read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CcacheName(PathBuf);

impl CcacheName {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl std::str::FromStr for CcacheName {
    type Err = TicketError;

    /// Reads `FILE:PATH` and `PATH`, as `KRB5CCNAME` has it.
    fn from_str(name: &str) -> Result<Self, TicketError> {
        let path = match name.split_once(':') {
            Some(("FILE", path)) => path,
            // MIT and Heimdal have kinds in capitals; a path may hold a colon as well.
            Some((kind, _)) if !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_uppercase()) => {
                return Err(TicketError::CcacheKind(kind.to_owned()));
            }
            _ => name,
        };
        if path.is_empty() {
            return Err(TicketError::MalformedCcache("its name is empty"));
        }
        Ok(Self(path.into()))
    }
}

impl fmt::Display for CcacheName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FILE:{}", self.0.display())
    }
}
