//! `ignored-output`: `.dvcignore` hides an output.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, paths};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "ignored-output",
        "`.dvcignore` hides an output",
        include_str!("ignored_output.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let mut seen = BTreeSet::new();
    for id in context.project.step_ids() {
        for (path, span) in paths::writes(context.project, id) {
            if context.files.dvc_ignored(path) && seen.insert(span) {
                sink.report(
                    RULE.code
                        .at(span, format!("`.dvcignore` hides `{path}`"))
                        .label("cannot be stored")
                        .help("change the pattern in `.dvcignore`, or write elsewhere"),
                );
            }
        }
    }
}
