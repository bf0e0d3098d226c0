//! A table against its schema: every check of every column in one pass.

use crate::base::code::Severity;
use crate::data::delimited;
use crate::data::follow::Task;
use crate::data::source::{self, Opened, Trouble};
use crate::data::{jsonl, parquet};
use crate::schema::column::Schema;
use crate::schema::watch::Outcome;
use camino::Utf8Path;
use std::collections::BTreeMap;

/// What a table was found to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Report {
    pub(crate) rows: u64,
    /// `None` where rows stand on no lines.
    pub(crate) lines: Option<Lines>,
    /// Of the table first, then column by column, as the schema has them.
    pub(crate) results: Vec<Finding>,
}

impl Report {
    pub(crate) fn holds(&self) -> bool {
        self.broken().all(|it| it.severity == Severity::Warning)
    }

    /// What does not hold, warnings included.
    pub(crate) fn broken(&self) -> impl Iterator<Item = &Finding> {
        self.results.iter().filter(|it| !it.holds())
    }

    /// The rows, counted from 1, that fail by themselves, each with the checks that refuse it.
    /// Precondition: all failing rows were kept.
    pub(crate) fn bad_rows(&self) -> BTreeMap<u64, Vec<String>> {
        let mut bad: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for found in self.broken().filter(|it| it.severity == Severity::Error) {
            let Outcome::Values { failing, first } = &found.outcome else { continue };
            // Of some checks the rows are known in part, or there are none.
            if *failing != first.len() as u64 || first.iter().any(|case| case.row == 0) {
                continue;
            }
            let reason = match &found.column {
                Some(column) => format!("{column}: {}", found.spelled),
                None => found.spelled.clone(),
            };
            first.iter().for_each(|it| bad.entry(it.row).or_default().push(reason.clone()));
        }
        bad
    }

    /// The line of the file on which a row begins, if it has lines.
    pub(crate) fn line(&self, row: u64) -> Option<u64> {
        self.lines.as_ref().map(|it| it.of(row))
    }
}

/// On which line each row begins: rows may be longer than a line, and few are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lines {
    /// From which row on the line is how much more than the row.
    shifts: Vec<(u64, u64)>,
}

impl Lines {
    /// Takes in a piece of so many rows: how many rows and lines come before it, and from which of
    /// its rows on, counted from 1, the line is how much further than the row.
    pub(crate) fn note(&mut self, before: u64, lines: u64, rows: u64, shifts: &[(u32, u32)]) {
        let base = lines.saturating_sub(before);
        let own = shifts.iter().map(|(row, shift)| (u64::from(*row), u64::from(*shift)));
        let first = own.clone().next().is_none_or(|(row, _)| row > 1).then_some((1, 0));
        for (row, shift) in first.into_iter().chain(own).filter(|_| rows > 0) {
            let shift = base + shift;
            if self.shifts.last().is_none_or(|(_, last)| *last != shift) {
                self.shifts.push((before + row, shift));
            }
        }
    }

    fn of(&self, row: u64) -> u64 {
        let behind = self.shifts.partition_point(|(from, _)| *from <= row);
        let shift = behind.checked_sub(1).and_then(|at| self.shifts.get(at));
        row + shift.map_or(0, |(_, shift)| *shift)
    }
}

/// One check with what it found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finding {
    /// `None` for a check of the table.
    pub(crate) column: Option<String>,
    /// The name of the check: `isin`.
    pub(crate) check: &'static str,
    /// The check as a spec spells it: `isin A B`.
    pub(crate) spelled: String,
    pub(crate) outcome: Outcome,
    /// How many values it looked at.
    pub(crate) of: u64,
    /// The share of them that must pass at least, if not all must.
    pub(crate) mostly: Option<f64>,
    pub(crate) severity: Severity,
}

impl Finding {
    /// A finding of a check that must hold as it stands.
    pub(crate) fn new(
        column: Option<String>,
        check: &'static str,
        spelled: String,
        outcome: Outcome,
        of: u64,
    ) -> Self {
        Self { column, check, spelled, outcome, of, mostly: None, severity: Severity::Error }
    }

    /// Whether the check holds, or mostly does where that is enough.
    ///
    /// The share is computed as Great Expectations does, so that no rounding tells them apart.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
    pub(crate) fn holds(&self) -> bool {
        match (&self.outcome, self.mostly) {
            (Outcome::Values { failing, .. }, Some(mostly)) if *failing > 0 => {
                (self.of - failing) as f64 / self.of as f64 >= mostly
            }
            (outcome, _) => outcome.holds(),
        }
    }
}

/// Checks the data at a path; `shown` is its name in messages.
pub(crate) fn file(path: &Utf8Path, shown: &Utf8Path, schema: &Schema) -> Result<Report, Trouble> {
    table(path, shown, Task::from(schema))
}

/// Reads the data at a path for a task.
pub(crate) fn table(path: &Utf8Path, shown: &Utf8Path, task: Task<'_>) -> Result<Report, Trouble> {
    let named = |error: String| format!("{shown}: {error}");
    let report = match source::open(path, shown)? {
        Opened::Delimited { text, delimiter } => {
            delimited::check(text, delimiter, task, None).map_err(named)
        }
        Opened::Lines(text) => jsonl::check(text, task).map_err(named),
        // Which of its files is at fault is said by the reader.
        Opened::Parquet(members) => parquet::check(members, task),
    };
    report.map_err(Trouble::Broken)
}
