//! What is told by its form: GUIDs and names of classes, which stay, and addresses and thumbprints, which do not.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address or thumbprint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Address {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    /// The digits, and what stands between two of them.
    Mac(String, Option<char>),
    /// The digits: SHA-1 or SHA-256.
    Thumbprint(String),
}

/// The length of the GUID that a text begins with.
pub(super) fn guid(text: &str) -> Option<usize> {
    let (guid, rest) = text.split_at_checked(36)?;
    let is_guid = guid.chars().enumerate().all(|(index, c)| match index {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_hexdigit(),
    });
    (is_guid && ends(rest)).then_some(36)
}

/// The length of the name of a class of WMI that a text begins with.
pub(super) fn class(text: &str) -> Option<usize> {
    const SCHEMAS: [&str; 5] = ["Msvm_", "CIM_", "Win32_", "MSFT_", "__"];
    let is_class = SCHEMAS.iter().any(|schema| {
        text.get(..schema.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(schema))
    });
    let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '_';
    is_class.then(|| text.find(|c| !goes_on(c)).unwrap_or(text.len()))
}

/// The address that a text begins with, and its length.
pub(super) fn address(text: &str) -> Option<(usize, Address)> {
    let hex = run(text, |c| c.is_ascii_hexdigit());
    if matches!(hex.len(), 40 | 64) && ends(text.get(hex.len()..)?) {
        return Some((hex.len(), Address::Thumbprint(hex.to_ascii_uppercase())));
    }
    if let Some(mac) = mac(text) {
        return Some((17, mac));
    }
    let four = run(text, |c| c.is_ascii_digit() || c == '.').trim_end_matches('.');
    if let Ok(v4) = four.parse::<Ipv4Addr>()
        && ends(text.get(four.len()..)?)
    {
        return Some((four.len(), Address::V4(v4)));
    }
    let six = run(text, |c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'));
    let six = if six.ends_with("::") { six } else { six.trim_end_matches([':', '.']) };
    let v6 = six.parse::<Ipv6Addr>().ok()?;
    ends(text.get(six.len()..)?).then_some((six.len(), Address::V6(v6)))
}

/// Six pairs of digits with one mark between them.
fn mac(text: &str) -> Option<Address> {
    let (mac, rest) = text.split_at_checked(17)?;
    let mark = mac.chars().nth(2).filter(|mark| matches!(mark, '-' | ':'))?;
    let is_mac = mac
        .chars()
        .enumerate()
        .all(|(index, c)| if index % 3 == 2 { c == mark } else { c.is_ascii_hexdigit() });
    let digits = mac.chars().filter(|c| *c != mark).collect::<String>();
    (is_mac && ends(rest)).then(|| Address::Mac(digits.to_ascii_uppercase(), Some(mark)))
}

/// A text that is nothing but the twelve digits of a MAC address.
pub(super) fn bare_mac(text: &str) -> Option<Address> {
    let is_mac = text.len() == 12 && text.chars().all(|c| c.is_ascii_hexdigit());
    is_mac.then(|| Address::Mac(text.to_ascii_uppercase(), None))
}

impl Address {
    /// Whether it is the address of somebody. Loopback, masks and the like are everybody's.
    pub(super) fn tells(&self) -> bool {
        match self {
            Self::V4(v4) => {
                let [first, ..] = v4.octets();
                !(v4.is_loopback() || v4.is_multicast() || matches!(first, 0 | 255))
            }
            Self::V6(v6) => !(v6.is_loopback() || v6.is_unspecified() || v6.is_multicast()),
            Self::Mac(digits, _) => digits.chars().any(|c| c != '0'),
            Self::Thumbprint(_) => true,
        }
    }

    /// Its kind, whose numbers are counted, and who has it, however it is written.
    pub(super) fn key(&self) -> (u8, String) {
        match self {
            Self::V4(v4) => (4, v4.to_string()),
            Self::V6(v6) => (6, v6.to_string()),
            Self::Mac(digits, _) => (0, digits.clone()),
            Self::Thumbprint(digits) => (1, digits.clone()),
        }
    }

    /// The one of a number, counted from 1, that stands for it: of the ranges that are kept for documentation (RFC 5737,
    /// RFC 3849, RFC 7042), and beyond their ends of those for benchmarks and for local use.
    pub(super) fn pseudonym(&self, number: u32) -> String {
        match self {
            Self::V4(_) if number < 255 => Ipv4Addr::from(0xC000_0200 + number).to_string(),
            Self::V4(_) => Ipv4Addr::from(0xC612_0000 + number % 0x2_0000).to_string(),
            Self::V6(_) => {
                IpAddr::from(Ipv6Addr::from((0x2001_0DB8_u128 << 96) + u128::from(number)))
                    .to_string()
            }
            Self::Mac(_, mark) => {
                let block: u64 = if number < 256 { 0x0000_5E00_5300 } else { 0x0200_0000_0000 };
                let digits = format!("{:012X}", block + u64::from(number));
                let mark = mark.map(String::from).unwrap_or_default();
                let pairs: Vec<&str> =
                    (0..6).filter_map(|pair| digits.get(2 * pair..2 * pair + 2)).collect();
                pairs.join(&mark)
            }
            Self::Thumbprint(digits) => format!("{number:0width$X}", width = digits.len()),
        }
    }
}

/// No address is longer, and what is longer is not looked through at each of its words.
const LONGEST: usize = 65;

/// The characters of a kind that a text begins with, as far as an address may reach.
fn run(text: &str, is_in: impl Fn(char) -> bool) -> &str {
    let end = text.char_indices().take(LONGEST).find(|(_, c)| !is_in(*c)).map(|(end, _)| end);
    let most = || text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
    text.get(..end.unwrap_or_else(most)).unwrap_or_default()
}

/// Whether a word ends before this text.
fn ends(rest: &str) -> bool {
    !rest.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonym(text: &str) -> Option<(usize, String)> {
        address(text)
            .filter(|(_, address)| address.tells())
            .map(|(length, address)| (length, address.pseudonym(1)))
    }

    #[test]
    fn addresses_are_told_by_their_form() {
        for (text, length, stands) in [
            ("10.1.2.3", 8, "192.0.2.1"),
            ("10.1.2.3:5985", 8, "192.0.2.1"),
            ("10.1.2.3. And", 8, "192.0.2.1"),
            ("fe80::1%4", 7, "2001:db8::1"),
            ("fd00:0:0:0:1:2:3:4]", 18, "2001:db8::1"),
            ("00:15:5d:01:02:03", 17, "00:00:5E:00:53:01"),
            ("00-15-5D-01-02-03,", 17, "00-00-5E-00-53-01"),
        ] {
            assert_eq!(pseudonym(text), Some((length, stands.to_owned())), "{text}");
        }
        let thumbprint = "a".repeat(40);
        assert_eq!(pseudonym(&thumbprint).unwrap().1, format!("{:0>40}", 1));
        assert_eq!(bare_mac("00155D010203").unwrap().pseudonym(300), "02000000012C");
    }

    #[test]
    fn what_only_looks_like_an_address_stays() {
        for text in [
            "10.0.20348.1",
            "127.0.0.1",
            "255.255.255.0",
            "::1",
            "12:34:56",
            "1.3.6.1.5.5.7",
            "20261123094100.000000+000",
            "10.1.2.3x",
            "00-00-00-00-00-00",
        ] {
            assert_eq!(pseudonym(text), None, "{text}");
        }
    }

    #[test]
    fn guids_and_classes_are_told_by_their_form() {
        assert_eq!(guid("56495254-0000-4000-8000-000000000001\\x"), Some(36));
        assert_eq!(guid("56495254-0000-4000-8000-0000000000011"), None);
        assert_eq!(guid("56495254-0000-4000-80000-00000000000"), None);
        assert_eq!(class("Msvm_ComputerSystem.Name"), Some(19));
        assert_eq!(class("MyMsvm_ComputerSystem"), None);
    }
}
