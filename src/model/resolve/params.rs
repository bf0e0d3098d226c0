//! Params files: read once each, their keys looked up where the spec names them.

use crate::base::params;
use crate::base::source::{FileId, Span, Spanned};
use crate::base::suggest::nearest;
use crate::base::value::Value;
use crate::model::codes;
use crate::model::project::ParamsFile;
use crate::model::resolve::Resolver;
use crate::model::stage::ParamsUse;
use crate::syntax::ast;
use camino::{Utf8Path, Utf8PathBuf};
use std::sync::Arc;

/// Params files that were asked for.
pub(super) struct ParamsTable {
    /// The file meant where none is named, and the place that says so.
    pub(super) default: Spanned<Utf8PathBuf>,
    /// Whether the spec names the default file.
    pub(super) is_named: bool,
    files: Vec<ParamsFile>,
}

impl Default for ParamsTable {
    fn default() -> Self {
        let default = Spanned::new("params.yaml".into(), Span::default());
        Self { default, is_named: false, files: Vec::new() }
    }
}

impl ParamsTable {
    pub(super) fn into_files(self) -> Vec<ParamsFile> {
        self.files
    }
}

impl Resolver<'_> {
    /// The value of `key` in the default params file, for `{{ params.key }}`.
    pub(super) fn params_value(&mut self, key: &Spanned<String>) -> Option<Value> {
        let file = Spanned::new(self.params.default.value.clone(), key.span);
        let keys = self.checked_keys(&file, std::slice::from_ref(key));
        let found = keys.first()?;
        self.read_params(&file)?.lookup(&found.value).cloned()
    }

    /// Resolves one `params` of a stage.
    pub(super) fn params_use(&mut self, raw: &ast::Params) -> Option<ParamsUse> {
        let file = match &raw.file {
            Some(text) => self.plain_path(text)?,
            None => {
                let place = raw.keys.first().map_or(raw.span, |key| key.span);
                Spanned::new(self.params.default.value.clone(), place)
            }
        };
        let keys = self.checked_keys(&file, &raw.keys);
        // All keys were wrong: nothing is known of what was meant.
        let lost = keys.is_empty() && !raw.keys.is_empty();
        if raw.keys.is_empty() {
            self.read_params(&file);
        }
        (!lost).then_some(ParamsUse { file, keys })
    }

    /// The keys that the file has; others are reported, and replaced by what was meant.
    fn checked_keys(
        &mut self,
        file: &Spanned<Utf8PathBuf>,
        keys: &[Spanned<String>],
    ) -> Vec<Spanned<String>> {
        let Some(value) = self.read_params(file) else { return Vec::new() };
        let mut checked: Vec<Spanned<String>> = Vec::new();
        for key in keys {
            let known = value.lookup(&key.value).is_some();
            let name =
                if known { Some(key.value.clone()) } else { self.unknown_key(file, &value, key) };
            let Some(name) = name else { continue };
            match checked.iter().find(|it| it.value == name) {
                Some(first) => {
                    let first = first.span;
                    self.sink.report(
                        codes::DUPLICATE_NAME
                            .at(key.span, format!("params key `{name}` is named twice"))
                            .label("named again here")
                            .also(first, "first named here"),
                    );
                }
                None => checked.push(Spanned::new(name, key.span)),
            }
        }
        checked
    }

    fn unknown_key(
        &mut self,
        file: &Spanned<Utf8PathBuf>,
        value: &Value,
        key: &Spanned<String>,
    ) -> Option<String> {
        let known = value.paths();
        let near = meant_key(&key.value, &known);
        let mut diagnostic = codes::UNKNOWN_PARAMS_KEY
            .at(key.span, format!("`{}` has no key `{}`", file.value, key.value))
            .label("not in the params file");
        if let Some(near) = &near {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                key.span,
                near.clone(),
            );
        } else if let Some(parent) = key.value.rsplit_once('.').map(|it| it.0) {
            let siblings = value.lookup(parent).map(Value::paths).unwrap_or_default();
            let names: Vec<&str> = siblings.iter().map(String::as_str).collect();
            if (1..=12).contains(&names.len()) {
                let listed = crate::base::suggest::quoted(&names);
                diagnostic = diagnostic.help(format!("`{parent}` has {listed}"));
            }
        }
        self.sink.report(diagnostic);
        near
    }

    /// Reads a params file the first time it is asked for, and reports what is wrong with it.
    fn read_params(&mut self, file: &Spanned<Utf8PathBuf>) -> Option<Arc<Value>> {
        if let Some(known) = self.params.files.iter().find(|it| it.path == file.value) {
            return known.value.clone();
        }
        let value = self.load_params(file).map(Arc::new);
        let value = match (value, self.near_params(file)) {
            (None, Some(near)) => self.load_params(&Spanned::new(near, file.span)).map(Arc::new),
            (value, _) => value,
        };
        self.params.files.push(ParamsFile { path: file.value.clone(), value: value.clone() });
        value
    }

    fn load_params(&mut self, file: &Spanned<Utf8PathBuf>) -> Option<Value> {
        let path: &Utf8Path = &file.value;
        let Some(text) = self.files.read(path) else {
            let place = self.params_place(file);
            let mut diagnostic = codes::MISSING_PARAMS_FILE
                .at(place, format!("there is no params file `{path}`"))
                .label("needed here");
            let written = format!("\"{path}\"");
            let near = self.near_params(file).filter(|_| self.sources.text(place) == written);
            if let Some(near) = near {
                diagnostic = diagnostic.help(format!("did you mean `{near}`?")).fix(
                    format!("write `\"{near}\"`"),
                    place,
                    format!("\"{near}\""),
                );
            }
            self.sink.report(diagnostic);
            return None;
        };
        let id = match self.sources.find(path) {
            Some(id) => id,
            None => self.sources.add(path, text.clone()),
        };
        match params::parse(path, &text) {
            Ok(read) => {
                self.unstorable(id, file, &read);
                Some(read.value)
            }
            Err(error) => {
                let at = error
                    .offset
                    .map_or_else(|| Span::new(id, 0, 0), |at| Span::new(id, at, at + 1));
                self.sink.report(
                    codes::UNREADABLE_PARAMS
                        .at(at, format!("`{path}` cannot be read: {}", error.message))
                        .also(self.params_place(file), "named here"),
                );
                None
            }
        }
    }

    /// A params file of nearly this name, when there is none of this one.
    fn near_params(&self, file: &Spanned<Utf8PathBuf>) -> Option<Utf8PathBuf> {
        if self.files.read(&file.value).is_some() {
            return None;
        }
        let folder = file.value.parent().unwrap_or(Utf8Path::new(""));
        let names = self.files.list(folder);
        let names = names.iter().map(String::as_str).filter(|name| {
            [".yaml", ".yml", ".json", ".toml"].iter().any(|ending| name.ends_with(ending))
        });
        nearest(file.value.file_name()?, names).map(|name| folder.join(name))
    }

    /// The place that names the file: where the default is set, or where a stage names it.
    fn params_place(&self, file: &Spanned<Utf8PathBuf>) -> Span {
        let default = &self.params.default;
        if self.params.is_named && default.value == file.value { default.span } else { file.span }
    }

    /// Reports dates and keys that are no strings: every DVC command dies on them.
    fn unstorable(&mut self, id: FileId, file: &Spanned<Utf8PathBuf>, read: &params::Params) {
        let Some((node, message)) = read.unstorable() else { return };
        let span = Span::new(id, node.start, node.end);
        let quoted = format!("\"{}\"", self.sources.text(span));
        self.sink.report(
            codes::UNFIT_PARAMS
                .at(span, message)
                .label("every DVC command stops at this")
                .also(self.params_place(file), "read from here")
                .fix(format!("write `{quoted}`"), span, quoted),
        );
    }
}

/// The key that was meant: one that ends like it, or the nearest.
fn meant_key(key: &str, known: &[String]) -> Option<String> {
    let mut ending =
        known.iter().filter(|it| it.strip_suffix(key).is_some_and(|head| head.ends_with('.')));
    match (ending.next(), ending.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => nearest(key, known.iter().map(String::as_str)).map(str::to_owned),
    }
}
