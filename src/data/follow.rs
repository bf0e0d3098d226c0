//! What a schema asks of a table, followed through the pieces of the table.
//!
//! A [`Part`] is what was seen in some rows; parts of rows that follow each other join into one.
//! Unaware of formats: who reads a piece fills the columns of its part.

use crate::base::bound::Number;
use crate::base::code::Severity;
use crate::base::source::Spanned;
use crate::data::clock;
use crate::data::field::Column as Target;
use crate::data::gather::Onlooker;
use crate::data::validate::Finding;
use crate::schema::column::{Column, ColumnType, Schema};
use crate::schema::constraint;
use crate::schema::range::{Range, Scale};
use crate::schema::spelling;
use crate::schema::table::TableCheck;
use crate::schema::watch::across::{Across, Frame, Numbers, across};
use crate::schema::watch::each;
use crate::schema::watch::{Batch, Case, Outcome, SHOWN, Tally, Totals, Watch};
use std::collections::BTreeSet;
use std::io;

/// A check with its name and how a spec spells it.
struct Named {
    name: &'static str,
    spelled: String,
    watch: Box<dyn Watch>,
    mostly: Option<f64>,
    severity: Severity,
}

/// A column of a schema and its checks, before any data.
struct Followed<'a> {
    column: &'a Column,
    ty: ColumnType,
    checks: Vec<Named>,
}

/// What is to be done with a table: hold it against a schema, and show its rows to something else.
#[derive(Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) schema: &'a Schema,
    /// Makes what sees the rows beside the checks.
    pub(crate) extra: Option<&'a (dyn Fn() -> Box<dyn Onlooker> + Sync)>,
    /// Whether each row that fails is kept, and not only the first of them.
    pub(crate) all: bool,
}

impl<'a> From<&'a Schema> for Task<'a> {
    fn from(schema: &'a Schema) -> Self {
        Self { schema, extra: None, all: false }
    }
}

/// A schema ready to be held against data.
pub(crate) struct Follower<'a> {
    schema: &'a Schema,
    columns: Vec<Followed<'a>>,
    table: Vec<(&'a TableCheck, Box<dyn Across>)>,
    extra: Option<&'a (dyn Fn() -> Box<dyn Onlooker> + Sync)>,
    /// What a count of failures begins with.
    tally: Tally,
}

/// What was seen in some rows.
pub(crate) struct Part {
    /// All rows, whole or not.
    pub(crate) rows: u64,
    /// Rows with too few or too many fields, in which no field belongs to a column for certain.
    pub(crate) ragged: Tally,
    pub(crate) columns: Vec<Seen>,
    table: Vec<Box<dyn Across>>,
    extra: Option<Box<dyn Onlooker>>,
    /// Columns that the schema does not know, where it forbids them.
    pub(crate) strangers: BTreeSet<String>,
    /// Columns that stand before one that comes first in the schema, where the order counts.
    misplaced: BTreeSet<String>,
}

/// What was seen of one column.
pub(crate) struct Seen {
    /// Whether the data has this column at all.
    pub(crate) present: bool,
    pub(crate) missing: Tally,
    pub(crate) unfit: Tally,
    watches: Vec<Box<dyn Watch>>,
}

impl<'a> Follower<'a> {
    pub(crate) fn new(task: Task<'a>) -> Self {
        let Task { schema, extra, all } = task;
        let table = schema.table.iter().filter_map(|it| Some((it, across(it, schema)?)));
        let mut table: Vec<_> = table.collect();
        let mut columns: Vec<_> = schema.columns.iter().map(Followed::new).collect();
        let mut tally = Tally::default();
        if all {
            tally.keep_all();
            table.iter_mut().for_each(|(_, it)| it.keep_all());
            columns.iter_mut().flat_map(|it| &mut it.checks).for_each(|it| it.watch.keep_all());
        }
        Self { schema, columns, table, extra, tally }
    }

    /// The names and types of the columns, in the order of the schema.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&'a str, ColumnType)> {
        self.columns.iter().map(|it| (it.column.name.value.as_str(), it.ty))
    }

    /// Fields of text files that stand for a missing value.
    pub(crate) fn nulls(&self) -> &'a [Spanned<String>] {
        &self.schema.nulls
    }

    /// A part that has seen nothing.
    pub(crate) fn part(&self) -> Part {
        let seen = |it: &Followed<'_>| Seen {
            present: false,
            missing: self.tally.clone(),
            unfit: self.tally.clone(),
            watches: it.checks.iter().map(|check| check.watch.fresh()).collect(),
        };
        let columns = self.columns.iter().map(seen).collect();
        let table = self.table.iter().map(|(_, across)| across.fresh()).collect();
        Part {
            rows: 0,
            ragged: self.tally.clone(),
            columns,
            table,
            extra: self.extra.map(|start| start()),
            strangers: BTreeSet::new(),
            misplaced: BTreeSet::new(),
        }
    }

    /// Notes the columns of the data in their order, if the schema says anything of them.
    pub(crate) fn note<'n>(&self, names: impl Iterator<Item = &'n str>, part: &mut Part) {
        if self.schema.strict.is_none() && self.schema.ordered.is_none() {
            return;
        }
        let mut furthest = 0;
        for name in names {
            let place = self.columns.iter().position(|it| it.column.name.value == name);
            match place {
                Some(place) if place < furthest => {
                    part.misplaced.insert(name.to_owned());
                }
                Some(place) => furthest = place,
                None => {
                    part.strangers.insert(name.to_owned());
                }
            }
        }
    }

    /// Whether columns that the schema does not know matter.
    pub(crate) fn is_strict(&self) -> bool {
        self.schema.strict.is_some()
    }

    /// Everything that was found: of the table first, then column by column.
    ///
    /// `fields` is how many a row should have, in formats where rows can differ.
    pub(crate) fn findings(self, part: Part, fields: Option<usize>) -> io::Result<Vec<Finding>> {
        let Part { rows, ragged, columns, table: seen, extra, strangers, misplaced } = part;
        if let Some(extra) = extra {
            extra.end();
        }
        let table = |check, spelled, outcome| Finding::new(None, check, spelled, outcome, rows);
        let mut findings = Vec::new();
        if !self.schema.rows.is_empty() {
            let range = Range::of(&self.schema.rows, Scale::COUNT).ok();
            let outcome = Outcome::measured(Some(Number::Int(rows.into())), range.as_ref());
            let spelled = format!("rows {}", spelling::bounds(&self.schema.rows, None));
            findings.push(table("rows", spelled, outcome));
        }
        let whole = rows - ragged.failing;
        if let Some(fields) = fields {
            let spelled = format!("{fields} fields a row");
            findings.push(table("ragged", spelled, ragged.outcome()));
        }
        if self.schema.strict.is_some() {
            let outcome = each_of(strangers);
            findings.push(table("strict", "strict".to_owned(), outcome));
        }
        if self.schema.ordered.is_some() {
            let outcome = each_of(misplaced);
            findings.push(table("ordered", "ordered".to_owned(), outcome));
        }
        let present: Vec<bool> = columns.iter().map(|it| it.present).collect();
        for ((check, _), across) in self.table.iter().zip(seen) {
            let mut wanted = check.columns(self.schema).into_iter();
            let place =
                |name: &str| self.columns.iter().position(|it| it.column.name.value == name);
            // A column that is not there is told once, by itself; of its rows nothing is known.
            let known =
                wanted.all(|it| place(&it).is_some_and(|it| present.get(it) == Some(&true)));
            let (outcome, of) = match known {
                true => across.end()?,
                false => (Tally::default().outcome(), 0),
            };
            let found = Finding::new(None, check.name(), check.spelled(), outcome, of);
            let mostly = check.mostly.as_ref().map(|it| it.value);
            findings.push(Finding { mostly, severity: check.severity, ..found });
        }
        let now = clock::now();
        for (column, seen) in self.columns.into_iter().zip(columns) {
            findings.extend(column.end(seen, whole, now)?);
        }
        Ok(findings)
    }
}

/// Names that fail, which stand in no row.
fn each_of(names: BTreeSet<String>) -> Outcome {
    let failing = names.len() as u64;
    let first = names.into_iter().take(SHOWN).map(|value| Case { row: 0, value }).collect();
    Outcome::Values { failing, first }
}

impl Part {
    /// Takes in what was seen in the rows that follow.
    pub(crate) fn join(&mut self, later: Self) {
        self.ragged.join(later.ragged, self.rows);
        self.strangers.extend(later.strangers);
        self.misplaced.extend(later.misplaced);
        for (own, later) in self.columns.iter_mut().zip(later.columns) {
            own.present |= later.present;
            own.missing.join(later.missing, self.rows);
            own.unfit.join(later.unfit, self.rows);
            for (own, later) in own.watches.iter_mut().zip(later.watches) {
                own.join(later, self.rows);
            }
        }
        for (own, later) in self.table.iter_mut().zip(later.table) {
            own.join(later, self.rows);
        }
        if let (Some(own), Some(later)) = (&mut self.extra, later.extra) {
            own.join(later, self.rows);
        }
        self.rows += later.rows;
    }

    /// Shows what was read of some rows to the checks, then forgets it.
    pub(crate) fn look(&mut self, batches: &mut [Batch], rows: Numbers<'_>) {
        for (seen, batch) in self.columns.iter_mut().zip(&*batches) {
            seen.watches.iter_mut().for_each(|watch| watch.see(batch));
        }
        if !self.table.is_empty() || self.extra.is_some() {
            let frame = Frame { batches, rows };
            self.table.iter_mut().for_each(|across| across.see(&frame));
            self.extra.iter_mut().for_each(|extra| extra.see(&frame));
        }
        batches.iter_mut().for_each(Batch::clear);
    }
}

impl Seen {
    /// Where the fields of a column are read to.
    pub(crate) fn target<'a>(&'a mut self, batch: &'a mut Batch) -> Target<'a> {
        Target { batch, missing: &mut self.missing, unfit: &mut self.unfit }
    }
}

impl<'a> Followed<'a> {
    fn new(column: &'a Column) -> Self {
        let ty = column.ty.as_ref().map_or(ColumnType::Str, |it| it.value);
        let mut checks = Vec::new();
        if !column.bounds.is_empty() {
            let spelled = spelling::bounds(&column.bounds, Some(ty));
            let watch = each::bounds(&column.bounds, ty);
            let (mostly, severity) = (None, Severity::Error);
            checks.push(Named { name: "in-range", spelled, watch, mostly, severity });
        }
        checks.extend(column.checks.iter().filter_map(|check| {
            let constraint = constraint::find(check.constraint.value)?;
            let spelled = spelling::check(check, Some(ty));
            let watch = (constraint.watch)(check, ty);
            let mostly = check.mostly.as_ref().map(|it| it.value);
            Some(Named { name: constraint.name, spelled, watch, mostly, severity: check.severity })
        }));
        Self { column, ty, checks }
    }

    fn end(self, seen: Seen, rows: u64, now: i128) -> io::Result<Vec<Finding>> {
        let name = &self.column.name.value;
        let finding = |check, spelled, outcome, of| {
            Finding::new(Some(name.clone()), check, spelled, outcome, of)
        };
        if !seen.present {
            let lost = Outcome::Measured { holds: false, value: None };
            return Ok(vec![finding("required", "present".to_owned(), lost, 0)]);
        }
        let missing = seen.missing.failing;
        let present = rows - missing;
        let fit = present - seen.unfit.failing;
        let totals = Totals { rows, missing, now };
        let mut findings =
            vec![finding("dtype", self.ty.to_string(), seen.unfit.outcome(), present)];
        if !self.column.nullable {
            let name = "not-null";
            findings.push(finding(name, name.to_owned(), seen.missing.outcome(), rows));
        }
        for (check, watch) in self.checks.into_iter().zip(seen.watches) {
            let found = finding(check.name, check.spelled, watch.end(totals)?, fit);
            findings.push(Finding { mostly: check.mostly, severity: check.severity, ..found });
        }
        Ok(findings)
    }
}
