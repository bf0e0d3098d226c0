//! Quantities as they are read and written, and mistakes as they are named.

use super::*;
use UnitErrorKind::{
    Empty, Fraction, Negative, NoNumber, NoUnit, Order, Space, TooLarge, UnknownUnit,
};
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

#[test]
fn durations() {
    for (text, millis) in [
        ("500ms", 500),
        ("30s", 30_000),
        ("0.1s", 100),
        ("1.5h", 5_400_000),
        ("1h30m", 5_400_000),
        ("7d", 604_800_000),
        ("2w", 1_209_600_000),
        ("0s", 0),
    ] {
        assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
    }
}

#[test]
fn sizes() {
    for (text, bytes) in [
        ("500MB", 500_000_000),
        ("4GiB", 4 << 30),
        ("1.5KiB", 1536),
        ("1kB", 1000),
        ("7B", 7),
        ("18446744073709551615B", u64::MAX),
    ] {
        assert_eq!(parse_size(text), Ok(bytes), "{text}");
    }
}

#[test]
fn percents_round_once() {
    for (text, want) in [("5%", 0.05), ("0.7%", 0.007), ("100%", 1.0), ("150%", 1.5)] {
        assert_eq!(parse_percent(text), Ok(want), "{text}");
        assert_eq!(show_percent(want), text);
    }
}

#[test]
fn mistakes_are_named_and_mended() {
    let fault = |result: Result<(), UnitError>| {
        let error = result.expect_err("a mistake");
        (error.kind, error.write)
    };
    for (text, kind, write) in [
        ("30sec", UnknownUnit, Some("30s")),
        ("30 s", Space, Some("30s")),
        ("30", NoUnit, Some("30s")),
        ("5min", UnknownUnit, Some("5m")),
        ("1hour30min", UnknownUnit, Some("1h30m")),
        ("2H", UnknownUnit, Some("2h")),
        ("1h30", NoUnit, Some("1h30s")),
        ("3fortnights", UnknownUnit, None),
        ("", Empty, None),
        ("soon", NoNumber, None),
        ("1.s", NoNumber, None),
        ("1.2.3s", NoNumber, None),
        ("-5s", Negative, None),
        ("30m1h", Order, None),
        ("1h1h", Order, None),
        ("99999999999999999999999999999999999999999w", TooLarge, None),
        ("999999999999999999999w", TooLarge, None),
    ] {
        let got = fault(parse_duration(text).map(|_| ()));
        assert_eq!(got, (kind, write.map(str::to_owned)), "{text}");
    }
    for (text, kind, write) in [
        ("4GB ", Space, Some("4GB")),
        ("4Gi", UnknownUnit, Some("4GiB")),
        ("4gb", UnknownUnit, Some("4GB")),
        ("4G", UnknownUnit, Some("4GB")),
        ("500", NoUnit, Some("500B")),
        ("0.5B", Fraction, None),
        ("5XB", UnknownUnit, None),
        ("999999999PiB", TooLarge, None),
    ] {
        let got = fault(parse_size(text).map(|_| ()));
        assert_eq!(got, (kind, write.map(str::to_owned)), "{text}");
    }
    for (text, kind, write) in [
        ("5", NoUnit, Some("5%")),
        ("5pct", UnknownUnit, Some("5%")),
        ("5 %", Space, Some("5%")),
        ("%", NoNumber, None),
        ("-5%", Negative, None),
        ("5%5%", UnknownUnit, None),
    ] {
        let got = fault(parse_percent(text).map(|_| ()));
        assert_eq!(got, (kind, write.map(str::to_owned)), "{text}");
    }
}

#[test]
fn any_quantity_resolves_to_one_number() {
    for (text, number, dimension) in [
        ("50ms", Number::Float(0.05), Dimension::Duration),
        ("2m", Number::Int(120), Dimension::Duration),
        ("500MB", Number::Int(500_000_000), Dimension::Size),
        ("5%", Number::Float(0.05), Dimension::Percent),
    ] {
        assert_eq!(parse_any(text), Ok((number, dimension)), "{text}");
    }
    for (text, dimension, write) in [
        ("500mb", Dimension::Size, Some("500MB")),
        ("30sec", Dimension::Duration, Some("30s")),
        ("5 pct", Dimension::Percent, Some("5pct")),
        ("5 parsecs", Dimension::Duration, Some("5parsecs")),
    ] {
        let error = parse_any(text).expect_err(text);
        assert_eq!((error.dimension, error.write.as_deref()), (dimension, write), "{text}");
    }
}

#[test]
fn quantities_are_written_as_they_are_read() {
    for text in ["500ms", "30s", "2h", "7d", "1h30m", "0s", "1d2h3m4s5ms6us"] {
        assert_eq!(show_duration(parse_duration(text).expect("valid")), text);
    }
    for text in ["500MB", "4GiB", "1536B", "0B", "2KB", "3KiB", "64KB"] {
        assert_eq!(show_size(parse_size(text).expect("valid")), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in ".{0,20}") {
        let _ = (parse_duration(&text), parse_size(&text), parse_percent(&text), parse_any(&text));
    }

    #[test]
    fn sizes_round_trip(bytes in any::<u64>()) {
        prop_assert_eq!(parse_size(&show_size(bytes)), Ok(bytes));
    }

    #[test]
    fn durations_round_trip(micros in any::<u64>()) {
        let duration = Duration::from_micros(micros);
        prop_assert_eq!(parse_duration(&show_duration(duration)), Ok(duration));
    }
}
