//! Values as DVC writes them into text: Python's words, and a map in a command as its options.

use crate::base::python::float_repr;
use crate::base::value::Value;

/// How `parsing` in DVC's configuration wants maps in commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    /// `parsing.bool = boolean_optional`: false is `--no-flag`.
    pub(crate) negated_flags: bool,
    /// `parsing.list = append`: a list repeats its option.
    pub(crate) repeated_lists: bool,
}

impl Style {
    /// Takes over what a configuration file says; others may follow and win.
    pub(crate) fn read(&mut self, config: &str) {
        let mut inside = false;
        for line in config.lines().map(str::trim) {
            if line.starts_with('[') {
                inside = line.trim_matches(['[', ']']).trim().eq_ignore_ascii_case("parsing");
            } else if inside && let Some((key, value)) = line.split_once('=') {
                let value = value.trim().trim_matches(['"', '\'']);
                match key.trim() {
                    "bool" => self.negated_flags = value == "boolean_optional",
                    "list" => self.repeated_lists = value == "append",
                    _ => {}
                }
            }
        }
    }
}

/// A scalar inside text; `None` for a list or a map.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    Some(match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Int(_) | Value::Float(_) | Value::Str(_) => printed(value)?,
        Value::List(_) | Value::Map(_) => return None,
    })
}

/// A scalar as Python's `str` prints it, for which booleans are `True` and `False`.
pub(crate) fn printed(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "None".to_owned(),
        Value::Bool(flag) => if *flag { "True" } else { "False" }.to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => float_repr(*number),
        Value::Str(text) => text.clone(),
        Value::List(_) | Value::Map(_) => return None,
    })
}

/// A map as options of a command. An error names the option that holds lists in lists.
pub(crate) fn options(entries: &[(String, Value)], style: Style) -> Result<String, String> {
    let mut words = Vec::new();
    collect(entries, "", style, &mut words)?;
    Ok(words.join(" "))
}

fn collect(
    entries: &[(String, Value)],
    prefix: &str,
    style: Style,
    words: &mut Vec<String>,
) -> Result<(), String> {
    for (key, value) in entries {
        let name = format!("{prefix}{key}");
        match value {
            Value::Map(inner) => collect(inner, &format!("{name}."), style, words)?,
            Value::Bool(true) => words.push(format!("--{name}")),
            Value::Bool(false) if style.negated_flags => words.push(format!("--no-{name}")),
            Value::Bool(false) => {}
            Value::List(items) => list(items, &name, style, words)?,
            Value::Null | Value::Int(_) | Value::Float(_) | Value::Str(_) => {
                words.push(format!("--{name}"));
                words.extend(quoted(value));
            }
        }
    }
    Ok(())
}

fn list(items: &[Value], name: &str, style: Style, words: &mut Vec<String>) -> Result<(), String> {
    for (at, item) in items.iter().enumerate() {
        if at == 0 || style.repeated_lists {
            words.push(format!("--{name}"));
        }
        words.push(quoted(item).ok_or_else(|| name.to_owned())?);
    }
    Ok(())
}

/// A scalar for the shell; only strings are ever quoted.
fn quoted(value: &Value) -> Option<String> {
    if let Value::Str(text) = value { Some(shell_word(text)) } else { printed(value) }
}

/// As Python's `shlex.quote`.
fn shell_word(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./-_".contains(c);
    if !text.is_empty() && text.chars().all(safe) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\"'\"'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_becomes_options() {
        let text = "{a: 1, b: {c: x y, d: it's}, e: true, f: false, g: [1, true, a b], n: null, \
                    z: 1e-5, empty: {}, none: []}";
        let Value::Map(map) = crate::base::yaml::parse(text).expect("YAML").to_value() else {
            panic!("a map")
        };
        let plain = options(&map, Style::default());
        let want = "--a 1 --b.c 'x y' --b.d 'it'\"'\"'s' --e --g 1 True 'a b' --n None --z 1e-05";
        assert_eq!(plain.as_deref(), Ok(want));
        let mut style = Style::default();
        style.read("[core]\n    list = append\n[parsing]\n    bool = boolean_optional\n");
        style.read("[parsing]\nlist = append\n");
        let want = "--a 1 --b.c 'x y' --b.d 'it'\"'\"'s' --e --no-f --g 1 --g True --g 'a b' \
                    --n None --z 1e-05";
        assert_eq!(options(&map, style).as_deref(), Ok(want));
        let nested = [("a".to_owned(), Value::List(vec![Value::List(Vec::new())]))];
        assert_eq!(options(&nested, style), Err("a".to_owned()));
    }
}
