//! Fields of text files as values of a column: the type is declared, never guessed.

use crate::base::bound::Number;
use crate::base::source::Spanned;
use crate::schema::column::ColumnType;
use crate::schema::literal;
use crate::schema::watch::{Batch, Rows, Tally, Values};

/// The fields of one column in a piece of text.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    pub(crate) text: &'a str,
    /// Where the fields of all columns stand, record by record.
    pub(crate) places: &'a [(u32, u32)],
    /// How many fields a record has.
    pub(crate) width: usize,
    /// Which of them is meant.
    pub(crate) place: usize,
    /// The number of each record; empty when they are 1, 2, 3 ...
    pub(crate) numbers: &'a [u32],
    /// Fields that mean that a value is missing, beside the empty one.
    pub(crate) nulls: &'a [Spanned<String>],
}

impl<'a> Fields<'a> {
    /// Each field with the number of its record.
    pub(crate) fn iter(self) -> impl Iterator<Item = (u32, &'a str)> {
        let mut numbers = self.numbers.iter();
        let places = self.places.iter().skip(self.place).step_by(self.width.max(1));
        (1..).zip(places).map(move |(number, (start, end))| {
            let number = numbers.next().copied().unwrap_or(number);
            (number, self.text.get(*start as usize..*end as usize).unwrap_or_default())
        })
    }
}

/// What fields are read into.
pub(crate) struct Column<'a> {
    pub(crate) batch: &'a mut Batch,
    pub(crate) missing: &'a mut Tally,
    /// Fields that are no value of the type.
    pub(crate) unfit: &'a mut Tally,
}

/// Reads the fields of a column as values of its type.
///
/// An empty field is missing, quoted or not, and so is NaN: pandas and Great Expectations cannot
/// tell them apart.
pub(crate) fn read(fields: Fields<'_>, ty: ColumnType, column: &mut Column<'_>) {
    let Column { batch: Batch { rows, values }, missing, unfit } = column;
    match values {
        Values::Int(values) if ty == ColumnType::Date => {
            walk(fields, rows, missing, unfit, |it| day(it).map(|it| values.push(it)).into());
        }
        Values::Int(values) => {
            let (low, high) = whole_limits(ty);
            walk(fields, rows, missing, unfit, |it| {
                let value = integer(it).filter(|it| low <= *it && *it <= high);
                value.map(|it| values.push(it)).into()
            });
        }
        Values::Wide(values) => {
            walk(fields, rows, missing, unfit, |it| wide(it, ty).map(|it| values.push(it)).into());
        }
        Values::Float(values) => walk(fields, rows, missing, unfit, |it| match float(it) {
            Some(value) if value.is_nan() => Read::Missing,
            value => value.map(|it| values.push(it)).into(),
        }),
        Values::Bool(values) => {
            walk(fields, rows, missing, unfit, |it| flag(it).map(|it| values.push(it)).into());
        }
        Values::Text(texts) => walk(fields, rows, missing, unfit, |it| {
            texts.push(it);
            Read::Value
        }),
    }
}

/// What became of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    Value,
    /// Nothing is there, or NaN.
    Missing,
    /// It is no value of the type.
    Unfit,
}

impl From<Option<()>> for Read {
    fn from(value: Option<()>) -> Self {
        if value.is_some() { Self::Value } else { Self::Unfit }
    }
}

#[inline]
fn walk(
    fields: Fields<'_>,
    rows: &mut Rows,
    missing: &mut Tally,
    unfit: &mut Tally,
    mut take: impl FnMut(&str) -> Read,
) {
    let is_null = |field: &str| {
        !fields.nulls.is_empty() && fields.nulls.iter().any(|null| null.value == field)
    };
    for (row, field) in fields.iter() {
        match if field.is_empty() || is_null(field) { Read::Missing } else { take(field) } {
            Read::Value => rows.push(row),
            Read::Missing => missing.count(row.into(), || field.to_owned()),
            Read::Unfit => unfit.count(row.into(), || field.to_owned()),
        }
    }
}

/// A whole number with a sign, digits and nothing else.
fn integer(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    // What fits in 64 bits by its length alone, which is nearly everything.
    if bytes.len() > 18 {
        return text.parse().ok();
    }
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0_i64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

/// A floating-point number as Rust and Python write it, rounded to the nearest.
fn float(text: &str) -> Option<f64> {
    short_float(text.as_bytes()).or_else(|| text.parse().ok())
}

/// A number of up to fifteen digits with or without a point: both the digits and the power of ten
/// are floats exactly, so that their quotient is rounded once (Clinger 1990).
#[expect(clippy::cast_precision_loss, reason = "fifteen digits are below 2^53")]
fn short_float(bytes: &[u8]) -> Option<f64> {
    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > 16 {
        return None;
    }
    let (mut value, mut count, mut behind) = (0_u64, 0, None);
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            value = value * 10 + u64::from(digit);
            count += 1;
        } else if *byte == b'.' && behind.is_none() {
            behind = Some(count);
        } else {
            return None;
        }
    }
    let power = POWERS.get(behind.map_or(0, |it| count - it))?;
    if !(1..=15).contains(&count) {
        return None;
    }
    let value = value as f64 / power;
    Some(if negative { -value } else { value })
}

/// The days of a date since 1970.
pub(crate) fn day(text: &str) -> Option<i64> {
    match literal::ordinal(text, ColumnType::Date)? {
        Number::Int(days) => i64::try_from(days).ok(),
        Number::Float(_) => None,
    }
}

/// The nanoseconds of a time since 1970, or an unsigned number of 64 bits.
pub(crate) fn wide(text: &str, ty: ColumnType) -> Option<i128> {
    if ty == ColumnType::DateTime {
        return match literal::ordinal(text, ty)? {
            Number::Int(nanoseconds) => Some(nanoseconds),
            Number::Float(_) => None,
        };
    }
    let (low, high) = ty.limits()?;
    text.parse().ok().filter(|value| low <= *value && *value <= high)
}

/// The limits of a type of integers of up to 64 bits with a sign.
fn whole_limits(ty: ColumnType) -> (i64, i64) {
    let (low, high) = ty.limits().unwrap_or((i64::MIN.into(), i64::MAX.into()));
    (i64::try_from(low).unwrap_or(i64::MIN), i64::try_from(high).unwrap_or(i64::MAX))
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(text: &str, ty: ColumnType) -> Read {
        let mut batch = Batch::new(ty);
        let (mut missing, mut unfit) = (Tally::default(), Tally::default());
        let places = [(0, u32::try_from(text.len()).expect("short"))];
        let fields = Fields { text, places: &places, width: 1, place: 0, numbers: &[], nulls: &[] };
        let (missing, unfit) = (&mut missing, &mut unfit);
        read(fields, ty, &mut Column { batch: &mut batch, missing, unfit });
        match (batch.rows.len(), missing.failing, unfit.failing) {
            (1, 0, 0) => Read::Value,
            (0, 1, 0) => Read::Missing,
            (0, 0, 1) => Read::Unfit,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn floats_are_those_of_rust() {
        for text in [
            "0",
            "-0",
            "1",
            "1.",
            ".5",
            "-.5",
            "0.1",
            "123456789.012345",
            "-99999999999999.9",
            "999999999999999",
            "9007199254740993",
            "0.000000000000001",
            "1e5",
            "1.7976931348623157e308",
            "+1.5",
            "..",
            ".",
            "-",
            "",
            "1.2.3",
            "1_0",
            "0x1",
            "3.14159265358979",
        ] {
            let want = text.parse::<f64>().ok().map(f64::to_bits);
            assert_eq!(float(text).map(f64::to_bits), want, "{text}");
        }
    }

    #[test]
    fn types_are_declared() {
        let cases: &[(ColumnType, &[&str], &[&str])] = &[
            (
                ColumnType::Int(64),
                &["0", "-7", "+7", "007", "9223372036854775807"],
                &["9223372036854775808", "1.0", "1e3", " 1", "1_000", "0x1", "", "-", "٣"],
            ),
            (ColumnType::Int(8), &["-128", "127"], &["128", "-129"]),
            (ColumnType::UInt(64), &["18446744073709551615"], &["-1", "18446744073709551616"]),
            (
                ColumnType::Float(64),
                &["1", "-1.5e-3", "inf", "-inf", ".5", "1."],
                &["1,5", "1_0", " 1", "0x1p3", "NA"],
            ),
            (ColumnType::Bool, &["true", "False", "TRUE"], &["1", "yes", "t"]),
            (ColumnType::Date, &["2024-02-29"], &["2023-02-29", "2024-2-1", "01/02/2024"]),
            (ColumnType::DateTime, &["2024-02-29T12:00:00Z", "2024-02-29 12:00"], &["noon"]),
            (ColumnType::Str, &[" ", "NA", "é"], &[]),
        ];
        for (ty, good, bad) in cases {
            for text in *good {
                assert_eq!(outcome(text, *ty), Read::Value, "{ty} {text}");
            }
            for text in bad.iter().filter(|it| !it.is_empty()) {
                assert_eq!(outcome(text, *ty), Read::Unfit, "{ty} {text}");
            }
            assert_eq!(outcome("", *ty), Read::Missing, "{ty}");
        }
        assert_eq!(outcome("nan", ColumnType::Float(64)), Read::Missing);
    }
}
