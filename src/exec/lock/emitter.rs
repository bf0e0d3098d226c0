//! Writes values as YAML byte for byte as DVC does: ruamel.yaml's round-trip dumper at width 80.
//!
//! Anchors are never written; DVC reads the expanded form. Unaware of what the values mean.

use crate::base::python::{float_repr, json_sorted};
use crate::base::value::Value;
use crate::base::yaml;
use crate::exec::lock::scalar::{Analysis, is_implicit};

/// Longest key written on one line with its value; the dumper counts the tag `!!str` as well.
const SIMPLE_KEY_LIMIT: usize = 123;

/// Writes a map as a document; an empty map as `{}`.
pub(crate) fn document(value: &Value) -> String {
    let write = |style| {
        let mut emitter = Emitter::new(style);
        emitter.node(value, None, Place::Root);
        emitter.finish()
    };
    faithful(value, write)
}

/// Writes one entry of a map that stands `indent` spaces deep, with its line end.
pub(super) fn entry(key: &str, value: &Value, indent: usize) -> String {
    let write = |style| {
        let mut emitter = Emitter::new(style);
        emitter.entry(key, value, indent);
        emitter.finish()
    };
    faithful(&Value::Map(vec![(key.to_owned(), value.clone())]), write)
}

/// How strings are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As DVC writes them.
    Dvc,
    /// On one line, and quoted with escapes where quotes are needed.
    Careful,
}

/// Writes in DVC's style where that reads back as `value`, else in the careful one.
///
/// DVC's dumper loses blanks where it folds between several, and line ends that are not `\n`;
/// a command that was written so would be changed for ever.
fn faithful(value: &Value, write: impl Fn(Style) -> String) -> String {
    let text = write(Style::Dvc);
    let read = yaml::parse(&text);
    if read.is_ok_and(|node| json_sorted(&node.to_value()) == json_sorted(value)) {
        return text;
    }
    write(Style::Careful)
}

/// What surrounds a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    MapValue,
    ListItem,
}

/// Output with the dumper's state, named as its effects: how the next token is spaced.
pub(super) struct Emitter {
    pub(super) out: String,
    style: Style,
    /// In characters.
    pub(super) column: usize,
    /// Whether the last thing written was white space.
    pub(super) after_space: bool,
    /// Whether only indentation and `-`, `?`, `:` stand on this line.
    pub(super) at_indent: bool,
}

impl Emitter {
    fn new(style: Style) -> Self {
        Self { out: String::new(), style, column: 0, after_space: true, at_indent: true }
    }

    fn finish(mut self) -> String {
        if self.column > 0 {
            self.line_break();
        }
        self.out
    }

    /// Column after which scalars are folded.
    pub(super) fn width(&self) -> usize {
        match self.style {
            Style::Dvc => 80,
            Style::Careful => usize::MAX / 2,
        }
    }

    fn node(&mut self, value: &Value, indent: Option<usize>, place: Place) {
        match value {
            Value::Map(entries) if entries.is_empty() => self.empty("{", "}"),
            Value::List(items) if items.is_empty() => self.empty("[", "]"),
            Value::Map(entries) => {
                let indent = indent.map_or(0, |indent| indent + 2);
                for (key, value) in entries {
                    self.entry(key, value, indent);
                }
            }
            Value::List(items) => self.list(items, indent, place),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => {
                let indent = indent.map_or(0, |indent| indent + 2);
                if place == Place::ListItem {
                    self.write_indent(indent);
                }
                if let Value::Str(text) = value {
                    self.string(text, indent, false);
                } else {
                    self.plain(&scalar_text(value), indent, true);
                }
            }
        }
    }

    fn entry(&mut self, key: &str, value: &Value, indent: usize) {
        self.write_indent(indent);
        if key.chars().count() < SIMPLE_KEY_LIMIT && !Analysis::of(key).multiline {
            self.string(key, indent + 2, true);
            self.indicator(":", false, false);
        } else {
            self.indicator("?", true, true);
            self.string(key, indent + 2, false);
            self.write_indent(indent);
            self.indicator(":", true, true);
        }
        self.node(value, Some(indent), Place::MapValue);
    }

    fn list(&mut self, items: &[Value], indent: Option<usize>, place: Place) {
        // A list under a map stands at the map's own column.
        let same_column = place == Place::MapValue && !self.at_indent;
        let indent = match indent {
            None => 0,
            Some(indent) if same_column => indent,
            Some(indent) => indent + 2,
        };
        for (at, item) in items.iter().enumerate() {
            if at == 0 && place == Place::ListItem {
                self.at_indent = true;
            }
            self.write_indent(indent);
            self.indicator("-", true, true);
            self.node(item, Some(indent), Place::ListItem);
        }
    }

    fn empty(&mut self, open: &str, close: &str) {
        self.indicator(open, true, false);
        self.after_space = true;
        self.indicator(close, false, false);
    }

    /// Picks the style that the dumper picks, and writes a string in it.
    fn string(&mut self, text: &str, indent: usize, is_key: bool) {
        let analysis = Analysis::of(text);
        let needs_line = is_key && analysis.multiline;
        let split = !is_key;
        if analysis.allows_plain && !is_implicit(text) && !needs_line {
            self.plain(text, indent, split);
        } else if self.style == Style::Dvc
            && analysis.allows_single
            && !text.contains(['\'', '\n'])
            && !needs_line
        {
            self.single_quoted(text, indent, split);
        } else {
            self.double_quoted(text, indent, split);
        }
    }

    /// Writes punctuation, after a blank where `spaced` asks for one.
    pub(super) fn indicator(&mut self, text: &str, spaced: bool, keeps_indent: bool) {
        if spaced && !self.after_space {
            self.out.push(' ');
            self.column += 1;
        }
        self.after_space = false;
        self.at_indent = self.at_indent && keeps_indent;
        self.column += text.len();
        self.out.push_str(text);
    }

    pub(super) fn line_break(&mut self) {
        self.break_with('\n');
    }

    pub(super) fn break_with(&mut self, line_end: char) {
        self.after_space = true;
        self.at_indent = true;
        self.column = 0;
        self.out.push(line_end);
    }

    /// Moves to the column `indent`, on a new line unless this one only holds indentation.
    pub(super) fn write_indent(&mut self, indent: usize) {
        let passed = self.column > indent || (self.column == indent && !self.after_space);
        if !self.at_indent || passed {
            self.line_break();
        }
        if self.column < indent {
            self.after_space = true;
            self.out.extend(std::iter::repeat_n(' ', indent - self.column));
            self.column = indent;
        }
    }

    /// Writes text that counts in the column.
    pub(super) fn write(&mut self, text: &[char]) {
        self.column += text.len();
        self.out.extend(text);
    }
}

fn scalar_text(value: &Value) -> String {
    match value {
        Value::Null | Value::List(_) | Value::Map(_) => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) if value.is_nan() => ".nan".to_owned(),
        Value::Float(value) if value.is_infinite() => {
            if *value > 0.0 { ".inf" } else { "-.inf" }.to_owned()
        }
        Value::Float(value) => float_repr(*value),
        Value::Str(text) => text.clone(),
    }
}
