//! Quantities with units, as text: durations, sizes, percents. Ignorant of what they measure.
//!
//! Arithmetic is on integers: `0.1s` is 100 ms, not the nearest float.

use crate::base::bound::Number;
use std::fmt;
use std::time::Duration;

/// What a quantity measures, and thereby the unit it is resolved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dimension {
    /// Resolved to seconds.
    Duration,
    /// Resolved to bytes.
    Size,
    /// Resolved to a fraction: `5%` is 0.05.
    Percent,
}

/// Why a text is no quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnitErrorKind {
    Empty,
    /// It does not start with a number.
    NoNumber,
    /// A number alone.
    NoUnit,
    UnknownUnit,
    /// White space around or inside.
    Space,
    Negative,
    /// `30m1h`, `1h1h`: units must come from large to small, each once.
    Order,
    /// Less than the smallest unit: `0.5B`.
    Fraction,
    TooLarge,
}

/// Why a text is no quantity, and what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnitError {
    pub(crate) kind: UnitErrorKind,
    pub(crate) dimension: Dimension,
    /// The part at fault: the unit, or the whole text.
    pub(crate) part: String,
    /// What to write instead, when that is clear.
    pub(crate) write: Option<String>,
}

/// A unit: its spelling, how many base units it is, and what others call it (in lower case).
struct Unit {
    name: &'static str,
    factor: u128,
    aliases: &'static [&'static str],
}

const fn unit(name: &'static str, factor: u128, aliases: &'static [&'static str]) -> Unit {
    Unit { name, factor, aliases }
}

/// From large to small, in nanoseconds.
const DURATIONS: &[Unit] = &[
    unit("w", 604_800_000_000_000, &["week", "weeks", "wk", "wks"]),
    unit("d", 86_400_000_000_000, &["day", "days"]),
    unit("h", 3_600_000_000_000, &["hr", "hrs", "hour", "hours"]),
    unit("m", 60_000_000_000, &["min", "mins", "minute", "minutes"]),
    unit("s", 1_000_000_000, &["sec", "secs", "second", "seconds"]),
    unit("ms", 1_000_000, &["msec", "msecs", "milli", "millis", "millisecond", "milliseconds"]),
    unit("us", 1_000, &["µs", "μs", "usec", "micros", "microsecond", "microseconds"]),
];

/// In bytes.
const SIZES: &[Unit] = &[
    unit("PiB", 1 << 50, &["pi", "pebibyte", "pebibytes"]),
    unit("PB", 1_000_000_000_000_000, &["p", "petabyte", "petabytes"]),
    unit("TiB", 1 << 40, &["ti", "tebibyte", "tebibytes"]),
    unit("TB", 1_000_000_000_000, &["t", "terabyte", "terabytes"]),
    unit("GiB", 1 << 30, &["gi", "gbi", "gibibyte", "gibibytes"]),
    unit("GB", 1_000_000_000, &["g", "gig", "gigs", "gigabyte", "gigabytes"]),
    unit("MiB", 1 << 20, &["mi", "mbi", "mebibyte", "mebibytes"]),
    unit("MB", 1_000_000, &["m", "meg", "megs", "megabyte", "megabytes"]),
    unit("KiB", 1 << 10, &["ki", "kibibyte", "kibibytes"]),
    unit("KB", 1_000, &["k", "kilobyte", "kilobytes"]),
    unit("B", 1, &["byte", "bytes"]),
];

/// Reads `500ms`, `30s`, `2h`, `7d`, `1h30m`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    let nanos = sum(text, DURATIONS, Dimension::Duration)?;
    let seconds = u64::try_from(nanos / 1_000_000_000)
        .map_err(|_| error(UnitErrorKind::TooLarge, Dimension::Duration, text, None))?;
    let rest = u32::try_from(nanos % 1_000_000_000)
        .expect("invariant: a remainder of a billion fits in 32 bits");
    Ok(Duration::new(seconds, rest))
}

/// Reads `500MB` (decimal) and `4GiB` (binary) as bytes.
pub(crate) fn parse_size(text: &str) -> Result<u64, UnitError> {
    let bytes = sum(text, SIZES, Dimension::Size)?;
    u64::try_from(bytes).map_err(|_| error(UnitErrorKind::TooLarge, Dimension::Size, text, None))
}

/// Reads `5%` as 0.05.
pub(crate) fn parse_percent(text: &str) -> Result<f64, UnitError> {
    let fail = |kind, write| error(kind, Dimension::Percent, text, write);
    let pieces = split(text, Dimension::Percent)?;
    let [(number, unit)] = pieces.as_slice() else {
        return Err(fail(UnitErrorKind::UnknownUnit, None));
    };
    if unit.is_empty() {
        return Err(fail(UnitErrorKind::NoUnit, Some(format!("{number}%"))));
    }
    if *unit != "%" {
        let lower = unit.to_ascii_lowercase();
        let meant = ["pct", "percent", "pc", "p.c."].contains(&lower.as_str());
        let write = meant.then(|| format!("{number}%"));
        return Err(error(UnitErrorKind::UnknownUnit, Dimension::Percent, unit, write));
    }
    // Rounds once: 0.7 / 100 is not 0.007.
    let value: f64 =
        format!("{number}e-2").parse().map_err(|_| fail(UnitErrorKind::NoNumber, None))?;
    if value.is_finite() { Ok(value) } else { Err(fail(UnitErrorKind::TooLarge, None)) }
}

/// Reads any quantity and resolves it: seconds, bytes, or a fraction.
pub(crate) fn parse_any(text: &str) -> Result<(Number, Dimension), UnitError> {
    let dimension = guess(text);
    let number = match dimension {
        Dimension::Duration => seconds(parse_duration(text)?),
        Dimension::Size => Number::Int(i128::from(parse_size(text)?)),
        Dimension::Percent => Number::Float(parse_percent(text)?),
    };
    Ok((number, dimension))
}

/// The dimension that the text's last unit belongs to; durations when it belongs to none.
fn guess(text: &str) -> Dimension {
    let trimmed = text.trim();
    let tail = trimmed.rsplit(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    let tail = tail.trim();
    let known = |units: &[Unit]| units.iter().any(|unit| unit.name == tail);
    let near = |units: &[Unit]| find_alias(units, tail).is_some();
    if tail.contains('%') || tail.to_ascii_lowercase().starts_with("pct") || tail == "percent" {
        Dimension::Percent
    } else if known(SIZES) || (!known(DURATIONS) && !near(DURATIONS) && near(SIZES)) {
        Dimension::Size
    } else {
        Dimension::Duration
    }
}

fn seconds(duration: Duration) -> Number {
    match duration.subsec_nanos() {
        0 => Number::Int(i128::from(duration.as_secs())),
        _ => Number::Float(duration.as_secs_f64()),
    }
}

/// Adds up number-unit pairs in the smallest unit.
fn sum(text: &str, units: &[Unit], dimension: Dimension) -> Result<u128, UnitError> {
    let pieces = split(text, dimension)?;
    if let Some(write) = mended(&pieces, units) {
        let (kind, part) = first_fault(&pieces, units);
        return Err(error(kind, dimension, part.unwrap_or(text), write));
    }
    let mut total: u128 = 0;
    let mut last: Option<usize> = None;
    for (number, name) in pieces {
        let (at, factor) = position(units, name).expect("invariant: unknown units were refused");
        if last.is_some_and(|last| last >= at) {
            return Err(error(UnitErrorKind::Order, dimension, text, None));
        }
        last = Some(at);
        let value = scaled(number, factor).map_err(|kind| error(kind, dimension, text, None))?;
        total = total
            .checked_add(value)
            .ok_or_else(|| error(UnitErrorKind::TooLarge, dimension, text, None))?;
    }
    Ok(total)
}

/// Splits `1h30m` into `(1, h)` and `(30, m)`.
fn split(text: &str, dimension: Dimension) -> Result<Vec<(&str, &str)>, UnitError> {
    let fail = |kind, write| error(kind, dimension, text, write);
    if text.trim().is_empty() {
        return Err(fail(UnitErrorKind::Empty, None));
    }
    if text.contains(char::is_whitespace) {
        let joined: String = text.split_whitespace().collect();
        return Err(fail(UnitErrorKind::Space, Some(joined)));
    }
    if text.starts_with(['-', '−']) {
        return Err(fail(UnitErrorKind::Negative, None));
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (number, after) = cut(rest, |c| c.is_ascii_digit() || c == '.');
        if !is_decimal(number) {
            return Err(fail(UnitErrorKind::NoNumber, None));
        }
        let (unit, after) = cut(after, |c| !c.is_ascii_digit() && c != '.');
        pieces.push((number, unit));
        rest = after;
    }
    Ok(pieces)
}

fn cut(text: &str, inside: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !inside(c)).unwrap_or(text.len()))
}

/// Digits with at most one point, and a digit on both sides of it.
fn is_decimal(number: &str) -> bool {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    !whole.is_empty() && !fraction.is_empty() && !fraction.contains('.')
}

fn position(units: &[Unit], name: &str) -> Option<(usize, u128)> {
    // SI writes kilo with a small letter, most tools with a capital: both are clear.
    let name = if name == "kB" { "KB" } else { name };
    units.iter().position(|unit| unit.name == name).and_then(|at| Some((at, units.get(at)?.factor)))
}

/// `Some` when a unit is missing or unknown; inside, the whole text with the units that were meant.
fn mended(pieces: &[(&str, &str)], units: &[Unit]) -> Option<Option<String>> {
    if pieces.iter().all(|(_, name)| position(units, name).is_some()) {
        return None;
    }
    let default = if units.iter().any(|unit| unit.name == "s") { "s" } else { "B" };
    let write = pieces.iter().map(|&(number, name)| {
        let unit = match name {
            "" => Some(default),
            known if position(units, known).is_some() => Some(known),
            other => find_alias(units, other),
        };
        Some(format!("{number}{}", unit?))
    });
    Some(write.collect())
}

/// The unit that a word in any case, or another tool's word, stands for.
fn find_alias(units: &[Unit], word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let found = units.iter().find(|unit| {
        unit.name.to_ascii_lowercase() == lower || unit.aliases.contains(&lower.as_str())
    });
    found.map(|unit| unit.name)
}

fn first_fault<'a>(pieces: &[(&str, &'a str)], units: &[Unit]) -> (UnitErrorKind, Option<&'a str>) {
    match pieces.iter().find(|(_, name)| position(units, name).is_none()) {
        Some((_, name)) if !name.is_empty() => (UnitErrorKind::UnknownUnit, Some(name)),
        _ => (UnitErrorKind::NoUnit, None),
    }
}

/// `number * factor`, exactly.
fn scaled(number: &str, factor: u128) -> Result<u128, UnitErrorKind> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.trim_end_matches('0');
    let places = u32::try_from(fraction.len()).map_err(|_| UnitErrorKind::TooLarge)?;
    let digits: u128 = format!("{whole}{fraction}").parse().map_err(|_| UnitErrorKind::TooLarge)?;
    let divisor = 10_u128.checked_pow(places).ok_or(UnitErrorKind::TooLarge)?;
    let product = digits.checked_mul(factor).ok_or(UnitErrorKind::TooLarge)?;
    if product % divisor == 0 { Ok(product / divisor) } else { Err(UnitErrorKind::Fraction) }
}

fn error(
    kind: UnitErrorKind,
    dimension: Dimension,
    part: &str,
    write: Option<String>,
) -> UnitError {
    UnitError { kind, dimension, part: part.to_owned(), write }
}

impl UnitError {
    /// The forms that the dimension takes, for help.
    pub(crate) fn examples(&self) -> &'static str {
        match self.dimension {
            Dimension::Duration => "`500ms`, `30s`, `2h`, `7d`, `1h30m`",
            Dimension::Size => "`500MB`, `4GiB`",
            Dimension::Percent => "`5%`",
        }
    }
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, dimension, .. } = self;
        match self.kind {
            UnitErrorKind::Empty => write!(f, "this {dimension} is empty"),
            UnitErrorKind::NoNumber => write!(f, "`{part}` is not a {dimension}"),
            UnitErrorKind::NoUnit => write!(f, "`{part}` has no unit"),
            UnitErrorKind::UnknownUnit => write!(f, "`{part}` is not a unit of a {dimension}"),
            UnitErrorKind::Space => write!(f, "`{part}` has a space in it"),
            UnitErrorKind::Negative => write!(f, "`{part}` is negative"),
            UnitErrorKind::Order => {
                write!(f, "the units of `{part}` do not go from large to small, each once")
            }
            UnitErrorKind::Fraction => {
                write!(f, "`{part}` is not a whole number of the smallest unit")
            }
            UnitErrorKind::TooLarge => write!(f, "`{part}` is too large"),
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Duration => "duration",
            Self::Size => "size",
            Self::Percent => "percentage",
        })
    }
}

/// Writes a duration as it is written in a spec: `1h30m`. Nanoseconds are dropped.
pub(crate) fn show_duration(duration: Duration) -> String {
    let mut rest = duration.as_nanos();
    let mut text = String::new();
    // Weeks are read but not written: `14d` is what people expect to see.
    for unit in DURATIONS.iter().filter(|unit| unit.name != "w") {
        let count = rest / unit.factor;
        rest %= unit.factor;
        if count > 0 {
            text.push_str(&format!("{count}{}", unit.name));
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Writes a size in the largest unit that needs no fraction: `500MB`, `4GiB`, `1025B`.
#[cfg(test)]
pub(crate) fn show_size(bytes: u64) -> String {
    let whole = |unit: &&Unit| bytes > 0 && u128::from(bytes).is_multiple_of(unit.factor);
    let unit = SIZES.iter().filter(whole).max_by_key(|unit| unit.factor);
    unit.map_or_else(
        || "0B".to_owned(),
        |unit| format!("{}{}", u128::from(bytes) / unit.factor, unit.name),
    )
}

/// Writes a fraction as a percentage: 0.05 is `5%`.
#[cfg(test)]
pub(crate) fn show_percent(fraction: f64) -> String {
    // Shifting the decimal point in the shortest text avoids 0.07 * 100 = 7.000000000000001.
    let shifted: f64 = format!("{fraction}e2").parse().unwrap_or(fraction * 100.0);
    format!("{shifted}%")
}

#[cfg(test)]
mod tests;
