//! YAML that PyYAML and ruamel.yaml read back unchanged, with comments between entries.
//!
//! Comments are never searched into finished text: each entry is written on its own and joined.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_yaml::{SerializerOptions, ser_options, to_string_with_options};

/// Writes a value as a YAML document that ends with a line end.
pub(crate) fn to_string<T: Serialize + ?Sized>(value: &T) -> String {
    to_string_with_options(&value, options())
        .expect("invariant: our view types have string keys and serialize without failing")
}

/// Block scalars stay off: the C loaders read some of them differently.
fn options() -> SerializerOptions {
    ser_options! { prefer_block_scalars: false, indent_step: 2, compact_list_indent: true }
}

/// A map that is written one entry at a time, so that comments can stand above entries.
#[derive(Debug, Default)]
pub(crate) struct Document {
    text: String,
    /// Spaces before each line.
    indent: usize,
}

impl Document {
    /// Starts an empty map at the left margin.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Writes `# ` lines above what comes next; an empty text writes nothing.
    pub(crate) fn comment(&mut self, text: &str) {
        for line in text.lines() {
            // Other characters that YAML counts as line ends must not end the comment.
            let line =
                line.replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ");
            self.line(format!("# {line}").trim_end());
        }
    }

    /// Writes an empty line.
    pub(crate) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Writes one entry. Precondition: `key` was not written before.
    pub(crate) fn entry<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        let text = to_string(&Entry(key, value));
        text.lines().for_each(|line| self.line(line));
    }

    /// Writes one entry whose value is a map written entry by entry in `fill`.
    pub(crate) fn section(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        let mut inner = Self { text: String::new(), indent: self.indent + 2 };
        fill(&mut inner);
        if inner.text.is_empty() {
            return self.entry(key, &EmptyMap);
        }
        // An entry without a value ends in its colon, whatever quotes the key needs.
        let head = to_string(&Entry(key, &"x"));
        let head = head.trim_end().strip_suffix(" x").expect("invariant: `x` is written plain");
        self.line(head);
        self.text.push_str(&inner.text);
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str) {
        self.text.extend(std::iter::repeat_n(' ', self.indent));
        self.text.push_str(line);
        self.text.push('\n');
    }
}

struct Entry<'a, T: ?Sized>(&'a str, &'a T);

impl<T: Serialize + ?Sized> Serialize for Entry<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, self.1)?;
        map.end()
    }
}

struct EmptyMap;

impl Serialize for EmptyMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::value::Value;
    use crate::base::yaml::parse;

    #[test]
    fn comments_stand_above_the_entries_they_were_given_for() {
        let list = Value::List(vec![Value::Str("# x".into()), Value::Map(Vec::new())]);
        let mut document = Document::new();
        document.comment("Written by mlc.\n\nDo not edit.");
        document.section("stages", |stages| {
            stages.comment("mlc.kdl:3");
            stages.section("on", |stage| {
                stage.entry("cmd", "python a.py\necho '# not a comment'");
                stage.entry("deps", &list);
            });
            stages.blank();
            stages.comment("a\u{2028}b: c");
            stages.section("empty", |_| {});
        });
        let text = document.finish();
        insta::assert_snapshot!(text, @r##"
        # Written by mlc.
        #
        # Do not edit.
        stages:
          # mlc.kdl:3
          "on":
            cmd: "python a.py\necho '# not a comment'"
            deps:
            - "# x"
            - {}

          # a b: c
          empty: {}
        "##);
        let stage =
            |text: &str| parse(text).unwrap().get("stages").unwrap().get("on").unwrap().clone();
        assert_eq!(stage(&text).get("deps").unwrap().to_value(), list);
    }
}
