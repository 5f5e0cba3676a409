//! `xs:duration` ([XML Schema] part 2, section 3.2.6), as far as its length is known.
//!
//! [XML Schema]: https://www.w3.org/TR/xmlschema-2/#duration

use std::time::Duration;

/// Reads a duration; nothing when it is negative or has years or months, whose length is not known.
///
/// To the nanosecond; further digits are dropped.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let text = text.strip_prefix('P')?;
    let (mut date, mut time) = text.split_once('T').unwrap_or((text, "0S"));
    if text.is_empty() || time.is_empty() {
        return None;
    }
    let years = number(component(&mut date, 'Y'))?;
    let months = number(component(&mut date, 'M'))?;
    let days = number(component(&mut date, 'D'))?;
    let hours = number(component(&mut time, 'H'))?;
    let minutes = number(component(&mut time, 'M'))?;
    let seconds = component(&mut time, 'S');
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    number(fraction)?;
    let nanos = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    if (years, months) != (0, 0) || !date.is_empty() || !time.is_empty() {
        return None;
    }
    let hours = days.checked_mul(24)?.checked_add(hours)?;
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    let seconds = minutes.checked_mul(60)?.checked_add(number(seconds)?)?;
    Some(Duration::new(seconds, nanos))
}

/// Writes a duration as Windows does in headers: `PT60.000S`.
pub(super) fn in_seconds(duration: Duration) -> String {
    format!("PT{}.{:03}S", duration.as_secs(), duration.subsec_millis())
}

/// Takes what stands before the unit; zero where the unit is not there.
fn component<'a>(rest: &mut &'a str, unit: char) -> &'a str {
    let Some((value, tail)) = rest.split_once(unit) else { return "0" };
    *rest = tail;
    value
}

/// Digits alone, where `parse` would take a sign.
fn number(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}
