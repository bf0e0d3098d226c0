//! `{{ name }}` in strings: values from `vars`, params, the matrix and the environment.

use crate::base::source::{Span, Spanned};
use crate::base::suggest::{did_you_mean, nearest};
use crate::base::value::Value;
use crate::model::codes;
use crate::model::resolve::Resolver;
use crate::model::stage::Axis;
use crate::model::template::{Piece, Template};
use crate::syntax::ast::Text;

mod near_holes;

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
        let mended = near_holes::mend(self, text, axes, place);
        let text = mended.as_ref().unwrap_or(text);
        if !text.value.contains("{{") {
            return Template::text(text.value.clone());
        }
        let mut template = Template::default();
        let mut rest = text.value.as_str();
        let mut places = match &mended {
            Some(_) => Vec::new(),
            None => holes(self.sources.text(text.span), text.span),
        }
        .into_iter();
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
        let start = name.span.end.saturating_sub(u32::try_from(key.len()).unwrap_or_default());
        let span = Span { start: start.max(name.span.start), ..name.span };
        let place = Spanned::new(key.to_owned(), span);
        let Some(value) = self.params_value(&place) else {
            self.lost_holes += 1;
            return None;
        };
        match text_of(&value) {
            Some(text) => Some(Piece::Text(text)),
            None => {
                self.lost_holes += 1;
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
        self.lost_holes += 1;
        self.sink.report(
            codes::ENV_OUTSIDE_COMMAND
                .at(name.span, format!("`env.{variable}` can only be used in `cmd` and `env`"))
                .label("would make the plan differ from machine to machine"),
        );
        None
    }

    fn unknown_hole(&mut self, name: &Text, axes: &[Axis]) -> Option<Piece> {
        self.lost_holes += 1;
        let known = self.known_names(axes);
        let names = || known.iter().map(|(name, _)| name.as_str());
        // Other tools write `matrix.model` or `item.model`.
        let last = name.value.rsplit('.').next().unwrap_or_default();
        let exact = names().find(|it| *it == last);
        let near = exact.or_else(|| nearest(&name.value, names()));
        let near = near.or_else(|| nearest(last, names())).map(str::to_owned);
        if near.is_none() && self.spec.lost {
            return None;
        }
        let mut diagnostic = codes::UNKNOWN_VARIABLE
            .at(name.span, format!("there is no variable `{}`", name.value))
            .label("not in `vars` nor in this stage's `matrix`")
            .maybe_help(did_you_mean(&name.value, names()));
        if let Some(near) = &near {
            let place = known.iter().find(|(it, _)| it == near).map(|(_, place)| *place);
            diagnostic = diagnostic
                .help(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), name.span, near.clone())
                .defined_at(place);
        }
        self.sink.report(diagnostic);
        self.piece(&near?, axes)
    }

    /// Names that may stand in holes here, and where they are defined.
    fn known_names(&self, axes: &[Axis]) -> Vec<(String, Span)> {
        let axes = axes.iter().map(|axis| &axis.key);
        let vars = self.vars.iter().map(|var| &var.name);
        axes.chain(vars).map(|it| (it.value.clone(), it.span)).collect()
    }

    /// What a known name stands for.
    fn piece(&mut self, name: &str, axes: &[Axis]) -> Option<Piece> {
        self.lost_holes = self.lost_holes.saturating_sub(1);
        if let Some(axis) = axes.iter().position(|axis| axis.key.value == name) {
            return Some(Piece::Axis(axis));
        }
        let var = self.vars.iter_mut().find(|var| var.name.value == name)?;
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

/// Go's `{{.Name}}`, as Docker and others have it, begins with a dot and is none.
fn is_reference(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
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
