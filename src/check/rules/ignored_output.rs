//! `ignored-output`: `.dvcignore` hides an output.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::rules::reserved_path;
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
            // What belongs to DVC and git is hidden as well, and an error of its own.
            if reserved_path::as_output(path).is_none()
                && context.files.dvc_ignored(path)
                && seen.insert(span)
            {
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
