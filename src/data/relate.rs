//! A table beside another: what both must not share, what one must find in the other, how far one
//! has moved from the other. Each demand reads both tables once.

use crate::base::bound::{Bound, Number, Op};
use crate::base::sorted::Sorted;
use crate::base::spill::Heaps;
use crate::data::drift::{self, Values};
use crate::data::follow::Task;
use crate::data::gather::{Basket, Gather};
use crate::data::source::Trouble;
use crate::data::validate::{self, Finding};
use crate::model::project::{Dataset, Project};
use crate::schema::column::{ColumnType, Schema};
use crate::schema::range::{Range, Scale};
use crate::schema::relation::{Method, Relation, RelationKind};
use crate::schema::watch::across::{Frame, known};
use crate::schema::watch::quantile::ordered;
use crate::schema::watch::{Case, Datum, Outcome, SHOWN};
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// A table of a relation.
#[derive(Clone, Copy)]
struct Table<'a> {
    name: &'a str,
    path: &'a Utf8Path,
    /// Its path in messages.
    shown: &'a Utf8Path,
    schema: Option<&'a Schema>,
}

impl<'a> Table<'a> {
    fn of(project: &'a Project, dataset: &'a Dataset, path: &'a Utf8Path) -> Self {
        let schema = dataset.schema.as_ref().map(|id| &project.schema(id.value).schema);
        Self { name: &dataset.name.value, path, shown: &dataset.path.value, schema }
    }
}

/// What comes of all that a dataset demands beside other datasets. Paths begin at `root`.
pub(crate) fn of_dataset(
    root: &Utf8Path,
    project: &Project,
    dataset: &Dataset,
) -> Result<Vec<Finding>, Trouble> {
    let path = |it: &Dataset| root.join(&it.path.value);
    let mut found = Vec::new();
    for (relation, with) in dataset.demands() {
        let other = project.dataset(with);
        let (own_path, other_path) = (path(dataset), path(other));
        found.extend(check(
            &relation,
            Table::of(project, dataset, &own_path),
            Table::of(project, other, &other_path),
        )?);
    }
    Ok(found)
}

/// What comes of a demand on a table and another.
///
/// Nothing when its own columns are not all there, which the table's schema tells.
fn check(
    relation: &Relation,
    own: Table<'_>,
    other: Table<'_>,
) -> Result<Option<Finding>, Trouble> {
    let Some((here, there)) = relation.sides(own.schema, other.schema) else {
        let text = format!("{} beside {}: no schema says of what type", own.shown, other.shown);
        return Err(Trouble::Foreign(text));
    };
    let spelled = relation.spelled(other.name);
    let (outcome, of) = match &relation.kind {
        RelationKind::Disjoint => common(&here, own, &there, other, true)?,
        RelationKind::References => common(&here, own, &there, other, false)?,
        RelationKind::After => behind(&here, own, &there, other)?,
        RelationKind::Drift { method, bins, bounds } => {
            let (drift, of) = moved((*method, *bins), &here, own, &there, other)?;
            let range = Range::of(bounds, Scale::NOT_NEGATIVE).ok();
            (Outcome::measured(drift.map(Number::Float), range.as_ref()), of)
        }
    };
    let column = relation.column().map(str::to_owned);
    let found = Finding::new(column, relation.name(), spelled, outcome, of);
    Ok(Some(Finding { severity: relation.severity, ..found }))
}

/// Reads columns of a table and gathers what `empty` makes, which has seen nothing.
fn gathered<G: Gather>(
    table: Table<'_>,
    schema: &Schema,
    empty: &(dyn Fn() -> G + Sync),
) -> Result<G, Trouble> {
    let basket = Basket::new();
    let task = Task { schema, extra: Some(&|| basket.gathering(empty())), all: false };
    let report = validate::table(table.path, table.shown, task)?;
    match report.broken().find(|it| it.check == "required") {
        Some(lost) => Err(Trouble::Broken(format!(
            "{} has no column `{}`, with which another table is compared",
            table.shown,
            lost.column.as_deref().unwrap_or_default()
        ))),
        None => Ok(basket.taken().unwrap_or_else(empty)),
    }
}

fn unread(error: &io::Error) -> Trouble {
    Trouble::Broken(format!("what was read cannot be kept on disk: {error}"))
}

/// Keys and the rows that have them; row 0 stands for any row of the other table.
type Keys = Heaps<(u128, u64)>;

/// The keys of the rows that miss no part of one.
struct Keyed {
    /// How many columns make a key.
    columns: usize,
    /// Whether the rows are those of the other table.
    is_other: bool,
    seen: Vec<(u128, u64)>,
    /// Of both tables, one after the other.
    keys: Arc<Mutex<Keys>>,
}

impl Keyed {
    fn hand_in(&mut self) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.extend(&std::mem::take(&mut self.seen), |_| {});
    }
}

impl Gather for Keyed {
    fn see(&mut self, frame: &Frame<'_>) {
        let columns: Vec<usize> = (0..self.columns).collect();
        frame.each(&columns, |row, values| {
            if values.iter().all(Option::is_some) {
                self.seen.push((known(values), if self.is_other { 0 } else { row.into() }));
            }
        });
    }

    fn join(&mut self, mut later: Self, rows: u64) {
        if !self.is_other {
            later.seen.iter_mut().for_each(|(_, row)| *row += rows);
        }
        self.hand_in();
        later.hand_in();
    }
}

/// Rows that have what the other table has, or where `apart` is false, what it lacks.
fn common(
    here: &Schema,
    own: Table<'_>,
    there: &Schema,
    other: Table<'_>,
    apart: bool,
) -> Result<(Outcome, u64), Trouble> {
    let keys = Arc::new(Mutex::new(Keys::default()));
    let columns = here.columns.len();
    let keyed = |is_other| Keyed { columns, is_other, seen: Vec::new(), keys: Arc::clone(&keys) };
    gathered(other, there, &|| keyed(true))?.hand_in();
    gathered(own, here, &|| keyed(false))?.hand_in();
    let keys = std::mem::take(&mut *keys.lock().unwrap_or_else(PoisonError::into_inner));
    let look = |heap: &mut Vec<(u128, u64)>, _: &mut Vec<_>| {
        heap.sort_unstable();
        let (mut of, mut failing, mut first) = (0, 0, Vec::new());
        for group in heap.chunk_by(|a, b| a.0 == b.0) {
            let in_other = group.first().is_some_and(|it| it.1 == 0);
            let rows = group.iter().map(|it| it.1).filter(|row| *row > 0);
            of += rows.clone().count() as u64;
            if in_other == apart {
                failing += rows.clone().count() as u64;
                first.extend(rows.take(SHOWN));
            }
        }
        first.sort_unstable();
        first.truncate(SHOWN);
        (of, failing, first)
    };
    let heaps = keys.each(look).map_err(|error| unread(&error))?;
    let (of, failing) = heaps.iter().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    let mut first: Vec<u64> = heaps.into_iter().flat_map(|(_, _, first)| first).collect();
    first.sort_unstable();
    let case = |row| Case { row, value: String::new() };
    let first = first.into_iter().take(SHOWN).map(case).collect();
    Ok((Outcome::Values { failing, first }, of))
}

/// The largest value.
struct Last(Option<Number>);

impl Gather for Last {
    fn see(&mut self, frame: &Frame<'_>) {
        each_value(frame, |value| {
            let number = value.number().filter(|it| self.0.is_none_or(|last| *it > last));
            self.0 = number.or(self.0);
        });
    }

    fn join(&mut self, later: Self, _: u64) {
        let number = later.0.filter(|it| self.0.is_none_or(|last| *it > last));
        self.0 = number.or(self.0);
    }
}

/// Calls `visit` with the values of the only column.
fn each_value(frame: &Frame<'_>, visit: impl FnMut(Datum<'_>)) {
    if let Some(batch) = frame.batches.first() {
        batch.values(visit);
    }
}

/// Values that do not lie behind all of the other table.
fn behind(
    here: &Schema,
    own: Table<'_>,
    there: &Schema,
    other: Table<'_>,
) -> Result<(Outcome, u64), Trouble> {
    let last = gathered(other, there, &|| Last(None))?.0;
    let mut bounded = here.clone();
    if let (Some(column), Some(last)) = (bounded.columns.first_mut(), last) {
        column.bounds = vec![Bound { op: Op::Gt, value: last, span: column.span }];
    }
    let report = validate::table(own.path, own.shown, Task::from(&bounded))?;
    let found = report.results.into_iter().find(|it| it.check == "in-range");
    let nothing = (Outcome::Values { failing: 0, first: Vec::new() }, 0);
    Ok(found.map_or(nothing, |it| (it.outcome, it.of)))
}

/// How far a column has moved, and how many values it has.
fn moved(
    (method, bins): (Method, Option<u32>),
    here: &Schema,
    own: Table<'_>,
    there: &Schema,
    other: Table<'_>,
) -> Result<(Option<f64>, u64), Trouble> {
    let (mut base, mut own) = (values(there, other)?, values(here, own)?);
    let drift = drift::drift(method, bins, &mut base, &mut own);
    Ok((drift.map_err(|error| unread(&error))?, own.count()))
}

fn values(schema: &Schema, table: Table<'_>) -> Result<Values, Trouble> {
    let ty = schema.columns.first().and_then(|it| it.ty.as_ref()).map(|it| it.value);
    if ty.is_some_and(ColumnType::is_numeric) {
        let mut numbers = gathered(table, schema, &Numbers::default)?;
        numbers.settle();
        let whole = ty.is_some_and(ColumnType::is_integer);
        return Ok(Values::Numbers { sorted: numbers.sorted, whole });
    }
    Ok(Values::Categories(gathered(table, schema, &|| Counts(BTreeMap::new()))?.0))
}

/// The finite numbers of a column.
#[derive(Default)]
struct Numbers {
    /// Of this piece.
    seen: Vec<u64>,
    /// Of all pieces before.
    sorted: Sorted,
}

impl Numbers {
    fn settle(&mut self) {
        self.sorted.extend(&std::mem::take(&mut self.seen));
    }
}

impl Gather for Numbers {
    fn see(&mut self, frame: &Frame<'_>) {
        each_value(frame, |value| {
            let number = value.number().map(Number::as_f64).filter(|it| it.is_finite());
            self.seen.extend(number.map(ordered));
        });
    }

    fn join(&mut self, later: Self, _: u64) {
        self.settle();
        self.sorted.extend(&later.seen);
    }
}

/// How often each value of a column occurs.
struct Counts(BTreeMap<String, u64>);

impl Gather for Counts {
    fn see(&mut self, frame: &Frame<'_>) {
        each_value(frame, |value| {
            let word = match value {
                Datum::Text(text) => text.to_owned(),
                Datum::Bool(flag) => flag.to_string(),
                Datum::Int(value) => value.to_string(),
                Datum::Float(value) => value.to_string(),
            };
            *self.0.entry(word).or_insert(0) += 1;
        });
    }

    fn join(&mut self, later: Self, _: u64) {
        later.0.into_iter().for_each(|(word, times)| *self.0.entry(word).or_insert(0) += times);
    }
}
