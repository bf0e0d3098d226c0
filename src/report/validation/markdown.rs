//! Markdown, for the summary of a job or a comment on a pull request.

use crate::data::validate::Finding;
use crate::data::words::{found, grouped};
use crate::report::text::cell;
use crate::report::validation::{Mark, Subject, column, headline, verdict};
use crate::schema::watch::Outcome;
use std::fmt::Write as _;

/// The report: what does not hold, then everything, folded.
pub(crate) fn render(subject: Subject<'_>) -> String {
    let report = subject.report;
    let mut out = format!("## {}\n\n", cell(subject.data.as_str()));
    let _ = writeln!(out, "{}\n\n**{}**", headline(subject), verdict(report));
    let broken: Vec<&Finding> = report.broken().collect();
    if !broken.is_empty() {
        out.push_str("\n| column | check | | failing | of | found |\n");
        out.push_str("| --- | --- | --- | ---: | ---: | --- |\n");
        for it in broken {
            let failing = match &it.outcome {
                Outcome::Values { failing, .. } => grouped(*failing),
                Outcome::Measured { .. } => String::new(),
            };
            let (column, check, mark) = (cell(&column(it)), cell(&it.spelled), Mark::of(it).word());
            let (of, found) = (grouped(it.of), cell(&found(it, report)));
            let _ = writeln!(out, "| {column} | {check} | {mark} | {failing} | {of} | {found} |");
        }
    }
    let total = report.results.len();
    let _ = writeln!(out, "\n<details><summary>All {total} checks</summary>\n");
    out.push_str("| column | check | | of |\n| --- | --- | --- | ---: |\n");
    for it in &report.results {
        let (column, check, mark) = (cell(&column(it)), cell(&it.spelled), Mark::of(it).word());
        let _ = writeln!(out, "| {column} | {check} | {mark} | {} |", grouped(it.of));
    }
    out.push_str("\n</details>\n");
    out
}
