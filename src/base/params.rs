//! Params files as text: YAML, JSON or TOML by their suffix, as DVC tells them apart.

mod set;

use crate::base::python::float_repr;
use crate::base::value::Value;
use crate::base::yaml::{self, Kind, Node};
use camino::Utf8Path;
use std::fmt;

pub(crate) use set::set;

/// A params file that was read.
#[derive(Clone, Debug)]
pub(crate) struct Params {
    /// The map at the root.
    pub(crate) value: Value,
    /// The same with places, when the file is YAML.
    pub(crate) node: Option<Node>,
}

/// Why a params file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParamsError {
    /// Lower case, without the file's name.
    pub(crate) message: String,
    /// Byte offset of the place, when it is known.
    pub(crate) offset: Option<usize>,
    /// Counted from one, when it is known.
    pub(crate) line: Option<usize>,
}

impl fmt::Display for ParamsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for ParamsError {}

/// Reads a params file. Everything but `.json` and `.toml` is YAML; `.py` is refused.
pub(crate) fn parse(path: &Utf8Path, text: &str) -> Result<Params, ParamsError> {
    match path.extension() {
        Some("json") => parse_json(text),
        Some("toml") => parse_toml(text),
        Some("py") => Err(ParamsError {
            message: "Python params files are not read: write YAML, JSON or TOML".to_owned(),
            offset: None,
            line: None,
        }),
        _ => parse_yaml(text),
    }
}

impl Params {
    /// The first thing in a YAML file that DVC cannot store: a date, or a key that is no string.
    pub(crate) fn unstorable(&self) -> Option<(&Node, String)> {
        self.node.as_ref().and_then(unstorable)
    }
}

fn unstorable(node: &Node) -> Option<(&Node, String)> {
    match &node.kind {
        Kind::Date(text) => Some((node, format!("`{text}` is a date, which DVC cannot store"))),
        Kind::List(items) => items.iter().find_map(unstorable),
        Kind::Map(entries) => entries.iter().find_map(|(key, value)| {
            if key.as_str().is_some() {
                return unstorable(value);
            }
            let noun = key.kind.noun();
            let message = format!("the key `{}` is {noun}, not a string", key.key_text());
            Some((key, message))
        }),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Str(_) => None,
    }
}

fn parse_yaml(text: &str) -> Result<Params, ParamsError> {
    let located = |message: String, offset: usize, line: usize| ParamsError {
        message,
        offset: Some(offset),
        line: Some(line),
    };
    let node =
        yaml::parse(text).map_err(|error| located(error.message, error.offset, error.line))?;
    match &node.kind {
        Kind::Map(_) => Ok(Params { value: node.to_value(), node: Some(node) }),
        // Nothing, `false`, `0` and the like are an empty map to DVC; only nothing is plausible.
        Kind::Null => Ok(Params { value: Value::Map(Vec::new()), node: Some(node) }),
        kind @ (Kind::Bool(_)
        | Kind::Int(_)
        | Kind::Float(_)
        | Kind::Str(_)
        | Kind::Date(_)
        | Kind::List(_)) => {
            let message = format!("the file holds {} where a map is wanted", kind.noun());
            let line = text.get(..node.start).unwrap_or_default().matches('\n').count() + 1;
            Err(located(message, node.start, line))
        }
    }
}

fn parse_json(text: &str) -> Result<Params, ParamsError> {
    let parsed: serde_json::Value = serde_json::from_str(text).map_err(|error| ParamsError {
        message: error.to_string(),
        offset: None,
        line: Some(error.line()),
    })?;
    root_map(from_json(parsed).map_err(unplaced)?)
}

fn from_json(value: serde_json::Value) -> Result<Value, String> {
    Ok(match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(flag) => Value::Bool(flag),
        serde_json::Value::Number(number) => json_number(&number)?,
        serde_json::Value::String(text) => Value::Str(text),
        serde_json::Value::Array(items) => {
            Value::List(items.into_iter().map(from_json).collect::<Result<_, _>>()?)
        }
        serde_json::Value::Object(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| Ok((key, from_json(value)?)))
                .collect::<Result<_, String>>()?,
        ),
    })
}

fn json_number(number: &serde_json::Number) -> Result<Value, String> {
    if let Some(value) = number.as_i128() {
        return Ok(Value::Int(value));
    }
    number.as_f64().map(Value::Float).ok_or_else(|| format!("`{number}` is too large"))
}

fn parse_toml(text: &str) -> Result<Params, ParamsError> {
    let parsed: toml::Table = toml::from_str(text).map_err(|error| {
        let offset = error.span().map(|span| span.start);
        let line = offset.map(|at| text.get(..at).unwrap_or_default().matches('\n').count() + 1);
        ParamsError { message: error.message().to_owned(), offset, line }
    })?;
    root_map(from_toml(toml::Value::Table(parsed)).map_err(unplaced)?)
}

fn from_toml(value: toml::Value) -> Result<Value, String> {
    Ok(match value {
        toml::Value::String(text) => Value::Str(text),
        toml::Value::Integer(value) => Value::Int(value.into()),
        toml::Value::Float(value) => Value::Float(value),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Datetime(date) => {
            return Err(format!("`{date}` is a date, which DVC cannot store: quote it"));
        }
        toml::Value::Array(items) => {
            Value::List(items.into_iter().map(from_toml).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| Ok((key, from_toml(value)?)))
                .collect::<Result<_, String>>()?,
        ),
    })
}

fn unplaced(message: String) -> ParamsError {
    ParamsError { message, offset: None, line: None }
}

fn root_map(value: Value) -> Result<Params, ParamsError> {
    match value {
        Value::Map(_) => Ok(Params { value, node: None }),
        Value::Null => Ok(Params { value: Value::Map(Vec::new()), node: None }),
        Value::Float(value) => Err(not_a_map(&float_repr(value))),
        Value::Bool(_) | Value::Int(_) => Err(not_a_map("a scalar")),
        Value::Str(_) => Err(not_a_map("a string")),
        Value::List(_) => Err(not_a_map("a list")),
    }
}

fn not_a_map(found: &str) -> ParamsError {
    unplaced(format!("the file holds {found} where a map is wanted"))
}
