//! Datetimes in both of their forms.

use std::{cmp::Ordering, time::Duration};

use hyperv_replica::cim::{Datetime, Error, Instance, Value};
use jiff::{Timestamp, tz::offset};
use proptest::prelude::*;

use super::{decode, uri};

#[test]
fn datetimes_are_read_in_both_forms_and_written_in_both() {
    let cases = [
        // ISO 8601, DSP0004, other texts that mean it
        (
            "2026-11-23T09:00:00Z",
            "20261123090000.000000+000",
            vec![
                "2026-11-23T11:00:00+02:00",
                "20261123110000.000000+120",
                "20261123053000.000000-210",
            ],
        ),
        ("2025-12-17T09:55:22.702341Z", "20251217095522.702341+000", vec![]),
        ("2026-10-30T21:04:05.000007Z", "20261030210405.000007+000", vec![]),
        ("1601-01-01T00:00:00Z", "16010101000000.000000+000", vec![]),
        ("2024-02-29T23:59:59.999999Z", "20240229235959.999999+000", vec![]),
        ("0001-01-01T00:00:00Z", "00010101000000.000000+000", vec![]),
        ("P0DT0H5M0S", "00000000000500.000000:000", vec!["PT5M", "PT300S", "P0Y0M0DT0H5M0.000S"]),
        ("P0DT0H0M1.00417S", "00000000000001.004170:000", vec!["PT1.00417S"]),
        ("P0DT0H0M0S", "00000000000000.000000:000", vec!["PT0S", "P0D"]),
        ("P99999999DT23H59M59.999999S", "99999999235959.999999:000", vec![]),
    ];
    for (iso, dmtf, others) in cases {
        let value: Datetime = iso.parse().unwrap();
        assert_eq!((value.to_iso().as_deref(), value.to_dmtf().as_deref()), (Ok(iso), Ok(dmtf)));
        for other in others.into_iter().chain([dmtf]) {
            assert_eq!(other.parse(), Ok(value), "{other}");
        }
        let local = if iso.starts_with('P') { "Interval" } else { "Datetime" };
        for inner in [
            format!("<cim:{local}>{iso}</cim:{local}>"),
            format!("<cim:{local}> {iso}\n</cim:{local}>"),
            format!("<cim:CIM_DateTime>{dmtf}</cim:CIM_DateTime>"),
            iso.to_owned(),
            dmtf.to_owned(),
        ] {
            let instance = decode(&format!("<p:D>{inner}</p:D>"));
            assert_eq!(instance.find("D"), Some(&Value::Datetime(value)), "{inner}");
        }
        let mut instance = Instance::new(uri());
        instance.set("D", Value::Datetime(value));
        let written = instance.encode().to_xml().unwrap();
        assert!(written.contains(&format!("<p:D><cim:{local}>{iso}</cim:{local}></p:D>")));
    }
}

#[test]
fn datetimes_that_are_none_are_refused() {
    for text in [
        "",
        "Z",
        "2026-11-23",
        "09:00:00",
        "2026-11-23T09:00:00",
        "2026-02-30T09:00:00Z",
        "2026-11-23T25:00:00Z",
        "2026-13-01T00:00:00Z",
        "99999-01-01T00:00:00Z",
        "-PT1S",
        "P1Y",
        "P1M",
        "P1W",
        "5 minutes",
        "1h",
        "PT",
        "P",
        "PT18446744073709551616S",
        "PT1M1H",
        "2026-11-23T09:00:00+01:00:30",
        "2026-11-23T09:00:00+14:01",
        "2026-11-23T09:00:00-24:00",
        "2016-12-31T23:59:60Z",
        "2016-12-31T23:59:60.5+01:00",
        "20161231T235960Z",
        "2026-11-23T09:00:00[Europe/Berlin]",
        "2026-11-23T09:00:00+01:00[Europe/Berlin]",
        "2026-11-23T09:00:00Z[u-ca=iso8601]",
        "10000-01-01T00:00:00Z",
        // wildcards in the wrong places
        "20261123******.******++**",
        "20261123****** ******+000",
        "2026112309****.******+00",
        "**************.******+0000",
        "2026****T******.*****+000",
        // out of range
        "20261323090000.000000+000",
        "20260230090000.000000+000",
        "20261123240000.000000+000",
        "20261123096000.000000+000",
        "20261123090060.000000+000",
        "00000000240000.000000:000",
        "00000000006000.000000:000",
        "00000000000060.000000:000",
        "00000000000000.000000:001",
        "99999999999999.999999+999",
        "99991231240000.000000+000",
        "99991232000000.000000+000",
        "00000000000000.000000+000",
        // not 25 characters, or others
        "20261123090000.000000+00",
        "20261123090000.000000+0000",
        "20261123090000,000000+000",
        "20261123090000.000000*000",
        "2026112309000a.000000+000",
        "+0261123090000.000000+000",
        "20261123090000.+00000+000",
        "2026112309000ü.00000+000",
    ] {
        assert!(text.parse::<Datetime>().is_err(), "{text:?}: {:?}", text.parse::<Datetime>());
    }
    // The element says which of the two it is.
    for inner in
        ["<cim:Datetime>PT1S</cim:Datetime>", "<cim:Interval>2026-11-23T09:00:00Z</cim:Interval>"]
    {
        assert_eq!(decode(&format!("<p:D>{inner}</p:D>")).invalid.len(), 1, "{inner}");
    }
}

#[test]
fn the_offset_of_a_point_in_time_is_kept() {
    for (iso, dmtf, utc) in [
        ("2026-11-23T10:00:00+01:00", "20261123100000.000000+060", "2026-11-23T09:00:00Z"),
        ("2026-11-23T05:30:00.25-03:30", "20261123053000.250000-210", "2026-11-23T09:00:00.25Z"),
        ("2027-01-01T00:30:00+14:00", "20270101003000.000000+840", "2026-12-31T10:30:00Z"),
    ] {
        let (value, utc): (Datetime, Datetime) = (iso.parse().unwrap(), utc.parse().unwrap());
        assert_eq!((value.to_iso().as_deref(), value.to_dmtf().as_deref()), (Ok(iso), Ok(dmtf)));
        assert_eq!(dmtf.parse::<Datetime>().unwrap().to_string(), iso);
        assert_eq!((value, value.timestamp()), (utc, utc.timestamp()));
        let read = decode(&format!("<p:D><cim:Datetime>{iso}</cim:Datetime></p:D>"));
        assert!(read.encode().to_xml().unwrap().contains(iso));
    }
    let ordered = |a: &str, b: &str| {
        a.parse::<Datetime>().unwrap().partial_cmp(&b.parse::<Datetime>().unwrap())
    };
    let earlier = ordered("2026-11-23T09:00:00+01:00", "2026-11-23T08:30:00Z");
    assert_eq!(earlier, Some(Ordering::Less));
    assert_eq!(ordered("PT2S", "PT1S"), Some(Ordering::Greater));
    assert_eq!(ordered("PT2S", "2026-11-23T08:30:00Z"), None);
    assert_ne!("PT2S".parse::<Datetime>(), "20261123******.******+000".parse());
}

#[test]
fn fractions_of_any_length_are_read_to_the_microsecond() {
    for (fraction, iso, dmtf) in [
        ("", "", "000000"),
        (".0", "", "000000"),
        (".5", ".5", "500000"),
        (".25", ".25", "250000"),
        (".123456", ".123456", "123456"),
        (".1234567", ".123456", "123456"),
        (".000001000", ".000001", "000001"),
    ] {
        let time: Datetime = format!("2026-11-23T09:00:00{fraction}Z").parse().unwrap();
        assert_eq!(time.to_string(), format!("2026-11-23T09:00:00{iso}Z"));
        assert_eq!(time.to_dmtf(), Ok(format!("20261123090000.{dmtf}+000")));
        assert_eq!(time.to_dmtf().unwrap().parse(), Ok(time));
        let length: Datetime = format!("PT1{fraction}S").parse().unwrap();
        assert_eq!(length.to_dmtf().unwrap().parse(), Ok(length));
        assert_eq!(length.to_dmtf(), Ok(format!("00000000000001.{dmtf}:000")));
    }
}

#[test]
fn fields_that_are_not_known_are_kept_as_they_came() {
    for (text, is_interval) in [
        ("**************.**********", false),
        ("20261123******.******+***", false),
        ("20261123090000.123***+000", false),
        ("20261399******.******-000", false),
        ("********090000.000000+060", false),
        ("0000000005****.******:000", true),
        ("**************.******:000", true),
    ] {
        let value: Datetime = text.parse().unwrap();
        let Datetime::Partial(partial) = value else { panic!("{value:?}") };
        assert_eq!((partial.as_str(), partial.is_interval()), (text, is_interval));
        assert_eq!((value.timestamp(), value.interval()), (None, None));
        assert_eq!(value.to_dmtf().as_deref(), Ok(text));
        assert!(matches!(value.to_iso(), Err(Error::NotRepresentable { .. })));
        for inner in [text.to_owned(), format!("<cim:CIM_DateTime>{text}</cim:CIM_DateTime>")] {
            let read = decode(&format!("<p:D>{inner}</p:D>"));
            assert_eq!((read.find("D"), read.time("D")), (Some(&Value::Datetime(value)), None));
            let written = read.encode().to_xml().unwrap();
            assert!(written.contains(&format!("<p:D><cim:CIM_DateTime>{text}</cim:CIM_DateTime>")));
        }
    }
}

#[test]
fn points_in_time_up_to_the_end_of_the_year_9999_are_kept() {
    let now: Datetime = "2026-11-23T09:00:00Z".parse().unwrap();
    for (dmtf, iso) in [
        ("99991231115959.999999+720", "9999-12-31T11:59:59.999999+12:00"),
        ("99991231235959.999999+000", "9999-12-31T23:59:59.999999Z"),
        ("99991231235959.500000-210", "9999-12-31T23:59:59.5-03:30"),
        ("99991230220001.000000+000", "9999-12-30T22:00:01Z"),
    ] {
        let value: Datetime = dmtf.parse().unwrap();
        assert_eq!((value.to_dmtf().as_deref(), value.to_iso().as_deref()), (Ok(dmtf), Ok(iso)));
        assert_eq!((iso.parse(), value.to_string().as_str()), (Ok(value), iso));
        assert_eq!((value.timestamp(), value.partial_cmp(&now)), (None, Some(Ordering::Greater)));
        let Datetime::Partial(partial) = value else { panic!("{value:?}") };
        assert_eq!((partial.as_str().parse(), partial.is_interval()), (Ok(partial), false));
        let written = decode(&format!("<p:D>{dmtf}</p:D>")).encode().to_xml().unwrap();
        assert!(written.contains(&format!("<p:D><cim:Datetime>{iso}</cim:Datetime></p:D>")));
    }
    let same: Datetime = "9999-12-30T23:59:59.999999Z".parse().unwrap();
    assert_eq!("99991231115959.999999+720".parse(), Ok(same));
    let last: Datetime = "9999-12-30T22:00:00.999999Z".parse().unwrap();
    assert!(matches!(last, Datetime::Timestamp(_)) && last < same);
    // Neither a point in time that a clock has nor one for ISO 8601.
    let value: Datetime = "99991231235959.999999-841".parse().unwrap();
    assert!(value.to_iso().is_err());
    let written = decode("<p:D>99991231235959.999999-841</p:D>").encode().to_xml().unwrap();
    assert!(written.contains("<cim:CIM_DateTime>99991231235959.999999-841</cim:CIM_DateTime>"));
}

#[test]
fn an_offset_that_xml_does_not_allow_is_written_as_utc() {
    let value: Datetime = "20261123100000.000000+841".parse().unwrap();
    assert_eq!(value.to_iso().as_deref(), Ok("2026-11-22T19:59:00Z"));
    assert_eq!(value.to_dmtf().as_deref(), Ok("20261123100000.000000+841"));
}

#[test]
fn a_day_alone_and_a_time_of_day_alone_have_fields_that_are_not_known() {
    for (local, text, dmtf) in [
        ("Date", "2026-11-23", Some("20261123******.******+***")),
        ("Date", "2026-11-23Z", Some("20261123******.******+000")),
        ("Date", "2026-11-23-03:30", Some("20261123******.******-210")),
        ("Time", "09:00:00", Some("********090000.000000+***")),
        ("Time", "23:59:59.5+01:00", Some("********235959.500000+060")),
        ("Time", "09:00:00.1234567Z", Some("********090000.123456+000")),
        ("Date", "2026-02-30", None),
        ("Date", "09:00:00", None),
        ("Date", "", None),
        ("Date", "2026-11-23+99:99", None),
        ("Date", "2026-11-23++1:00", None),
        ("Date", "2026-11-23+14:01", None),
        ("Date", "2026-11-23+01:60", None),
        ("Time", "25:00:00", None),
        ("Time", "23:59:60", None),
        ("Time", "09:00:00.123456[Europe/Berlin]", None),
        ("Time", "2026-11-23", None),
        ("Time", "ü", None),
    ] {
        let read = decode(&format!("<p:D><cim:{local}>{text}</cim:{local}></p:D>"));
        assert_eq!(read.find("D"), dmtf.map(super::datetime).as_ref(), "{local} {text}");
        assert_eq!(read.invalid.len(), usize::from(dmtf.is_none()));
    }
}

#[test]
fn what_has_no_room_in_25_characters_is_said() {
    for value in [
        Datetime::Timestamp("-000001-01-01T00:00:00Z".parse().unwrap()),
        Datetime::WithOffset("2026-11-23T09:00:00Z".parse().unwrap(), offset(17)),
        Datetime::Interval(Duration::from_secs(100_000_000 * 86_400)),
    ] {
        assert!(matches!(value.to_dmtf(), Err(Error::NotRepresentable { .. })), "{value}");
        assert!(value.to_iso().is_ok());
    }
}

#[test]
fn the_year_1601_is_never_and_an_interval_is_no_time() {
    for text in ["1601-01-01T00:00:00Z", "16010101000000.000000+000", "1601-01-01T00:00:00+00:00"] {
        assert_eq!(text.parse::<Datetime>().unwrap().timestamp(), None, "{text}");
        assert_eq!(decode(&format!("<p:D>{text}</p:D>")).time("D"), None, "{text}");
    }
    assert_eq!("PT1S".parse::<Datetime>().unwrap().timestamp(), None);
    for text in ["1601-01-01T00:00:01Z", "1600-12-31T23:59:59Z", "1970-01-01T00:00:00Z"] {
        let time: Timestamp = text.parse().unwrap();
        assert_eq!(decode(&format!("<p:D>{text}</p:D>")).time("D"), Some(time), "{text}");
    }
}

#[test]
fn extreme_datetimes_do_not_panic() {
    for value in [
        Datetime::Timestamp(Timestamp::MIN),
        Datetime::Timestamp(Timestamp::MAX),
        Datetime::Interval(Duration::MAX),
    ] {
        drop((value.to_string(), value.to_dmtf(), value.timestamp()));
    }
    for text in
        ["9999-12-31T23:59:59.999999Z", "-009999-01-02T00:00:00Z", "P213503982334601DT7H0M15S"]
    {
        drop(text.parse::<Datetime>().map(|value| (value.to_string(), value.to_dmtf())));
    }
}

proptest! {
    #[test]
    fn times_survive_both_forms(seconds in -62_135_596_800_i64..253_402_207_200, micros in 0..1_000_000_u64) {
        let time = Timestamp::new(seconds, 0).unwrap() + Duration::from_micros(micros);
        let value = Datetime::Timestamp(time);
        prop_assert_eq!(value.to_string().parse(), Ok(value));
        prop_assert_eq!(value.to_dmtf().unwrap().parse(), Ok(value));
    }

    #[test]
    fn intervals_survive_both_forms(seconds in 0..=8_639_999_999_999_u64, micros in 0..1_000_000_u32) {
        let value = Datetime::Interval(Duration::new(seconds, micros * 1000));
        prop_assert_eq!(value.to_string().parse(), Ok(value));
        prop_assert_eq!(value.to_dmtf().unwrap().parse(), Ok(value));
    }

    #[test]
    fn what_is_written_equals_what_was_read_however_fine(
        day in prop_oneof!["2026-11-23", "9999-12-3[01]"],
        fraction in "[.][0-9]{1,9}",
        offset in prop_oneof!["Z", "[+-](0[0-9]|1[0-3]):[0-5][0-9]", "[+-]14:00"],
        length in "[0-9]{1,6}",
    ) {
        for text in [format!("{day}T23:59:59{fraction}{offset}"), format!("PT{length}{fraction}S")] {
            let value: Datetime = text.parse().unwrap();
            prop_assert_eq!(value.to_iso().unwrap().parse(), Ok(value));
            prop_assert_eq!(value.to_dmtf().unwrap().parse(), Ok(value));
        }
    }

    #[test]
    fn no_text_makes_a_datetime_panic(text in "[-+PTYMDHSZ:.*0-9ü ]{0,30}") {
        drop(text.parse::<Datetime>());
    }

    #[test]
    fn digits_of_any_kind_do_not_make_a_datetime_panic(text in "[0-9]{14}[.][0-9]{6}[-+:][0-9]{3}") {
        drop(text.parse::<Datetime>().map(|value| (value.to_string(), value.to_dmtf())));
    }

}
