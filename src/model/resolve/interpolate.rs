//! `{{ name }}` in strings: values from `vars`, params, the matrix and the environment.

use crate::base::source::{Span, Spanned};
use crate::base::suggest::{did_you_mean, nearest};
use crate::base::value::Value;
use crate::model::codes;
use crate::model::resolve::Resolver;
use crate::model::stage::Axis;
use crate::model::template::{Piece, Template};
use crate::syntax::ast::Text;

/// Where a string stands: decides whether the environment may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Command,
    Path,
    Value,
}

impl Resolver<'_> {
    /// Resolves the holes of `text`; an unknown name is reported and left empty.
    pub(super) fn interpolate(&mut self, text: &Text, axes: &[Axis], place: Place) -> Template {
        if !text.value.contains("{{") {
            return Template::text(text.value.clone());
        }
        let mut template = Template::default();
        let mut rest = text.value.as_str();
        let mut places = holes(self.sources.text(text.span), text.span).into_iter();
        while let Some((before, name, after)) = next_hole(rest) {
            let span = places.next().unwrap_or(text.span);
            template.push_text(before);
            if let Some(piece) = self.hole(&Spanned::new(name.to_owned(), span), axes, place) {
                template.push(piece);
            }
            rest = after;
        }
        template.push_text(rest);
        template
    }

    fn hole(&mut self, name: &Text, axes: &[Axis], place: Place) -> Option<Piece> {
        let key = name.value.as_str();
        if let Some(axis) = axes.iter().position(|axis| axis.key.value == key) {
            return Some(Piece::Axis(axis));
        }
        if let Some(var) = self.vars.iter_mut().find(|var| var.name.value == key) {
            var.used = true;
            return Some(Piece::Text(var.value.clone()));
        }
        if let Some(key) = key.strip_prefix("params.") {
            return self.params_hole(name, key);
        }
        if let Some(variable) = key.strip_prefix("env.") {
            return self.environment_hole(name, variable, place);
        }
        self.unknown_hole(name, axes)
    }

    fn params_hole(&mut self, name: &Text, key: &str) -> Option<Piece> {
        let place = Spanned::new(key.to_owned(), name.span);
        let value = self.params_value(&place)?;
        match text_of(&value) {
            Some(text) => Some(Piece::Text(text)),
            None => {
                self.sink.report(
                    codes::UNFIT_INTERPOLATION
                        .at(name.span, format!("`params.{key}` is not a single value"))
                        .label("a list or a map has no place in a string"),
                );
                None
            }
        }
    }

    fn environment_hole(&mut self, name: &Text, variable: &str, place: Place) -> Option<Piece> {
        if place == Place::Command {
            return Some(Piece::Env(variable.to_owned()));
        }
        self.sink.report(
            codes::ENV_OUTSIDE_COMMAND
                .at(name.span, format!("`env.{variable}` can only be used in `cmd` and `env`"))
                .label("would make the plan differ from machine to machine"),
        );
        None
    }

    fn unknown_hole(&mut self, name: &Text, axes: &[Axis]) -> Option<Piece> {
        let known: Vec<String> = axes
            .iter()
            .map(|axis| axis.key.value.clone())
            .chain(self.vars.iter().map(|var| var.name.value.clone()))
            .collect();
        let names = || known.iter().map(String::as_str);
        let near = nearest(&name.value, names()).map(str::to_owned);
        let mut diagnostic = codes::UNKNOWN_VARIABLE
            .at(name.span, format!("there is no variable `{}`", name.value))
            .label("not in `vars` nor in this stage's `matrix`")
            .maybe_help(did_you_mean(&name.value, names()));
        if let Some(near) = &near {
            diagnostic = diagnostic.fix(format!("write `{near}`"), name.span, near.clone());
        }
        self.sink.report(diagnostic);
        let near = near?;
        if let Some(axis) = axes.iter().position(|axis| axis.key.value == near) {
            return Some(Piece::Axis(axis));
        }
        let var = self.vars.iter_mut().find(|var| var.name.value == near)?;
        var.used = true;
        Some(Piece::Text(var.value.clone()))
    }
}

/// Splits at the next `{{ name }}`; GitHub's `${{ }}` is not one, nor is anything but a name.
fn next_hole(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find("{{")?;
        let close = open + text.get(open..)?.find("}}")?;
        let name = text.get(open + 2..close)?.trim();
        let escaped = text.get(..open)?.ends_with('$');
        if !escaped && is_reference(name) {
            return Some((text.get(..open)?, name, text.get(close + 2..)?));
        }
        from = open + 2;
    }
}

fn is_reference(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Where the names in the holes of a literal stand in the source.
fn holes(source: &str, literal: Span) -> Vec<Span> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some((_, name, after)) = next_hole(rest) {
        let end = source.len() - after.len();
        let start = source.get(..end).and_then(|it| it.rfind(name)).unwrap_or(end);
        let base = literal.start as usize;
        found.push(Span::new(literal.file, base + start, base + start + name.len()));
        rest = after;
    }
    found
}

/// A params value as DVC would write it into a command.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("None".to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.to_string()),
        Value::Float(value) => Some(crate::base::python::float_repr(*value)),
        Value::Str(text) => Some(text.clone()),
        Value::List(_) | Value::Map(_) => None,
    }
}
