//! `broken-link`: a stage reads a symbolic link that leads nowhere.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::files::Entry;
use crate::check::{Context, Rule, paths, tree};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "broken-link",
        "a stage reads a link that leads nowhere",
        include_str!("broken_link.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let mut seen = BTreeSet::new();
    for id in project.step_ids() {
        for (path, span) in paths::reads(project, id) {
            let Entry::Link { broken: true, .. } = context.files.entry(path) else { continue };
            // A link into the cache that an output or a `.dvc` file brings back.
            let comes_back = project.graph.outputs_touching(path).next().is_some()
                || tree::dvc_file(context.files, path).is_some();
            if !comes_back && seen.insert(span) {
                sink.report(
                    RULE.code
                        .at(span, format!("`{path}` is a link that leads nowhere"))
                        .label("cannot be read")
                        .help("let the link lead to what is meant, or name that"),
                );
            }
        }
    }
}
