//! `unlisted-script`: a command runs a script that is not among the dependencies.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::files::Entry;
use crate::check::unlisted::{self, Unlisted};
use crate::check::{Context, Rule};
use camino::Utf8Path;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "unlisted-script",
        "a command runs a script that is not among the dependencies",
        include_str!("unlisted_script.md"),
    ),
    run,
};

/// Endings of files that are run rather than read.
const SCRIPTS: &[&str] = &["py", "sh", "bash", "R", "r", "jl", "ipynb", "js", "pl", "rb", "lua"];

fn run(context: &Context<'_>, sink: &mut Sink) {
    for found in context.unlisted() {
        let path = &found.path;
        // What a stage writes is an input, `unlisted-input`.
        let is_written = context.project.graph.producer(path).is_some();
        if is_written || !is_script(path) || !is_file(context, path) {
            continue;
        }
        sink.report(describe(context, found));
    }
}

fn describe(context: &Context<'_>, found: &Unlisted<'_>) -> crate::base::diagnostic::Diagnostic {
    let (name, path) = (&found.stage.name.value, &found.path);
    let diagnostic = RULE
        .code
        .at(found.place(context), format!("`{name}` runs `{path}`, which is not in its `deps`"))
        .label("a change in it causes no new run");
    unlisted::add(context, found, diagnostic)
}

pub(super) fn is_script(path: &Utf8Path) -> bool {
    path.extension().is_some_and(|it| SCRIPTS.contains(&it))
}

pub(super) fn is_file(context: &Context<'_>, path: &Utf8Path) -> bool {
    matches!(
        context.files.entry(path),
        Entry::File | Entry::Link { directory: false, broken: false, .. }
    )
}
