//! `ignored-dependency`: `.dvcignore` hides a folder that a stage reads.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::files::Entry;
use crate::check::{Context, Rule, paths};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "ignored-dependency",
        "`.dvcignore` hides a folder that a stage reads",
        include_str!("ignored_dependency.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let mut seen = BTreeSet::new();
    for id in project.step_ids() {
        for (path, span) in paths::reads(project, id) {
            // Files that are named are read in any case; outputs have an error of their own.
            if context.files.entry(path) == Entry::Directory
                && context.files.dvc_ignored(path)
                && project.graph.outputs_touching(path).next().is_none()
                && seen.insert(span)
            {
                sink.report(
                    RULE.code
                        .at(span, format!("`.dvcignore` hides `{path}`"))
                        .label("counts as empty, so changes in it go unnoticed")
                        .help("change the pattern in `.dvcignore`, or list the files"),
                );
            }
        }
    }
}
