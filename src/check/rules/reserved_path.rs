//! `reserved-path`: an input or output that belongs to DVC, git or mlc.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, paths};
use camino::Utf8Path;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "reserved-path",
        "an input or output that belongs to DVC, git or mlc",
        include_str!("reserved_path.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let specs: Vec<&Utf8Path> = context
        .sources
        .iter()
        .map(|(_, file)| file.path.as_path())
        .filter(|path| path.extension() == Some("kdl"))
        .collect();
    let mut seen = BTreeSet::new();
    for id in project.step_ids() {
        for (path, span) in paths::reads(project, id) {
            if let Some(reason) = as_dependency(path)
                && seen.insert(span)
            {
                let message = format!("`{path}` cannot be a dependency");
                sink.report(RULE.code.at(span, message).label(reason));
            }
        }
        for (path, span) in paths::writes(project, id) {
            let spec = specs.iter().any(|spec| spec.starts_with(path));
            let reason = as_output(path).or(spec.then_some("holds the spec itself"));
            if let Some(reason) = reason
                && seen.insert(span)
            {
                let message = format!("`{path}` cannot be an output");
                sink.report(RULE.code.at(span, message).label(reason));
            }
        }
    }
}

/// Why no stage can depend on a path.
pub(super) fn as_dependency(path: &Utf8Path) -> Option<&'static str> {
    let name = path.file_name().unwrap_or_default();
    match name {
        "" | "." => Some("the whole project, which changes with every run"),
        "dvc.lock" => Some("changes with every run"),
        "dvc.yaml" => Some("DVC reads it itself"),
        _ if path.extension() == Some("dvc") => Some("DVC reads it itself: name what it tracks"),
        _ if first(path) == ".mlc" => Some("mlc keeps its own files here"),
        _ => None,
    }
}

/// Why no stage can write a path.
pub(super) fn as_output(path: &Utf8Path) -> Option<&'static str> {
    let name = path.file_name().unwrap_or_default();
    match (first(path), name) {
        (_, "" | ".") => Some("the whole project"),
        (".git", _) => Some("belongs to git"),
        (".dvc", _) => Some("DVC keeps its own files here"),
        (".mlc", _) => Some("mlc keeps its own files here"),
        (_, "dvc.yaml" | "dvc.lock") => Some("written by `mlc build` and `mlc run`"),
        (_, ".gitignore" | ".dvcignore") => Some("says what DVC and git leave out"),
        _ if path.extension() == Some("dvc") => Some("the name of a file that tracks data for DVC"),
        _ => None,
    }
}

fn first(path: &Utf8Path) -> &str {
    path.as_str().split('/').next().unwrap_or_default()
}
