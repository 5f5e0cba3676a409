//! Points in time and intervals ([DSP0004] section 5.2.4, [DSP0230] section 8.2).
//!
//! [DSP0004]: https://www.dmtf.org/standards/cim
//! [DSP0230]: https://www.dmtf.org/standards/wsman

use std::{cmp::Ordering, fmt, time::Duration};

use jiff::{SignedDuration, Timestamp, civil, fmt::temporal::Pieces, tz::Offset};

use super::{COMMON, Error, class::Type};
use crate::{wsman::duration, xml::Element};

/// A CIM `datetime`: a point in time or an interval, to the microsecond.
///
/// What is finer is dropped when one is read. Points in time are compared as such, whatever their offsets.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Datetime {
    /// A point in time, written in UTC.
    Timestamp(Timestamp),
    /// A point in time, written with the offset of a local time, which is of whole minutes.
    WithOffset(Timestamp, Offset),
    /// A length of time.
    Interval(Duration),
    /// A point in time or an interval of which some fields are not known, or a point in time after all of
    /// [`Timestamp`].
    Partial(Partial),
}

/// A datetime of which some fields are not known: the 25 characters of [DSP0004] section 5.2.4 with `*` in the place of
/// digits, as in `20261123******.******+***`. Kept as it came, whatever its known fields say.
///
/// Or a point in time after [`Timestamp::MAX`], which is 26 hours before the end of the year 9999. DSP0004 reserves
/// `99991231115959.999999+720` for the infinite future.
///
/// [DSP0004]: https://www.dmtf.org/standards/cim
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Partial([u8; LENGTH]);

/// The characters of a datetime in DSP0004.
const LENGTH: usize = 25;

impl Datetime {
    /// The point in time, unless it is 1601-01-01, by which Windows means "never", or is not known, or after all of
    /// [`Timestamp`].
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        match self {
            Self::Timestamp(time) | Self::WithOffset(time, _) => Some(*time),
            Self::Interval(_) | Self::Partial(_) => None,
        }
        .filter(|time| time.as_second() != NEVER)
    }

    /// The length of time.
    #[must_use]
    pub const fn interval(&self) -> Option<Duration> {
        match self {
            Self::Interval(length) => Some(*length),
            _ => None,
        }
    }

    /// A point in time, also one after all of `Timestamp`, as what lies between 1970 and it.
    fn point(&self) -> Option<SignedDuration> {
        match self {
            Self::Timestamp(time) | Self::WithOffset(time, _) => Some(time.as_duration()),
            Self::Interval(_) => None,
            Self::Partial(partial) => {
                let (local, offset) = fields(partial.as_str())?;
                let epoch = civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
                let seconds = SignedDuration::from_secs(offset.seconds().into());
                Some(local.duration_since(epoch) - seconds)
            }
        }
    }

    /// Reads the value of a property or parameter: one of WS-CIM's own elements inside it, or bare text.
    pub(super) fn from_element(element: &Element) -> Result<Self, Error> {
        let inner = element.children.iter().find(|child| child.name.namespace() == Some(COMMON));
        let text = inner.unwrap_or(element).text.trim();
        let read = match inner.map(|inner| inner.name.local()) {
            Some("Datetime") => timestamp(text),
            Some("Interval") => interval(text),
            Some("Date") => date(text),
            Some("Time") => time(text),
            _ => return text.parse(),
        };
        read.ok_or_else(|| invalid(text))
    }

    /// Whether an element holds one in one of WS-CIM's own elements.
    pub(super) fn is_in(element: &Element) -> bool {
        ["Datetime", "Interval", "CIM_DateTime", "Date", "Time"]
            .iter()
            .any(|local| element.find(COMMON, local).is_some())
    }

    /// The value inside `parent`, in the form that Windows writes. Fields that are not known can only be written in the
    /// form of DSP0004.
    pub(super) fn into_child_of(self, parent: Element) -> Element {
        let local = match self {
            Self::Interval(_) => "Interval",
            Self::Partial(partial) if partial.to_iso().is_none() => "CIM_DateTime",
            _ => "Datetime",
        };
        parent.child(Element::new(COMMON, local).text(&self.to_string()))
    }

    /// The 25 characters of DSP0004: `20261123090000.000000+000`, `20261123100000.000000+060`,
    /// `00000000000500.000000:000`, `20261123******.******+***`. What is finer than a microsecond is dropped.
    ///
    /// # Errors
    /// When the year, the days of an interval or the offset have more digits than there is room for.
    pub fn to_dmtf(&self) -> Result<String, Error> {
        let none = || Error::NotRepresentable { value: self.to_string(), form: "DSP0004" };
        match self {
            Self::Timestamp(time) => {
                dmtf_of(Offset::UTC.to_datetime(*time), Offset::UTC).ok_or_else(none)
            }
            Self::WithOffset(time, offset) => {
                dmtf_of(offset.to_datetime(*time), *offset).ok_or_else(none)
            }
            Self::Interval(length) => {
                let (days, hours, minutes, seconds) = split(length.as_secs());
                let micros = length.subsec_micros();
                let text = format!("{days:08}{hours:02}{minutes:02}{seconds:02}.{micros:06}:000");
                Some(text).filter(|text| text.len() == LENGTH).ok_or_else(none)
            }
            Self::Partial(partial) => Ok(partial.as_str().to_owned()),
        }
    }

    /// ISO 8601 as Windows writes it: UTC with `Z` or an offset; for an interval all of days, hours, minutes and
    /// seconds; no zeros at the end of the fraction. An offset of more than 14 hours, which XML does not allow, becomes
    /// UTC.
    ///
    /// # Errors
    /// When some fields are not known: ISO 8601 has no sign for that. When a point in time after all of [`Timestamp`] has
    /// an offset of more than 14 hours.
    pub fn to_iso(&self) -> Result<String, Error> {
        match self {
            Self::Partial(partial) if partial.to_iso().is_none() => {
                Err(Error::NotRepresentable { value: self.to_string(), form: "ISO 8601" })
            }
            known => Ok(known.to_string()),
        }
    }
}

impl Partial {
    /// The 25 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // They are digits and punctuation, see `FromStr`.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether it is an interval, as a colon in the place of the sign says, and not a point in time.
    #[must_use]
    pub fn is_interval(&self) -> bool {
        self.as_str().contains(':')
    }

    /// ISO 8601, where all fields are known and XML allows the offset.
    fn to_iso(self) -> Option<String> {
        let (local, offset) = fields(self.as_str()).filter(|(_, offset)| is_of_xml(*offset))?;
        if offset == Offset::UTC {
            return Some(format!("{local}Z"));
        }
        let (sign, minutes) = minutes(offset);
        Some(format!("{local}{sign}{:02}:{:02}", minutes / 60, minutes % 60))
    }
}

impl fmt::Debug for Partial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Partial").field(&self.as_str()).finish()
    }
}

/// Reads 25 characters at least one of which is `*`, or a point in time after all of [`Timestamp`].
impl std::str::FromStr for Partial {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if let Some(Datetime::Partial(late)) = dmtf(text) {
            return Ok(late);
        }
        let characters: [u8; LENGTH] = text.as_bytes().try_into().map_err(|_| invalid(text))?;
        let fits = |(index, byte): (usize, &u8)| match index {
            14 => *byte == b'.',
            21 => matches!(byte, b'+' | b'-' | b':' | b'*'),
            _ => byte.is_ascii_digit() || *byte == b'*',
        };
        // An offset of which the sign alone is not known means nothing.
        let zone = text.get(21..).unwrap_or_default();
        if characters.iter().enumerate().all(fits)
            && text.contains('*')
            && (!zone.starts_with('*') || zone == "****")
        {
            Ok(Self(characters))
        } else {
            Err(invalid(text))
        }
    }
}

impl PartialEq for Datetime {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Interval(own), Self::Interval(other)) => own == other,
            (Self::Partial(own), Self::Partial(other)) if own == other => true,
            _ => self.point().is_some() && self.point() == other.point(),
        }
    }
}

impl Eq for Datetime {}

/// A point in time and an interval have no order, nor has what is not known.
impl PartialOrd for Datetime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Interval(own), Self::Interval(other)) => Some(own.cmp(other)),
            (Self::Partial(own), Self::Partial(other)) if own == other => Some(Ordering::Equal),
            _ => Some(self.point()?.cmp(&other.point()?)),
        }
    }
}

/// [ISO 8601](Self::to_iso), or the 25 characters of DSP0004 where that has no form for it.
impl fmt::Display for Datetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timestamp(time) => write!(f, "{time}"),
            Self::WithOffset(time, offset) if is_of_xml(*offset) => {
                write!(f, "{}", time.display_with_offset(*offset))
            }
            Self::WithOffset(time, _) => write!(f, "{time}"),
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
            Self::Partial(partial) => match partial.to_iso() {
                Some(iso) => f.write_str(&iso),
                None => f.write_str(partial.as_str()),
            },
        }
    }
}

/// Reads ISO 8601 or the 25 characters of DSP0004. Years and months of an interval are refused: nobody knows how long
/// they are.
impl std::str::FromStr for Datetime {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        timestamp(text)
            .or_else(|| interval(text))
            .or_else(|| dmtf(text))
            .map_or_else(|| text.parse().map(Self::Partial), Ok)
    }
}

/// 1601-01-01T00:00:00Z, where the clock of Windows begins, in seconds of the Unix clock.
const NEVER: i64 = -11_644_473_600;

/// ISO 8601 with an offset that XML allows.
fn timestamp(text: &str) -> Option<Datetime> {
    let pieces = Pieces::parse(text).ok()?;
    let (time, offset) = (pieces.time()?, pieces.to_numeric_offset()?);
    // A name of a time zone may contradict the offset.
    let has_name = text.contains('[');
    // A parser of times takes second 60 for 59.
    let digits = text.split(['T', 't', ' ']).nth(1)?.chars().filter(char::is_ascii_digit);
    let is_leap = digits.skip(4).take(2).eq("60".chars());
    let is_one = !has_name && !is_leap && is_of_xml(offset);
    is_one.then(|| at(pieces.date().to_datetime(time), offset))?
}

/// A point in time by local time and offset, if that is of whole minutes.
fn at(local: civil::DateTime, offset: Offset) -> Option<Datetime> {
    if offset.seconds() % 60 != 0 {
        return None;
    }
    let micros = local.subsec_nanosecond() / 1000;
    let local = local.with().subsec_nanosecond(micros * 1000).build().ok()?;
    match offset.to_timestamp(local) {
        Ok(time) if offset == Offset::UTC => Some(Datetime::Timestamp(time)),
        Ok(time) => Some(Datetime::WithOffset(time, offset)),
        Err(_) => {
            let text = dmtf_of(local, offset)?;
            text.as_bytes().try_into().ok().map(Partial).map(Datetime::Partial)
        }
    }
}

/// Whether XML allows an offset ([XML Schema] part 2, section 3.2.7.3).
///
/// [XML Schema]: https://www.w3.org/TR/xmlschema-2/#dateTime-timezones
const fn is_of_xml(offset: Offset) -> bool {
    offset.seconds().abs() <= 14 * 3600
}

/// The sign of an offset, and its minutes.
const fn minutes(offset: Offset) -> (char, i32) {
    (if offset.seconds() < 0 { '-' } else { '+' }, offset.seconds().abs() / 60)
}

fn interval(text: &str) -> Option<Datetime> {
    let length = duration::parse(text)?;
    Some(Datetime::Interval(Duration::new(length.as_secs(), length.subsec_micros() * 1000)))
}

fn dmtf(text: &str) -> Option<Datetime> {
    if let Some((local, offset)) = fields(text) {
        return at(local, offset);
    }
    let number = |from, to| digits(text, from, to);
    let (hour, minute, second) = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
    let is_interval = text.len() == LENGTH && text.get(14..15)? == "." && text.get(21..)? == ":000";
    if !is_interval || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let hours = u64::from(number(0, 8)?) * 24 + u64::from(hour);
    let seconds = (hours * 60 + u64::from(minute)) * 60 + u64::from(second);
    Some(Datetime::Interval(Duration::new(seconds, number(15, 21)? * 1000)))
}

/// The local time and the offset of a point in time in the form of DSP0004 all fields of which are known.
fn fields(text: &str) -> Option<(civil::DateTime, Offset)> {
    if text.len() != LENGTH || text.get(14..15)? != "." {
        return None;
    }
    let sign = match text.get(21..22)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let small = |from| i8::try_from(digits(text, from, from + 2)?).ok();
    let local = civil::DateTime::new(
        digits(text, 0, 4)?.try_into().ok()?,
        small(4)?,
        small(6)?,
        small(8)?,
        small(10)?,
        small(12)?,
        i32::try_from(digits(text, 15, 21)?).ok()? * 1000,
    );
    let minutes = i32::try_from(digits(text, 22, 25)?).ok()?;
    Some((local.ok()?, Offset::from_seconds(sign * minutes * 60).ok()?))
}

fn digits(text: &str, from: usize, to: usize) -> Option<u32> {
    let part = text.get(from..to)?;
    part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
}

/// A point in time in the form of DSP0004.
fn dmtf_of(local: civil::DateTime, offset: Offset) -> Option<String> {
    let (sign, minutes) = minutes(offset);
    let (to_the_second, micros) =
        (local.strftime("%Y%m%d%H%M%S"), local.subsec_nanosecond() / 1000);
    let text = format!("{to_the_second}.{micros:06}{sign}{minutes:03}");
    (local.year() >= 0 && text.len() == LENGTH).then_some(text)
}

/// `xs:date`: no time of day is known.
fn date(text: &str) -> Option<Datetime> {
    let (text, zone) = zone(text)?;
    let digits = text.replace('-', "");
    let is_one = text.len() == 10 && digits.len() == 8 && text.parse::<civil::Date>().is_ok();
    is_one.then(|| partial(&format!("{digits}******.******{zone}")))?
}

/// `xs:time`: no day is known.
fn time(text: &str) -> Option<Datetime> {
    let (text, zone) = zone(text)?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let (digits, micros) = (whole.replace(':', ""), format!("{fraction:0<6}"));
    // A parser of times takes second 60 for 59, and names of time zones behind the fraction.
    let is_one = whole.len() == 8
        && digits.len() == 6
        && !digits.ends_with("60")
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<civil::Time>().is_ok();
    is_one.then(|| partial(&format!("********{digits}.{}{zone}", micros.get(..6)?)))?
}

fn partial(text: &str) -> Option<Datetime> {
    text.parse().ok().map(Datetime::Partial)
}

/// Takes the time zone from the end of an `xs:date` or `xs:time`, and gives it in the form of DSP0004.
fn zone(text: &str) -> Option<(&str, String)> {
    if let Some(text) = text.strip_suffix('Z') {
        return Some((text, "+000".to_owned()));
    }
    let (head, tail) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let Some((hours, minutes)) = tail.get(1..)?.split_once(':') else {
        return Some((text, "+***".to_owned()));
    };
    match tail.get(..1)? {
        sign @ ("+" | "-") => {
            let (hours, minutes) = (digits(hours, 0, 2)?, digits(minutes, 0, 2)?);
            let total = hours * 60 + minutes;
            (minutes < 60 && total <= 14 * 60).then(|| (head, format!("{sign}{total:03}")))
        }
        _ => Some((text, "+***".to_owned())),
    }
}

/// Days, hours, minutes and seconds.
const fn split(seconds: u64) -> (u64, u64, u64, u64) {
    (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}

fn invalid(text: &str) -> Error {
    Error::Text { text: text.to_owned(), ty: Type::Datetime }
}
