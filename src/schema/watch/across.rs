//! Checks of rows that need several columns side by side.

use crate::base::bound::Number;
use crate::base::spill::Heaps;
use crate::schema::column::{ColumnType, Schema};
use crate::schema::range::{Range, Scale};
use crate::schema::rule::Rule;
use crate::schema::table::{TableCheck, TableKind};
use crate::schema::watch::keys::{keep_first, repeated};
use crate::schema::watch::pairs::Pairs;
use crate::schema::watch::{Batch, Case, Datum, Outcome, Rows, SHOWN, Tally};
use std::any::Any;
use std::io;
use std::iter::Peekable;
use xxhash_rust::xxh3::Xxh3;

/// Some rows of a table: a batch for each column of the schema.
pub(crate) struct Frame<'a> {
    pub(crate) batches: &'a [Batch],
    pub(crate) rows: Numbers<'a>,
}

/// The numbers of rows, ascending.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Numbers<'a> {
    /// So many behind this one.
    Behind(u32, u32),
    These(&'a [u32]),
}

impl Numbers<'_> {
    fn iter(self) -> impl Iterator<Item = u32> {
        let (first, end, list) = match self {
            Self::Behind(before, count) => (before + 1, before + 1 + count, &[][..]),
            Self::These(list) => (1, 1, list),
        };
        (first..end).chain(list.iter().copied())
    }
}

/// The values of a column, taken row by row.
struct Cursor<'a> {
    batch: &'a Batch,
    rows: Peekable<Box<dyn Iterator<Item = u32> + 'a>>,
    place: usize,
}

impl<'a> Cursor<'a> {
    fn new(batch: &'a Batch) -> Self {
        let rows: Box<dyn Iterator<Item = u32>> = Box::new(Rows::iter(&batch.rows));
        Self { batch, rows: rows.peekable(), place: 0 }
    }

    /// The value in this row, which lies behind the last that was asked for.
    fn at(&mut self, row: u32) -> Option<Datum<'a>> {
        self.rows.next_if_eq(&row)?;
        self.place += 1;
        self.batch.get(self.place - 1)
    }
}

impl Frame<'_> {
    /// Calls `visit` with each row and its values in these columns.
    pub(crate) fn each(&self, columns: &[usize], mut visit: impl FnMut(u32, &[Option<Datum<'_>>])) {
        let batches = columns.iter().filter_map(|&place| self.batches.get(place));
        let mut cursors: Vec<Cursor<'_>> = batches.map(Cursor::new).collect();
        let mut values = Vec::with_capacity(cursors.len());
        for row in self.rows.iter() {
            values.clear();
            values.extend(cursors.iter_mut().map(|it| it.at(row)));
            visit(row, &values);
        }
    }
}

/// A check of rows while the data goes by; joined as [`Watch`](super::Watch) is.
pub(crate) trait Across: Any + Send {
    fn fresh(&self) -> Box<dyn Across>;
    fn see(&mut self, frame: &Frame<'_>);
    /// Keeps each row that fails, if rows fail by themselves.
    fn keep_all(&mut self) {}
    /// Takes in what another of the same check has seen in later rows; `rows` come before those.
    fn join(&mut self, later: Box<dyn Across>, rows: u64);
    /// What was found, and in how many rows there was something to look at.
    fn end(self: Box<Self>) -> io::Result<(Outcome, u64)>;
}

fn same<A: Across>(across: Box<dyn Across>) -> Option<A> {
    let across: Box<dyn Any> = across;
    across.downcast().ok().map(|it| *it)
}

/// Follows a check of the table. `None` for one that cannot be understood, which is an error of
/// the spec.
pub(crate) fn across(check: &TableCheck, schema: &Schema) -> Option<Box<dyn Across>> {
    let place = |name: &str| schema.columns.iter().position(|it| it.name.value == name);
    match &check.kind {
        TableKind::UniqueTogether(columns) => {
            let columns = columns.iter().map(|it| place(&it.value)).collect::<Option<_>>()?;
            Some(Box::new(Repeats::new(columns, false)))
        }
        TableKind::UniqueRows => {
            Some(Box::new(Repeats::new((0..schema.columns.len()).collect(), true)))
        }
        TableKind::Correlation { columns, bounds, .. } => {
            let [one, other] = columns.as_slice() else { return None };
            let columns = [place(&one.value)?, place(&other.value)?];
            Some(Box::new(Together::new(columns, Range::of(bounds, Scale::CORRELATION).ok())))
        }
        TableKind::Rule { text, when } => {
            let read = |text: &str| {
                let rule = Rule::read(text, schema).ok()?;
                let places = rule.columns.iter().map(|it| place(it)).collect::<Option<_>>()?;
                Some(Placed { rule, places })
            };
            let when = match when {
                Some(when) => Some(read(&when.value)?),
                None => None,
            };
            Some(Box::new(Ruled::new(read(&text.value)?, when)))
        }
    }
}

/// A rule, and where its columns stand in the schema.
#[derive(Clone)]
struct Placed {
    rule: Rule,
    places: Vec<usize>,
}

/// Counts the rows that break a rule.
struct Ruled {
    holds: Placed,
    when: Option<Placed>,
    failing: Tally,
    of: u64,
}

impl Ruled {
    fn new(holds: Placed, when: Option<Placed>) -> Self {
        Self { holds, when, failing: Tally::default(), of: 0 }
    }
}

impl Across for Ruled {
    fn fresh(&self) -> Box<dyn Across> {
        let failing = self.failing.fresh();
        Box::new(Self { failing, ..Self::new(self.holds.clone(), self.when.clone()) })
    }

    fn keep_all(&mut self) {
        self.failing.keep_all();
    }

    fn see(&mut self, frame: &Frame<'_>) {
        let own = self.holds.places.len();
        let mut places = self.holds.places.clone();
        places.extend(self.when.iter().flat_map(|it| it.places.iter().copied()));
        frame.each(&places, |row, values| {
            let (values, condition) = values.split_at(own.min(values.len()));
            let counts = self.when.as_ref().is_none_or(|it| it.rule.holds(condition) == Some(true));
            let Some(holds) = self.holds.rule.holds(values).filter(|_| counts) else { return };
            self.of += 1;
            if !holds {
                let shown = || shown(&self.holds.rule, values);
                self.failing.count(row.into(), shown);
            }
        });
    }

    fn join(&mut self, later: Box<dyn Across>, rows: u64) {
        let Some(later) = same::<Self>(later) else { return };
        self.failing.join(later.failing, rows);
        self.of += later.of;
    }

    fn end(self: Box<Self>) -> io::Result<(Outcome, u64)> {
        Ok((self.failing.outcome(), self.of))
    }
}

/// `hi = 3, lo = 5`
fn shown(rule: &Rule, values: &[Option<Datum<'_>>]) -> String {
    let named = rule.columns.iter().zip(&rule.types).zip(values);
    let one = |((name, ty), value): ((&String, &ColumnType), &Option<Datum<'_>>)| match value {
        Some(value) => format!("{name} = {}", value.shown(*ty)),
        None => format!("{name} is missing"),
    };
    named.map(one).collect::<Vec<_>>().join(", ")
}

/// Rows that share their values with others.
struct Repeats {
    columns: Vec<usize>,
    /// Whether what is missing equals what is missing; else a row that misses a value passes.
    missing_too: bool,
    seen: Vec<(u128, u64)>,
    heaps: Option<Heaps<(u128, u64)>>,
    of: u64,
    /// How many are kept.
    kept: usize,
}

impl Repeats {
    fn new(columns: Vec<usize>, missing_too: bool) -> Self {
        let (seen, heaps) = (Vec::new(), None);
        Self { columns, missing_too, seen, heaps, of: 0, kept: SHOWN }
    }

    fn settle(&mut self) {
        let seen = std::mem::take(&mut self.seen);
        self.heaps.get_or_insert_default().extend(&seen, |_| {});
    }
}

impl Across for Repeats {
    fn fresh(&self) -> Box<dyn Across> {
        let new = Self::new(self.columns.clone(), self.missing_too);
        Box::new(Self { kept: self.kept, ..new })
    }

    fn keep_all(&mut self) {
        self.kept = usize::MAX;
    }

    fn see(&mut self, frame: &Frame<'_>) {
        frame.each(&self.columns, |row, values| {
            if !self.missing_too && values.iter().any(Option::is_none) {
                return;
            }
            self.of += 1;
            self.seen.push((known(values), row.into()));
        });
    }

    fn join(&mut self, later: Box<dyn Across>, rows: u64) {
        let Some(later) = same::<Self>(later) else { return };
        self.settle();
        self.seen = later.seen;
        self.seen.iter_mut().for_each(|(_, row)| *row += rows);
        self.settle();
        self.of += later.of;
    }

    fn end(mut self: Box<Self>) -> io::Result<(Outcome, u64)> {
        self.settle();
        let heaps = self.heaps.unwrap_or_default().each(|heap, _| repeated(heap, self.kept))?;
        let failing = heaps.iter().map(|(failing, _)| failing).sum();
        let mut first: Vec<(u64, u128)> = heaps.into_iter().flat_map(|(_, first)| first).collect();
        keep_first(&mut first, self.kept);
        let case = |(row, _)| Case { row, value: String::new() };
        let first = first.into_iter().map(case).collect();
        Ok((Outcome::Values { failing, first }, self.of))
    }
}

/// The correlation of two columns.
struct Together {
    columns: [usize; 2],
    range: Option<Range>,
    pairs: Pairs,
}

impl Together {
    fn new(columns: [usize; 2], range: Option<Range>) -> Self {
        Self { columns, range, pairs: Pairs::default() }
    }
}

impl Across for Together {
    fn fresh(&self) -> Box<dyn Across> {
        Box::new(Self::new(self.columns, self.range))
    }

    fn see(&mut self, frame: &Frame<'_>) {
        frame.each(&self.columns, |_, values| {
            let numbers = values.iter().map(|it| Some((*it)?.number()?.as_f64()));
            if let Some([one, other]) = numbers.collect::<Option<Vec<_>>>().as_deref() {
                self.pairs.add(*one, *other);
            }
        });
    }

    fn join(&mut self, later: Box<dyn Across>, _: u64) {
        if let Some(later) = same::<Self>(later) {
            self.pairs.join(&later.pairs);
        }
    }

    fn end(self: Box<Self>) -> io::Result<(Outcome, u64)> {
        let value = self.pairs.correlation().map(Number::Float);
        Ok((Outcome::measured(value, self.range.as_ref()), self.pairs.count))
    }
}

/// What several values are known by: a hash of 128 bits (XXH3) of all of them.
pub(crate) fn known(values: &[Option<Datum<'_>>]) -> u128 {
    let mut hash = Xxh3::new();
    for value in values {
        match value {
            None => hash.update(&[0]),
            Some(Datum::Int(value)) => {
                hash.update(&[1]);
                hash.update(&value.to_le_bytes());
            }
            // Minus zero is zero.
            Some(Datum::Float(value)) => {
                hash.update(&[2]);
                hash.update(&(value + 0.0).to_bits().to_le_bytes());
            }
            Some(Datum::Bool(value)) => hash.update(&[3, u8::from(*value)]),
            Some(Datum::Text(text)) => {
                hash.update(&[4]);
                hash.update(&(text.len() as u64).to_le_bytes());
                hash.update(text.as_bytes());
            }
        }
    }
    hash.digest128()
}
