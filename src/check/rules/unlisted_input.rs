//! `unlisted-input`: a command names a file that is not among the dependencies.

use crate::base::code::Code;
use crate::base::diagnostic::{Diagnostic, Sink};
use crate::check::rules::{reserved_path, unlisted_script};
use crate::check::unlisted::{self, Unlisted};
use crate::check::{Context, Rule, tree};
use camino::Utf8Path;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "unlisted-input",
        "a command names a file that is not among the dependencies",
        include_str!("unlisted_input.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for found in context.unlisted() {
        let path = &found.path;
        let producer = context.project.graph.producer(path);
        let is_script = unlisted_script::is_script(path);
        if reserved_path::as_dependency(path).is_some()
            || producer.is_none() && (is_script || !is_source(context, path))
        {
            continue;
        }
        let name = &found.stage.name.value;
        let diagnostic = RULE.code.at(
            found.place(context),
            format!("`{name}` uses `{path}`, which is not in its `deps`"),
        );
        sink.report(match producer {
            Some((step, index)) => {
                let writer = context.project.step(step).0;
                let place = writer.outs.get(index).map_or(writer.name.span, |out| out.span);
                let diagnostic = diagnostic
                    .label(format!("may run before `{}` has written it", writer.name.value))
                    .also(place, "written here");
                unlisted::add(context, found, diagnostic)
            }
            None => existing(context, found, diagnostic),
        });
    }
}

/// Whether a file belongs to the project; others may be what the command writes.
fn is_source(context: &Context<'_>, path: &Utf8Path) -> bool {
    unlisted_script::is_file(context, path)
        && (context.files.tracked_by_git(path) || tree::dvc_file(context.files, path).is_some())
}

fn existing(context: &Context<'_>, found: &Unlisted<'_>, diagnostic: Diagnostic) -> Diagnostic {
    let diagnostic = diagnostic.label("a change in it causes no new run");
    if context.project.params_file(&found.path).is_some() {
        return diagnostic.help("name the keys that it reads under `params`");
    }
    unlisted::add(context, found, diagnostic)
}
