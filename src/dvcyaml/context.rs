//! The values that `${…}` can name: `params.yaml`, `vars`, and those of one stage. Unaware of
//! where they are used.

use crate::base::value::Value;
use crate::base::yaml::{Kind, Node};
use camino::Utf8PathBuf;
use std::collections::BTreeMap;

/// Values by name, as far as they were loaded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    values: BTreeMap<String, Value>,
    /// Files that were loaded, by path from the root: whole, or only these keys.
    pub(crate) imports: BTreeMap<Utf8PathBuf, Option<Vec<String>>>,
    /// `item` and `key` of one stage that `foreach` or `matrix` makes; these hide others.
    pub(crate) local: Vec<(&'static str, Value)>,
}

impl Context {
    /// Follows keys through maps and lists; an index may count from the end.
    pub(crate) fn select(&self, keys: &[&str]) -> Option<&Value> {
        let (first, rest) = keys.split_first()?;
        let local = self.local.iter().find(|(name, _)| name == first).map(|(_, value)| value);
        let start = local.or_else(|| self.values.get(*first))?;
        rest.iter().try_fold(start, |at, key| step(at, key))
    }

    /// Adds values. An error names the key that is there already and is no map in both.
    pub(crate) fn merge(&mut self, values: Vec<(String, Value)>) -> Result<(), String> {
        for (key, value) in values {
            if self.local.iter().any(|(name, _)| *name == key) {
                return Err(key);
            }
            match self.values.get_mut(&key) {
                None => {
                    self.values.insert(key, value);
                }
                Some(there) => merge_into(there, value, &key)?,
            }
        }
        Ok(())
    }

    /// The names at the top, for did-you-mean.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        let local = self.local.iter().map(|(name, _)| *name);
        local.chain(self.values.keys().map(String::as_str))
    }
}

fn step<'a>(at: &'a Value, key: &str) -> Option<&'a Value> {
    match at {
        Value::Map(_) => at.get(key),
        Value::List(items) => {
            let index: i64 = key.parse().ok()?;
            let length = i64::try_from(items.len()).ok()?;
            let index = if index < 0 { index + length } else { index };
            items.get(usize::try_from(index).ok()?)
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => None,
    }
}

fn merge_into(there: &mut Value, value: Value, path: &str) -> Result<(), String> {
    let (Value::Map(there), Value::Map(entries)) = (there, value) else {
        return Err(path.to_owned());
    };
    for (key, value) in entries {
        match there.iter_mut().find(|(name, _)| *name == key) {
            None => there.push((key, value)),
            Some((_, known)) => merge_into(known, value, &format!("{path}.{key}"))?,
        }
    }
    Ok(())
}

/// A YAML value as the context holds it: keys that are not strings are left out. An error is the
/// node that DVC cannot take.
pub(crate) fn plain(node: &Node) -> Result<Value, &Node> {
    Ok(match &node.kind {
        Kind::Date(_) => return Err(node),
        Kind::List(items) => Value::List(items.iter().map(plain).collect::<Result<_, _>>()?),
        Kind::Map(entries) => {
            let named = entries.iter().filter_map(|(key, value)| Some((key.as_str()?, value)));
            let entries = named.map(|(key, value)| Ok((key.to_owned(), plain(value)?)));
            Value::Map(entries.collect::<Result<_, _>>()?)
        }
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Str(_) => {
            node.to_value()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_merge_and_all_else_collides() {
        let map = |text: &str| {
            let value = crate::base::yaml::parse(text).expect("YAML").to_value();
            value.as_map().expect("a map").to_vec()
        };
        let mut context = Context::default();
        context.merge(map("a: {b: 1, l: [5, 6]}")).expect("nothing is there");
        context.merge(map("a: {c: {d: 2}}")).expect("maps merge");
        assert_eq!(context.merge(map("a: {c: {d: 3}}")), Err("a.c.d".to_owned()));
        assert_eq!(context.merge(map("a: [1]")), Err("a".to_owned()));
        assert_eq!(context.select(&["a", "c", "d"]), Some(&Value::Int(2)));
        assert_eq!(context.select(&["a", "l", "-1"]), Some(&Value::Int(6)));
        assert_eq!(context.select(&["a", "l", "2"]), None);
        context.local = vec![("item", Value::Int(7))];
        assert_eq!(context.select(&["item"]), Some(&Value::Int(7)));
        assert!(context.merge(map("item: 1")).is_err());
    }
}
