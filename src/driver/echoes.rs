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
