//! What a plain scalar means in YAML 1.2 as ruamel.yaml resolves it for DVC.
//!
//! `yes` and `1:30` are strings, `017` is 17, `0o17` is 15, `1e-3` is a float.

use crate::base::yaml::node::Kind;

/// Resolves a plain (unquoted) scalar; the error says why DVC could not read it.
pub(crate) fn resolve(text: &str) -> Result<Kind, &'static str> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Kind::Null),
        "true" | "True" | "TRUE" => return Ok(Kind::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Kind::Bool(false)),
        "=" | "<<" => return Err("has a meaning of its own in YAML: quote it"),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return Ok(Kind::Str(text.to_owned()));
    }
    if let Some(float) = float(text) {
        return float.map(Kind::Float);
    }
    if let Some(int) = int(text) {
        return int.map(Kind::Int);
    }
    let kind = if is_timestamp(text) { Kind::Date } else { Kind::Str };
    Ok(kind(text.to_owned()))
}

/// Whether a plain scalar with this text would be read as the string it is.
pub(crate) fn reads_as_string(text: &str) -> bool {
    matches!(resolve(text), Ok(Kind::Str(_)))
}

const NOT_A_NUMBER: &str = "looks like a number but has no digits: quote it";
const TOO_LARGE: &str = "is too large for an integer: quote it, or write a float";

fn float(text: &str) -> Option<Result<f64, &'static str>> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    match body {
        ".inf" | ".Inf" | ".INF" => {
            let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
            return Some(Ok(sign * f64::INFINITY));
        }
        ".nan" | ".NaN" | ".NAN" if body.len() == text.len() => return Some(Ok(f64::NAN)),
        _ => {}
    }
    if !is_float(body) {
        return None;
    }
    Some(text.replace('_', "").parse().map_err(|_| NOT_A_NUMBER))
}

/// Whether this is a float without its sign: `1.`, `1_0.5e3`, `1e3`, `.5`, `.5e+3`; not `.5e3`.
fn is_float(body: &str) -> bool {
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (body, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if let Some(exponent) = exponent {
        let digits = exponent.strip_prefix(['-', '+']);
        // ruamel.yaml wants the sign when nothing stands before the point.
        if (whole.is_empty() && digits.is_none()) || !all(digits.unwrap_or(exponent), is_digit) {
            return false;
        }
    }
    let digits = |part: &str| part.bytes().all(|byte| is_digit(byte) || byte == b'_');
    if whole.is_empty() {
        return fraction.is_some_and(|part| !part.is_empty() && digits(part));
    }
    let written_as_float = fraction.is_some() || exponent.is_some();
    written_as_float
        && whole.starts_with(|c: char| c.is_ascii_digit())
        && digits(whole)
        && fraction.is_none_or(digits)
}

fn int(text: &str) -> Option<Result<i128, &'static str>> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let based = |prefix: &str, radix: u32| {
        let digits = body.strip_prefix(prefix)?;
        all(digits, |byte| byte == b'_' || char::from(byte).is_digit(radix))
            .then_some((digits, radix))
    };
    let decimal = || all(body, |byte| byte == b'_' || is_digit(byte)).then_some((body, 10));
    let (digits, radix) =
        based("0b", 2).or_else(|| based("0o", 8)).or_else(|| based("0x", 16)).or_else(decimal)?;
    let digits = digits.replace('_', "");
    if digits.is_empty() {
        return Some(Err(NOT_A_NUMBER));
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    Some(i128::from_str_radix(&format!("{sign}{digits}"), radix).map_err(|_| TOO_LARGE))
}

/// Whether this is `2024-01-01`, or a date and a time.
fn is_timestamp(text: &str) -> bool {
    let mut rest = Rest(text.as_bytes());
    if !(rest.digits(4, 4) && rest.byte(b'-')) {
        return false;
    }
    let mut date_only = Rest(rest.0);
    if date_only.digits(2, 2) && date_only.byte(b'-') && date_only.digits(2, 2) && date_only.end() {
        return true;
    }
    rest.digits(1, 2)
        && rest.byte(b'-')
        && rest.digits(1, 2)
        && (rest.byte(b'T') || rest.byte(b't') || rest.blanks() > 0)
        && rest.digits(1, 2)
        && rest.byte(b':')
        && rest.digits(2, 2)
        && rest.byte(b':')
        && rest.digits(2, 2)
        && rest.fraction()
        && rest.zone()
        && rest.end()
}

/// The unread end of a timestamp.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn end(&self) -> bool {
        self.0.is_empty()
    }

    fn byte(&mut self, byte: u8) -> bool {
        let tail = self.0.strip_prefix(&[byte]);
        self.0 = tail.unwrap_or(self.0);
        tail.is_some()
    }

    fn digits(&mut self, least: usize, most: usize) -> bool {
        let count = self.0.iter().take(most).take_while(|&&byte| is_digit(byte)).count();
        self.0 = self.0.get(count..).unwrap_or_default();
        count >= least
    }

    fn blanks(&mut self) -> usize {
        let count = self.0.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
        self.0 = self.0.get(count..).unwrap_or_default();
        count
    }

    fn fraction(&mut self) -> bool {
        if self.byte(b'.') {
            self.digits(0, usize::MAX);
        }
        true
    }

    fn zone(&mut self) -> bool {
        if self.end() {
            return true;
        }
        self.blanks();
        if self.byte(b'Z') {
            return true;
        }
        (self.byte(b'-') || self.byte(b'+'))
            && self.digits(1, 2)
            && (!self.byte(b':') || self.digits(2, 2))
    }
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

fn all(text: &str, test: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(test)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_resolve_as_ruamel_resolves_them() {
        let str = |text: &str| Kind::Str(text.into());
        for (text, want) in [
            ("yes", str("yes")),
            ("on", str("on")),
            ("nUll", str("nUll")),
            ("~", Kind::Null),
            ("TRUE", Kind::Bool(true)),
            ("017", Kind::Int(17)),
            ("0o17", Kind::Int(15)),
            ("0b101", Kind::Int(5)),
            ("-0x1F", Kind::Int(-31)),
            ("0X1F", str("0X1F")),
            ("1_000", Kind::Int(1000)),
            ("_1", str("_1")),
            ("+_1", Kind::Int(1)),
            ("08", Kind::Int(8)),
            ("0o8", str("0o8")),
            ("1:30", str("1:30")),
            ("1e-3", Kind::Float(1e-3)),
            ("1e3", Kind::Float(1e3)),
            ("1.", Kind::Float(1.0)),
            ("1.e5", Kind::Float(1e5)),
            (".5", Kind::Float(0.5)),
            ("-.5", Kind::Float(-0.5)),
            (".5e3", str(".5e3")),
            (".5e+3", Kind::Float(500.0)),
            ("1_0.0_1", Kind::Float(10.01)),
            ("-.INF", Kind::Float(f64::NEG_INFINITY)),
            ("+.nan", str("+.nan")),
            (".", str(".")),
            ("-", str("-")),
            ("..", str("..")),
            ("1.2.3", str("1.2.3")),
            ("2024-01-01", Kind::Date("2024-01-01".into())),
            ("2024-1-1", str("2024-1-1")),
            ("2024-1-1 1:00:00", Kind::Date("2024-1-1 1:00:00".into())),
            ("2024-01-01T10:00:00.5 +02:00", Kind::Date("2024-01-01T10:00:00.5 +02:00".into())),
            ("2024-01-01T10:00:00Zx", str("2024-01-01T10:00:00Zx")),
        ] {
            assert_eq!(resolve(text), Ok(want), "{text}");
        }
        for text in ["=", "<<", "-_", "._", "0b_", "9999999999999999999999999999999999999999999"] {
            assert!(resolve(text).is_err(), "{text}");
        }
        assert!(matches!(resolve(".NaN"), Ok(Kind::Float(value)) if value.is_nan()));
    }
}
