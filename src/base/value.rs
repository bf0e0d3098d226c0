//! Plain data as params, metrics and lock files hold it. Keeps the order of keys.

use serde::{Serialize, Serializer};

/// One value of a YAML, JSON or TOML document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(String),
    List(Vec<Self>),
    /// Keys in source order, each once.
    Map(Vec<(String, Self)>),
}

impl Value {
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Follows a dotted path as DVC's params do: map keys, or indices into lists.
    pub(crate) fn lookup(&self, path: &str) -> Option<&Self> {
        path.split('.').filter(|part| !part.is_empty()).try_fold(self, |at, part| match at {
            Self::List(items) => items.get(part.parse::<usize>().ok()?),
            Self::Map(_) => at.get(part),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Str(_) => None,
        })
    }

    pub(crate) fn as_map(&self) -> Option<&[(String, Self)]> {
        if let Self::Map(entries) = self { Some(entries) } else { None }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Self::Str(text) = self { Some(text) } else { None }
    }

    /// The number this is, if it is one; booleans are not numbers here.
    #[expect(clippy::cast_precision_loss, reason = "metrics are compared as floats")]
    pub(crate) fn as_f64(&self) -> Option<f64> {
        match *self {
            Self::Int(value) => Some(value as f64),
            Self::Float(value) => Some(value),
            Self::Null | Self::Bool(_) | Self::Str(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Every dotted path to a leaf or branch below this map, in source order.
    pub(crate) fn paths(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_paths("", &mut found);
        found
    }

    fn collect_paths(&self, prefix: &str, found: &mut Vec<String>) {
        for (key, value) in self.as_map().unwrap_or_default() {
            let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            found.push(path.clone());
            value.collect_paths(&path, found);
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Int(value) => match i64::try_from(*value) {
                Ok(value) => serializer.serialize_i64(value),
                Err(_) => serializer.serialize_i128(*value),
            },
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Str(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => serializer.collect_map(entries.iter().map(|(k, v)| (k, v))),
        }
    }
}
