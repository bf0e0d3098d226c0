//! `missing-data`: data that comes from outside is not there yet.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::rules::unused_dataset;
use crate::check::{Context, Rule, paths, tree, written};
use camino::Utf8Path;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "missing-data",
        "data from outside is not there",
        include_str!("missing_data.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    datasets(context, sink);
    dependencies(context, sink);
}

fn datasets(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let unused: BTreeSet<_> =
        unused_dataset::unused(project).iter().map(|it| it.name.span).collect();
    for dataset in project.datasets.iter().filter(|it| !it.unknown) {
        let path: &Utf8Path = &dataset.path.value;
        if unused.contains(&dataset.name.span)
            || !paths::is_absent(context, path)
            || paths::is_pattern(path)
        {
            continue;
        }
        let span = dataset.path.span;
        let diagnostic = RULE
            .code
            .at(span, format!("`{}` is not there", dataset.name.value))
            .label("no such file or folder");
        sink.report(match (tree::dvc_file(context.files, path), near(context, path)) {
            (Some(tracked), _) => diagnostic.help(fetch(&tracked)),
            (None, Some(near)) if written::is_plain(span, context.sources) => {
                let quoted = written::quoted(&near, span, context.sources);
                let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                diagnostic.fix(format!("write `{quoted}`"), span, quoted)
            }
            _ => diagnostic.help("put it there before you run the project"),
        });
    }
}

fn near(context: &Context<'_>, path: &Utf8Path) -> Option<camino::Utf8PathBuf> {
    tree::nearest_path(context.files, path)
}

fn fetch(tracked: &Utf8Path) -> String {
    format!("`dvc pull {tracked}` fetches it")
}

/// Files that are no datasets, but tracked by a `.dvc` file.
fn dependencies(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        let mut seen = BTreeSet::new();
        for (index, path) in stage.instances.iter().flat_map(|it| &it.deps) {
            let Some(dep) = stage.deps.get(*index) else { continue };
            if !paths::is_absent(context, path) {
                continue;
            }
            if let Some(tracked) = tree::dvc_file(context.files, path)
                && seen.insert(dep.span)
            {
                sink.report(
                    RULE.code
                        .at(dep.span, format!("`{path}` is not there"))
                        .label(format!("tracked by `{tracked}`"))
                        .help(fetch(&tracked)),
                );
            }
        }
    }
}
