//! Sets one value in the text of a params file; comments, order and layout stay.
//!
//! The new text is read again before it is given out: the value must be the one that was asked
//! for, and everything else as it was.

use crate::base::params::{parse, parse_yaml};
use crate::base::python::float_repr;
use crate::base::suggest::did_you_mean;
use crate::base::value::Value;
use crate::base::yaml::{self, Kind, Node};
use camino::Utf8Path;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The text of a params file with the value at a dotted key replaced by `written`, which is read
/// as YAML: `10` is a number, `ten` a string, `[1, 2]` a list.
///
/// The error is a sentence without the file's name.
pub(crate) fn set(path: &Utf8Path, text: &str, key: &str, written: &str) -> Result<String, String> {
    let old = parse(path, text).map_err(|error| error.to_string())?.value;
    let wanted = read(written)?;
    let Some(now) = old.lookup(key) else { return Err(unknown(&old, key)) };
    if let Value::Map(entries) = now {
        let example =
            entries.first().map(|(name, _)| format!(": name one, such as `{key}.{name}`"));
        return Err(format!("`{key}` holds several values{}", example.unwrap_or_default()));
    }
    let kind = Format::of(path);
    let place = kind.place(text, key).ok_or_else(|| by_hand(key))?;
    let mut expected = old.clone();
    put(&mut expected, key, &wanted);
    let spellings = kind.spellings(written, &wanted)?;
    let candidates = spellings.iter().filter_map(|spelling| replaced(text, &place, spelling));
    let reads_as_expected = |candidate: &String| {
        // Compared as they print: NaN, which no file should hold, is like itself.
        parse(path, candidate).is_ok_and(|it| format!("{:?}", it.value) == format!("{expected:?}"))
    };
    candidates.into_iter().find(reads_as_expected).ok_or_else(|| by_hand(key))
}

/// Stands in front of a value to make a document of it.
const KEY: &str = "v: ";

/// What a value on the command line means.
fn read(written: &str) -> Result<Value, String> {
    let wrapped = parse_yaml(&format!("{KEY}{written}\n"));
    let value = wrapped.ok().and_then(|it| it.node).and_then(|node| {
        let [(_, value)] = node.as_map()? else { return None };
        // What is left over would be a comment.
        let is_whole = value.end == KEY.len() + written.trim_end().len();
        (is_whole || written.trim().is_empty()).then(|| value.clone())
    });
    match value.as_ref().map(|value| &value.kind) {
        None => Err(format!("`{written}` is not a YAML value: quote it, as in '\"{written}\"'")),
        Some(Kind::Date(_)) => {
            Err(format!("`{written}` is a date, which DVC cannot store: write '\"{written}\"'"))
        }
        Some(Kind::Map(_)) => Err("a map cannot be set as a whole: set its keys".to_owned()),
        Some(_) => Ok(value.map_or(Value::Null, |value| value.to_value())),
    }
}

fn unknown(params: &Value, key: &str) -> String {
    let known = params.paths();
    let help = did_you_mean(key, known.iter().map(String::as_str));
    let help = help.map_or_else(String::new, |help| format!("; {help}"));
    format!("there is no param `{key}`{help}")
}

fn by_hand(key: &str) -> String {
    format!("`{key}` is written in a way that cannot be changed in place: edit the file")
}

/// Replaces the value at a path that is known to exist.
fn put(at: &mut Value, key: &str, wanted: &Value) {
    let mut at = at;
    for part in key.split('.').filter(|part| !part.is_empty()) {
        let next = match at {
            Value::List(items) => part.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
            Value::Map(entries) => {
                entries.iter_mut().find(|(name, _)| name == part).map(|(_, value)| value)
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => None,
        };
        let Some(next) = next else { return };
        at = next;
    }
    *at = wanted.clone();
}

/// Puts a spelling in a place; where nothing stood, behind the colon of its key.
fn replaced(text: &str, place: &Range<usize>, spelling: &str) -> Option<String> {
    let (before, after) = (text.get(..place.start)?, text.get(place.end..)?);
    // Nothing is written behind the key of a null, but its colon.
    let colon = if place.is_empty() { after.find(':').map_or(0, |at| at + 1) } else { 0 };
    let (colon, after) = after.split_at_checked(colon)?;
    let space = if place.is_empty() { " " } else { "" };
    Some(format!("{before}{colon}{space}{spelling}{after}"))
}

/// How a params file is written.
#[derive(Clone, Copy)]
enum Format {
    Yaml,
    Json,
    Toml,
}

impl Format {
    fn of(path: &Utf8Path) -> Self {
        match path.extension() {
            Some("json") => Self::Json,
            Some("toml") => Self::Toml,
            _ => Self::Yaml,
        }
    }

    /// Where the value of a key stands, in bytes.
    fn place(self, text: &str, key: &str) -> Option<Range<usize>> {
        let parts = key.split('.').filter(|part| !part.is_empty());
        match self {
            // JSON is YAML in flow style.
            Self::Yaml | Self::Json => {
                let root = yaml::parse(text).ok()?;
                let found = parts.clone().try_fold(&root, |at, part| below(at, part))?;
                Some(found.start..found.end)
            }
            Self::Toml => toml_place(text, parts),
        }
    }

    /// Ways to write a value, the best first.
    fn spellings(self, written: &str, wanted: &Value) -> Result<Vec<String>, String> {
        let json = || serde_json::to_string(wanted).map_err(|error| error.to_string());
        match self {
            Self::Yaml => Ok(vec![written.trim().to_owned(), json()?]),
            Self::Json if is_finite(wanted) => Ok(vec![json()?]),
            Self::Json => Err(format!("JSON cannot hold `{written}`")),
            Self::Toml => Ok(vec![toml_text(wanted)?]),
        }
    }
}

fn below<'a>(node: &'a Node, part: &str) -> Option<&'a Node> {
    match &node.kind {
        Kind::List(items) => items.get(part.parse::<usize>().ok()?),
        Kind::Map(entries) => {
            entries.iter().find(|(key, _)| key.key_text() == part).map(|(_, value)| value)
        }
        Kind::Null
        | Kind::Bool(_)
        | Kind::Int(_)
        | Kind::Float(_)
        | Kind::Str(_)
        | Kind::Date(_) => None,
    }
}

fn toml_place<'a>(text: &str, parts: impl Iterator<Item = &'a str>) -> Option<Range<usize>> {
    let root = DeTable::parse(text).ok()?;
    let mut at: Option<&toml::Spanned<DeValue<'_>>> = None;
    for part in parts {
        at = match at.map(toml::Spanned::get_ref) {
            None => root.get_ref().get(part),
            Some(DeValue::Table(table)) => table.get(part),
            Some(DeValue::Array(items)) => items.get(part.parse::<usize>().ok()?),
            Some(
                DeValue::String(_)
                | DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_),
            ) => None,
        };
        at?;
    }
    Some(at?.span())
}

fn is_finite(value: &Value) -> bool {
    match value {
        Value::Float(value) => value.is_finite(),
        Value::List(items) => items.iter().all(is_finite),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Map(_) => true,
    }
}

fn toml_text(value: &Value) -> Result<String, String> {
    Ok(match value {
        Value::Null | Value::Map(_) => return Err("TOML has no null".to_owned()),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => float_repr(*value),
        // What JSON escapes, TOML's basic strings escape alike.
        Value::Str(text) => serde_json::to_string(text).map_err(|error| error.to_string())?,
        Value::List(items) => {
            let items = items.iter().map(toml_text).collect::<Result<Vec<_>, _>>()?;
            format!("[{}]", items.join(", "))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "# top\ntrain:\n  lr: 0.1    # step\n  layers: [64, 32]  # widths\n  name: 'old'\n  empty:\n\nbase: &b {x: 1}\nother: *b\nlist:\n- 1\n- two\n";

    fn yaml(key: &str, written: &str) -> Result<String, String> {
        set(Utf8Path::new("params.yaml"), YAML, key, written)
    }

    #[test]
    fn a_yaml_value_changes_and_nothing_else() {
        for (key, written, old, new) in [
            ("train.lr", "1e-3", "lr: 0.1 ", "lr: 1e-3 "),
            ("train.lr", "null", "lr: 0.1 ", "lr: null "),
            ("train.layers", "[8]", "[64, 32]", "[8]"),
            ("train.layers.1", "16", "64, 32", "64, 16"),
            ("train.layers.0", "a, b", "[64,", "[\"a, b\","),
            ("train.name", "new name", "'old'", "new name"),
            ("train.name", "'7'", "'old'", "'7'"),
            ("train.empty", "3", "empty:\n", "empty: 3\n"),
            ("list.1", "'#true'", "- two", "- '#true'"),
            ("list.1", "", "- two", "- "),
            ("train.lr", "  7 ", "lr: 0.1 ", "lr: 7 "),
        ] {
            let text = yaml(key, written).unwrap_or_else(|error| panic!("{key}: {error}"));
            assert_eq!(text, YAML.replacen(old, new, 1), "{key}={written}");
        }
    }

    #[test]
    fn what_cannot_be_set_is_told() {
        for (key, written, said) in [
            ("train.lrr", "1", "there is no param `train.lrr`; did you mean `train.lr`?"),
            ("train", "1", "`train` holds several values: name one, such as `train.lr`"),
            ("train.lr", "2024-01-01", "`2024-01-01` is a date"),
            ("train.lr", "{a: 1}", "a map cannot be set as a whole"),
            ("train.lr", "#true", "`#true` is not a YAML value: quote it"),
            ("train.lr", "1 # x", "`1 # x` is not a YAML value"),
            ("train.lr", "[1", "`[1` is not a YAML value"),
            ("list", "[1, 2]", "`list` is written in a way that cannot be changed in place"),
            ("other.x", "2", "`other.x` is written in a way that cannot be changed in place"),
        ] {
            let error = yaml(key, written).expect_err(key);
            assert!(error.starts_with(said), "{error}");
        }
    }

    #[test]
    fn json_and_toml_are_changed_in_place_too() {
        let json = "{\n  \"a\": {\"b\": [1, 2.5]},\n  \"c\": \"x\"\n}\n";
        let set_json = |key, written| set(Utf8Path::new("p.json"), json, key, written);
        assert_eq!(set_json("a.b.1", "3"), Ok(json.replace("2.5", "3")));
        assert_eq!(set_json("c", "a \"b\""), Ok(json.replace("\"x\"", r#""a \"b\"""#)));
        assert_eq!(set_json("c", ".inf"), Err("JSON cannot hold `.inf`".to_owned()));
        let toml = "# top\n[opt]\nlr = 0.1 # step\n\"odd key\" = 'x'\nsizes = [\n  1,\n  2,\n]\n";
        let set_toml = |key, written| set(Utf8Path::new("p.toml"), toml, key, written);
        assert_eq!(set_toml("opt.lr", "1e-5"), Ok(toml.replace("0.1", "1e-05")));
        assert_eq!(set_toml("opt.odd key", "y"), Ok(toml.replace("'x'", "\"y\"")));
        assert_eq!(set_toml("opt.sizes.0", "7"), Ok(toml.replace("  1,", "  7,")));
        assert_eq!(set_toml("opt.lr", "null"), Err("TOML has no null".to_owned()));
    }
}
