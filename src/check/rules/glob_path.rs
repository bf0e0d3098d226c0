//! `glob-path`: a pattern where a path is meant.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::Span;
use crate::check::{Context, Rule, paths, written};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::error("glob-path", "a pattern where a path is meant", include_str!("glob_path.md")),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let datasets = project.datasets.iter().filter(|it| !it.unknown);
    let mut found: BTreeSet<(Span, &Utf8Path)> =
        datasets.map(|it| (it.path.span, it.path.value.as_path())).collect();
    found.retain(|(_, path)| is_wrong(context, path));
    for stage in &project.stages {
        let Some(instance) = stage.instances.first() else { continue };
        let deps = instance
            .deps
            .iter()
            .filter_map(|(index, path)| Some((stage.deps.get(*index)?.span, path.as_path())));
        let outs =
            stage.outs.iter().zip(&instance.outs).map(|(out, path)| (out.span, path.as_path()));
        found.extend(deps.chain(outs).filter(|(_, path)| is_wrong(context, path)));
    }
    for (span, path) in found {
        report(context, span, path, sink);
    }
}

fn is_wrong(context: &Context<'_>, path: &Utf8Path) -> bool {
    paths::is_pattern(path) && !path.as_str().contains("${") && !context.files.entry(path).exists()
}

fn report(context: &Context<'_>, span: Span, path: &Utf8Path, sink: &mut Sink) {
    let parts = path.components().map(|it| it.as_str());
    let folder: Utf8PathBuf = parts.take_while(|part| !part.contains(['*', '?', '['])).collect();
    let diagnostic = RULE
        .code
        .at(span, format!("`{path}` is a pattern, not a path"))
        .label("taken as the name of one file");
    let fixable = !folder.as_str().is_empty() && written::is_plain(span, context.sources);
    sink.report(match fixable {
        true => {
            let quoted = written::quoted(&folder, span, context.sources);
            diagnostic.help("name the folder: it stands for all files in it").fix(
                format!("write `{quoted}`"),
                span,
                quoted,
            )
        }
        false => diagnostic.help("name each file, or a folder for all files in it"),
    });
}
