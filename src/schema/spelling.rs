//! Writes pieces of schemas as the language spells them, for fixes and messages.

use crate::base::bound::{Bound, Number};
use crate::base::code::Severity;
use crate::base::source::Spanned;
use crate::schema::column::{Check, Column, ColumnType, Scalar, Schema};
use crate::schema::literal;
use crate::schema::table::TableCheck;
use std::fmt;

/// A name or text: bare where the language reads it as text, else quoted.
pub(crate) fn word(text: &str) -> String {
    if is_bare(text) { text.to_owned() } else { quoted(text) }
}

fn is_bare(text: &str) -> bool {
    let mut chars = text.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let keyword = matches!(text, "true" | "false" | "null" | "inf" | "nan");
    starts && !keyword && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A pattern as a raw string, with as many `#` as it needs.
pub(crate) fn raw(text: &str) -> String {
    if text.contains(char::is_control) || text.starts_with('"') {
        return quoted(text);
    }
    let mut hashes = String::from("#");
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("{hashes}\"{text}\"{hashes}")
}

/// A bound on values of this type; without one, on numbers.
pub(crate) fn bound(bound: &Bound, ty: Option<ColumnType>) -> String {
    format!("{}{}", bound.op.as_str(), number(bound.value, ty))
}

/// A number as a bound has it: dates in quotes, floats with their point.
pub(crate) fn number(number: Number, ty: Option<ColumnType>) -> String {
    match ty.map_or(Scalar::Bool(false), |ty| literal::value(number, ty)) {
        Scalar::Str(date) => format!("\"{date}\""),
        Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_) => number.to_string(),
    }
}

/// Bounds one after the other: `>=18 <=120`.
pub(crate) fn bounds(bounds: &[Bound], ty: Option<ColumnType>) -> String {
    bounds.iter().map(|it| bound(it, ty)).collect::<Vec<_>>().join(" ")
}

/// A check of a column of this type: `mean >0.01 <0.9`.
pub(crate) fn check(check: &Check, ty: Option<ColumnType>) -> String {
    let name = check.constraint.value;
    let mut text = name.to_owned();
    for argument in &check.arguments {
        text.push(' ');
        if let ("matches" | "not-matches", Scalar::Str(pattern)) = (name, &argument.value) {
            text.push_str(&raw(pattern));
        } else {
            text.push_str(&argument.value.to_string());
        }
    }
    // Only `min` and `max` bound values of the column; the others bound numbers.
    let ty = ty.filter(|_| matches!(name, "min" | "max" | "in-range"));
    if !check.bounds.is_empty() {
        text = format!("{text} {}", bounds(&check.bounds, ty));
    }
    softened(text, check.mostly.as_ref(), check.severity)
}

/// A check with what softens it.
pub(crate) fn softened(
    mut text: String,
    mostly: Option<&Spanned<f64>>,
    severity: Severity,
) -> String {
    if let Some(share) = mostly {
        text = format!("{text} mostly={}", share.value);
    }
    if severity == Severity::Warning {
        text.push_str(" severity=warning");
    }
    text
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) if value.is_nan() => f.write_str("#nan"),
            Self::Float(value) if *value == f64::INFINITY => f.write_str("#inf"),
            Self::Float(value) if *value == f64::NEG_INFINITY => f.write_str("#-inf"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Bool(value) => write!(f, "#{value}"),
            Self::Str(text) => f.write_str(&word(text)),
        }
    }
}

impl fmt::Display for Column {
    /// The whole line: `age  int  >=18 <=120`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&word(&self.name.value))?;
        if let Some(ty) = &self.ty {
            write!(f, "  {}", ty.value.spelled(self.nullable))?;
        }
        if !self.bounds.is_empty() {
            write!(f, "  {}", bounds(&self.bounds, self.ty.as_ref().map(|ty| ty.value)))?;
        }
        if !self.checks.is_empty() {
            let ty = self.ty.as_ref().map(|ty| ty.value);
            let checks: Vec<String> = self.checks.iter().map(|it| check(it, ty)).collect();
            write!(f, "  {{ {} }}", checks.join("; "))?;
        }
        Ok(())
    }
}

impl Schema {
    /// All that it says, a line each, wherever it stands in a spec.
    pub(crate) fn spelled(&self) -> String {
        let mut lines = vec![format!("rows {}", bounds(&self.rows, None))];
        lines.extend(self.nulls.iter().map(|it| format!("nulls {}", quoted(&it.value))));
        lines.extend(self.strict.map(|_| "strict".to_owned()));
        lines.extend(self.ordered.map(|_| "ordered".to_owned()));
        lines.extend(self.table.iter().map(TableCheck::spelled));
        lines.extend(self.columns.iter().map(ToString::to_string));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_where_it_must_be() {
        for (text, want) in [
            ("A", "A"),
            ("churn-api", "churn-api"),
            ("true", "\"true\""),
            ("", "\"\""),
            ("1a", "\"1a\""),
            ("two words", "\"two words\""),
            ("N/A", "\"N/A\""),
            ("a\"b\\c\n\u{1}", r#""a\"b\\c\n\u{1}""#),
        ] {
            assert_eq!(word(text), want);
        }
        assert_eq!(raw(r"\d+"), r##"#"\d+"#"##);
        assert_eq!(raw("a\"#b"), "##\"a\"#b\"##");
        assert_eq!(Scalar::Float(1.0).to_string(), "1.0");
        assert_eq!(Scalar::Bool(true).to_string(), "#true");
    }
}
