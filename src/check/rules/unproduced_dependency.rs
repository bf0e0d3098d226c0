//! `unproduced-dependency`: a stage reads what nobody writes and what is not there.

use crate::base::code::Code;
use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::source::Span;
use crate::base::suggest::nearest;
use crate::check::rules::reserved_path;
use crate::check::{Context, Rule, paths, tree, written};
use crate::model::project::Project;
use crate::model::stage::Stage;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "unproduced-dependency",
        "a dependency that no stage writes and that does not exist",
        include_str!("unproduced_dependency.md"),
    ),
    run,
};

/// Outputs that are compared with missing paths before no more suggestions are made.
const COMPARED: usize = 200_000;

fn run(context: &Context<'_>, sink: &mut Sink) {
    let mut near = Near { project: context.project, by_name: None, by_folder: None, compared: 0 };
    for stage in &context.project.stages {
        for (span, missing) in missing(context, stage) {
            let Some((path, rest)) = missing.split_first() else { continue };
            let diagnostic = RULE.code.at(span, headline(stage, path, rest.len()));
            match meant(context, &mut near, stage, path, span) {
                Some(meant) => sink.report(explain(context, diagnostic, span, rest, &meant)),
                // The stage that writes it may be what could not be read.
                None if context.project.incomplete => {}
                None => sink.report(
                    diagnostic
                        .label("no stage writes it, and there is no such file")
                        .help("add it to the `outs` of the stage that makes it, or put it there"),
                ),
            }
        }
    }
}

/// What is missing, by the place that names it.
fn missing<'a>(context: &Context<'_>, stage: &'a Stage) -> BTreeMap<Span, Vec<&'a Utf8Path>> {
    let mut missing: BTreeMap<Span, Vec<&Utf8Path>> = BTreeMap::new();
    let mut told: BTreeMap<&Utf8Path, Span> = BTreeMap::new();
    for (index, path) in stage.instances.iter().flat_map(|it| &it.deps) {
        let Some(dep) = stage.deps.get(*index) else { continue };
        let is_told = *told.entry(path).or_insert(dep.span) != dep.span;
        if is_told || !paths::is_absent(context, path) || is_told_elsewhere(context, path) {
            continue;
        }
        let found = missing.entry(dep.span).or_default();
        if !found.contains(&path.as_path()) && !has_expression(dep) {
            found.push(path);
        }
    }
    missing
}

fn has_expression(dep: &crate::model::stage::Dep) -> bool {
    matches!(&dep.source, crate::model::stage::DepSource::Path(it) if paths::has_expression(it))
}

fn is_told_elsewhere(context: &Context<'_>, path: &Utf8Path) -> bool {
    paths::is_pattern(path)
        || reserved_path::as_dependency(path).is_some()
        || tree::dvc_file(context.files, path).is_some()
}

fn headline(stage: &Stage, path: &Utf8Path, more: usize) -> String {
    let name = &stage.name.value;
    match more {
        0 => format!("`{name}` needs `{path}`, which does not exist"),
        1 => format!("`{name}` needs `{path}` and one more like it, which do not exist"),
        _ => format!("`{name}` needs `{path}` and {more} more like it, which do not exist"),
    }
}

/// What was probably meant, and how that is known.
enum Meant {
    /// The path counts from `wdir`.
    FromWdir(Utf8PathBuf),
    Output(Utf8PathBuf),
    Existing(Utf8PathBuf),
    /// A stage or a dataset, whose name takes no quotes.
    Name(String),
}

fn meant(
    context: &Context<'_>,
    near: &mut Near<'_>,
    stage: &Stage,
    path: &Utf8Path,
    span: Span,
) -> Option<Meant> {
    let in_wdir = stage
        .wdir
        .as_ref()
        .and_then(|wdir| written::below(&wdir.value, path, span, context.sources));
    if let Some(path) = in_wdir.filter(|it| !paths::is_absent(context, it)) {
        return Some(Meant::FromWdir(path));
    }
    let project = context.project;
    let mut stages = project.stages.iter().map(|it| &it.name.value);
    let mut datasets = project.datasets.iter().map(|it| &it.name.value);
    if let Some(name) = stages.find(|it| *it == path).or_else(|| datasets.find(|it| *it == path)) {
        return Some(Meant::Name(name.clone()));
    }
    if let Some(output) = near.output(path) {
        return Some(Meant::Output(output.to_owned()));
    }
    near.compared += 1000;
    let affordable = near.compared < COMPARED;
    affordable.then(|| {
        let near = tree::nearest_path(context.files, path);
        near.or_else(|| below_source_folder(context, path)).map(Meant::Existing)
    })?
}

/// A path of which the first folder was left out: `models/train.py` is `src/models/train.py`.
fn below_source_folder(context: &Context<'_>, path: &Utf8Path) -> Option<Utf8PathBuf> {
    let folders = context.files.list(Utf8Path::new(""));
    let mut found = folders
        .iter()
        .filter(|it| !it.starts_with('.'))
        .map(|folder| Utf8Path::new(folder).join(path))
        .filter(|it| context.files.entry(it).exists());
    let only = found.next()?;
    found.next().is_none().then_some(only)
}

fn explain(
    context: &Context<'_>,
    diagnostic: Diagnostic,
    span: Span,
    rest: &[&Utf8Path],
    meant: &Meant,
) -> Diagnostic {
    let (path, label, help) = match meant {
        Meant::Name(name) => {
            let help = format!("`{name}` is a stage or a dataset: its name takes no quotes");
            let fix = (format!("write `{name}`"), name.clone());
            return diagnostic.label("there is no such file").help(help).fix(fix.0, span, fix.1);
        }
        Meant::FromWdir(path) => (
            path,
            "there is such a file, but in `wdir`",
            format!("paths are relative to this file, not to `wdir`: write `{path}`"),
        ),
        Meant::Output(path) => {
            (path, "no stage writes it, and there is no such file", did_you_mean(path))
        }
        Meant::Existing(path) => {
            (path, "no stage writes it, and there is no such file", did_you_mean(path))
        }
    };
    let diagnostic = diagnostic.label(label).help(help);
    if !rest.is_empty() || !written::is_plain(span, context.sources) {
        return diagnostic;
    }
    let quoted = written::quoted(path, span, context.sources);
    diagnostic
        .fix(format!("write `{quoted}`"), span, quoted)
        .defined_at(paths::place_of_output(context, path))
}

fn did_you_mean(path: &Utf8Path) -> String {
    format!("did you mean `{path}`?")
}

/// Finds outputs that resemble a path: in the same folder, or of the same name.
struct Near<'a> {
    project: &'a Project,
    by_name: Option<BTreeMap<&'a str, Vec<&'a Utf8Path>>>,
    by_folder: Option<BTreeMap<&'a str, Vec<&'a Utf8Path>>>,
    compared: usize,
}

impl<'a> Near<'a> {
    fn output(&mut self, path: &Utf8Path) -> Option<&'a Utf8Path> {
        let (name, folder) = (path.file_name()?, path.parent()?.as_str());
        let outputs = || self.project.graph.written().map(|it| it.0);
        let by_folder = self
            .by_folder
            .get_or_insert_with(|| group(outputs(), |it| it.parent().map(Utf8Path::as_str)));
        let beside = by_folder.get(folder).map(Vec::as_slice).unwrap_or_default();
        let by_name = self.by_name.get_or_insert_with(|| group(outputs(), Utf8Path::file_name));
        let elsewhere = by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        self.compared += beside.len() + elsewhere.len();
        if self.compared > COMPARED {
            return None;
        }
        let names = beside.iter().filter_map(|it| it.file_name());
        if let Some(near) = nearest(name, names).filter(|near| tree::is_plausible(name, near)) {
            return beside.iter().copied().find(|it| it.file_name() == Some(near));
        }
        let mut kin = beside.iter().copied().filter(|it| it.file_stem() == path.file_stem());
        if let (Some(only), None) = (kin.next(), kin.next()) {
            return Some(only);
        }
        let near = nearest(path.as_str(), elsewhere.iter().map(|it| it.as_str()))?;
        elsewhere.iter().copied().find(|it| it.as_str() == near)
    }
}

fn group<'a>(
    paths: impl Iterator<Item = &'a Utf8Path>,
    key: impl Fn(&'a Utf8Path) -> Option<&'a str>,
) -> BTreeMap<&'a str, Vec<&'a Utf8Path>> {
    let mut groups: BTreeMap<&str, Vec<&Utf8Path>> = BTreeMap::new();
    for path in paths {
        if let Some(key) = key(path) {
            groups.entry(key).or_default().push(path);
        }
    }
    groups
}
