//! Diagnostics as JSON, version 1. Other programs read this: fields may be added, none may change.
//!
//! ```text
//! {
//!   "version": 1,
//!   "diagnostics": [{
//!     "slug": "unknown-field", "severity": "error" | "warning", "message": "…",
//!     "help": "…" | null,
//!     "file": "mlc.kdl",            relative to the project's root, with `/`
//!     "span": {"start": {"line": 3, "column": 5, "offset": 41}, "end": {…}},
//!     "label": "…",                 what is wrong there; may be empty
//!     "labels": [{"file": "…", "span": {…}, "text": "…"}],     other places
//!     "fix": {"title": "…", "edits": [{"file": "…", "span": {…}, "text": "…"}]} | null
//!   }],
//!   "summary": {"errors": 1, "warnings": 0, "fixable": 1}
//! }
//! ```
//! Lines and columns count from one, columns in characters; offsets count bytes from zero. A span
//! ends just before `end`. An edit replaces its span by `text`; edits of a fix do not overlap.

use crate::base::diagnostic::{Diagnostic, Edit, Fix, Label};
use crate::base::source::{SourceMap, Span};
use crate::report::summary::Summary;
use serde::Serialize;

pub(crate) fn render(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let summary = Summary::of(diagnostics);
    let report = Report {
        version: 1,
        diagnostics: diagnostics.iter().map(|it| problem(sources, it)).collect(),
        summary: Counts {
            errors: summary.errors,
            warnings: summary.warnings,
            fixable: summary.fixable,
        },
    };
    let mut text =
        serde_json::to_string_pretty(&report).expect("invariant: strings and numbers are JSON");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    diagnostics: Vec<Problem<'a>>,
    summary: Counts,
}

#[derive(Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    fixable: usize,
}

#[derive(Serialize)]
struct Problem<'a> {
    slug: &'static str,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    #[serde(flatten)]
    place: Place<'a>,
    label: &'a str,
    labels: Vec<Note<'a>>,
    fix: Option<Remedy<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    span: Range,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
    offset: usize,
}

#[derive(Serialize)]
struct Note<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct Remedy<'a> {
    title: &'a str,
    edits: Vec<Note<'a>>,
}

fn problem<'a>(sources: &'a SourceMap, it: &'a Diagnostic) -> Problem<'a> {
    Problem {
        slug: it.code.slug,
        severity: it.severity().as_str(),
        message: &it.message,
        help: it.help.as_deref(),
        place: place(sources, it.primary.span),
        label: &it.primary.text,
        labels: it.secondary.iter().map(|label| note(sources, label)).collect(),
        fix: it.fix.as_ref().map(|fix| remedy(sources, fix)),
    }
}

fn note<'a>(sources: &'a SourceMap, label: &'a Label) -> Note<'a> {
    Note { place: place(sources, label.span), text: &label.text }
}

fn remedy<'a>(sources: &'a SourceMap, fix: &'a Fix) -> Remedy<'a> {
    let edit = |edit: &'a Edit| Note { place: place(sources, edit.span), text: &edit.text };
    Remedy { title: &fix.title, edits: fix.edits.iter().map(edit).collect() }
}

fn place(sources: &SourceMap, span: Span) -> Place<'_> {
    let file = sources.file(span.file);
    let point = |offset: u32| {
        let position = file.position(offset as usize);
        Point { line: position.line, column: position.column, offset: offset as usize }
    };
    let range = Range { start: point(span.start), end: point(span.end) };
    Place { file: file.path.as_str(), span: range }
}

#[cfg(test)]
mod tests {
    use crate::report::samples;

    #[test]
    fn every_shape_of_diagnostic() {
        let (sources, diagnostics) = samples::few();
        samples::assert("json", &super::render(&sources, &diagnostics));
    }
}
