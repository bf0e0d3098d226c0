//! `unknown-script`: a command names a script that is not there, but one of nearly that name is.

use crate::base::code::Code;
use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::suggest::nearest;
use crate::check::rules::unlisted_script::is_script;
use crate::check::unlisted::Unlisted;
use crate::check::{Context, Rule, paths, tree};
use crate::model::stage::{DepSource, Stage};
use camino::{Utf8Path, Utf8PathBuf};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "unknown-script",
        "a command names a script that is not there, but one of nearly that name is",
        include_str!("unknown_script.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for found in context.unlisted() {
        if !is_script(&found.path) || !paths::is_absent(context, &found.path) {
            continue;
        }
        if let Some(meant) = meant(context, found) {
            sink.report(describe(context, found, &meant));
        }
    }
}

/// The script that was meant: one that the stage lists, or one that stands where this should.
fn meant(context: &Context<'_>, found: &Unlisted<'_>) -> Option<Utf8PathBuf> {
    let listed = found.stage.instances.iter().flat_map(|it| &it.deps);
    let listed = listed.filter(|(index, _)| {
        let dep = found.stage.deps.get(*index);
        dep.is_some_and(|it| matches!(it.source, DepSource::Path(_)))
    });
    let scripts = listed.map(|(_, path)| path.as_str()).filter(|it| is_script(Utf8Path::new(it)));
    let near = nearest(found.path.as_str(), scripts).map(Utf8PathBuf::from);
    near.or_else(|| tree::nearest_path(context.files, &found.path))
}

fn describe(context: &Context<'_>, found: &Unlisted<'_>, meant: &Utf8Path) -> Diagnostic {
    let (name, path, place) = (&found.stage.name.value, &found.path, found.place(context));
    let diagnostic = RULE
        .code
        .at(place, format!("`{name}` runs `{path}`, which does not exist"))
        .label("there is no such file")
        .help(format!("did you mean `{meant}`?"));
    match as_written(found.stage, meant).filter(|_| context.sources.text(place) == found.word) {
        Some(word) => diagnostic.fix(format!("write `{word}`"), place, word),
        None => diagnostic,
    }
}

/// A path from the root as a command of the stage names it: from its folder.
fn as_written(stage: &Stage, path: &Utf8Path) -> Option<String> {
    let folder = stage.wdir.as_ref().map_or(Utf8Path::new(""), |it| it.value.as_path());
    let folder = if folder == "." { Utf8Path::new("") } else { folder };
    path.strip_prefix(folder).ok().map(Utf8Path::to_string)
}
