//! Checks as they meet data: each sees a column batch by batch and says in the end what it found.
//! Unaware of files and formats; memory grows only where a check needs all values.

pub(crate) mod across;
pub(crate) mod age;
pub(crate) mod classes;
pub(crate) mod deviation;
pub(crate) mod each;
pub(crate) mod far;
pub(crate) mod keys;
pub(crate) mod listed;
pub(crate) mod measure;
pub(crate) mod mode;
pub(crate) mod order;
mod pairs;
pub(crate) mod quantile;

use crate::base::bound::Number;
use crate::schema::column::{ColumnType, Scalar};
use crate::schema::literal;
use crate::schema::range::Range;
use std::any::Any;

/// How many failing values are kept to be shown.
pub(crate) const SHOWN: usize = 20;

/// One value that is there.
///
/// Dates are days, times nanoseconds since 1970, as in [`literal::ordinal`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Datum<'a> {
    Int(i128),
    Float(f64),
    Bool(bool),
    Text(&'a str),
}

impl Datum<'_> {
    pub(crate) fn number(self) -> Option<Number> {
        match self {
            Self::Int(value) => Some(Number::Int(value)),
            Self::Float(value) => Some(Number::Float(value)),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }

    /// As a person writes it.
    pub(crate) fn shown(self, ty: ColumnType) -> String {
        match self {
            Self::Int(value) => match literal::value(Number::Int(value), ty) {
                Scalar::Str(date) => date,
                Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_) => value.to_string(),
            },
            Self::Float(value) => value.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Text(text) => text.to_owned(),
        }
    }
}

/// The values of a column in some rows that follow each other; what is missing is left out.
#[derive(Debug)]
pub(crate) struct Batch {
    /// For each value its row.
    pub(crate) rows: Rows,
    pub(crate) values: Values,
}

/// Rows in ascending order, counted from 1. Most columns miss nothing, and then nothing is listed.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// The row before the first.
    before: u32,
    /// The last of the rows that follow without a gap.
    dense: u32,
    /// Those behind the first gap.
    sparse: Vec<u32>,
}

impl Rows {
    #[inline]
    pub(crate) fn push(&mut self, row: u32) {
        match self.sparse.is_empty() && row == self.dense + 1 {
            true => self.dense = row,
            false => self.sparse.push(row),
        }
    }

    /// So many rows behind this one, which come after all that are here.
    pub(crate) fn extend(&mut self, before: u32, count: u32) {
        match self.sparse.is_empty() && before == self.dense {
            true => self.dense += count,
            false => self.sparse.extend(before + 1..=before + count),
        }
    }

    pub(crate) fn len(&self) -> usize {
        (self.dense - self.before) as usize + self.sparse.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        (self.before + 1..=self.dense).chain(self.sparse.iter().copied())
    }

    fn clear(&mut self, before: u32) {
        self.before = before;
        self.dense = before;
        self.sparse.clear();
    }
}

/// Values of one type, as many as there are rows.
#[derive(Debug)]
pub(crate) enum Values {
    Int(Vec<i64>),
    /// Times, and unsigned integers of 64 bits.
    Wide(Vec<i128>),
    Float(Vec<f64>),
    Bool(Vec<bool>),
    Text(Texts),
}

/// Texts one after the other.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) text: String,
    /// Where each ends.
    pub(crate) ends: Vec<u32>,
}

impl Batch {
    pub(crate) fn new(ty: ColumnType) -> Self {
        let values = match ty {
            ColumnType::UInt(64) | ColumnType::DateTime => Values::Wide(Vec::new()),
            ColumnType::Int(_) | ColumnType::UInt(_) | ColumnType::Date => Values::Int(Vec::new()),
            ColumnType::Float(_) => Values::Float(Vec::new()),
            ColumnType::Bool => Values::Bool(Vec::new()),
            ColumnType::Str | ColumnType::Category => Values::Text(Texts::default()),
        };
        Self { rows: Rows::default(), values }
    }

    /// Forgets the values and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.begin(0);
    }

    /// Forgets the values; the next are of rows behind this one.
    pub(crate) fn begin(&mut self, before: u32) {
        self.rows.clear(before);
        match &mut self.values {
            Values::Int(values) => values.clear(),
            Values::Wide(values) => values.clear(),
            Values::Float(values) => values.clear(),
            Values::Bool(values) => values.clear(),
            Values::Text(texts) => {
                texts.text.clear();
                texts.ends.clear();
            }
        }
    }

    /// The value at a place among those that are there.
    pub(crate) fn get(&self, place: usize) -> Option<Datum<'_>> {
        Some(match &self.values {
            Values::Int(values) => Datum::Int((*values.get(place)?).into()),
            Values::Wide(values) => Datum::Int(*values.get(place)?),
            Values::Float(values) => Datum::Float(*values.get(place)?),
            Values::Bool(values) => Datum::Bool(*values.get(place)?),
            Values::Text(texts) => Datum::Text(texts.get(place)?),
        })
    }

    /// Calls `visit` with each value.
    pub(crate) fn values(&self, mut visit: impl FnMut(Datum<'_>)) {
        match &self.values {
            Values::Int(values) => values.iter().for_each(|&it| visit(Datum::Int(it.into()))),
            Values::Wide(values) => values.iter().for_each(|&it| visit(Datum::Int(it))),
            Values::Float(values) => values.iter().for_each(|&it| visit(Datum::Float(it))),
            Values::Bool(values) => values.iter().for_each(|&it| visit(Datum::Bool(it))),
            Values::Text(texts) => texts.iter().for_each(|it| visit(Datum::Text(it))),
        }
    }

    /// Calls `visit` with the row and the value of each.
    pub(crate) fn each(&self, mut visit: impl FnMut(u64, Datum<'_>)) {
        let mut rows = self.rows.iter();
        self.values(|value| {
            if let Some(row) = rows.next() {
                visit(row.into(), value);
            }
        });
    }
}

impl Texts {
    #[inline]
    pub(crate) fn push(&mut self, text: &str) {
        // To copy one byte costs less than to ask for a copy of any number.
        match text.as_bytes() {
            [byte] => self.text.push(char::from(*byte)),
            _ => self.text.push_str(text),
        }
        // A piece of data is far smaller than 4 GiB.
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// Each text as [`listed::word`] has it.
    fn words(&self) -> impl Iterator<Item = u64> {
        let bytes = self.text.as_bytes();
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let end = *end as usize;
            let count = end - start;
            // The bytes behind a short text are read with it, and masked.
            let whole = bytes.get(start..).and_then(|it| it.first_chunk::<8>());
            let word = match whole {
                Some(eight) if count < 8 => {
                    let own = u64::from_le_bytes(*eight) & !(u64::MAX << (8 * count));
                    own | (count as u64) << 56
                }
                Some(_) => u64::MAX,
                None => listed::word(bytes.get(start..end).unwrap_or_default()),
            };
            start = end;
            word
        })
    }

    fn get(&self, place: usize) -> Option<&str> {
        let start = place.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before))?;
        self.text.get(*start as usize..*self.ends.get(place)? as usize)
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let end = usize::try_from(*end).unwrap_or(usize::MAX);
            let text = self.text.get(start..end).unwrap_or_default();
            start = end;
            text
        })
    }
}

/// How many rows a column has, and how many of them have no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) rows: u64,
    pub(crate) missing: u64,
    /// The time of the check in nanoseconds since 1970.
    pub(crate) now: i128,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// Of a check on each value: how many failed, and the first of them.
    Values { failing: u64, first: Vec<Case> },
    /// Of a check on the column: what was measured, if there was anything to measure.
    Measured { holds: bool, value: Option<Scalar> },
}

impl Outcome {
    /// Of a quantity that must be in a range; without one it fails.
    pub(crate) fn measured(value: Option<Number>, range: Option<&Range>) -> Self {
        Self::measured_by(value, range, None)
    }

    /// Of a quantity that may be a date or a time.
    pub(crate) fn measured_by(
        value: Option<Number>,
        range: Option<&Range>,
        calendar: Option<ColumnType>,
    ) -> Self {
        let inside = |value: Number| range.is_some_and(|range| range.includes(value));
        let shown = |value| literal::value(value, calendar.unwrap_or(ColumnType::Float(64)));
        Self::Measured { holds: value.is_some_and(inside), value: value.map(shown) }
    }

    pub(crate) fn holds(&self) -> bool {
        match self {
            Self::Values { failing, .. } => *failing == 0,
            Self::Measured { holds, .. } => *holds,
        }
    }
}

/// One value that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// From 1, below the header.
    pub(crate) row: u64,
    pub(crate) value: String,
}

/// Values that failed: how many, and the first of them, or all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) failing: u64,
    first: Vec<Case>,
    /// How many are kept.
    kept: usize,
}

impl Default for Tally {
    fn default() -> Self {
        Self { failing: 0, first: Vec::new(), kept: SHOWN }
    }
}

impl Tally {
    /// One that has seen nothing and keeps as many.
    pub(crate) fn fresh(&self) -> Self {
        Self { kept: self.kept, ..Self::default() }
    }

    /// Keeps each that fails, for who does something with them.
    pub(crate) fn keep_all(&mut self) {
        self.kept = usize::MAX;
    }

    pub(crate) fn count(&mut self, row: u64, value: impl FnOnce() -> String) {
        self.failing += 1;
        if self.first.len() < self.kept {
            self.first.push(Case { row, value: value() });
        }
    }

    /// Takes in what failed later; `rows` come before those.
    pub(crate) fn join(&mut self, later: Self, rows: u64) {
        self.failing += later.failing;
        let room = self.kept.saturating_sub(self.first.len());
        let moved = later.first.into_iter().map(|it| Case { row: it.row + rows, ..it });
        self.first.extend(moved.take(room));
    }

    pub(crate) fn outcome(self) -> Outcome {
        Outcome::Values { failing: self.failing, first: self.first }
    }
}

/// A check of one column while the data goes by.
///
/// Data is looked at in pieces, several at once: each piece has a watch of its own, and these are
/// joined in the order of the rows, so that what comes out does not depend on how many work.
pub(crate) trait Watch: Any + Send {
    /// The same check before it has seen anything.
    fn fresh(&self) -> Box<dyn Watch>;
    fn see(&mut self, batch: &Batch);
    /// Keeps each value that fails, if values fail by themselves.
    fn keep_all(&mut self) {}
    /// Takes in what another of the same check has seen in later rows; `rows` come before those.
    fn join(&mut self, later: Box<dyn Watch>, rows: u64);
    /// An error when what was kept on disk cannot be read or written.
    fn end(self: Box<Self>, totals: Totals) -> std::io::Result<Outcome>;
}

/// The watch as what it is. `None` for another kind of check, which nobody joins.
pub(crate) fn same<W: Watch>(watch: Box<dyn Watch>) -> Option<W> {
    let watch: Box<dyn Any> = watch;
    watch.downcast().ok().map(|it| *it)
}
