//! Whether something will stand at a path, and which path was meant when nothing will.

use crate::base::diagnostic::Diagnostic;
use crate::base::source::{Span, Spanned};
use crate::base::suggest::nearest;
use crate::check::{Context, paths};
use crate::model::stage::OutKind;
use camino::{Utf8Path, Utf8PathBuf};

/// Whether a stage writes the path, it exists, or DVC tracks it and can fetch it.
pub(super) fn is_there(context: &Context<'_>, path: &Utf8Path) -> bool {
    let tracked =
        |at: &Utf8Path| context.files.entry(&Utf8PathBuf::from(format!("{at}.dvc"))).exists();
    let mut above = path.ancestors().filter(|it| !it.as_str().is_empty());
    context.project.graph.writers(path).next().is_some()
        || context.files.entry(path).exists()
        || above.any(tracked)
}

/// The written or existing path that was probably meant; metrics files only, if asked.
pub(super) fn meant(context: &Context<'_>, path: &Utf8Path, metrics: bool) -> Option<Utf8PathBuf> {
    let written: Vec<&Utf8Path> = context
        .project
        .step_ids()
        .map(|id| context.project.step(id))
        .flat_map(|(stage, instance)| stage.outs.iter().zip(&instance.outs))
        .filter(|(out, _)| !metrics || matches!(out.kind, OutKind::Metrics { .. }))
        .map(|(_, path)| path.as_path())
        .collect();
    let folder = path.parent().unwrap_or(Utf8Path::new(""));
    let beside: Vec<Utf8PathBuf> =
        context.files.list(folder).into_iter().map(|name| folder.join(name)).collect();
    let known = written.iter().map(|it| it.as_str()).chain(beside.iter().map(|it| it.as_str()));
    let same_name = || written.iter().find(|it| it.file_name() == path.file_name());
    let near = nearest(path.as_str(), known).map(Utf8PathBuf::from);
    near.or_else(|| same_name().map(|it| (*it).to_owned()))
}

/// Adds the path that was probably meant, and where it is written, to what is said of one where
/// nothing will stand.
pub(super) fn with_meant(
    context: &Context<'_>,
    path: &Spanned<Utf8PathBuf>,
    diagnostic: Diagnostic,
) -> Diagnostic {
    let Some(near) = meant(context, &path.value, false) else { return diagnostic };
    let quoted = quoted(context, path.span, &near);
    diagnostic
        .help(format!("did you mean `{near}`?"))
        .fix(format!("write `{near}`"), path.span, quoted)
        .defined_at(paths::place_of_output(context, &near))
}

/// A path from the root as the spec that holds `span` writes it: quoted, from its own folder.
pub(super) fn quoted(context: &Context<'_>, span: Span, path: &Utf8Path) -> String {
    let folder = context.sources.file(span.file).path.parent().unwrap_or(Utf8Path::new(""));
    match path.strip_prefix(folder) {
        Ok(inside) => format!("\"{inside}\""),
        Err(_) => {
            let up = "../".repeat(folder.components().count());
            format!("\"{up}{path}\"")
        }
    }
}
