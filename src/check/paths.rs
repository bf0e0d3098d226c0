//! What a step reads and writes, with the places that say so.

use crate::base::source::Span;
use crate::check::Context;
use crate::model::ids::StepId;
use crate::model::project::Project;
use crate::model::stage::DepSource;
use crate::model::template::{Piece, Template};
use camino::Utf8Path;

/// The paths that a step names as files, folders, datasets or params files.
///
/// What it reads by naming another stage is not among them.
pub(super) fn reads(project: &Project, id: StepId) -> impl Iterator<Item = (&Utf8Path, Span)> {
    let (stage, instance) = project.step(id);
    let span = |index: usize| stage.deps.get(index).map_or(stage.name.span, |dep| dep.span);
    let own = instance.deps.iter().map(move |(index, path)| (path.as_path(), span(*index)));
    let datasets = stage.deps.iter().filter_map(|dep| match dep.source {
        DepSource::Dataset(id) => {
            let dataset = Some(project.dataset(id)).filter(|it| !it.unknown)?;
            Some((dataset.path.value.as_path(), dep.span))
        }
        DepSource::Path(_) | DepSource::Stage(_) => None,
    });
    let params = stage.params.iter().map(|it| (it.file.value.as_path(), it.file.span));
    own.chain(datasets).chain(params)
}

/// The paths that a step writes.
pub(super) fn writes(project: &Project, id: StepId) -> impl Iterator<Item = (&Utf8Path, Span)> {
    let (stage, instance) = project.step(id);
    let outs = stage.outs.iter().zip(&instance.outs);
    outs.map(|(out, path)| (path.as_path(), out.span))
}

/// Whether one path is the other, or inside it.
pub(super) fn touch(a: &Utf8Path, b: &Utf8Path) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// Whether a step reads exactly this path.
pub(super) fn reads_exactly(project: &Project, id: StepId, path: &Utf8Path) -> bool {
    reads(project, id).any(|(read, _)| read == path)
}

/// Whether a path is neither there nor written by a stage.
pub(super) fn is_absent(context: &Context<'_>, path: &Utf8Path) -> bool {
    !context.files.entry(path).exists()
        && context.project.graph.outputs_touching(path).next().is_none()
}

/// Whether something in a template looks like `${…}`, which `dvc-expression` reports.
pub(super) fn has_expression(template: &Template) -> bool {
    template.pieces.iter().any(|it| matches!(it, Piece::Text(text) if text.contains("${")))
}

/// Whether a template uses an axis of the matrix.
pub(super) fn uses_axis(template: &Template, axis: usize) -> bool {
    template.pieces.contains(&Piece::Axis(axis))
}

/// Whether a path is a pattern, which `glob-path` reports.
pub(super) fn is_pattern(path: &Utf8Path) -> bool {
    path.as_str().contains(['*', '?', '['])
}

/// Whether every instance has the same text.
pub(super) fn is_constant(template: &Template) -> bool {
    !template.pieces.iter().any(|piece| matches!(piece, Piece::Axis(_)))
}

/// Where the output of a path is written down.
pub(super) fn place_of_output(
    context: &crate::check::Context<'_>,
    path: &Utf8Path,
) -> Option<crate::base::source::Span> {
    let (step, index) = context.project.graph.producer(path)?;
    Some(context.project.step(step).0.outs.get(index)?.span)
}
