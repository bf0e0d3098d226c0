//! Pieces of KDL as text. The layout is left to `mlc fmt`.

use crate::base::value::Value;

/// A string in quotes, over several lines when it has several.
pub(crate) fn quoted(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let has_blank_ends = lines.iter().any(|line| line.trim() != *line && line.trim().is_empty());
    if lines.len() < 2 || has_blank_ends {
        return format!("\"{}\"", escaped(text, true));
    }
    let lines: Vec<String> = lines.iter().map(|line| escaped(line, false)).collect();
    format!("\"\"\"\n{}\n\"\"\"", lines.join("\n"))
}

/// `with_quotes` for a string on one line; in one of several only three in a row would end it.
fn escaped(text: &str, with_quotes: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    let quote_all = with_quotes || text.contains("\"\"\"");
    for c in text.chars() {
        match c {
            '"' if quote_all => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            ' ' => out.push(' '),
            c if c.is_control() || (c.is_whitespace() && c != ' ') || is_unseen(c) => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// What changes the direction of writing, or marks the order of bytes.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A word, in quotes unless KDL and the language take it for a name.
pub(crate) fn word(text: &str) -> String {
    let taken = ["true", "false", "null", "inf", "nan"];
    if is_name(text) && !taken.contains(&text) { text.to_owned() } else { quoted(text) }
}

/// Letters, digits, `_` and `-`, not first a digit.
pub(crate) fn is_name(text: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(first)
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// A dotted key of a params file.
pub(crate) fn key(text: &str) -> String {
    if text.split('.').all(is_name) { text.to_owned() } else { quoted(text) }
}

/// The line that notes a value under a key: scalars and lists as values, a map as a block. `None`
/// for what a node cannot hold.
pub(crate) fn node(name: &str, value: &Value) -> Option<String> {
    let name = word(name);
    Some(match value {
        Value::Map(entries) => {
            let lines: Option<Vec<String>> =
                entries.iter().map(|(name, value)| node(name, value)).collect();
            format!("{name} {{\n{}\n}}", lines?.join("\n"))
        }
        Value::List(items) if items.len() > 1 => {
            let items: Option<Vec<String>> = items.iter().map(scalar).collect();
            format!("{name} {}", items?.join(" "))
        }
        Value::List(_) => return None,
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => {
            format!("{name} {}", scalar(value)?)
        }
    })
}

fn scalar(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "#null".to_owned(),
        Value::Bool(flag) => format!("#{flag}"),
        Value::Int(number) => number.to_string(),
        Value::Float(number) if number.is_finite() => crate::base::python::float_repr(*number),
        Value::Str(text) => quoted(text),
        Value::Float(_) | Value::List(_) | Value::Map(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_as_kdl_reads_them() {
        assert_eq!(quoted("a \"b\" \\ \u{202e}"), r#""a \"b\" \\ \u{202e}""#);
        assert_eq!(quoted("for i\ndo \"x\"\n"), "\"\"\"\nfor i\ndo \"x\"\n\n\"\"\"");
        assert_eq!(quoted("a\n \nb"), "\"a\\n \\nb\"");
        assert_eq!(
            (word("a-b"), word("1.0"), word("true")),
            ("a-b".into(), "\"1.0\"".into(), "\"true\"".into())
        );
    }
}
