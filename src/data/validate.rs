//! A table against its schema: every check of every column in one pass.

use crate::base::bound::Number;
use crate::data::field::{self, Read as Took};
use crate::data::source::{self, Table, Trouble};
use crate::schema::column::{Column, ColumnType, Schema};
use crate::schema::constraint;
use crate::schema::range::{Range, Scale};
use crate::schema::spelling;
use crate::schema::watch::each;
use crate::schema::watch::{Batch, Case, Outcome, SHOWN, Totals, Watch};
use camino::Utf8Path;
use csv::{ByteRecord, Reader, ReaderBuilder};
use std::collections::BTreeSet;
use std::io::Read;

/// Rows that are looked at together.
const BATCH: usize = 4096;

/// What a table was found to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Report {
    pub(crate) rows: u64,
    lines: Lines,
    /// Of the table first, then column by column, as the schema has them.
    pub(crate) results: Vec<Finding>,
}

impl Report {
    pub(crate) fn holds(&self) -> bool {
        self.results.iter().all(|it| it.outcome.holds())
    }

    pub(crate) fn broken(&self) -> impl Iterator<Item = &Finding> {
        self.results.iter().filter(|it| !it.outcome.holds())
    }

    /// The line of the file on which a row begins.
    pub(crate) fn line(&self, row: u64) -> u64 {
        self.lines.of(row)
    }
}

/// On which line each row begins: rows may be longer than a line, and few are.
#[derive(Clone, Debug, Default, PartialEq)]
struct Lines {
    /// From which row on the line is how much more than the row.
    shifts: Vec<(u64, u64)>,
}

impl Lines {
    fn note(&mut self, row: u64, line: u64) {
        let shift = line.saturating_sub(row);
        if self.shifts.last().is_none_or(|(_, last)| *last != shift) {
            self.shifts.push((row, shift));
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
}

/// Checks the data at a path; `shown` is its name in messages.
pub(crate) fn file(path: &Utf8Path, shown: &Utf8Path, schema: &Schema) -> Result<Report, Trouble> {
    let opened = source::open(path, shown)?;
    table(opened, schema).map_err(|error| Trouble::Broken(format!("{shown}: {error}")))
}

/// Checks a table with a header. An error is one sentence that says why it cannot be read.
fn table(opened: Table, schema: &Schema) -> Result<Report, String> {
    let mut builder = ReaderBuilder::new();
    builder.flexible(true).has_headers(false).delimiter(opened.delimiter);
    let mut reader = builder.from_reader(opened.text);
    let header = header(&mut reader)?;
    let mut columns: Vec<Followed> =
        schema.columns.iter().map(|it| Followed::new(it, &header)).collect();
    let (mut ragged, mut lines) = (Values::default(), Lines::default());
    let mut record = ByteRecord::new();
    let mut rows: u64 = 0;
    while reader.read_byte_record(&mut record).map_err(|error| unreadable(&error))? {
        rows += 1;
        lines.note(rows, record.position().map_or(0, csv::Position::line));
        if record.len() == header.len() {
            columns.iter_mut().for_each(|it| it.take(&record, rows));
        } else {
            // Which field belongs to which column cannot be told.
            ragged.count(rows, || format!("{} fields", record.len()));
        }
        if rows.is_multiple_of(BATCH as u64) {
            columns.iter_mut().for_each(Followed::look);
        }
    }
    let table =
        |check, spelled, outcome| Finding { column: None, check, spelled, outcome, of: rows };
    let mut results = Vec::new();
    if !schema.rows.is_empty() {
        let range = Range::of(&schema.rows, Scale::COUNT);
        let holds = range.is_ok_and(|range| range.includes(Number::Int(rows.into())));
        let spelled = format!("rows {}", spelling::bounds(&schema.rows, None));
        let value = Some(Number::Int(rows.into()).as_f64());
        results.push(table("rows", spelled, Outcome::Measured { holds, value }));
    }
    let spelled = format!("{} fields a row", header.len());
    let whole = rows - ragged.failing;
    results.push(table("ragged", spelled, ragged.outcome()));
    results.extend(columns.into_iter().flat_map(|it| it.end(whole)));
    Ok(Report { rows, lines, results })
}

/// Reads the names of the columns.
fn header<R: Read>(reader: &mut Reader<R>) -> Result<Vec<Vec<u8>>, String> {
    let mut record = ByteRecord::new();
    if !reader.read_byte_record(&mut record).map_err(|error| unreadable(&error))? {
        return Err("the file is empty: its first line names the columns".to_owned());
    }
    let mut names: Vec<Vec<u8>> = record.iter().map(<[u8]>::to_vec).collect();
    if let Some(rest) = names.first().and_then(|it| it.strip_prefix(b"\xef\xbb\xbf")) {
        let rest = rest.to_vec();
        names.iter_mut().take(1).for_each(|it| it.clone_from(&rest));
    }
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(name) => {
            let name = String::from_utf8_lossy(name);
            Err(format!("two columns are called `{name}`: which one is meant cannot be told"))
        }
        None => Ok(names),
    }
}

fn unreadable(error: &csv::Error) -> String {
    // The crate's own text counts records, which nobody else does.
    if let csv::ErrorKind::Io(inner) = error.kind() {
        return format!("the data cannot be read: {inner}");
    }
    format!("the data cannot be read: {error}")
}

/// Values that failed, the first of them kept.
#[derive(Default)]
struct Values {
    failing: u64,
    first: Vec<Case>,
}

impl Values {
    fn count(&mut self, row: u64, value: impl FnOnce() -> String) {
        self.failing += 1;
        if self.first.len() < SHOWN {
            self.first.push(Case { row, value: value() });
        }
    }

    fn outcome(self) -> Outcome {
        Outcome::Values { failing: self.failing, first: self.first }
    }
}

/// A check that goes along: its name, how it is spelled, and what it has seen.
type Going = (&'static str, String, Box<dyn Watch>);

/// A column of the schema while the data goes by.
struct Followed<'a> {
    column: &'a Column,
    ty: ColumnType,
    /// Which field of a record it is; `None` when the file has no such column.
    place: Option<usize>,
    batch: Batch,
    missing: Values,
    unfit: Values,
    checks: Vec<Going>,
}

impl<'a> Followed<'a> {
    fn new(column: &'a Column, header: &[Vec<u8>]) -> Self {
        let ty = column.ty.as_ref().map_or(ColumnType::Str, |it| it.value);
        let place = header.iter().position(|it| it == column.name.value.as_bytes());
        let mut checks: Vec<Going> = Vec::new();
        if !column.bounds.is_empty() {
            let spelled = spelling::bounds(&column.bounds, Some(ty));
            checks.push(("in-range", spelled, each::bounds(&column.bounds, ty)));
        }
        checks.extend(column.checks.iter().filter_map(|check| {
            let constraint = constraint::find(check.constraint.value)?;
            let spelled = spelling::check(check, Some(ty));
            Some((constraint.name, spelled, (constraint.watch)(check, ty)))
        }));
        let (missing, unfit) = (Values::default(), Values::default());
        Self { column, ty, place, batch: Batch::new(ty), missing, unfit, checks }
    }

    fn take(&mut self, record: &ByteRecord, row: u64) {
        let Some(field) = self.place.and_then(|it| record.get(it)) else { return };
        match field::read(field, self.ty, row, &mut self.batch) {
            Took::Value => {}
            Took::Missing => {
                self.missing.count(row, || String::from_utf8_lossy(field).into_owned());
            }
            Took::Unfit => self.unfit.count(row, || String::from_utf8_lossy(field).into_owned()),
        }
    }

    fn look(&mut self) {
        self.checks.iter_mut().for_each(|(_, _, watch)| watch.see(&self.batch));
        self.batch.clear();
    }

    /// Precondition: `rows` were taken, whole ones.
    fn end(mut self, rows: u64) -> Vec<Finding> {
        self.look();
        let finding = |check, spelled, outcome, of| Finding {
            column: Some(self.column.name.value.clone()),
            check,
            spelled,
            outcome,
            of,
        };
        if self.place.is_none() {
            let lost = Outcome::Measured { holds: false, value: None };
            return vec![finding("required", "present".to_owned(), lost, 0)];
        }
        let missing = self.missing.failing;
        let present = rows - missing;
        let totals = Totals { rows, missing };
        let mut results =
            vec![finding("dtype", self.ty.to_string(), self.unfit.outcome(), present)];
        if !self.column.nullable {
            let name = "not-null";
            results.push(finding(name, name.to_owned(), self.missing.outcome(), rows));
        }
        let fit = present - results.first().map_or(0, |it| failing(&it.outcome));
        for (name, spelled, watch) in self.checks {
            results.push(finding(name, spelled, watch.end(totals), fit));
        }
        results
    }
}

fn failing(outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Values { failing, .. } => *failing,
        Outcome::Measured { .. } => 0,
    }
}
