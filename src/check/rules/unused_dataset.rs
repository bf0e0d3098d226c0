//! `unused-dataset`: a dataset that no stage reads.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, paths};
use crate::model::project::Project;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "unused-dataset",
        "a dataset that no stage reads",
        include_str!("unused_dataset.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    // Without stages, datasets and schemas are there to validate data by hand.
    if project.incomplete || project.stages.is_empty() {
        return;
    }
    for dataset in unused(project) {
        sink.report(
            RULE.code
                .at(dataset.name.span, format!("no stage reads `{}`", dataset.name.value))
                .label("never validated, because nothing waits for it")
                .help(format!("name it in `deps`: `deps {}`", dataset.name.value)),
        );
    }
}

/// Datasets that no stage reads, by name or by path, and no other dataset is compared with.
pub(super) fn unused(project: &Project) -> Vec<&crate::model::project::Dataset> {
    if project.datasets.is_empty() {
        return Vec::new();
    }
    let read: BTreeSet<&str> = project
        .step_ids()
        .flat_map(|id| paths::reads(project, id))
        .flat_map(|(path, _)| path.ancestors())
        .map(|path| path.as_str())
        .collect();
    let folders: BTreeSet<&str> = project
        .step_ids()
        .flat_map(|id| paths::reads(project, id))
        .map(|(path, _)| path.as_str())
        .collect();
    let compared: BTreeSet<_> =
        project.datasets.iter().flat_map(|it| it.demands()).map(|(_, with)| with).collect();
    let all = project.datasets.iter().enumerate();
    all.filter(|(index, dataset)| {
        let path = &dataset.path.value;
        let named = compared.iter().any(|id| id.index() == *index);
        let inside = path.ancestors().any(|it| folders.contains(it.as_str()));
        !dataset.unknown && !named && !inside && !read.contains(path.as_str())
    })
    .map(|(_, dataset)| dataset)
    .collect()
}
