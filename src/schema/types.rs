//! The words for column types: reading, writing, and which type holds every value of another.
//! Independent of where the words are written.

use crate::base::suggest;
use crate::schema::column::ColumnType;
use std::fmt;

/// Every type under its name in the language, in the order of the documentation.
pub(crate) const NAMES: &[(&str, ColumnType)] = &[
    ("int", ColumnType::Int(64)),
    ("float", ColumnType::Float(64)),
    ("str", ColumnType::Str),
    ("bool", ColumnType::Bool),
    ("date", ColumnType::Date),
    ("datetime", ColumnType::DateTime),
    ("category", ColumnType::Category),
    ("int8", ColumnType::Int(8)),
    ("int16", ColumnType::Int(16)),
    ("int32", ColumnType::Int(32)),
    ("int64", ColumnType::Int(64)),
    ("uint8", ColumnType::UInt(8)),
    ("uint16", ColumnType::UInt(16)),
    ("uint32", ColumnType::UInt(32)),
    ("uint64", ColumnType::UInt(64)),
    ("float32", ColumnType::Float(32)),
    ("float64", ColumnType::Float(64)),
];

/// Words of other tools, and what they are called here.
const ALIASES: &[(&str, &[&str])] = &[
    ("int", &["integer", "long", "bigint", "i64", "int128", "i128"]),
    ("int8", &["i8", "tinyint"]),
    ("int16", &["i16", "short", "smallint"]),
    ("int32", &["i32"]),
    ("uint8", &["u8", "byte"]),
    ("uint16", &["u16", "ushort"]),
    ("uint32", &["u32"]),
    ("uint64", &["u64", "uint", "unsigned", "ulong"]),
    ("float", &["double", "number", "numeric", "decimal", "real", "f64"]),
    ("float32", &["f32", "float16", "f16", "half", "single"]),
    ("str", &["string", "text", "varchar", "char", "character", "object", "utf8", "large_utf8"]),
    ("bool", &["boolean", "logical", "bit", "flag"]),
    ("date", &["day", "date32", "date64"]),
    (
        "datetime",
        &[
            "timestamp",
            "timestamptz",
            "datetime64",
            "datetime64[ns]",
            "datetime64[us]",
            "datetime64[ms]",
            "datetime64[s]",
            "date-time",
            "instant",
        ],
    ),
    ("category", &["categorical", "enum", "factor", "dictionary"]),
];

/// A word that names no type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownType {
    /// The word to write instead, with `?` where the user's word had it.
    pub(crate) write: Option<String>,
    /// Whether `write` is the same type under another tool's name rather than a guess.
    pub(crate) certain: bool,
}

/// Reads a type word: `int`, `float32?`. The second value tells whether values may be missing.
pub(crate) fn parse(word: &str) -> Result<(ColumnType, bool), UnknownType> {
    let (name, nullable) = match word.strip_suffix('?') {
        Some(name) => (name, true),
        None => (word, false),
    };
    named(name).map(|ty| (ty, nullable)).ok_or_else(|| unknown(word))
}

fn named(name: &str) -> Option<ColumnType> {
    NAMES.iter().find(|(known, _)| *known == name).map(|&(_, ty)| ty)
}

fn unknown(word: &str) -> UnknownType {
    let lower = word.trim().to_ascii_lowercase();
    let stripped = optional_of(&lower);
    let bare = stripped.unwrap_or(&lower).trim_matches(['?', '!', ' ']);
    // `np.int64`, `pl.Utf8`, `pa.string()` and the like name the type after the last dot.
    let bare = bare.rsplit('.').next().unwrap_or(bare).trim_end_matches("()");
    let mark = if stripped.is_some() || lower.contains('?') { "?" } else { "" };
    let known = NAMES.iter().find(|(name, _)| *name == bare).map(|&(name, _)| name);
    let exact = known.or_else(|| {
        ALIASES.iter().find(|(_, aliases)| aliases.contains(&bare)).map(|&(name, _)| name)
    });
    let name = exact.or_else(|| near(bare));
    UnknownType { write: name.map(|name| format!("{name}{mark}")), certain: exact.is_some() }
}

/// The nearest type or alias to a misspelled word; an alias answers with its type.
fn near(bare: &str) -> Option<&'static str> {
    let names = NAMES.iter().map(|&(name, _)| name);
    suggest::nearest(bare, names).or_else(|| {
        let aliases = ALIASES.iter().flat_map(|(_, aliases)| aliases.iter().copied());
        let alias = suggest::nearest(bare, aliases)?;
        ALIASES.iter().find(|(_, aliases)| aliases.contains(&alias)).map(|&(name, _)| name)
    })
}

/// What is inside `Optional[...]`, or before ` | None`.
fn optional_of(lower: &str) -> Option<&str> {
    let inside = lower.strip_prefix("optional[").and_then(|rest| rest.strip_suffix(']'));
    let before = || lower.strip_suffix("none").and_then(|rest| rest.trim_end().strip_suffix('|'));
    inside.or_else(before)
}

impl ColumnType {
    /// Numbers: what can be bounded and averaged.
    pub(crate) fn is_numeric(self) -> bool {
        matches!(self, Self::Int(_) | Self::UInt(_) | Self::Float(_))
    }

    pub(crate) fn is_integer(self) -> bool {
        matches!(self, Self::Int(_) | Self::UInt(_))
    }

    /// Text: what has a length and can match a pattern.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Str | Self::Category)
    }

    /// Values with an order that is more than alphabetical: numbers, dates and times.
    pub(crate) fn is_ordered(self) -> bool {
        self.is_numeric() || matches!(self, Self::Date | Self::DateTime)
    }

    /// The smallest and largest value of an integer type.
    pub(crate) fn limits(self) -> Option<(i128, i128)> {
        match self {
            Self::Int(bits) => Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1)),
            Self::UInt(bits) => Some((0, (1 << bits) - 1)),
            Self::Float(_)
            | Self::Str
            | Self::Bool
            | Self::Date
            | Self::DateTime
            | Self::Category => None,
        }
    }

    /// The largest integer up to which a float of this type holds every integer.
    pub(crate) fn exact_integers(self) -> Option<i128> {
        match self {
            Self::Float(32) => Some(1 << 24),
            Self::Float(_) => Some(1 << 53),
            Self::Int(_)
            | Self::UInt(_)
            | Self::Str
            | Self::Bool
            | Self::Date
            | Self::DateTime
            | Self::Category => None,
        }
    }

    /// The type followed by `?` when values may be missing.
    pub(crate) fn spelled(self, nullable: bool) -> String {
        format!("{self}{}", if nullable { "?" } else { "" })
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = NAMES.iter().find(|(_, ty)| ty == self);
        f.write_str(found.map_or("int", |&(name, _)| name))
    }
}

/// Whether every value of `from` is a value of `to`, whatever the value.
///
/// Smaller integers widen to larger ones, to signed ones with more bits, and to floats that hold
/// them exactly (16 bits in `float32`, 32 bits in `float`). A `category` is text. A `date` is no
/// `datetime`: readers get another type from the same file.
pub(crate) fn widens_to(from: ColumnType, to: ColumnType) -> bool {
    use ColumnType::{Category, Float, Int, Str, UInt};
    match (from, to) {
        (Int(a), Int(b)) | (UInt(a), UInt(b)) | (Float(a), Float(b)) => a <= b,
        (UInt(a), Int(b)) => a < b,
        (Int(a) | UInt(a), Float(b)) => a < b,
        (Category, Str) => true,
        _ => from == to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_and_writes_back() {
        for &(name, ty) in NAMES {
            assert_eq!(parse(name), Ok((ty, false)));
            assert_eq!(parse(&format!("{name}?")), Ok((ty, true)));
            assert_eq!(parse(&ty.spelled(true)), Ok((ty, true)), "{ty}");
        }
        assert_eq!(ColumnType::Int(64).to_string(), "int");
        assert_eq!(ColumnType::Float(64).to_string(), "float");
    }

    #[test]
    fn other_words_are_answered_with_ours() {
        for (word, write, certain) in [
            ("string", Some("str"), true),
            ("String?", Some("str?"), true),
            ("INTEGER", Some("int"), true),
            ("double", Some("float"), true),
            ("boolean", Some("bool"), true),
            ("text", Some("str"), true),
            ("timestamp?", Some("datetime?"), true),
            ("number", Some("float"), true),
            ("object", Some("str"), true),
            ("i64", Some("int"), true),
            ("u8?", Some("uint8?"), true),
            ("Float", Some("float"), true),
            ("?float", Some("float?"), true),
            ("float??", Some("float?"), true),
            ("float!", Some("float"), true),
            ("Optional[int]", Some("int?"), true),
            ("int | None", Some("int?"), true),
            ("np.int32", Some("int32"), true),
            ("pa.string()", Some("str"), true),
            ("datetime64[ns]", Some("datetime"), true),
            ("flaot", Some("float"), false),
            ("itn?", Some("int?"), false),
            ("catgeory", Some("category"), false),
            ("tmestamp", Some("datetime"), false),
            ("banana", None, false),
            ("", None, false),
            ("?", None, false),
        ] {
            let got = parse(word).expect_err(word);
            assert_eq!((got.write.as_deref(), got.certain), (write, certain), "{word}");
        }
    }

    #[test]
    fn limits_are_those_of_the_machine() {
        for (ty, low, high) in [
            (ColumnType::Int(8), i128::from(i8::MIN), i128::from(i8::MAX)),
            (ColumnType::Int(64), i128::from(i64::MIN), i128::from(i64::MAX)),
            (ColumnType::UInt(8), 0, 255),
            (ColumnType::UInt(64), 0, i128::from(u64::MAX)),
        ] {
            assert_eq!(ty.limits(), Some((low, high)), "{ty}");
        }
    }

    #[test]
    fn widening_loses_nothing() {
        for (from, to, want) in [
            ("int32", "int64", true),
            ("int64", "int32", false),
            ("uint8", "int8", false),
            ("uint8", "int16", true),
            ("int8", "uint64", false),
            ("int16", "float32", true),
            ("int32", "float32", false),
            ("int32", "float", true),
            ("int", "float", false),
            ("float32", "float", true),
            ("float", "float32", false),
            ("float", "int", false),
            ("category", "str", true),
            ("str", "category", false),
            ("date", "datetime", false),
            ("bool", "int", false),
        ] {
            let ty = |word| parse(word).expect("known").0;
            assert_eq!(widens_to(ty(from), ty(to)), want, "{from} {to}");
        }
    }

    #[test]
    fn widening_is_an_order() {
        for &(_, a) in NAMES {
            assert!(widens_to(a, a));
            for &(_, b) in NAMES {
                for &(_, c) in NAMES {
                    assert!(
                        !(widens_to(a, b) && widens_to(b, c)) || widens_to(a, c),
                        "{a} {b} {c}"
                    );
                }
            }
        }
    }
}
