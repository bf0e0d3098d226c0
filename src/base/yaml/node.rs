//! A parsed YAML document: values with the bytes they were written in.

use crate::base::python::float_repr;
use crate::base::value::Value;

/// One value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// Byte offset of the first character. For an alias, that of the alias.
    pub(crate) start: usize,
    /// Byte offset after the last character: of the last value inside, for a block collection.
    pub(crate) end: usize,
}

/// What a node is, after aliases and merges are resolved.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(String),
    /// A date or a time, as written. DVC cannot store these.
    Date(String),
    List(Vec<Node>),
    /// In source order, keys taken over by `<<` first. Keys are scalars and each occurs once.
    Map(Vec<(Node, Node)>),
}

impl Kind {
    /// What to call it in a message.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Str(_) => "a string",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl Node {
    /// The value under a string key of a map.
    #[cfg(test)]
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let found = self.as_map()?.iter().find(|(name, _)| name.as_str() == Some(key));
        found.map(|(_, value)| value)
    }

    pub(crate) fn as_map(&self) -> Option<&[(Self, Self)]> {
        if let Kind::Map(entries) = &self.kind { Some(entries) } else { None }
    }

    pub(crate) fn as_list(&self) -> Option<&[Self]> {
        if let Kind::List(items) = &self.kind { Some(items) } else { None }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Kind::Str(text) = &self.kind { Some(text) } else { None }
    }

    /// Drops the places; dates become strings, and keys that are not strings their text.
    pub(crate) fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(flag) => Value::Bool(*flag),
            Kind::Int(value) => Value::Int(*value),
            Kind::Float(value) => Value::Float(*value),
            Kind::Str(text) | Kind::Date(text) => Value::Str(text.clone()),
            Kind::List(items) => Value::List(items.iter().map(Self::to_value).collect()),
            Kind::Map(entries) => Value::Map(
                entries.iter().map(|(key, value)| (key.key_text(), value.to_value())).collect(),
            ),
        }
    }

    /// The text of a scalar, as `to_value` makes keys of it.
    pub(crate) fn key_text(&self) -> String {
        match &self.kind {
            Kind::Null => "null".to_owned(),
            Kind::Bool(flag) => flag.to_string(),
            Kind::Int(value) => value.to_string(),
            Kind::Float(value) => float_repr(*value),
            Kind::Str(text) | Kind::Date(text) => text.clone(),
            Kind::List(_) | Kind::Map(_) => String::new(),
        }
    }
}
