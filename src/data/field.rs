//! Fields of text files as values of a column: the type is declared, never guessed.

use crate::base::bound::Number;
use crate::schema::column::ColumnType;
use crate::schema::literal;
use crate::schema::watch::{Batch, Values};

/// What became of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    Value,
    /// Nothing is there, or NaN.
    Missing,
    /// It is no value of the type.
    Unfit,
}

/// Reads a field into the batch of its column.
///
/// An empty field is missing, quoted or not, and so is NaN: pandas and Great Expectations cannot
/// tell them apart.
pub(crate) fn read(field: &[u8], ty: ColumnType, row: u64, batch: &mut Batch) -> Read {
    if field.is_empty() {
        return Read::Missing;
    }
    let Ok(text) = std::str::from_utf8(field) else { return Read::Unfit };
    let took = match &mut batch.values {
        Values::Int(values) => integer(text, ty).map(|it| values.push(it)),
        Values::Wide(values) => wide(text, ty).map(|it| values.push(it)),
        Values::Float(values) => match text.parse::<f64>() {
            Ok(value) if value.is_nan() => return Read::Missing,
            Ok(value) => {
                values.push(value);
                Some(())
            }
            Err(_) => None,
        },
        Values::Bool(values) => flag(text).map(|it| values.push(it)),
        Values::Text(texts) => {
            texts.text.push_str(text);
            texts.ends.push(texts.text.len());
            Some(())
        }
    };
    match took {
        Some(()) => {
            batch.rows.push(row);
            Read::Value
        }
        None => Read::Unfit,
    }
}

/// Whole numbers of up to 64 bits with a sign, and dates as days.
fn integer(text: &str, ty: ColumnType) -> Option<i64> {
    if ty == ColumnType::Date {
        return match literal::ordinal(text, ty)? {
            Number::Int(days) => i64::try_from(days).ok(),
            Number::Float(_) => None,
        };
    }
    // Rust reads a sign and digits, and nothing else.
    let value: i64 = text.parse().ok()?;
    fits(value.into(), ty).then_some(value)
}

fn wide(text: &str, ty: ColumnType) -> Option<i128> {
    if ty == ColumnType::DateTime {
        return match literal::ordinal(text, ty)? {
            Number::Int(nanoseconds) => Some(nanoseconds),
            Number::Float(_) => None,
        };
    }
    text.parse().ok().filter(|value| fits(*value, ty))
}

fn fits(value: i128, ty: ColumnType) -> bool {
    ty.limits().is_none_or(|(low, high)| low <= value && value <= high)
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
        read(text.as_bytes(), ty, 1, &mut Batch::new(ty))
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
        assert_eq!(
            read(b"\xff", ColumnType::Str, 1, &mut Batch::new(ColumnType::Str)),
            Read::Unfit
        );
    }
}
