//! Files that commands name and stages do not list.

use crate::base::diagnostic::Diagnostic;
use crate::base::source::{Span, Spanned};
use crate::base::suggest::nearest;
use crate::check::shell::{self, Mention};
use crate::check::{Context, paths, written};
use crate::model::ids::StepId;
use crate::model::project::Project;
use crate::model::stage::{DepSource, Stage};
use crate::model::template::{Piece, Template};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// A path in a command that its stage neither reads nor writes.
pub(super) struct Unlisted<'a> {
    pub(super) stage: &'a Stage,
    cmd: &'a Spanned<Template>,
    pub(super) word: String,
    pub(super) path: Utf8PathBuf,
}

impl Unlisted<'_> {
    /// Where the command names it.
    pub(super) fn place(&self, context: &Context<'_>) -> Span {
        written::within(self.cmd.span, &self.word, context.sources)
    }

    /// Whether every instance names it.
    fn is_constant(&self) -> bool {
        let whole = |it: &Piece| matches!(it, Piece::Text(text) if text.contains(&self.word));
        paths::is_constant(&self.cmd.value) || self.cmd.value.pieces.iter().any(whole)
    }
}

/// Everything in commands that looks like a file and is not listed, each once a stage.
///
/// Whether such a file exists is not looked up.
pub(super) fn mentions<'a>(context: &Context<'a>) -> Vec<Unlisted<'a>> {
    let project = context.project;
    let mut found = Vec::new();
    let mut seen: BTreeSet<(Span, Utf8PathBuf)> = BTreeSet::new();
    for id in project.step_ids() {
        let (stage, instance) = project.step(id);
        let is_first = stage.instances.first().is_some_and(|it| std::ptr::eq(it, instance));
        let folder = stage.wdir.as_ref().map_or(Utf8Path::new(""), |wdir| wdir.value.as_path());
        let folder = if folder == "." { Utf8Path::new("") } else { folder };
        for cmd in stage.cmd.iter().filter(|cmd| is_first || !paths::is_constant(&cmd.value)) {
            let script = cmd.value.render(&instance.values);
            for Mention { word, path } in shell::mentions(&script, folder) {
                if !is_listed(project, id, &path)
                    && !is_misspelled(context, id, &path)
                    && seen.insert((cmd.span, path.clone()))
                {
                    found.push(Unlisted { stage, cmd, word, path });
                }
            }
        }
    }
    found
}

/// Whether a step reads a path, by itself or in a folder, or writes it, into it or around it.
fn is_listed(project: &Project, id: StepId, path: &Utf8Path) -> bool {
    let stage = project.step(id).0;
    let by_stage = || {
        let mut writers = project.graph.writers(path).map(|step| project.step(step).0);
        writers.any(|writer| {
            stage.deps.iter().any(|dep| {
                matches!(dep.source, DepSource::Stage(named) if std::ptr::eq(project.stage(named), writer))
            })
        })
    };
    paths::reads(project, id).any(|(read, _)| paths::touch(path, read))
        || paths::writes(project, id).any(|(written, _)| paths::touch(path, written))
        || by_stage()
}

/// Whether a dependency that does not exist was meant to list it; that is told by its own rule.
fn is_misspelled(context: &Context<'_>, id: StepId, path: &Utf8Path) -> bool {
    paths::reads(context.project, id).any(|(read, _)| {
        let resembles = match (read.file_name(), path.file_name()) {
            (Some(read), Some(name)) => nearest(read, [name]).is_some(),
            _ => false,
        };
        resembles && paths::is_absent(context, read)
    })
}

/// Adds the edit that lists the file in `deps`.
pub(super) fn add(
    context: &Context<'_>,
    found: &Unlisted<'_>,
    diagnostic: Diagnostic,
) -> Diagnostic {
    let stage = found.stage;
    let quoted = written::quoted(&found.path, stage.span, context.sources);
    let help = |it: Diagnostic| it.help(format!("write `deps {quoted}`"));
    if !found.is_constant() {
        return help(diagnostic);
    }
    let title = format!("add `{quoted}` to `deps`");
    // A line with a schema demands it of everything on it.
    if let Some(dep) = stage.deps.iter().find(|dep| dep.schema.is_none()) {
        return diagnostic.fix(title, dep.span.after(), format!(" {quoted}"));
    }
    match stage.cmd.last().and_then(|cmd| written::next_line(cmd.span, "cmd", context.sources)) {
        Some((at, line)) => diagnostic.fix(title, at, format!("{line}deps {quoted}")),
        None => help(diagnostic),
    }
}
