//! `nested-outputs`: one output lies inside another.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::Span;
use crate::check::{Context, Rule, paths};
use crate::model::ids::StepId;
use crate::model::project::Project;
use camino::Utf8Path;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "nested-outputs",
        "an output lies inside another output",
        include_str!("nested_outputs.md"),
    ),
    run,
};

/// Inner outputs that are shown; more are counted.
const SHOWN: usize = 3;

/// An output with all that lie inside it.
struct Outer<'a> {
    path: &'a Utf8Path,
    step: StepId,
    /// Each declared output once, with the path of its first instance.
    inner: BTreeMap<Span, (&'a Utf8Path, StepId)>,
}

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let mut outers: BTreeMap<Span, Outer<'_>> = BTreeMap::new();
    let mut around: Option<(&Utf8Path, (StepId, usize))> = None;
    // Sorted by components, so what lies inside a folder follows it directly.
    for (path, writer) in project.graph.written() {
        match around {
            Some((folder, outer)) if path.starts_with(folder) => {
                // Then `self-dependency` tells it.
                if paths::reads_exactly(project, writer.0, folder) {
                    continue;
                }
                let (Some(at), Some(inner)) = (span(project, outer), span(project, writer)) else {
                    continue;
                };
                let found = outers.entry(at).or_insert_with(|| Outer {
                    path: folder,
                    step: outer.0,
                    inner: BTreeMap::new(),
                });
                found.inner.entry(inner).or_insert((path, writer.0));
            }
            _ => around = Some((path, writer)),
        }
    }
    for (span, outer) in &outers {
        report(project, *span, outer, sink);
    }
}

fn span(project: &Project, (step, index): (StepId, usize)) -> Option<Span> {
    Some(project.step(step).0.outs.get(index)?.span)
}

fn report(project: &Project, span: Span, outer: &Outer<'_>, sink: &mut Sink) {
    let stage = |step: StepId| project.step(step).0.name.value.as_str();
    let (writer, path) = (stage(outer.step), outer.path);
    let message = match outer.inner.values().next() {
        Some((inner, step)) if outer.inner.len() == 1 && stage(*step) == writer => {
            format!("`{writer}` writes `{inner}` inside its own output `{path}`")
        }
        Some((inner, step)) if outer.inner.len() == 1 => {
            format!("`{}` writes `{inner}` inside `{path}` of `{writer}`", stage(*step))
        }
        _ => format!("{} outputs lie inside `{path}` of `{writer}`", outer.inner.len()),
    };
    let mut diagnostic = RULE.code.at(span, message).label("the whole folder is an output");
    for (at, (inner, _)) in outer.inner.iter().take(SHOWN) {
        diagnostic = diagnostic.also(*at, format!("`{inner}` is inside it"));
    }
    sink.report(
        diagnostic.help("list the files instead of the folder, or write one of them elsewhere"),
    );
}
