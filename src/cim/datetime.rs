//! Points in time and intervals ([DSP0004] section 5.2.4, [DSP0230] section 8.2).
//!
//! [DSP0004]: https://www.dmtf.org/standards/cim
//! [DSP0230]: https://www.dmtf.org/standards/wsman

use std::{fmt, time::Duration};

use jiff::{Timestamp, civil, tz::Offset};

use super::{COMMON, Error, class::Type};
use crate::{wsman::duration, xml::Element};

/// A CIM `datetime`: a point in time or an interval, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Datetime {
    /// A point in time.
    Timestamp(Timestamp),
    /// A length of time.
    Interval(Duration),
}

impl Datetime {
    /// The point in time, unless it is 1601-01-01, by which Windows means "never".
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        match self {
            Self::Timestamp(time) if time.as_second() != NEVER => Some(*time),
            _ => None,
        }
    }

    /// The length of time.
    #[must_use]
    pub const fn interval(&self) -> Option<Duration> {
        match self {
            Self::Interval(length) => Some(*length),
            Self::Timestamp(_) => None,
        }
    }

    /// Reads the value of a property or parameter: `cim:Datetime`, `cim:Interval` or `cim:CIM_DateTime` inside it, or
    /// bare text.
    pub(super) fn from_element(element: &Element) -> Result<Self, Error> {
        let inner = |local| element.text_of(COMMON, local);
        if let Some(text) = inner("Datetime") {
            timestamp(text).ok_or_else(|| invalid(text))
        } else if let Some(text) = inner("Interval") {
            interval(text).ok_or_else(|| invalid(text))
        } else {
            inner("CIM_DateTime").unwrap_or_else(|| element.text.trim()).parse()
        }
    }

    /// Whether an element holds one in one of WS-CIM's own elements.
    pub(super) fn is_in(element: &Element) -> bool {
        ["Datetime", "Interval", "CIM_DateTime"]
            .iter()
            .any(|local| element.find(COMMON, local).is_some())
    }

    /// The value inside `parent`, in the form that Windows writes.
    pub(super) fn into_child_of(self, parent: Element) -> Element {
        let local = match self {
            Self::Timestamp(_) => "Datetime",
            Self::Interval(_) => "Interval",
        };
        parent.child(Element::new(COMMON, local).text(&self.to_string()))
    }

    /// The 25 characters of DSP0004, a point in time in UTC: `20261123090000.000000+000`, `00000000000500.000000:000`.
    #[must_use]
    pub fn to_dmtf(&self) -> String {
        match self {
            Self::Timestamp(time) => {
                let utc = Offset::UTC.to_datetime(*time);
                format!(
                    "{}.{:06}+000",
                    utc.strftime("%Y%m%d%H%M%S"),
                    utc.subsec_nanosecond() / 1000
                )
            }
            Self::Interval(length) => {
                let (days, hours, minutes, seconds) = split(length.as_secs());
                format!(
                    "{days:08}{hours:02}{minutes:02}{seconds:02}.{:06}:000",
                    length.subsec_micros()
                )
            }
        }
    }
}

/// ISO 8601 as Windows writes it: UTC with `Z`, all of days, hours, minutes and seconds, no zeros at the end of the
/// fraction.
impl fmt::Display for Datetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timestamp(time) => write!(f, "{time}"),
            Self::Interval(length) => {
                let (days, hours, minutes, seconds) = split(length.as_secs());
                write!(f, "P{days}DT{hours}H{minutes}M{seconds}")?;
                if length.subsec_micros() != 0 {
                    write!(
                        f,
                        ".{}",
                        format!("{:06}", length.subsec_micros()).trim_end_matches('0')
                    )?;
                }
                f.write_str("S")
            }
        }
    }
}

/// Reads ISO 8601 or the 25 characters of DSP0004. Fields that are not known (`*`) are refused.
impl std::str::FromStr for Datetime {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        timestamp(text)
            .or_else(|| interval(text))
            .or_else(|| dmtf(text))
            .ok_or_else(|| invalid(text))
    }
}

/// 1601-01-01T00:00:00Z, where the clock of Windows begins, in seconds of the Unix clock.
const NEVER: i64 = -11_644_473_600;

fn timestamp(text: &str) -> Option<Datetime> {
    text.parse().ok().map(Datetime::Timestamp)
}

fn interval(text: &str) -> Option<Datetime> {
    duration::parse(text).map(Datetime::Interval)
}

fn dmtf(text: &str) -> Option<Datetime> {
    let digits = |from: usize, to: usize| -> Option<u32> {
        let part = text.get(from..to)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    if text.len() != 25 || text.get(14..15)? != "." {
        return None;
    }
    let (hour, minute, second, micros) =
        (digits(8, 10)?, digits(10, 12)?, digits(12, 14)?, digits(15, 21)?);
    let zone = digits(22, 25)?;
    let sign = match text.get(21..22)? {
        ":" if zone == 0 && hour < 24 && minute < 60 && second < 60 => {
            let seconds =
                ((u64::from(digits(0, 8)?) * 24 + u64::from(hour)) * 60 + u64::from(minute)) * 60;
            return Some(Datetime::Interval(Duration::new(
                seconds + u64::from(second),
                micros * 1000,
            )));
        }
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let small = |number: u32| i8::try_from(number).ok();
    let local = civil::DateTime::new(
        digits(0, 4)?.try_into().ok()?,
        small(digits(4, 6)?)?,
        small(digits(6, 8)?)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        i32::try_from(micros).ok()? * 1000,
    )
    .ok()?;
    let offset = Offset::from_seconds(sign * i32::try_from(zone).ok()? * 60).ok()?;
    Some(Datetime::Timestamp(offset.to_timestamp(local).ok()?))
}

/// Days, hours, minutes and seconds.
const fn split(seconds: u64) -> (u64, u64, u64, u64) {
    (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}

fn invalid(text: &str) -> Error {
    Error::Text { text: text.to_owned(), ty: Type::Datetime }
}
