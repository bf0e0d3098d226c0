//! Single values: whether one is what its place wants, and the edit that makes it so.

use crate::base::bound::Op;
use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::source::{FileId, Span};
use crate::syntax::codes;
use crate::syntax::grammar::Kind;
use crate::syntax::tree::{Literal, RawBound, Scalar};

const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

/// Stands for a value that was wrong and reported.
pub(super) static NOTHING: Literal = Literal { value: Scalar::Null, bare: false, span: NOWHERE };

/// The value of a flag that is only named.
pub(super) static TRUE: Literal = Literal { value: Scalar::Bool(true), bare: false, span: NOWHERE };

/// Whether `literal` is of this kind; reports it when not. `place` names what it belongs to.
pub(super) fn check(literal: &Literal, kind: Kind, place: &str, sink: &mut Sink) -> bool {
    let fits = match kind {
        Kind::Name => literal.as_str().is_some_and(is_name),
        Kind::Word => literal.as_str().is_some(),
        Kind::Path | Kind::Text | Kind::Duration | Kind::Size => literal.quoted().is_some(),
        Kind::PathOrName => literal.quoted().is_some() || literal.word().is_some_and(is_name),
        Kind::Bool => matches!(literal.value, Scalar::Bool(_)),
        Kind::Count => matches!(literal.value, Scalar::Int(number) if number >= 0),
        Kind::Scalar => literal.value != Scalar::Null,
    };
    if !fits {
        sink.report(complaint(literal, kind, place));
    }
    fits
}

/// Whether it is a name of the language: `[A-Za-z_][A-Za-z0-9_-]*`.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

fn complaint(literal: &Literal, kind: Kind, place: &str) -> Diagnostic {
    if kind == Kind::Name && literal.as_str().is_some() {
        return bad_name(literal);
    }
    let diagnostic = codes::WRONG_VALUE
        .at(literal.span, format!("{place} takes {}", kind.said()))
        .label(format!("this is {}", said(literal)));
    match remedy(literal, kind, place) {
        Some(instead) => diagnostic.fix(format!("write `{instead}`"), literal.span, instead),
        None => diagnostic,
    }
}

fn bad_name(literal: &Literal) -> Diagnostic {
    let text = literal.as_str().unwrap_or_default();
    let mut instead: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    if !instead.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        instead.insert(0, '_');
    }
    codes::BAD_NAME
        .at(literal.span, format!("`{text}` is not a name"))
        .label("names are letters, digits, `_` and `-`, and start with a letter or `_`")
        .fix(format!("write `{instead}`"), literal.span, instead)
}

/// What stands there, in words.
fn said(literal: &Literal) -> String {
    match &literal.value {
        Scalar::Null => "nothing".to_owned(),
        Scalar::Bool(_) => "a boolean".to_owned(),
        Scalar::Float(number) if number.fract() != 0.0 => "a fraction".to_owned(),
        Scalar::Int(number) if *number < 0 => "a negative number".to_owned(),
        Scalar::Int(_) | Scalar::Float(_) => "a number".to_owned(),
        Scalar::Str(text) if literal.bare => format!("the bare word `{text}`"),
        Scalar::Str(_) => "a string".to_owned(),
    }
}

/// What was plainly meant.
fn remedy(literal: &Literal, kind: Kind, place: &str) -> Option<String> {
    match (kind, &literal.value) {
        (Kind::Bool, Scalar::Str(text)) => boolean(text).map(|it| format!("#{it}")),
        (Kind::Bool, Scalar::Int(number @ (0 | 1))) => Some(format!("#{}", *number == 1)),
        (Kind::Count, Scalar::Str(text)) if text.parse::<u64>().is_ok() => Some(text.clone()),
        (Kind::Count, Scalar::Float(number)) if number.fract() == 0.0 && *number >= 0.0 => {
            Some(format!("{number:.0}"))
        }
        // `train@forest` is an instance of a stage, and no path.
        (Kind::PathOrName, Scalar::Str(text)) if literal.bare && text.contains('@') => None,
        (Kind::Path | Kind::Text | Kind::PathOrName, Scalar::Str(text)) if literal.bare => {
            Some(format!("\"{text}\""))
        }
        // The language has one version.
        (Kind::Count, Scalar::Str(text)) if place == "`mlc`" && text.starts_with(is_version) => {
            Some("1".to_owned())
        }
        (Kind::Count, Scalar::Float(_)) if place == "`mlc`" => Some("1".to_owned()),
        (Kind::Duration, Scalar::Int(number)) => Some(format!("\"{number}s\"")),
        (Kind::Text | Kind::Path | Kind::Word, Scalar::Int(number)) => {
            Some(format!("\"{number}\""))
        }
        _ => None,
    }
}

fn is_version(c: char) -> bool {
    c == 'v' || c.is_ascii_digit()
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" => Some(true),
        "false" | "no" | "off" | "n" => Some(false),
        _ => None,
    }
}

/// A bound that had to be quoted as a whole: `"<50ms"`.
pub(super) fn quoted_bound(literal: &Literal) -> Option<RawBound> {
    let text = literal.quoted()?;
    let (op, value) = [(">=", Op::Ge), ("<=", Op::Le), (">", Op::Gt), ("<", Op::Lt)]
        .into_iter()
        .find_map(|(sign, op)| Some((op, text.strip_prefix(sign)?)))?;
    let starts = value.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let value = value.trim();
    let number = value.parse().ok().filter(|it: &f64| it.is_finite());
    let value = match (value.parse(), number) {
        (Ok(whole), _) => Scalar::Int(whole),
        (Err(_), Some(number)) => Scalar::Float(number),
        (Err(_), None) => Scalar::Str(value.to_owned()),
    };
    starts.then_some(RawBound {
        name: None,
        op,
        value: Literal { value, bare: false, span: literal.span },
        span: literal.span,
    })
}
