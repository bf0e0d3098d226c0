//! `escaping-link`: a path leads out of the project over a symbolic link.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::files::Entry;
use crate::base::source::Span;
use crate::check::{Context, Rule, paths, tree};
use crate::model::ids::StepId;
use camino::Utf8Path;
use std::collections::{BTreeMap, BTreeSet};

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "escaping-link",
        "a link leads out of the project",
        include_str!("escaping_link.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    // Each link with the places that go over it: one mistake, however many paths.
    let mut links: BTreeMap<&Utf8Path, BTreeSet<Span>> = BTreeMap::new();
    let mut inside: BTreeSet<&str> = BTreeSet::new();
    for id in project.step_ids() {
        let read = paths::reads(project, id).filter(|(path, _)| !is_restored(context, path));
        let folders = folders(context, id);
        for (path, span) in read.chain(folders) {
            if let Some(link) = escape(context, path, &mut inside) {
                links.entry(link).or_default().insert(span);
            }
        }
    }
    for (link, places) in links {
        let mut places = places.into_iter();
        let Some(first) = places.next() else { continue };
        let more = places.len();
        let diagnostic = RULE
            .code
            .at(first, format!("`{link}` is a link that leads out of the project"))
            .label(match more {
                0 => "goes over this link".to_owned(),
                1 => "goes over this link, and one more path does".to_owned(),
                _ => format!("goes over this link, and {more} more paths do"),
            });
        sink.report(diagnostic.help("track the data by `dvc add` or `dvc import-url` instead"));
    }
}

/// The folder of each output, and the folder in which the command runs.
fn folders<'a>(
    context: &Context<'a>,
    id: StepId,
) -> impl Iterator<Item = (&'a Utf8Path, Span)> + use<'a> {
    let stage = context.project.step(id).0;
    let wdir = stage.wdir.iter().map(|wdir| (wdir.value.as_path(), wdir.span));
    let outs = paths::writes(context.project, id);
    outs.filter_map(|(path, span)| Some((path.parent()?, span))).chain(wdir)
}

/// Whether a path may be a link into the cache, wherever that is.
fn is_restored(context: &Context<'_>, path: &Utf8Path) -> bool {
    matches!(context.files.entry(path), Entry::Link { .. })
        && (context.project.graph.outputs_touching(path).next().is_some()
            || tree::dvc_file(context.files, path).is_some())
}

/// The first part of a path that is a link out of the project; `inside` are parts known as good.
fn escape<'a>(
    context: &Context<'_>,
    path: &'a Utf8Path,
    inside: &mut BTreeSet<&'a str>,
) -> Option<&'a Utf8Path> {
    let unknown: Vec<&Utf8Path> = path
        .ancestors()
        .take_while(|it| !it.as_str().is_empty() && !inside.contains(it.as_str()))
        .collect();
    for part in unknown.into_iter().rev() {
        if let Entry::Link { escapes: true, .. } = context.files.entry(part) {
            return Some(part);
        }
        inside.insert(part.as_str());
    }
    None
}
