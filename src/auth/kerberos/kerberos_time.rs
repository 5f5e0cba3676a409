//! `KerberosTime` (RFC 4120 section 5.2.3): UTC to the second, as `20261124100000Z`.

use std::time::{Duration, SystemTime};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

const FORMAT: &str = "%Y%m%d%H%M%SZ";

/// A time as it is written; the microseconds have a field of their own.
pub(super) fn write(time: SystemTime) -> (String, i32) {
    let time = Timestamp::try_from(time).unwrap_or_default();
    (time.strftime(FORMAT).to_string(), time.subsec_microsecond())
}

pub(super) fn read(text: &str) -> Option<SystemTime> {
    let time = DateTime::strptime(FORMAT, text).ok()?.to_zoned(TimeZone::UTC).ok()?;
    let seconds = u64::try_from(time.timestamp().as_second()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_reads_as_it_is_written() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_micros(1_767_225_600_000_042);
        let (text, microseconds) = write(time);
        assert_eq!((text.as_str(), microseconds), ("20260101000000Z", 42));
        assert_eq!(read(&text), Some(time - Duration::from_micros(42)));
        for text in ["", "20260101000000", "20261301000000Z", "19691231235959Z", "20260101000000Zx"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
