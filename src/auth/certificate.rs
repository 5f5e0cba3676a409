//! What a certificate says of itself ([RFC 5280] 4.1), as far as people look at it.
//!
//! [RFC 5280]: https://www.rfc-editor.org/rfc/rfc5280

use core::net::{Ipv4Addr, Ipv6Addr}; // addresses as values; the sockets are in `std`
use std::fmt;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use sha1::{Digest as _, Sha1};

use super::der::{OBJECT_IDENTIFIER, SEQUENCE, first, tagged};

const SET: u8 = 0x31;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const BMP_STRING: u8 = 0x1E;
const OCTET_STRING: u8 = 0x04;
/// `id-ce-subjectAltName`
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1D, 0x11];

/// The facts of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// The part `CN` of the subject.
    pub(crate) subject_name: Option<String>,
    /// The part `CN` of the issuer.
    pub(crate) issuer_name: Option<String>,
    /// The DNS names and addresses that it is for.
    pub(crate) names: Vec<String>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    /// That it names itself as its issuer.
    self_issued: bool,
}

impl Certificate {
    /// Reads it; nothing where it is no certificate.
    pub(crate) fn parse(der: &[u8]) -> Option<Self> {
        let (certificate, _) = tagged(der, SEQUENCE)?;
        let (mut rest, _) = tagged(certificate, SEQUENCE)?;
        // The version is left out of the first version.
        if let Some((_, after)) = tagged(rest, 0xA0) {
            rest = after;
        }
        let (_serial_number, rest) = tagged(rest, 0x02)?;
        let (_signature, rest) = tagged(rest, SEQUENCE)?;
        let (issuer, rest) = tagged(rest, SEQUENCE)?;
        let (validity, rest) = tagged(rest, SEQUENCE)?;
        let (subject, rest) = tagged(rest, SEQUENCE)?;
        let (_public_key, rest) = tagged(rest, SEQUENCE)?;
        let (not_before, validity) = time(validity)?;
        let (not_after, _) = time(validity)?;
        Some(Self {
            subject: name(subject),
            issuer: name(issuer),
            subject_name: common_name(subject),
            issuer_name: common_name(issuer),
            names: alternative_names(rest).unwrap_or_default(),
            not_before,
            not_after,
            self_issued: issuer == subject,
        })
    }

    pub(crate) const fn is_self_signed(&self) -> bool {
        self.self_issued
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.subject)?;
        if self.self_issued {
            f.write_str(", issued by itself")?;
        } else {
            write!(f, ", issued by {}", self.issuer)?;
        }
        match self.names.as_slice() {
            [] => f.write_str(", for no names")?,
            names => write!(f, ", for {}", names.join(", "))?,
        }
        write!(f, ", from {} to {}", self.not_before, self.not_after)
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-1 of a certificate in upper case, by which Windows names it.
pub(crate) fn thumbprint(der: &[u8]) -> String {
    hex(&Sha1::digest(der)).to_uppercase()
}

/// A `Name`, as in `CN=hv01, O=Example`.
fn name(der: &[u8]) -> String {
    let part = |(kind, value): (Option<&str>, String)| match kind {
        Some(kind) => format!("{kind}={value}"),
        None => value,
    };
    let parts: Vec<_> = attributes(der).into_iter().map(part).collect();
    if parts.is_empty() { "no name".to_owned() } else { parts.join(", ") }
}

/// The last `CN` of a `Name`, which goes from the general to the particular.
fn common_name(der: &[u8]) -> Option<String> {
    let of_kind = |(kind, value)| (kind == Some("CN")).then_some(value);
    attributes(der).into_iter().rev().find_map(of_kind)
}

/// The attributes of a `Name`: the short name of each kind, where it has one, and the value.
fn attributes(mut der: &[u8]) -> Vec<(Option<&'static str>, String)> {
    let mut found = Vec::new();
    while let Some((mut set, rest)) = tagged(der, SET) {
        while let Some((attribute, others)) = tagged(set, SEQUENCE) {
            found.extend(attribute_of(attribute));
            set = others;
        }
        der = rest;
    }
    found
}

fn attribute_of(der: &[u8]) -> Option<(Option<&'static str>, String)> {
    let (identifier, rest) = tagged(der, OBJECT_IDENTIFIER)?;
    let (tag, value, _) = first(rest)?;
    let value = match tag {
        BMP_STRING => {
            let units: Vec<_> = value
                .chunks_exact(2)
                .map(|unit| unit.iter().fold(0_u16, |all, byte| all << 8 | u16::from(*byte)))
                .collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(value).into_owned(),
    };
    // RFC 4519 has the short names.
    let kind = match identifier {
        [0x55, 0x04, 0x03] => Some("CN"),
        [0x55, 0x04, 0x06] => Some("C"),
        [0x55, 0x04, 0x07] => Some("L"),
        [0x55, 0x04, 0x08] => Some("ST"),
        [0x55, 0x04, 0x0A] => Some("O"),
        [0x55, 0x04, 0x0B] => Some("OU"),
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x19] => Some("DC"),
        _ => None,
    };
    Some((kind, value))
}

/// A `Time`, and what follows it.
fn time(der: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (tag, text, rest) = first(der)?;
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let text = match tag {
        // RFC 5280 4.1.2.5.1: the years are from 1950 to 2049.
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let time = DateTime::strptime("%Y%m%d%H%M%S", text).ok()?;
    let timestamp = match TimeZone::UTC.to_timestamp(time) {
        Ok(timestamp) => timestamp,
        // RFC 5280 4.1.2.5: 99991231235959Z is no end. That is after all of `Timestamp`.
        Err(_) if time.year() == 9999 => Timestamp::MAX,
        Err(_) => return None,
    };
    Some((timestamp, rest))
}

/// The names of the extension `subjectAltName`, in what follows the public key.
fn alternative_names(mut rest: &[u8]) -> Option<Vec<String>> {
    // The extensions come last, as `[3]`.
    let extensions = loop {
        let (tag, content, others) = first(rest)?;
        if tag == 0xA3 {
            break content;
        }
        rest = others;
    };
    let (mut extensions, _) = tagged(extensions, SEQUENCE)?;
    while let Some((extension, others)) = tagged(extensions, SEQUENCE) {
        extensions = others;
        let (identifier, mut value) = tagged(extension, OBJECT_IDENTIFIER)?;
        if identifier != SUBJECT_ALT_NAME {
            continue;
        }
        // Whether it is critical stands between.
        if let Some((_, after)) = tagged(value, 0x01) {
            value = after;
        }
        let (value, _) = tagged(value, OCTET_STRING)?;
        let (mut names, _) = tagged(value, SEQUENCE)?;
        let mut found = Vec::new();
        while let Some((tag, name, others)) = first(names) {
            found.extend(general_name(tag, name));
            names = others;
        }
        return Some(found);
    }
    None
}

/// A DNS name or an address; the other kinds are no names of hosts.
fn general_name(tag: u8, name: &[u8]) -> Option<String> {
    match tag {
        0x82 => Some(String::from_utf8_lossy(name).into_owned()),
        0x87 => {
            let v4 = || <[u8; 4]>::try_from(name).ok().map(|it| Ipv4Addr::from(it).to_string());
            let v6 = || <[u8; 16]>::try_from(name).ok().map(|it| Ipv6Addr::from(it).to_string());
            v4().or_else(v6)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_forms_of_times() {
        let read = |tag, text: &str| {
            let length = u8::try_from(text.len()).unwrap();
            let der = [&[tag, length], text.as_bytes(), b"rest"].concat();
            time(&der).map(|(time, rest)| {
                assert_eq!(rest, b"rest");
                time.to_string()
            })
        };
        assert_eq!(read(UTC_TIME, "491231235959Z").as_deref(), Some("2049-12-31T23:59:59Z"));
        assert_eq!(read(UTC_TIME, "500101000000Z").as_deref(), Some("1950-01-01T00:00:00Z"));
        assert_eq!(
            read(GENERALIZED_TIME, "20500101000000Z").as_deref(),
            Some("2050-01-01T00:00:00Z")
        );
        for no_time in ["", "Z", "4912312359Z", "491331235959Z", "491231235959"] {
            assert_eq!(read(UTC_TIME, no_time), None, "{no_time}");
        }
        assert_eq!(read(0x0C, "491231235959Z"), None);
    }
}
