//! Fills `${…}` in. Knows which values fit where, not what a stage is.

use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::source::{FileId, Span};
use crate::base::suggest::did_you_mean;
use crate::base::value::Value;
use crate::base::yaml::{Kind, Node};
use crate::dvcyaml::codes;
use crate::dvcyaml::context::Context;
use crate::dvcyaml::expression::{self, Part};
use crate::dvcyaml::python_text::{self, Style};

/// Where something is filled in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) file: FileId,
    /// What to call it: `train.deps`.
    pub(crate) name: &'a str,
    /// Whether a map may become the options of a command.
    pub(crate) is_command: bool,
    pub(crate) style: Style,
}

/// Fills everything in below a node; `None` when a mistake was reported.
pub(crate) fn fill(
    node: &Node,
    context: &Context,
    place: Place<'_>,
    sink: &mut Sink,
) -> Option<Value> {
    match &node.kind {
        Kind::Str(text) if !text.contains("${") => Some(Value::Str(text.clone())),
        Kind::Str(text) => {
            let filled = fill_text(text, context, place);
            filled.map_err(|wrong| sink.report(wrong.at(node, place))).ok()
        }
        Kind::List(items) => {
            let items = items.iter().map(|it| fill(it, context, place, sink));
            // All of them, so that one mistake does not hide the next.
            let items: Vec<Option<Value>> = items.collect();
            items.into_iter().collect::<Option<_>>().map(Value::List)
        }
        Kind::Map(entries) => {
            let mut filled = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                let key = match key.as_str() {
                    Some(text) if text.contains("${") => {
                        fill(key, context, place, sink).and_then(|key| python_text::scalar(&key))
                    }
                    _ => Some(key.key_text()),
                };
                filled.push(key.zip(fill(value, context, place, sink)));
            }
            filled.into_iter().collect::<Option<_>>().map(Value::Map)
        }
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Date(_) => {
            Some(node.to_value())
        }
    }
}

/// Why a hole cannot be filled.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// What stands in the braces.
    inner: String,
    message: String,
    help: Option<String>,
}

impl Wrong {
    fn at(self, node: &Node, place: Place<'_>) -> Diagnostic {
        let message = format!("`${{{}}}` in `{}` {}", self.inner, place.name, self.message);
        codes::TEMPLATE
            .at(Span::new(place.file, node.start, node.end), message)
            .maybe_help(self.help)
    }
}

/// Fills one text in. A text that is one hole and nothing else becomes the value as it is.
fn fill_text(text: &str, context: &Context, place: Place<'_>) -> Result<Value, Wrong> {
    let parts = expression::parts(text);
    if let [Part::Hole(inner)] = parts.as_slice() {
        let value = select(inner, context)?;
        let fits = place.is_command && matches!(value, Value::Map(_));
        return match python_text::scalar(value).is_some() || fits {
            true => Ok(value.clone()),
            false => Err(unfit(inner, value, place)),
        };
    }
    let mut filled = String::with_capacity(text.len());
    for part in parts {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Hole(inner) => {
                filled.push_str(&in_text(inner, select(inner, context)?, place)?);
            }
        }
    }
    Ok(Value::Str(filled.replace("\\${", "${")))
}

fn in_text(inner: &str, value: &Value, place: Place<'_>) -> Result<String, Wrong> {
    if let Some(entries) = value.as_map().filter(|_| place.is_command) {
        return python_text::options(entries, place.style).map_err(|option| {
            let message = format!("is a map whose `{option}` holds a list of lists");
            Wrong { inner: inner.to_owned(), message, help: None }
        });
    }
    python_text::scalar(value).ok_or_else(|| unfit(inner, value, place))
}

fn unfit(inner: &str, value: &Value, place: Place<'_>) -> Wrong {
    let (noun, keys) = match value.as_map() {
        Some(entries) => ("a map", entries.first().map(|(key, _)| key.as_str())),
        None => ("a list", Some("0")),
    };
    let where_maps_fit = if place.is_command { "" } else { "; a whole map fits in `cmd` only" };
    let help =
        keys.map(|key| format!("name one of its values: `${{{inner}.{key}}}`{where_maps_fit}"));
    Wrong { inner: inner.to_owned(), message: format!("is {noun}"), help }
}

/// The value that an expression names.
pub(crate) fn select<'a>(inner: &str, context: &'a Context) -> Result<&'a Value, Wrong> {
    let wrong = |message: String, help| Wrong { inner: inner.to_owned(), message, help };
    let keys = expression::keys(inner)
        .map_err(|why| wrong(format!("cannot be read: {why}"), Some(AS_TEXT.to_owned())))?;
    if let Some(value) = context.select(&keys) {
        return Ok(value);
    }
    let help = match keys.split_last() {
        Some((last, [])) => did_you_mean(last, context.names()),
        Some((last, before)) => context.select(before).and_then(|value| {
            let entries = value.as_map().unwrap_or_default();
            did_you_mean(last, entries.iter().map(|(key, _)| key.as_str()))
        }),
        None => None,
    };
    let help = help.unwrap_or_else(|| AS_TEXT.to_owned());
    Err(wrong("names nothing that `params.yaml` or `vars` give".to_owned(), Some(help)))
}

const AS_TEXT: &str = "write `\\${` where the shell or the text shall see `${`";

/// Reports every hole below a node that no value could fill. Returns whether there is none.
pub(crate) fn check_syntax(node: &Node, place: Place<'_>, sink: &mut Sink) -> bool {
    match &node.kind {
        Kind::Str(text) if text.contains("${") => {
            let wrong = expression::parts(text).into_iter().find_map(|part| match part {
                Part::Text(_) => None,
                Part::Hole(inner) => Some((inner, expression::keys(inner).err()?)),
            });
            let Some((inner, why)) = wrong else { return true };
            let message = format!("cannot be read: {why}");
            let wrong = Wrong { inner: inner.to_owned(), message, help: Some(AS_TEXT.to_owned()) };
            sink.report(wrong.at(node, place));
            false
        }
        Kind::List(items) => {
            let good = items.iter().map(|it| check_syntax(it, place, sink));
            // Each is looked at, so that one mistake does not hide the next.
            good.collect::<Vec<bool>>().into_iter().all(|good| good)
        }
        Kind::Map(entries) => entries.iter().fold(true, |good, (key, value)| {
            let key = check_syntax(key, place, sink);
            check_syntax(value, place, sink) && key && good
        }),
        Kind::Null
        | Kind::Bool(_)
        | Kind::Int(_)
        | Kind::Float(_)
        | Kind::Str(_)
        | Kind::Date(_) => true,
    }
}

/// Whether a text is one hole and nothing else.
pub(crate) fn is_whole(text: &str) -> bool {
    matches!(expression::parts(text).as_slice(), [Part::Hole(_)])
}

/// The value that stands where `foreach` and `matrix` have their lists: one hole, and whatever it
/// names, or `None` when the text is more than that.
pub(crate) fn whole<'a>(
    node: &Node,
    context: &'a Context,
    place: Place<'_>,
    sink: &mut Sink,
) -> Option<Option<&'a Value>> {
    let Some(text) = node.as_str() else { return Some(None) };
    let parts = expression::parts(text);
    let [Part::Hole(inner)] = parts.as_slice() else { return Some(None) };
    match select(inner, context) {
        Ok(value) => Some(Some(value)),
        Err(wrong) => {
            sink.report(wrong.at(node, place));
            None
        }
    }
}
