//! `linked-folder`: a folder that a stage reads holds a link to another folder.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::files::Entry;
use crate::check::rules::reserved_path;
use crate::check::{Context, Rule, paths, tree};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "linked-folder",
        "a folder that a stage reads holds a link to another folder",
        include_str!("linked_folder.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let mut seen = BTreeSet::new();
    for id in project.step_ids() {
        for (folder, span) in paths::reads(project, id) {
            if reserved_path::as_dependency(folder).is_some()
                || context.files.entry(folder) != Entry::Directory
                || !seen.insert(folder.as_str())
            {
                continue;
            }
            let links = tree::below(context.files, folder).into_iter().filter(|(path, entry)| {
                matches!(entry, Entry::Link { directory: true, .. })
                    && !context.files.dvc_ignored(path)
            });
            if let Some((link, _)) = links.into_iter().next() {
                sink.report(
                    RULE.code
                        .at(span, format!("`{link}` is a link to a folder"))
                        .label("left out of what is read here, so changes in it go unnoticed")
                        .help("add the folder that it leads to to `deps`"),
                );
            }
        }
    }
}
