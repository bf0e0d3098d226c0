//! One mistake, one diagnostic: what a later phase says of a place that an earlier one found wrong
//! is left out.

use crate::base::code::Severity;
use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::source::{SourceMap, Span};
use crate::model::project::Project;

/// Removes from `later` what points at the place of an error in `earlier`.
pub(super) fn silence(later: &mut Sink, earlier: &Sink, sources: &SourceMap) {
    let places: Vec<Span> = errors(earlier).map(|it| it.primary.span).collect();
    if places.is_empty() {
        return;
    }
    later.retain(|it| {
        let span = it.primary.span;
        !places.iter().any(|place| overlap(*place, span) && same_line(*place, span, sources))
    });
}

fn errors(sink: &Sink) -> impl Iterator<Item = &Diagnostic> {
    sink.iter().filter(|it| it.severity() == Severity::Error)
}

fn overlap(a: Span, b: Span) -> bool {
    a.file == b.file && a.start < b.end && b.start < a.end
}

fn same_line(a: Span, b: Span, sources: &SourceMap) -> bool {
    let file = sources.file(a.file);
    file.line_of(a.start as usize) == file.line_of(b.start as usize)
}

/// What is said of a line in which a name or a value of this kind was wrong: its echo.
const CONSEQUENCES: &[(&str, &str)] = &[
    ("unknown-type", "misfit-check"),
    ("unknown-type", "misfit-value"),
    ("unknown-check", "fractional-bound"),
    ("misfit-value", "unreachable-bound"),
    ("missing-property-value", "missing-reference"),
];

/// Removes what only follows from another mistake on the same line.
pub(super) fn on_the_line(sink: &mut Sink, sources: &SourceMap) {
    let line = |span: Span| (span.file, sources.file(span.file).line_of(span.start as usize));
    let causes: Vec<_> = errors(sink)
        .filter(|it| CONSEQUENCES.iter().any(|(cause, _)| *cause == it.code.slug))
        .map(|it| (it.code.slug, line(it.primary.span)))
        .collect();
    sink.retain(|it| {
        let of = CONSEQUENCES.iter().filter(|(_, echo)| *echo == it.code.slug);
        let mut causes_of = of.map(|(cause, _)| (*cause, line(it.primary.span)));
        !causes_of.any(|cause| causes.contains(&cause))
    });
}

/// Warnings that something is not listed or not used where it should be.
const ABSENCES: &[&str] = &["unlisted-script", "unlisted-input", "unused-axis"];

/// Removes what is said to be absent from a stage of which a part could not be read.
pub(super) fn within_broken_stages(later: &mut Sink, earlier: &Sink, project: &Project) {
    let broken: Vec<Span> = errors(earlier).map(|it| it.primary.span).collect();
    let stage_of =
        |span: Span| project.stages.iter().map(|it| it.span).find(|it| it.contains(span));
    later.retain(|it| {
        !ABSENCES.contains(&it.code.slug)
            || stage_of(it.primary.span)
                .is_none_or(|stage| !broken.iter().any(|place| stage.contains(*place)))
    });
}
