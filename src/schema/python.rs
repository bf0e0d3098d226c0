//! Python expressions as data; `form` has those that checks become.
//!
//! No value ever becomes code: whatever a spec says arrives in a literal, escaped by its type.
//! Unaware of files: `emit` puts the expressions into modules.

mod form;

pub(crate) use form::{Form, ends};

use crate::base::bound::Number;
use crate::base::python::float_repr;
use crate::schema::column::{ColumnType, Scalar};
use crate::schema::literal;
use std::fmt::Write as _;

/// How wide a line may be: what `ruff format` keeps.
const WIDTH: usize = 88;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    /// Code of ours, without any value of a spec.
    Code(String),
    Str(String),
    Call(String, Vec<Argument>),
    List(Vec<Self>),
    Dict(Vec<Entry>),
    Tuple(Vec<Self>),
    /// `row["age"]`
    Item(&'static str, Box<Self>),
    /// `lambda values: …`
    Lambda(&'static str, Box<Self>),
}

/// An argument, with its name if it has one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    pub(crate) name: Option<&'static str>,
    pub(crate) value: Expr,
}

/// A key and its value, with a comment above them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) comment: Option<String>,
    pub(crate) key: Expr,
    pub(crate) value: Expr,
}

impl Expr {
    pub(crate) fn code(text: &str) -> Self {
        Self::Code(text.to_owned())
    }

    pub(crate) fn text(text: &str) -> Self {
        Self::Str(text.to_owned())
    }

    pub(crate) fn flag(flag: bool) -> Self {
        Self::code(if flag { "True" } else { "False" })
    }

    pub(crate) fn call(function: &str) -> Self {
        Self::Call(function.to_owned(), Vec::new())
    }

    /// Adds an argument to a call.
    pub(crate) fn with(mut self, value: Self) -> Self {
        if let Self::Call(_, arguments) = &mut self {
            arguments.push(Argument { name: None, value });
        }
        self
    }

    /// Adds a named argument to a call.
    pub(crate) fn named(mut self, name: &'static str, value: Self) -> Self {
        if let Self::Call(_, arguments) = &mut self {
            arguments.push(Argument { name: Some(name), value });
        }
        self
    }

    /// Puts a named argument before the others of a call.
    pub(crate) fn first_named(mut self, name: &'static str, value: Self) -> Self {
        if let Self::Call(_, arguments) = &mut self {
            arguments.insert(0, Argument { name: Some(name), value });
        }
        self
    }

    /// A number as a value of a column.
    pub(crate) fn number(number: Number, ty: ColumnType) -> Self {
        match literal::value(number, ty) {
            Scalar::Int(value) => Self::Code(value.to_string()),
            Scalar::Float(value) => Self::float(value),
            Scalar::Bool(flag) => Self::flag(flag),
            Scalar::Str(time) => {
                Self::call("pd.Timestamp").with(Self::text(time.trim_end_matches('Z')))
            }
        }
    }

    pub(crate) fn float(value: f64) -> Self {
        if value.is_finite() {
            return Self::Code(float_repr(value).replace("e+", "e"));
        }
        Self::call("float").with(Self::text(&float_repr(value)))
    }

    /// An argument of a check as a value of the column.
    pub(crate) fn scalar(scalar: &Scalar, ty: ColumnType) -> Self {
        match (literal::measure(scalar, ty), scalar) {
            (Some(number), _) => Self::number(number, ty),
            (None, Scalar::Int(value)) => Self::Code(value.to_string()),
            (None, Scalar::Float(value)) => Self::float(*value),
            (None, Scalar::Bool(flag)) => Self::flag(*flag),
            (None, Scalar::Str(text)) => Self::text(text),
        }
    }

    /// The expression as code that begins in this column and is followed by `behind` characters;
    /// lines that go on are indented deeper than `indent`.
    pub(crate) fn render(&self, indent: usize, column: usize, behind: usize) -> String {
        let flat = self.flat();
        if let Some(flat) = &flat
            && column + flat.chars().count() + behind <= WIDTH
        {
            return flat.clone();
        }
        let (open, items, close): (String, Vec<String>, &str) = match self {
            Self::Code(_) | Self::Str(_) | Self::Item(..) => return flat.unwrap_or_default(),
            Self::Lambda(name, body) => {
                let head = format!("lambda {name}: ");
                let body = body.render(indent, column + head.len(), behind);
                return format!("{head}{body}");
            }
            Self::Call(function, arguments) => {
                let items = arguments.iter().map(|it| it.render(indent + 4)).collect();
                (format!("{function}("), items, ")")
            }
            Self::List(items) => ("[".to_owned(), each(items, indent + 4), "]"),
            Self::Tuple(items) => ("(".to_owned(), each(items, indent + 4), ")"),
            Self::Dict(entries) => {
                let items = entries.iter().map(|it| it.render(indent + 4)).collect();
                ("{".to_owned(), items, "}")
            }
        };
        let mut text = format!("{open}\n");
        for item in items {
            let _ = writeln!(text, "{:1$}{item},", "", indent + 4);
        }
        let _ = write!(text, "{:1$}{close}", "", indent);
        text
    }

    /// On one line, unless a comment is inside.
    fn flat(&self) -> Option<String> {
        let all = |items: &[Self]| -> Option<String> {
            let flat: Option<Vec<String>> = items.iter().map(Self::flat).collect();
            Some(flat?.join(", "))
        };
        Some(match self {
            Self::Code(code) => code.clone(),
            Self::Str(text) => quoted(text),
            Self::Item(name, key) => format!("{name}[{}]", key.flat()?),
            Self::Lambda(name, body) => format!("lambda {name}: {}", body.flat()?),
            Self::List(items) => format!("[{}]", all(items)?),
            Self::Tuple(items) if items.len() == 1 => format!("({},)", all(items)?),
            Self::Tuple(items) => format!("({})", all(items)?),
            Self::Call(function, arguments) => {
                let flat: Option<Vec<String>> = arguments.iter().map(Argument::flat).collect();
                format!("{function}({})", flat?.join(", "))
            }
            Self::Dict(entries) => {
                let flat: Option<Vec<String>> = entries.iter().map(Entry::flat).collect();
                format!("{{{}}}", flat?.join(", "))
            }
        })
    }
}

fn each(items: &[Expr], indent: usize) -> Vec<String> {
    items.iter().map(|it| it.render(indent, indent, 1)).collect()
}

impl Argument {
    fn flat(&self) -> Option<String> {
        let value = self.value.flat()?;
        Some(self.name.map_or(value.clone(), |name| format!("{name}={value}")))
    }

    fn render(&self, indent: usize) -> String {
        let name = self.name.map(|name| format!("{name}=")).unwrap_or_default();
        let value = self.value.render(indent, indent + name.len(), 1);
        format!("{name}{value}")
    }
}

impl Entry {
    fn flat(&self) -> Option<String> {
        match self.comment {
            Some(_) => None,
            None => Some(format!("{}: {}", self.key.flat()?, self.value.flat()?)),
        }
    }

    fn render(&self, indent: usize) -> String {
        let key = self.key.flat().unwrap_or_default();
        let value = self.value.render(indent, indent + key.chars().count() + 2, 1);
        match &self.comment {
            Some(comment) => format!("# {comment}\n{:indent$}{key}: {value}", ""),
            None => format!("{key}: {value}"),
        }
    }
}

/// A string literal, in the quotes that need fewer escapes.
fn quoted(text: &str) -> String {
    let count = |quote: char| text.chars().filter(|c| *c == quote).count();
    let quote = if count('"') > count('\'') { '\'' } else { '"' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            // Invisible, or it changes the order in which the line is read.
            c if is_hidden(c) => {
                let _ = match u32::from(c) {
                    code @ ..=0xff => write!(out, "\\x{code:02x}"),
                    code @ ..=0xffff => write!(out, "\\u{code:04x}"),
                    code => write!(out, "\\U{code:08x}"),
                };
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_literals_whatever_is_in_them() {
        for (text, want) in [
            ("plain é", r#""plain é""#),
            (r#""]; import os"#, r#"'"]; import os'"#),
            ("it's \"it\"", r#"'it\'s "it"'"#),
            ("a\\", r#""a\\""#),
            ("\n\r\t\0\u{1b}", r#""\n\r\t\x00\x1b""#),
            ("\u{202e}\u{e0041}\u{a0}", r#""\u202e\U000e0041\xa0""#),
            ("{x} ${{ y }}", r#""{x} ${{ y }}""#),
        ] {
            assert_eq!(quoted(text), want);
        }
    }

    #[test]
    fn what_does_not_fit_on_a_line_is_taken_apart() {
        let short = Expr::call("f").with(Expr::code("1")).named("name", Expr::text("x"));
        assert_eq!(short.render(0, 0, 0), r#"f(1, name="x")"#);
        let long = Expr::call("f").with(Expr::List(vec![Expr::text(&"y".repeat(40)); 3]));
        let text = long.render(4, 4, 1);
        let line = format!("            \"{}\",\n", "y".repeat(40));
        assert_eq!(text, format!("f(\n        [\n{}        ],\n    )", line.repeat(3)));
    }
}
