//! Literals as values of a column: whether they fit its type, and which are the same value.

use crate::base::bound::Number;
use crate::schema::column::{ColumnType, Scalar};

/// Why a literal is no value of a type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Misfit {
    /// Another kind of literal; the same value as the right kind, when there is one.
    Kind(Option<Scalar>),
    /// A number that the type cannot hold.
    Range,
    /// Text that is no date or time.
    Calendar,
}

/// Checks that a column of this type could hold the literal.
pub(crate) fn fits(literal: &Scalar, ty: ColumnType) -> Result<(), Misfit> {
    match (ty, literal) {
        (ColumnType::Int(_) | ColumnType::UInt(_), Scalar::Int(value)) => {
            let holds = ty.limits().is_some_and(|(low, high)| (low..=high).contains(value));
            if holds { Ok(()) } else { Err(Misfit::Range) }
        }
        (ColumnType::Float(_), Scalar::Int(_) | Scalar::Float(_))
        | (ColumnType::Str | ColumnType::Category, Scalar::Str(_))
        | (ColumnType::Bool, Scalar::Bool(_)) => Ok(()),
        (ColumnType::Date, Scalar::Str(text)) => date(text).map(|_| ()).ok_or(Misfit::Calendar),
        (ColumnType::DateTime, Scalar::Str(text)) => {
            instant(text).map(|_| ()).ok_or(Misfit::Calendar)
        }
        _ => Err(Misfit::Kind(converted(literal, ty))),
    }
}

/// The same value as a literal of the kind that the type takes.
fn converted(literal: &Scalar, ty: ColumnType) -> Option<Scalar> {
    let other = match (ty, literal) {
        (ColumnType::Str | ColumnType::Category, Scalar::Int(value)) => {
            Scalar::Str(value.to_string())
        }
        (ColumnType::Int(_) | ColumnType::UInt(_), Scalar::Str(text)) => {
            Scalar::Int(text.parse().ok()?)
        }
        (ColumnType::Int(_) | ColumnType::UInt(_), Scalar::Float(value)) => {
            let whole = value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0;
            Scalar::Int(whole.then(|| format!("{value:.0}").parse().ok())??)
        }
        (ColumnType::Float(_), Scalar::Str(text)) => {
            let value: f64 = text.parse().ok()?;
            value.is_finite().then_some(Scalar::Float(value))?
        }
        (ColumnType::Bool, Scalar::Str(text)) => {
            Scalar::Bool(text.to_ascii_lowercase().parse().ok()?)
        }
        (ColumnType::Bool, Scalar::Int(value @ (0 | 1))) => Scalar::Bool(*value == 1),
        _ => return None,
    };
    fits(&other, ty).is_ok().then_some(other)
}

/// Whether two literals are the same value of a column: `1` and `1.0`, or one time written twice.
pub(crate) fn same(a: &Scalar, b: &Scalar, ty: ColumnType) -> bool {
    match (a, b) {
        (Scalar::Str(a), Scalar::Str(b)) if ty == ColumnType::DateTime => {
            a == b || instant(a).is_some_and(|time| Some(time) == instant(b))
        }
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.partial_cmp(&b).is_some_and(std::cmp::Ordering::is_eq),
            _ => a == b,
        },
    }
}

/// The literal as a number, if it is one.
pub(crate) fn number(literal: &Scalar) -> Option<Number> {
    match *literal {
        Scalar::Int(value) => Some(Number::Int(value)),
        Scalar::Float(value) => Some(Number::Float(value)),
        Scalar::Bool(_) | Scalar::Str(_) => None,
    }
}

/// The literal as the number that bounds on a column of this type compare.
///
/// A date is the days since 1970-01-01, a time the nanoseconds since then.
pub(crate) fn measure(literal: &Scalar, ty: ColumnType) -> Option<Number> {
    match literal {
        Scalar::Str(text) => ordinal(text, ty),
        Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_) => {
            number(literal).filter(|_| ty.is_numeric())
        }
    }
}

/// A date or time as the number that ranges are computed with: days, or nanoseconds, since 1970.
pub(crate) fn ordinal(text: &str, ty: ColumnType) -> Option<Number> {
    match ty {
        ColumnType::Date => date(text).map(|days| Number::Int(days.into())),
        ColumnType::DateTime => instant(text).map(Number::Int),
        ColumnType::Int(_) | ColumnType::UInt(_) | ColumnType::Float(_) => None,
        ColumnType::Str | ColumnType::Bool | ColumnType::Category => None,
    }
}

/// The value of a column that a number stands for; undoes [`measure`].
pub(crate) fn value(number: Number, ty: ColumnType) -> Scalar {
    match (number, ty) {
        (Number::Int(days), ColumnType::Date) => Scalar::Str(show_date(days)),
        (Number::Int(nanos), ColumnType::DateTime) => Scalar::Str(show_instant(nanos)),
        (Number::Int(value), _) => Scalar::Int(value),
        (Number::Float(value), _) => Scalar::Float(value),
    }
}

fn show_date(days: i128) -> String {
    // Counts from the first of March of the year 0, so that leap days come last.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + next)
}

fn show_instant(nanos: i128) -> String {
    let (seconds, nanos) = (nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let fraction = match nanos {
        0 => String::new(),
        _ => format!(".{nanos:09}").trim_end_matches('0').to_owned(),
    };
    format!("{}T{hour:02}:{minute:02}:{second:02}{fraction}Z", show_date(days))
}

/// Days since 1970-01-01 of `2024-01-31`.
fn date(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    (1..=length).contains(&day).then(|| days(year, month, day))
}

/// Days since 1970-01-01 by counting from the first of March, after which leap days come last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468
}

/// Nanoseconds since 1970-01-01T00:00:00Z of an ISO 8601 time; without an offset it counts as UTC.
fn instant(text: &str) -> Option<i128> {
    let (day, rest) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    let (clock, offset) = match rest.find(['Z', '+', '-']) {
        Some(at) => (rest.get(..at)?, rest.get(at..)?),
        None => (rest, "Z"),
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let digits_only = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !digits_only || fraction.len() > 9 {
        return None;
    }
    let nanos: i128 = format!("{fraction:0<9}").parse().ok()?;
    let shift = match offset.split_at_checked(1)? {
        ("Z", "") => 0,
        (sign, shift) => minutes(shift)? * if sign == "-" { -60 } else { 60 },
    };
    let seconds = date(day)? * 86_400 + seconds(clock)? - shift;
    Some(i128::from(seconds) * 1_000_000_000 + nanos)
}

/// Seconds of `12:30` or `12:30:59`.
fn seconds(clock: &str) -> Option<i64> {
    let (clock, second) = match clock.len() {
        8 => (clock.get(..5)?, digits(clock.get(5..)?.strip_prefix(':')?, 2)?),
        _ => (clock, 0),
    };
    (second < 60).then_some(minutes(clock)? * 60 + second)
}

fn minutes(clock: &str) -> Option<i64> {
    let (hour, minute) = clock.split_once(':')?;
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let right = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    right.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Scalar {
        Scalar::Str(value.to_owned())
    }

    #[test]
    fn literals_fit_their_type_or_say_why() {
        for (literal, ty, want) in [
            (Scalar::Int(1), ColumnType::Int(8), Ok(())),
            (Scalar::Int(300), ColumnType::Int(8), Err(Misfit::Range)),
            (Scalar::Int(-1), ColumnType::UInt(64), Err(Misfit::Range)),
            (Scalar::Int(1), ColumnType::Float(64), Ok(())),
            (Scalar::Int(7), ColumnType::Str, Err(Misfit::Kind(Some(text("7"))))),
            (text("7"), ColumnType::Int(64), Err(Misfit::Kind(Some(Scalar::Int(7))))),
            (text("x"), ColumnType::Int(64), Err(Misfit::Kind(None))),
            (Scalar::Float(2.0), ColumnType::Int(64), Err(Misfit::Kind(Some(Scalar::Int(2))))),
            (Scalar::Float(2.5), ColumnType::Int(64), Err(Misfit::Kind(None))),
            (text("True"), ColumnType::Bool, Err(Misfit::Kind(Some(Scalar::Bool(true))))),
            (Scalar::Int(0), ColumnType::Bool, Err(Misfit::Kind(Some(Scalar::Bool(false))))),
            (text("2024-02-29"), ColumnType::Date, Ok(())),
            (text("2023-02-29"), ColumnType::Date, Err(Misfit::Calendar)),
            (text("2024-1-5"), ColumnType::Date, Err(Misfit::Calendar)),
            (text("2024-01-05T25:00"), ColumnType::DateTime, Err(Misfit::Calendar)),
            (text("2024-01-05T12:00:00.5+02:00"), ColumnType::DateTime, Ok(())),
        ] {
            assert_eq!(fits(&literal, ty), want, "{literal:?} {ty}");
        }
    }

    #[test]
    fn one_time_has_many_spellings() {
        for (a, b, want) in [
            ("2024-01-05", "2024-01-05T00:00:00", true),
            ("2024-01-05T12:00Z", "2024-01-05 14:00:00.000+02:00", true),
            ("2024-01-05T12:00:01", "2024-01-05T12:00", false),
            ("1969-12-31T23:30:00-00:30", "1970-01-01T00:00Z", true),
        ] {
            assert_eq!(same(&text(a), &text(b), ColumnType::DateTime), want, "{a} {b}");
        }
        assert_eq!(date("1970-01-01"), Some(0));
        assert_eq!(date("2000-03-01"), Some(11_017));
        assert_eq!(date("0000-01-01"), Some(-719_528));
        for days in (-1_000_000..2_000_000).step_by(97) {
            let text = show_date(days);
            if (-719_528..2_932_897).contains(&days) {
                assert_eq!(date(&text).map(i128::from), Some(days), "{text}");
            }
        }
        for text in ["2024-02-29T23:59:59.25Z", "1969-12-31T23:59:59Z"] {
            let nanos = instant(text).expect("valid");
            assert_eq!(show_instant(nanos), text);
        }
        assert!(same(&Scalar::Int(1), &Scalar::Float(1.0), ColumnType::Float(64)));
        assert!(!same(&text("1"), &Scalar::Int(1), ColumnType::Str));
    }
}
