//! What the numbers in faults mean, and what to do about them.

use std::fmt;

/// Lines of a number, a name and perhaps a meaning.
const TABLES: [&str; 4] = [
    include_str!("codes/wsman.tsv"),
    include_str!("codes/wbem.tsv"),
    include_str!("codes/win32.tsv"),
    include_str!("codes/hresult.tsv"),
];

/// Lines of names and what to do.
const NEXT_STEPS: &str = include_str!("codes/next_steps.tsv");

/// What names share with those of their family, and people leave out.
const PREFIXES: [&str; 6] =
    ["ERROR_WSMAN_", "ERROR_WINRS_", "ERROR_", "WBEM_E_", "WBEM_S_", "SEC_E_"];

/// A code of an error, as it is in faults: any 32-bit number.
///
/// `Display` gives it as people look for it: `2150858843 (0x8033805B, ERROR_WSMAN_UNEXPECTED_SELECTORS)`, without the
/// name where it has none here. On the wire: `f:WSManFault/@Code` ([MS-WSMV] section 2.2.4.43) and
/// `p:MSFT_WmiError/p:error_Code`, in decimal; [MS-ERREF] says how its bits are divided.
///
/// ```
/// use hyperv_replica::wsman::{Code, Family};
///
/// let code = Code(0x8007_0005);
/// assert_eq!(code.family(), Family::Win32Hresult);
/// assert_eq!(code.name(), Some("ERROR_ACCESS_DENIED"));
/// assert_eq!(Code::search("access_denied"), [Code(0x0004_0009), Code(0x8004_1003), Code(5)]);
/// ```
///
/// [MS-ERREF]: https://learn.microsoft.com/openspecs/windows_protocols/ms-erref/
/// [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub u32);

/// Who defined a code, by its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// WinRM: 0x8033xxxx.
    WsManagement,
    /// WMI: 0x80041xxx to 0x80044xxx, and 0x0004xxxx for what is no error.
    Wbem,
    /// Windows: up to 0xFFFF.
    Win32,
    /// A code of Windows as an HRESULT: 0x8007xxxx.
    Win32Hresult,
    /// Another HRESULT: COM, authentication, certificates and the rest of Windows.
    Hresult,
    /// None of these.
    Unknown,
}

/// A line of a table.
struct Entry {
    code: Code,
    name: &'static str,
    meaning: Option<&'static str>,
}

impl Code {
    /// Every code that has a name here.
    pub fn all() -> impl Iterator<Item = Self> {
        entries().map(|entry| entry.code)
    }

    /// The codes that a person may mean by a text.
    ///
    /// A number, which may be decimal (`2150858843`), hexadecimal (`0x8033805B`) or as signed programs print it
    /// (`-2144108453`), is one code, known or not. A name, whole or without what it shares with its family
    /// (`ERROR_WSMAN_`, `WBEM_E_` and such), whatever its case, is every code that bears it. Nothing else is a code.
    /// Punctuation around it does not count.
    #[must_use]
    pub fn search(text: &str) -> Vec<Self> {
        let text = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '-');
        if let Some(code) = Self::from_number(text) {
            return vec![code];
        }
        let is_name = |name: &str| {
            let short = PREFIXES.iter().filter_map(|prefix| name.strip_prefix(prefix));
            short.chain([name]).any(|name| name.eq_ignore_ascii_case(text))
        };
        entries().filter(|entry| is_name(entry.name)).map(|entry| entry.code).collect()
    }

    /// Reads a number, decimal, hexadecimal or negative.
    pub(super) fn from_number(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let number = match hex {
            Some(digits) if digits.starts_with('+') => None,
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None if text.starts_with('-') => text.parse().ok().map(i32::cast_unsigned),
            None => text.parse().ok(),
        };
        number.map(Self)
    }

    /// Who defined it.
    #[must_use]
    pub const fn family(self) -> Family {
        match self.0 {
            0..=0xFFFF => Family::Win32,
            0x0004_0000..=0x0004_4FFF | 0x8004_1000..=0x8004_4FFF => Family::Wbem,
            0x8007_0000..=0x8007_FFFF => Family::Win32Hresult,
            0x8033_0000..=0x8033_FFFF => Family::WsManagement,
            0x8000_0000..=0x8FFF_FFFF => Family::Hresult,
            _ => Family::Unknown,
        }
    }

    /// Its name in the headers of Windows; that of the Win32 code for an HRESULT that is made of one.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        self.entry().map(|entry| entry.name)
    }

    /// What it means, as a clause.
    #[must_use]
    pub fn meaning(self) -> Option<&'static str> {
        self.entry()?.meaning
    }

    /// What to do next, as sentences: there is something for every code that operators meet.
    #[must_use]
    pub fn next_step(self) -> Option<&'static str> {
        let name = self.name()?;
        let (_, step) = lines(NEXT_STEPS)
            .filter_map(|line| line.split_once('\t'))
            .find(|(names, _)| names.split(' ').any(|other| other == name))?;
        Some(step)
    }

    /// The Win32 code that an HRESULT of the family [`Win32Hresult`](Family::Win32Hresult) is made of.
    #[must_use]
    pub const fn win32(self) -> Option<Self> {
        match self.family() {
            Family::Win32Hresult => Some(Self(self.0 & 0xFFFF)),
            _ => None,
        }
    }

    fn entry(self) -> Option<Entry> {
        let code = self.win32().unwrap_or(self);
        entries().find(|entry| entry.code == code)
    }
}

/// `2150858843 (0x8033805B, ERROR_WSMAN_UNEXPECTED_SELECTORS)`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (0x{0:08X}", self.0)?;
        if let Some(name) = self.name() {
            write!(f, ", {name}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::WsManagement => "WS-Management",
            Self::Wbem => "WBEM",
            Self::Win32 => "Win32",
            Self::Win32Hresult => "HRESULT of Win32",
            Self::Hresult => "HRESULT",
            Self::Unknown => "unknown",
        })
    }
}

fn entries() -> impl Iterator<Item = Entry> {
    TABLES.into_iter().flat_map(lines).filter_map(|line| {
        let mut columns = line.split('\t');
        Some(Entry {
            code: Code::from_number(columns.next()?)?,
            name: columns.next()?,
            meaning: columns.next(),
        })
    })
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}
