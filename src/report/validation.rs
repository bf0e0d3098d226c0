//! What was found in data, as files for programs and people.

pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod markdown;

use crate::base::code::Severity;
use crate::data::validate::{Finding, Report};
use crate::data::words::{grouped, shown};
use camino::Utf8Path;

/// Data that was held against a schema.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    /// The path as it was given.
    pub(crate) data: &'a Utf8Path,
    /// The name of the schema.
    pub(crate) schema: &'a str,
    pub(crate) report: &'a Report,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Passed,
    Warns,
    Failed,
}

impl Mark {
    fn of(finding: &Finding) -> Self {
        match finding.severity {
            _ if finding.holds() => Self::Passed,
            Severity::Warning => Self::Warns,
            Severity::Error => Self::Failed,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warns => "warns",
            Self::Failed => "failed",
        }
    }
}

/// `5,000 rows against schema customers`
fn headline(subject: Subject<'_>) -> String {
    let rows = subject.report.rows;
    let noun = if rows == 1 { "row" } else { "rows" };
    format!("{} {noun} against schema {}", grouped(rows), subject.schema)
}

/// `rejected: 2 of 30 checks do not hold, 1 more warns`
pub(crate) fn verdict(report: &Report) -> String {
    let total = report.results.len();
    let warnings = report.broken().filter(|it| it.severity == Severity::Warning).count();
    let broken = report.broken().count() - warnings;
    let text = match broken {
        0 if warnings == 0 => format!("passed: all {total} checks hold"),
        0 => format!("passed: {} of {total} checks hold", total - warnings),
        1 => format!("rejected: 1 of {total} checks does not hold"),
        some => format!("rejected: {some} of {total} checks do not hold"),
    };
    match (warnings, broken) {
        (0, _) => text,
        (1, 0) => format!("{text}, 1 warns"),
        (some, 0) => format!("{text}, {some} warn"),
        (1, _) => format!("{text}, 1 more warns"),
        (some, _) => format!("{text}, {some} more warn"),
    }
}

/// The column of a finding, or that it is about the table.
fn column(finding: &Finding) -> String {
    finding.column.as_deref().map_or("(table)".to_owned(), shown)
}
