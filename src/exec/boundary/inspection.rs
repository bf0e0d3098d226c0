//! What came of a look at data, as it is told, recorded and kept.

use crate::base::code::Severity;
use crate::data::source::Trouble;
use crate::data::validate::{Finding, Report};
use crate::data::words;
use crate::exec::quarantine::Moved;
use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write as _};

/// What a line begins with that stops nothing.
const WARNING: &str = "warning: ";

/// Data held against a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Inspection {
    /// Relative to the root.
    pub(crate) path: String,
    pub(crate) schema: String,
    pub(crate) verdict: Verdict,
    pub(crate) rows: u64,
    /// How many checks there are, and how many of them do not hold.
    pub(crate) checks: usize,
    pub(crate) broken: usize,
    /// One line for each check that does not hold, and what became of the rows; or why the data was
    /// not looked at.
    pub(crate) lines: Vec<String>,
    /// How many rows were moved out of it, and where to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) moved: Option<(u64, String)>,
    /// Whether it is that of an earlier run, of the same content.
    #[serde(default)]
    pub(crate) kept: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    Holds,
    /// Something does not hold, and that stops nothing.
    Warns,
    Breaks,
    /// It was not looked at.
    Unread,
}

impl Verdict {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Warns => "holds, with warnings",
            Self::Breaks => "is broken",
            Self::Unread => "was not checked",
        }
    }
}

impl Inspection {
    pub(super) fn new(path: &Utf8Path, schema: &str, report: Result<Report, Trouble>) -> Self {
        let (verdict, rows, checks, lines) = match report {
            Ok(report) => {
                let verdict = match (report.holds(), report.broken().next().is_none()) {
                    (true, true) => Verdict::Holds,
                    (true, false) => Verdict::Warns,
                    (false, _) => Verdict::Breaks,
                };
                (verdict, report.rows, report.results.len(), lines(&report))
            }
            Err(Trouble::Broken(error)) => (Verdict::Breaks, 0, 1, vec![error]),
            Err(Trouble::Foreign(why)) => (Verdict::Unread, 0, 0, vec![why]),
        };
        let (path, schema, broken) = (path.to_string(), schema.to_owned(), lines.len());
        Self { path, schema, verdict, rows, checks, broken, lines, moved: None, kept: false }
    }

    /// The same after rows were moved out.
    pub(super) fn without(mut self, moved: Moved) -> Self {
        let Moved { rows, of, to } = moved;
        let (rows_shown, of) = (words::grouped(rows), words::grouped(of));
        self.lines.insert(0, format!("{rows_shown} of {of} rows moved to `{to}`"));
        self.moved = Some((rows, to.into_string()));
        if self.verdict == Verdict::Holds {
            self.verdict = Verdict::Warns;
        }
        self
    }

    /// The same where no row could be moved out.
    pub(super) fn untouched(mut self, why: &anyhow::Error) -> Self {
        self.lines.push(format!("no row is moved: {why:#}"));
        self
    }

    /// What does not hold where that stops nothing, a sentence each.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> {
        let plain = |it: &str| it.strip_prefix(WARNING).unwrap_or(it).to_owned();
        self.lines.iter().map(move |it| format!("`{}`: {}", self.path, plain(it)))
    }

    pub(crate) fn help(&self) -> String {
        let Self { path, schema, .. } = self;
        format!("`mlc validate {path} --schema {schema}` shows all of it")
    }

    /// All of it, for a log.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("--- {self} ---\n");
        for line in &self.lines {
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

/// `` `data/raw.csv` breaks schema `rows` in 2 of 12 checks``
impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, schema, checks, broken, .. } = self;
        let noun = if *checks == 1 { "check" } else { "checks" };
        write!(f, "`{path}` breaks schema `{schema}` in {broken} of {checks} {noun}")
    }
}

/// A line for each check that does not hold; those that only warn are marked.
fn lines(report: &Report) -> Vec<String> {
    let line = |it: &Finding| match it.severity {
        Severity::Error => words::sentence(it, report),
        Severity::Warning => format!("{WARNING}{}", words::sentence(it, report)),
    };
    report.broken().map(line).collect()
}
