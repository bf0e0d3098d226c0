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
    /// The number of each record, and where its field stands.
    fn places(self) -> impl Iterator<Item = (u32, std::ops::Range<usize>)> {
        let mut numbers = self.numbers.iter();
        let places = self.places.iter().skip(self.place).step_by(self.width.max(1));
        (1..).zip(places).map(move |(number, (start, end))| {
            let number = numbers.next().copied().unwrap_or(number);
            (number, *start as usize..*end as usize)
        })
    }

    /// Each field with the number of its record.
    #[cfg(test)]
    pub(crate) fn iter(self) -> impl Iterator<Item = (u32, &'a str)> {
        self.places().map(move |(number, place)| (number, self.text(place)))
    }

    /// Whether a field means that a value is missing.
    #[inline]
    fn is_null(&self, field: &[u8]) -> bool {
        !self.nulls.is_empty() && self.nulls.iter().any(|null| null.value.as_bytes() == field)
    }

    /// The text of a field.
    fn text(&self, place: std::ops::Range<usize>) -> &'a str {
        self.text.get(place).unwrap_or_default()
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
            walk(fields, rows, missing, unfit, |it| {
                str_of(it).and_then(day).map(|it| values.push(it)).into()
            });
        }
        Values::Int(values) => {
            let (low, high) = whole_limits(ty);
            let text = fields.text.as_bytes();
            walk_with_place(fields, rows, missing, unfit, |it, start| {
                let value = eight_digits(text, start, it.len()).or_else(|| integer(it));
                let value = value.filter(|it| low <= *it && *it <= high);
                value.map(|it| values.push(it)).into()
            });
        }
        Values::Wide(values) => {
            walk(fields, rows, missing, unfit, |it| {
                str_of(it).and_then(|it| wide(it, ty)).map(|it| values.push(it)).into()
            });
        }
        Values::Float(values) => walk(fields, rows, missing, unfit, |it| match float(it) {
            Some(value) if value.is_nan() => Read::Missing,
            value => value.map(|it| values.push(it)).into(),
        }),
        Values::Bool(values) => {
            walk(fields, rows, missing, unfit, |it| flag(it).map(|it| values.push(it)).into());
        }
        Values::Text(texts) => {
            for (row, place) in fields.places() {
                let field = fields.text(place);
                if field.is_empty() || fields.is_null(field.as_bytes()) {
                    missing.count(row.into(), || field.to_owned());
                } else {
                    texts.push(field);
                    rows.push(row);
                }
            }
        }
    }
}

fn str_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
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

/// Takes each field as bytes, which need no look at where characters begin.
#[inline]
fn walk(
    fields: Fields<'_>,
    rows: &mut Rows,
    missing: &mut Tally,
    unfit: &mut Tally,
    mut take: impl FnMut(&[u8]) -> Read,
) {
    walk_with_place(fields, rows, missing, unfit, |field, _| take(field));
}

/// The same, and tells where each field begins.
#[inline]
fn walk_with_place(
    fields: Fields<'_>,
    rows: &mut Rows,
    missing: &mut Tally,
    unfit: &mut Tally,
    mut take: impl FnMut(&[u8], usize) -> Read,
) {
    let text = fields.text.as_bytes();
    for (row, place) in fields.places() {
        let field = text.get(place.clone()).unwrap_or_default();
        let missed = field.is_empty() || fields.is_null(field);
        match if missed { Read::Missing } else { take(field, place.start) } {
            Read::Value => rows.push(row),
            Read::Missing => missing.count(row.into(), || fields.text(place).to_owned()),
            Read::Unfit => unfit.count(row.into(), || fields.text(place).to_owned()),
        }
    }
}

/// A whole number of up to eight digits without a sign, all at once; the text behind the field is
/// read with it and shifted out.
#[inline]
fn eight_digits(text: &[u8], start: usize, count: usize) -> Option<i64> {
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    if !(1..=8).contains(&count) {
        return None;
    }
    let eight = u64::from_le_bytes(*text.get(start..)?.first_chunk()?);
    let own = eight << (8 * (8 - count));
    // A shift by all 64 bits is none, so it is made in two steps.
    let digits = own | (ZEROS >> (8 * (count - 1)) >> 8);
    let is_digits =
        digits & HIGH == ZEROS && digits.wrapping_add(0x0606_0606_0606_0606) & HIGH == ZEROS;
    if !is_digits {
        return None;
    }
    // Pairs, then fours, then all eight (Lemire 2018).
    let values = digits & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = (values.wrapping_mul(10) + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let all = (fours.wrapping_mul(10_000) + (fours >> 32)) & 0xffff_ffff;
    i64::try_from(all).ok()
}

/// A whole number with a sign, digits and nothing else.
pub(crate) fn integer(bytes: &[u8]) -> Option<i64> {
    // What fits in 64 bits by its length alone, which is nearly everything.
    if bytes.len() > 18 {
        return str_of(bytes)?.parse().ok();
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
pub(crate) fn float(bytes: &[u8]) -> Option<f64> {
    short_float(bytes).or_else(|| str_of(bytes)?.parse().ok())
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

pub(crate) fn flag(text: &[u8]) -> Option<bool> {
    match text {
        b"true" | b"True" | b"TRUE" => Some(true),
        b"false" | b"False" | b"FALSE" => Some(false),
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
            assert_eq!(float(text.as_bytes()).map(f64::to_bits), want, "{text}");
        }
    }

    #[test]
    fn digits_are_read_at_once() {
        for count in 1..=8_usize {
            for digits in ["00000000", "12345678", "99999999", "10203040"] {
                let own = &digits[..count];
                for behind in ["", ",7777777", "9999999999", "/////////", "::::::::"] {
                    let text = format!("x{own}{behind}");
                    let want = (text.len() >= 9).then(|| own.parse().expect("digits"));
                    assert_eq!(eight_digits(text.as_bytes(), 1, count), want, "{text} {count}");
                }
            }
        }
        for text in ["1/34567890", "12:4567890", "-234567890", "1 34567890", "\u{ff11}2345678"] {
            assert_eq!(eight_digits(text.as_bytes(), 0, 3), None, "{text}");
        }
        assert_eq!(eight_digits(b"123456789", 0, 9), None);
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
