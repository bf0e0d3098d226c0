//! How Python writes and compares values, because DVC's files and decisions show it.

use crate::base::value::Value;
use std::fmt::Write as _;

/// Writes a float as Python's `repr` does: `0.001`, `1e-07`, `100000.0`, `inf`, `nan`.
pub(crate) fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = shortest(value);
    let (mantissa, exponent) =
        scientific.split_once('e').expect("invariant: `{:e}` writes an exponent");
    let exponent: i32 = exponent.parse().expect("invariant: the exponent is a small integer");
    if (-4..16).contains(&exponent) {
        return plain(mantissa, exponent);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// The shortest digits that read back, with an exponent: `1.5e-7`.
///
/// Where two are equally near, Python takes the even one and Rust does not.
fn shortest(value: f64) -> String {
    let short = format!("{value:e}");
    let digits = short.bytes().take_while(|&byte| byte != b'e').filter(u8::is_ascii_digit).count();
    let even = format!("{value:.*e}", digits.saturating_sub(1));
    let reads_back = even.parse::<f64>().is_ok_and(|it| it.to_bits() == value.to_bits());
    if reads_back { even } else { short }
}

/// Moves the point of `d.ddd` by `exponent` places; there is always a digit after it.
fn plain(mantissa: &str, exponent: i32) -> String {
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |it| ("-", it));
    let digits = mantissa.replace('.', "");
    let Ok(places) = usize::try_from(exponent) else {
        let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
        return format!("{sign}0.{zeros}{digits}");
    };
    let (whole, fraction) = digits.split_at_checked(places + 1).unwrap_or((&digits, ""));
    let zeros = "0".repeat(places + 1 - whole.len());
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    format!("{sign}{whole}{zeros}.{fraction}")
}

/// Whether Python's `==` holds: numbers and booleans by value, maps in any order.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Map(a), Value::Map(_)) => {
            right.as_map().is_some_and(|b| a.len() == b.len())
                && a.iter()
                    .all(|(key, value)| right.get(key).is_some_and(|other| equal(value, other)))
        }
        (Value::Null, Value::Null) => true,
        (Value::Str(a), Value::Str(b)) => a == b,
        _ => match (number(left), number(right)) {
            (Some(a), Some(b)) => same_number(a, b),
            _ => false,
        },
    }
}

#[derive(Clone, Copy)]
enum Number {
    Int(i128),
    Float(f64),
}

fn number(value: &Value) -> Option<Number> {
    match *value {
        Value::Bool(flag) => Some(Number::Int(i128::from(flag))),
        Value::Int(value) => Some(Number::Int(value)),
        Value::Float(value) => Some(Number::Float(value)),
        Value::Null | Value::Str(_) | Value::List(_) | Value::Map(_) => None,
    }
}

/// Compares exactly, as Python does: an integer never becomes a rounded float.
#[expect(clippy::float_cmp, reason = "Python's `==` is exact too")]
#[expect(clippy::cast_possible_truncation, reason = "the float is integral and in range")]
fn same_number(a: Number, b: Number) -> bool {
    const LIMIT: f64 = 1.7e38;
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a == b,
        (Number::Float(a), Number::Float(b)) => a == b,
        (Number::Int(int), Number::Float(float)) | (Number::Float(float), Number::Int(int)) => {
            float.fract() == 0.0 && float.abs() < LIMIT && float as i128 == int
        }
    }
}

/// Writes JSON as `json.dumps(value, sort_keys=True)` does: ASCII, `", "` and `": "`.
pub(crate) fn json_sorted(value: &Value) -> String {
    let mut out = String::new();
    write_json(value, &mut out);
    out
}

fn write_json(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(value) => {
            let _ = write!(out, "{value}");
        }
        Value::Float(value) => out.push_str(&json_float(*value)),
        Value::Str(text) => write_json_string(text, out),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write_json(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
            out.push('{');
            for (at, (key, value)) in sorted.into_iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write_json_string(key, out);
                out.push_str(": ");
                write_json(value, out);
            }
            out.push('}');
        }
    }
}

fn json_float(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        float_repr(value)
    }
}

/// Writes a JSON string with everything outside printable ASCII escaped.
pub(crate) fn write_json_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_writes_them() {
        for (value, want) in [
            (0.001, "0.001"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1e20, "1e+20"),
            (123_456_789.123, "123456789.123"),
            (289_194_375_705_601.0 / 16.0, "18074648481600.062"),
            (-1234.5, "-1234.5"),
            (1e22, "1e+22"),
            (-0.000_123, "-0.000123"),
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (5e-324, "5e-324"),
            (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(float_repr(value), want);
        }
    }

    #[test]
    fn numbers_compare_by_value_and_strings_never() {
        let int = Value::Int;
        assert!(equal(&int(1), &Value::Float(1.0)));
        assert!(equal(&Value::Bool(true), &Value::Float(1.0)));
        assert!(!equal(&int((1 << 53) + 1), &Value::Float(9_007_199_254_740_992.0)));
        assert!(!equal(&int(1), &Value::Str("1".into())));
        assert!(!equal(&Value::Float(f64::NAN), &Value::Float(f64::NAN)));
        let map = |keys: [&str; 2]| Value::Map(keys.map(|it| (it.to_owned(), int(1))).into());
        assert!(equal(&map(["a", "b"]), &map(["b", "a"])));
    }

    #[test]
    fn json_is_ascii_with_surrogate_pairs() {
        let value = Value::Map(vec![
            ("é".into(), Value::Str("🎉\u{7f}\n".into())),
            ("a".into(), Value::List(vec![Value::Null, Value::Float(f64::NAN)])),
        ]);
        assert_eq!(
            json_sorted(&value),
            "{\"a\": [null, NaN], \"\\u00e9\": \"\\ud83c\\udf89\\u007f\\n\"}"
        );
    }
}
