//! Fixes for what is written twice: when both say the same, one goes.

use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::source::{SourceMap, Span};
use crate::model;
use crate::syntax;
use std::ops::Range;

/// Adds the fix to diagnostics about repetitions that have none.
pub(super) fn mend(sink: &mut Sink, sources: &SourceMap) {
    let slugs = [model::codes::DUPLICATE_NAME.slug, syntax::codes::DUPLICATE_FIELD.slug];
    for diagnostic in sink.iter_mut().filter(|it| slugs.contains(&it.code.slug)) {
        if let Some(span) = removal(diagnostic, sources).filter(|_| diagnostic.fix.is_none()) {
            let taken = std::mem::replace(diagnostic, diagnostic.clone());
            *diagnostic = taken.fix("say it once", span, "");
        }
    }
}

/// What to remove so that the repetition is gone.
fn removal(diagnostic: &Diagnostic, sources: &SourceMap) -> Option<Span> {
    let again = diagnostic.primary.span;
    let first = diagnostic.secondary.first()?.span;
    if first.file != again.file {
        return None;
    }
    let text = &sources.file(again.file).text;
    let (first, again) = (first.range(), again.range());
    let (one, two) = (statement(text, first.start), statement(text, again.start));
    let range = if one == two { word(text, &first, &again)? } else { lines(text, &one, &two)? };
    Some(Span::new(diagnostic.primary.span.file, range.start, range.end))
}

/// A value of the same line, with the blank or the `;` before it.
fn word(text: &str, first: &Range<usize>, again: &Range<usize>) -> Option<Range<usize>> {
    // Of a property the value alone may be the first place.
    let one = first.end.checked_sub(again.len())?..first.end;
    let same = text.get(one)? == text.get(again.clone())?;
    let before = text.get(..again.start)?;
    let start = before.trim_end_matches([' ', '\t', ';']).len();
    same.then_some(start..again.end)
}

/// Whole lines, when they say the same as those before.
fn lines(text: &str, one: &Range<usize>, two: &Range<usize>) -> Option<Range<usize>> {
    let same = text.get(one.clone())?.trim() == text.get(two.clone())?.trim();
    same.then(|| two.clone())
}

/// The lines of the node that begins on the line of `at`, up to the end of its block.
fn statement(text: &str, at: usize) -> Range<usize> {
    let start = text.get(..at).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1);
    let mut depth = 0_i32;
    let mut end = start;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        end += line.len();
        let count = |brace| i32::try_from(line.matches(brace).count()).unwrap_or(0);
        depth += count('{') - count('}');
        if depth <= 0 {
            break;
        }
    }
    start..end
}
