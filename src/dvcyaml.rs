//! Reads a `dvc.yaml` as DVC 3 does, into the plan that a spec would give. Sees the project through
//! `Files`; unaware of KDL and of what becomes of the plan.

pub(crate) mod codes;
pub(crate) mod context;
pub(crate) mod expression;
pub(crate) mod fill;
pub(crate) mod groups;
pub(crate) mod import;
pub(crate) mod order;
pub(crate) mod paths;
pub(crate) mod project;
pub(crate) mod python_text;
pub(crate) mod shape;
pub(crate) mod stage;
pub(crate) mod vars;

use crate::base::code::Severity;
use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::files::Files;
use crate::base::source::{FileId, SourceMap, Span};
use crate::base::value::Value;
use crate::base::yaml::{self, Kind, Node};
use crate::dvcyaml::context::Context;
use crate::dvcyaml::groups::{Group, Resolver};
use crate::dvcyaml::paths::Home;
use crate::dvcyaml::python_text::Style;
use crate::dvcyaml::stage::Maker;
use crate::dvcyaml::vars::Loader;
use crate::plan::Plan;
use crate::plan::step::Step;
use camino::Utf8Path;
use std::sync::Arc;

/// What a `dvc.yaml` says.
#[derive(Debug, Default)]
pub(crate) struct Pipeline {
    pub(crate) sources: SourceMap,
    /// In source order.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// `None` when there are errors.
    pub(crate) plan: Option<Plan>,
}

/// Reads the file at `path`, relative to `root`, which is absolute and what `files` shows.
pub(crate) fn read(files: &dyn Files, root: &Utf8Path, path: &Utf8Path) -> Pipeline {
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    let file = sources.add(path, files.read(path).unwrap_or_else(|| Arc::from("")));
    let folder = path.parent().unwrap_or(Utf8Path::new(""));
    let home = Home { root: root.to_owned(), folder: folder.to_owned() };
    let document = parse(file, &sources, &mut sink);
    let plan = document.as_ref().and_then(|document| {
        let mut loader = Loader { files, sources: &mut sources, sink: &mut sink, file };
        let (groups, context) = resolve(document, &home, &mut loader);
        steps(&groups, &home, file, &mut sink, &context)
    });
    let diagnostics = sink.into_sorted();
    let has_errors = diagnostics.iter().any(|it| it.severity() == Severity::Error);
    Pipeline { sources, diagnostics, plan: plan.filter(|_| !has_errors) }
}

/// The stages of a file as DVC resolves them, by name; or what is wrong.
pub(crate) fn resolved(
    files: &dyn Files,
    path: &Utf8Path,
) -> Result<Vec<(String, Value)>, Vec<String>> {
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    let file = sources.add(path, files.read(path).unwrap_or_else(|| Arc::from("")));
    let folder = path.parent().unwrap_or(Utf8Path::new("")).to_owned();
    let home = Home { root: "/".into(), folder };
    let document = parse(file, &sources, &mut sink);
    let mut found = Vec::new();
    if let Some(document) = &document {
        let mut loader = Loader { files, sources: &mut sources, sink: &mut sink, file };
        for group in resolve(document, &home, &mut loader).0 {
            let stages = group.stages.into_iter();
            found.extend(stages.map(|stage| (stage.name, Value::Map(stage.fields))));
        }
    }
    let wrong: Vec<String> = sink.into_sorted().into_iter().map(|it| it.message).collect();
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// The document, when it is YAML of the right shape.
pub(crate) fn parse(file: FileId, sources: &SourceMap, sink: &mut Sink) -> Option<Node> {
    let document = match yaml::parse(&sources.file(file).text) {
        Ok(document) => document,
        Err(error) => {
            let span = Span::new(file, error.offset, error.offset);
            sink.report(codes::SHAPE.at(span, format!("this is not YAML: {}", error.message)));
            return None;
        }
    };
    let mut found = Sink::default();
    shape::check(&document, file, &mut found);
    let is_sound = found.iter().next().is_none();
    sink.extend(found);
    is_sound.then_some(document)
}

/// All groups with their stages, and the values that every stage sees.
pub(crate) fn resolve<'n>(
    document: &'n Node,
    home: &Home,
    loader: &mut Loader<'_>,
) -> (Vec<Group<'n>>, Context) {
    let mut context = Context::default();
    loader.load_default(&mut context, &home.folder);
    let vars = entry(document, "vars").and_then(Node::as_list).unwrap_or_default();
    // Without their values stages would only repeat the mistake.
    if !loader.load(&mut context, vars, &home.folder) || loader.sink.iter().next().is_some() {
        return (Vec::new(), context);
    }
    let style = style(loader.files);
    let mut resolver = Resolver { loader, style, folder: home.folder.clone() };
    let stages = entry(document, "stages").and_then(Node::as_map).unwrap_or_default();
    let groups = stages.iter().map(|(name, stage)| resolver.group(name, stage, &mut context));
    (groups.collect(), context)
}

pub(crate) fn entry<'n>(document: &'n Node, name: &str) -> Option<&'n Node> {
    let Kind::Map(entries) = &document.kind else { return None };
    entries.iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value)
}

/// How the project's own configuration wants maps in commands.
pub(crate) fn style(files: &dyn Files) -> Style {
    let mut style = Style::default();
    for path in [".dvc/config", ".dvc/config.local"] {
        if let Some(text) = files.read(Utf8Path::new(path)) {
            style.read(&text);
        }
    }
    style
}

fn steps(
    groups: &[Group<'_>],
    home: &Home,
    file: FileId,
    sink: &mut Sink,
    context: &Context,
) -> Option<Plan> {
    let mut steps: Vec<Step> = Vec::new();
    // For each step its group, and its place among the group's stages.
    let mut origins: Vec<(usize, usize)> = Vec::new();
    let mut places: Vec<Span> = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let place = Span::new(file, group.name_node.start, group.name_node.end);
        for (index, resolved) in group.stages.iter().enumerate() {
            let step = Maker { home, file, sink: &mut *sink }.step(group, resolved);
            let Some(step) = step else { break };
            steps.push(step);
            origins.push((at, index));
            places.push(place);
        }
    }
    let needs = order::needs(&steps, &places, sink);
    if sink.iter().any(|it| it.severity() == Severity::Error) {
        return None;
    }
    let files = vars::loaded(context).cloned().collect();
    let parts = project::Parts { groups, steps, origins, needs, params_files: files };
    Some(project::plan(parts, home, file))
}
