//! Loads `vars`: files as they are named, and maps as they are written.

use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::files::Files;
use crate::base::params::{self, ParamsError};
use crate::base::source::{FileId, SourceMap, Span};
use crate::base::value::Value;
use crate::base::yaml::{Kind, Node};
use crate::dvcyaml::codes;
use crate::dvcyaml::context::{self, Context};
use crate::dvcyaml::expression;
use crate::dvcyaml::paths::joined;
use camino::{Utf8Path, Utf8PathBuf};

/// What is needed to load values.
pub(crate) struct Loader<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) sources: &'a mut SourceMap,
    pub(crate) sink: &'a mut Sink,
    /// The `dvc.yaml`.
    pub(crate) file: FileId,
}

/// The default params file, which is loaded when it is there.
pub(crate) const DEFAULT: &str = "params.yaml";

impl Loader<'_> {
    /// Loads the default params file of a folder.
    pub(crate) fn load_default(&mut self, context: &mut Context, folder: &Utf8Path) {
        let path = folder.join(DEFAULT);
        if self.files.entry(&path).exists() {
            let place = Span::new(self.file, 0, 0);
            self.load_file(context, &path, None, place);
        }
    }

    /// Loads a list of `vars`. Returns whether all went well.
    pub(crate) fn load(&mut self, context: &mut Context, vars: &[Node], folder: &Utf8Path) -> bool {
        // Each is looked at, so that one mistake does not hide the next.
        let good: Vec<bool> = vars.iter().map(|item| self.item(context, item, folder)).collect();
        good.into_iter().all(|good| good)
    }

    fn item(&mut self, context: &mut Context, item: &Node, folder: &Utf8Path) -> bool {
        let place = Span::new(self.file, item.start, item.end);
        if has_hole(item) {
            let wrong = codes::VARS.at(place, "`vars` cannot hold `${…}`");
            self.sink.report(wrong.help("write the value itself"));
            return false;
        }
        if let Some(text) = item.as_str() {
            let (path, keys) = text.split_once(':').unwrap_or((text, ""));
            let keys: Vec<String> =
                keys.split(',').filter(|key| !key.is_empty()).map(str::to_owned).collect();
            let keys = (!keys.is_empty()).then_some(keys);
            return self.load_file(context, &joined(folder, path), keys, place);
        }
        match context::plain(item) {
            Ok(Value::Map(entries)) => self.merge(context, entries, "`vars`", place),
            Ok(_) => false,
            Err(node) => {
                self.date(node, self.file);
                false
            }
        }
    }

    fn load_file(
        &mut self,
        context: &mut Context,
        path: &Utf8Path,
        keys: Option<Vec<String>>,
        place: Span,
    ) -> bool {
        match (context.imports.get(path), &keys) {
            (Some(None), None) => return true,
            (Some(None), Some(_)) => return self.loaded_before(path, "as a whole", place),
            (Some(Some(_)), None) => return self.loaded_before(path, "in part", place),
            (Some(Some(known)), Some(keys)) if keys.iter().any(|it| known.contains(it)) => {
                return self.loaded_before(path, "in part", place);
            }
            _ => {}
        }
        let Some(entries) = self.read(path, place) else { return false };
        let chosen = match &keys {
            None => entries,
            Some(keys) => match self.choose(entries, keys, path, place) {
                Some(chosen) => chosen,
                None => return false,
            },
        };
        let imported = context.imports.entry(path.to_owned()).or_insert_with(|| keys.clone());
        if let (Some(known), Some(keys)) = (imported, keys) {
            known.extend(keys);
        }
        self.merge(context, chosen, &format!("`{path}`"), place)
    }

    fn choose(
        &mut self,
        entries: Vec<(String, Value)>,
        keys: &[String],
        path: &Utf8Path,
        place: Span,
    ) -> Option<Vec<(String, Value)>> {
        let missing = keys.iter().find(|key| entries.iter().all(|(name, _)| name != *key));
        if let Some(key) = missing {
            self.report(place, format!("`{path}` has no `{key}`"));
            return None;
        }
        let find = |key: &String| entries.iter().find(|(name, _)| name == key).cloned();
        Some(keys.iter().filter_map(find).collect())
    }

    /// The values of a file, with their mistakes reported.
    fn read(&mut self, path: &Utf8Path, place: Span) -> Option<Vec<(String, Value)>> {
        let Some(text) = self.files.read(path) else {
            let why = if self.files.entry(path).exists() {
                "is not a file of text"
            } else {
                "does not exist"
            };
            self.report(place, format!("`{path}` {why}"));
            return None;
        };
        let read = match params::parse(path, &text) {
            Ok(read) => read,
            Err(error) => {
                let wrong = self.unreadable(path, &text, error, place);
                self.sink.report(wrong);
                return None;
            }
        };
        let values = match &read.node {
            None => read.value,
            Some(node) => match context::plain(node) {
                Ok(value) => value,
                Err(date) => {
                    let file = self.source(path, &text);
                    self.date(date, file);
                    return None;
                }
            },
        };
        Some(if let Value::Map(entries) = values { entries } else { Vec::new() })
    }

    fn unreadable(
        &mut self,
        path: &Utf8Path,
        text: &str,
        error: ParamsError,
        place: Span,
    ) -> Diagnostic {
        let span = match error.offset {
            Some(at) => Span::new(self.source(path, text), at, at),
            None => place,
        };
        codes::VARS.at(span, format!("`{path}` cannot be read: {}", error.message))
    }

    fn source(&mut self, path: &Utf8Path, text: &str) -> FileId {
        self.sources.find(path).unwrap_or_else(|| self.sources.add(path, text))
    }

    fn merge(
        &mut self,
        context: &mut Context,
        entries: Vec<(String, Value)>,
        source: &str,
        place: Span,
    ) -> bool {
        let Err(key) = context.merge(entries) else { return true };
        let wrong = codes::VARS.at(place, format!("{source} gives `{key}` a second value"));
        self.sink.report(wrong.help("only maps are merged: remove one of the two"));
        false
    }

    fn loaded_before(&mut self, path: &Utf8Path, how: &str, place: Span) -> bool {
        let wrong = codes::VARS.at(place, format!("`{path}` was loaded {how} already"));
        self.sink.report(wrong.help("name each key of a file once, or the whole file once"));
        false
    }

    fn date(&mut self, node: &Node, file: FileId) {
        let span = Span::new(file, node.start, node.end);
        let message = format!("`{}` is a date, which DVC cannot take", node.key_text());
        self.sink.report(codes::VARS.at(span, message).help("put it in quotes"));
    }

    fn report(&mut self, place: Span, message: String) {
        self.sink.report(codes::VARS.at(place, message));
    }
}

fn has_hole(node: &Node) -> bool {
    match &node.kind {
        Kind::Str(text) => expression::has_hole(text),
        Kind::List(items) => items.iter().any(has_hole),
        Kind::Map(entries) => entries.iter().any(|(key, value)| has_hole(key) || has_hole(value)),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Date(_) => false,
    }
}

/// Files that were loaded, by path.
pub(crate) fn loaded(context: &Context) -> impl Iterator<Item = &Utf8PathBuf> {
    context.imports.keys()
}
