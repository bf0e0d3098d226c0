//! A spec that says what a `dvc.yaml` says, as far as a spec can; the rest is told. Writes text
//! only, laid out by nobody yet.

pub(crate) mod names;
pub(crate) mod quoting;
pub(crate) mod stage;

use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::files::Files;
use crate::base::source::SourceMap;
use crate::base::value::Value;
use crate::base::yaml::Node;
use crate::dvcyaml::context::Context;
use crate::dvcyaml::groups::{Group, GroupKind};
use crate::dvcyaml::import::names::{Binding, Names};
use crate::dvcyaml::import::stage::Written;
use crate::dvcyaml::paths::Home;
use crate::dvcyaml::vars::Loader;
use crate::dvcyaml::{self, python_text};
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The spec that was made, and what is missing in it.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    pub(crate) text: String,
    /// By the stage they concern; the empty name is the file itself.
    pub(crate) losses: Vec<(String, String)>,
    /// What each stage is called in the spec, where that differs.
    pub(crate) renamed: BTreeMap<String, String>,
    pub(crate) sources: SourceMap,
    /// Mistakes in the file; with any there is no text.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Makes a spec of the file at `path`, which becomes that of the project `name`.
pub(crate) fn import(files: &dyn Files, root: &Utf8Path, path: &Utf8Path, name: &str) -> Imported {
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    let file = sources.add(path, files.read(path).unwrap_or_else(|| Arc::from("")));
    let folder = path.parent().unwrap_or(Utf8Path::new("")).to_owned();
    let home = Home { root: root.to_owned(), folder };
    let mut imported = Imported::default();
    if let Some(document) = dvcyaml::parse(file, &sources, &mut sink) {
        let mut loader = Loader { files, sources: &mut sources, sink: &mut sink, file };
        let (groups, context) = dvcyaml::resolve(&document, &home, &mut loader);
        let mut params = Context::default();
        loader.load_default(&mut params, &home.folder);
        let style = dvcyaml::style(files);
        let vars = BTreeMap::new();
        let names =
            Names { context: &context, params: &params, style, vars, written_out: Vec::new() };
        let text = sources.file(file).text.clone();
        let mut book = Book { names, text: &text, stages: String::new(), imported };
        groups.iter().for_each(|group| book.group(group));
        book.rest(&document);
        imported = book.finish(name);
    }
    imported.diagnostics = sink.into_sorted();
    imported.sources = sources;
    imported
}

/// A spec in the making.
struct Book<'a> {
    names: Names<'a>,
    /// Of the `dvc.yaml`, for its comments.
    text: &'a str,
    stages: String,
    imported: Imported,
}

impl Book<'_> {
    fn group(&mut self, group: &Group<'_>) {
        self.stages.push('\n');
        self.comment_above(group.name_node);
        if !quoting::is_name(group.name) {
            self.leave_out(group, "its name is none in a spec: letters, digits, `_`, `-`");
            return;
        }
        if group.stages.is_empty() {
            self.leave_out(group, "it makes no stages");
            return;
        }
        if group.field("vars").is_none()
            && let Some((line, binding)) = axes(group)
            && let Ok(written) = stage::write(group.name, group, &line, &mut self.names, &binding)
        {
            self.put(group.name, written);
            return;
        }
        self.expand(group);
    }

    /// One stage for each that a group makes, under names that a spec can have.
    fn expand(&mut self, group: &Group<'_>) {
        for resolved in &group.stages {
            let name: String =
                resolved.name.chars().map(|c| if is_inner(c) { c } else { '-' }).collect();
            let literal: Vec<(Node, Node)> = match group.field("vars") {
                // Values of one stage alone are filled in.
                Some(_) => {
                    resolved.fields.iter().map(|(key, value)| (text(key), node(value))).collect()
                }
                None => Vec::new(),
            };
            let fields = if literal.is_empty() { group.fields } else { &literal };
            let single = Group { fields, stages: Vec::new(), ..*group };
            let binding = match literal.is_empty() {
                true => Binding::Values(resolved.local.clone()),
                false => Binding::Values(Vec::new()),
            };
            let Ok(mut written) = stage::write(&name, &single, "", &mut self.names, &binding)
            else {
                continue;
            };
            if name != resolved.name {
                let what =
                    format!("it is called `{name}` now, so its results come from the run cache");
                written.losses.push(what);
                self.imported.renamed.insert(resolved.name.clone(), name);
            }
            self.put(&resolved.name, written);
        }
    }

    fn put(&mut self, name: &str, written: Written) {
        let out = std::mem::take(&mut self.names.written_out);
        let out =
            out.into_iter().map(|hole| format!("`{hole}` was written out and follows no file"));
        for loss in written.losses.into_iter().chain(out) {
            self.stages.push_str(&format!("// import: {loss}\n"));
            self.imported.losses.push((name.to_owned(), loss));
        }
        self.stages.push_str(&written.text);
    }

    fn leave_out(&mut self, group: &Group<'_>, why: &str) {
        self.stages.push_str(&format!("// import: stage {:?} is left out: {why}\n", group.name));
        self.imported.losses.push((group.name.to_owned(), format!("left out: {why}")));
    }

    /// Lines of comment directly above a stage.
    fn comment_above(&mut self, node: &Node) {
        let before = self.text.get(..node.start).unwrap_or_default();
        let lines = before
            .lines()
            .rev()
            .skip_while(|line| line.trim().is_empty() && !before.ends_with('\n'));
        let comments: Vec<&str> =
            lines.map(str::trim).take_while(|line| line.starts_with('#')).collect();
        for comment in comments.iter().rev() {
            self.stages.push_str(&format!("//{}\n", comment.trim_start_matches('#')));
        }
    }

    /// Sections of the file that run nothing.
    fn rest(&mut self, document: &Node) {
        for section in ["params", "metrics", "plots", "artifacts", "datasets"] {
            if dvcyaml::entry(document, section).is_some() {
                let what = format!("`{section}` at the top has no place in a spec");
                self.imported.losses.push((String::new(), what));
            }
        }
    }

    fn finish(mut self, name: &str) -> Imported {
        let mut text = format!("mlc 1\n\nproject {name}\n");
        for (_, loss) in self.imported.losses.iter().filter(|(stage, _)| stage.is_empty()) {
            text.push_str(&format!("// import: {loss}\n"));
        }
        if !self.names.vars.is_empty() {
            text.push_str("\nvars {\n");
            for (name, value) in &self.names.vars {
                text.push_str(&format!("{name} {}\n", quoting::quoted(value)));
            }
            text.push_str("}\n");
        }
        text.push_str(&self.stages);
        text.push_str("\ntargets { dvc }\n");
        self.imported.text = text;
        self.imported
    }
}

/// The line of a group's axes and how its stages name them; `None` where a matrix of a spec would
/// make other stages.
fn axes(group: &Group<'_>) -> Option<(String, Binding)> {
    match group.kind {
        GroupKind::Plain => Some((String::new(), Binding::Values(Vec::new()))),
        GroupKind::Foreach => {
            let first = group.stages.first()?;
            let is_map = first.local.iter().any(|(name, _)| *name == "key");
            let axis = if is_map { "key" } else { "item" };
            let mut values = Vec::new();
            for stage in &group.stages {
                let suffix = stage.name.strip_prefix(group.name)?.strip_prefix('@')?;
                let (_, value) = stage.local.iter().find(|(name, _)| *name == axis)?;
                // Names by number, and Python's booleans, are not the values.
                (python_text::scalar(value)? == suffix).then_some(())?;
                values.push(quoting::word(suffix));
            }
            Some((format!("matrix {{ {axis} {} }}", values.join(" ")), Binding::Axis(axis)))
        }
        GroupKind::Matrix => matrix(group),
    }
}

fn matrix(group: &Group<'_>) -> Option<(String, Binding)> {
    let mut axes: Vec<(String, Vec<String>)> = Vec::new();
    for stage in &group.stages {
        let (_, item) = stage.local.iter().find(|(name, _)| *name == "item")?;
        let mut parts = Vec::new();
        for (key, value) in item.as_map()? {
            let text = python_text::scalar(value)?;
            match axes.iter_mut().find(|(known, _)| known == key) {
                Some((_, values)) if values.contains(&text) => {}
                Some((_, values)) => values.push(text.clone()),
                None => axes.push((key.clone(), vec![text.clone()])),
            }
            parts.push(text);
        }
        (stage.name == format!("{}@{}", group.name, parts.join("-"))).then_some(())?;
    }
    let total: usize = axes.iter().map(|(_, values)| values.len()).product();
    let fits = total == group.stages.len() && axes.iter().all(|(key, _)| quoting::is_name(key));
    (fits && !axes.is_empty()).then_some(())?;
    let lines = axes.iter().map(|(key, values)| {
        let values: Vec<String> = values.iter().map(|value| quoting::word(value)).collect();
        format!("{key} {}", values.join(" "))
    });
    let line = format!("matrix {{\n{}\n}}", lines.collect::<Vec<_>>().join("\n"));
    Some((line, Binding::Matrix(axes.into_iter().map(|(key, _)| key).collect())))
}

fn is_inner(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// A node without a place.
fn text(text: &str) -> Node {
    node(&Value::Str(text.to_owned()))
}

/// A value as a node without a place; `${` in it is text.
fn node(value: &Value) -> Node {
    use crate::base::yaml::Kind;
    let kind = match value {
        Value::Null => Kind::Null,
        Value::Bool(flag) => Kind::Bool(*flag),
        Value::Int(number) => Kind::Int(*number),
        Value::Float(number) => Kind::Float(*number),
        Value::Str(text) => Kind::Str(text.replace("${", "\\${")),
        Value::List(items) => Kind::List(items.iter().map(node).collect()),
        Value::Map(entries) => {
            Kind::Map(entries.iter().map(|(key, value)| (text(key), node(value))).collect())
        }
    };
    Node { kind, start: 0, end: 0 }
}
