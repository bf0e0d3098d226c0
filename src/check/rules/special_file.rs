//! `special-file`: a stage reads a pipe, socket or device.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::files::Entry;
use crate::check::rules::reserved_path;
use crate::check::{Context, Rule, paths, tree};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "special-file",
        "a stage reads a pipe, socket or device",
        include_str!("special_file.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let mut seen = BTreeSet::new();
    for id in project.step_ids() {
        for (path, span) in paths::reads(project, id) {
            if reserved_path::as_dependency(path).is_some() || !seen.insert(path.as_str()) {
                continue;
            }
            let special = match context.files.entry(path) {
                Entry::Special => Some(path.to_owned()),
                Entry::Directory => {
                    let found = tree::below(context.files, path).into_iter();
                    let special = found.filter(|(_, entry)| *entry == Entry::Special);
                    special.map(|(path, _)| path).find(|path| !context.files.dvc_ignored(path))
                }
                Entry::Missing | Entry::File | Entry::Link { .. } => None,
            };
            let Some(special) = special else { continue };
            sink.report(
                RULE.code
                    .at(span, format!("`{special}` is a pipe, socket or device"))
                    .label("has no content that could be stored or compared")
                    .help("remove it, or hide it by `.dvcignore`"),
            );
        }
    }
}
