//! Which values are the same: uniqueness and distinct counts, exactly, in bounded memory.
//!
//! A value is known by its bits, a text by a hash of 128 bits (XXH3): two different texts among a
//! billion are taken for one with a chance of 1 in 10^20.

use crate::base::bound::{Bound, Number};
use crate::base::spill::{self, Heaps, Key};
use crate::schema::column::ColumnType;
use crate::schema::range::{Range, Scale};
use crate::schema::watch::measure::part;
use crate::schema::watch::{Batch, Case, Datum, Outcome, SHOWN, Totals, Values, Watch, same};
use std::io;
use xxhash_rust::xxh3::xxh3_128;

/// How many keys are held together.
const KEYS: usize = 1 << 13;

/// How values of a type are told apart.
trait Known: Key {
    /// Appends the keys of a batch.
    fn of(batch: &Batch, keys: &mut Vec<Self>);
    /// The value of a key, unless it is a text, of which only the place is known.
    fn shown(self, ty: ColumnType) -> String;
}

impl Known for u64 {
    fn of(batch: &Batch, keys: &mut Vec<Self>) {
        match &batch.values {
            Values::Int(values) => keys.extend(values.iter().map(|it| it.cast_unsigned())),
            // Minus zero is zero.
            Values::Float(values) => keys.extend(values.iter().map(|it| (it + 0.0).to_bits())),
            Values::Bool(values) => keys.extend(values.iter().copied().map(Self::from)),
            Values::Wide(_) | Values::Text(_) => {}
        }
    }

    fn shown(self, ty: ColumnType) -> String {
        match Batch::new(ty).values {
            Values::Float(_) => Datum::Float(f64::from_bits(self)).shown(ty),
            Values::Bool(_) => (self == 1).to_string(),
            Values::Int(_) | Values::Wide(_) => Datum::Int(self.cast_signed().into()).shown(ty),
            Values::Text(_) => String::new(),
        }
    }
}

impl Known for u128 {
    fn of(batch: &Batch, keys: &mut Vec<Self>) {
        batch.values(|value| match value {
            Datum::Text(text) => keys.push(xxh3_128(text.as_bytes())),
            Datum::Int(value) => keys.push(value.cast_unsigned()),
            Datum::Float(_) | Datum::Bool(_) => {}
        });
    }

    fn shown(self, ty: ColumnType) -> String {
        match ty.is_text() {
            true => String::new(),
            false => Datum::Int(self.cast_signed()).shown(ty),
        }
    }
}

fn is_wide(ty: ColumnType) -> bool {
    matches!(Batch::new(ty).values, Values::Wide(_) | Values::Text(_))
}

/// What is asked about the number of distinct values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    /// How many.
    Number,
    /// As a part of all values.
    Share,
}

/// Counts distinct values.
struct Distinct<K> {
    count: Count,
    range: Option<Range>,
    values: u64,
    /// Of this piece, in parts, as one that grows is moved and held twice meanwhile.
    keys: Vec<Vec<K>>,
    /// Of all pieces before.
    heaps: Option<Heaps<K>>,
}

/// A check that the number of distinct values is within bounds.
pub(crate) fn distinct(
    ty: ColumnType,
    count: Count,
    bounds: &[Bound],
    scale: Scale,
) -> Box<dyn Watch> {
    let range = Range::of(bounds, scale).ok();
    match is_wide(ty) {
        true => Box::new(Distinct::<u128>::new(count, range)),
        false => Box::new(Distinct::<u64>::new(count, range)),
    }
}

impl<K: Known> Distinct<K> {
    fn new(count: Count, range: Option<Range>) -> Self {
        Self { count, range, values: 0, keys: Vec::new(), heaps: None }
    }

    fn settle(&mut self, keys: Vec<Vec<K>>) {
        let heaps = self.heaps.get_or_insert_default();
        for some in keys {
            heaps.extend(&some, |heap| {
                heap.sort_unstable();
                heap.dedup();
            });
        }
    }
}

impl<K: Known> Watch for Distinct<K> {
    fn fresh(&self) -> Box<dyn Watch> {
        Box::new(Self::new(self.count, self.range))
    }

    fn see(&mut self, batch: &Batch) {
        self.values += batch.rows.len() as u64;
        let full = |it: &Vec<K>| it.len() + batch.rows.len() > it.capacity();
        if self.keys.last().is_none_or(full) {
            self.keys.push(Vec::with_capacity(batch.rows.len().max(KEYS)));
        }
        self.keys.last_mut().into_iter().for_each(|it| K::of(batch, it));
    }

    fn join(&mut self, later: Box<dyn Watch>, _: u64) {
        let Some(later) = same::<Self>(later) else { return };
        let own = std::mem::take(&mut self.keys);
        self.settle(own);
        self.settle(later.keys);
        self.values += later.values;
    }

    fn end(mut self: Box<Self>, _: Totals) -> io::Result<Outcome> {
        let own = std::mem::take(&mut self.keys);
        self.settle(own);
        let heaps = self.heaps.unwrap_or_default();
        let counts = heaps.each(|heap, room| spill::distinct(heap, room))?;
        let found: u64 = counts.iter().sum();
        let value = match self.count {
            Count::Number => Some(Number::Int(found.into())),
            Count::Share => part(found, self.values),
        };
        Ok(Outcome::measured(value, self.range.as_ref()))
    }
}

/// Every value that occurs more than once fails, in each row.
struct Repeats<K> {
    ty: ColumnType,
    seen: Vec<(K, u64)>,
    heaps: Option<Heaps<(K, u64)>>,
    /// How many are kept.
    kept: usize,
}

/// A check that no value occurs twice.
pub(crate) fn no_repeats(ty: ColumnType) -> Box<dyn Watch> {
    match is_wide(ty) {
        true => Box::new(Repeats::<u128>::new(ty)),
        false => Box::new(Repeats::<u64>::new(ty)),
    }
}

impl<K: Known> Repeats<K> {
    fn new(ty: ColumnType) -> Self {
        Self { ty, seen: Vec::new(), heaps: None, kept: SHOWN }
    }

    fn settle(&mut self) {
        let seen = std::mem::take(&mut self.seen);
        self.heaps.get_or_insert_default().extend(&seen, |_| {});
    }
}

impl<K: Known> Watch for Repeats<K> {
    fn fresh(&self) -> Box<dyn Watch> {
        Box::new(Self { kept: self.kept, ..Self::new(self.ty) })
    }

    fn keep_all(&mut self) {
        self.kept = usize::MAX;
    }

    fn see(&mut self, batch: &Batch) {
        let mut keys: Vec<K> = Vec::with_capacity(batch.rows.len());
        K::of(batch, &mut keys);
        self.seen.extend(keys.into_iter().zip(batch.rows.iter().map(u64::from)));
    }

    fn join(&mut self, later: Box<dyn Watch>, rows: u64) {
        let Some(later) = same::<Self>(later) else { return };
        self.settle();
        self.seen = later.seen;
        self.seen.iter_mut().for_each(|(_, row)| *row += rows);
        self.settle();
    }

    fn end(mut self: Box<Self>, _: Totals) -> io::Result<Outcome> {
        self.settle();
        let heaps = self.heaps.unwrap_or_default().each(|heap, _| repeated(heap, self.kept))?;
        let failing = heaps.iter().map(|(failing, _)| failing).sum();
        let mut first: Vec<(u64, K)> = heaps.into_iter().flat_map(|(_, first)| first).collect();
        keep_first(&mut first, self.kept);
        let case = |(row, key): (u64, K)| Case { row, value: key.shown(self.ty) };
        Ok(Outcome::Values { failing, first: first.into_iter().map(case).collect() })
    }
}

/// How many records share their key with another, and the first of them.
pub(super) fn repeated<K: Key>(records: &mut [(K, u64)], kept: usize) -> (u64, Vec<(u64, K)>) {
    records.sort_unstable();
    let mut failing = 0;
    let mut first = Vec::new();
    for group in records.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
        failing += group.len() as u64;
        first.extend(group.iter().take(kept).map(|&(key, row)| (row, key)));
        if first.len() > kept.saturating_mul(2) {
            keep_first(&mut first, kept);
        }
    }
    (failing, first)
}

pub(super) fn keep_first<K: Ord>(cases: &mut Vec<(u64, K)>, kept: usize) {
    cases.sort_unstable();
    cases.truncate(kept);
}
