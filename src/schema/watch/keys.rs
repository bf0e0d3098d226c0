//! Which values are the same: uniqueness and distinct counts, exactly.
//!
//! A value is known by 128 bits: numbers by themselves, texts by two hashes, so that two different
//! texts among a billion are taken for one with a chance of 1 in 10^20.

use crate::base::bound::Number;
use crate::schema::column::ColumnType;
use crate::schema::watch::measure::{Measure, part};
use crate::schema::watch::{Batch, Case, Datum, Outcome, SHOWN, Totals, Watch};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

fn key(value: Datum<'_>) -> u128 {
    match value {
        Datum::Int(value) => value.cast_unsigned(),
        // Minus zero is zero.
        Datum::Float(value) => (value + 0.0).to_bits().into(),
        Datum::Bool(value) => value.into(),
        Datum::Text(text) => {
            let half = |seed: u8| {
                let mut hasher = DefaultHasher::new();
                (seed, text).hash(&mut hasher);
                u128::from(hasher.finish())
            };
            half(0) << 64 | half(1)
        }
    }
}

/// How many values differ.
#[derive(Debug, Default)]
struct Distinct {
    count: u64,
    keys: Vec<u128>,
    /// How many of the keys are sorted and differ.
    settled: usize,
}

impl Distinct {
    fn add(&mut self, value: Datum<'_>) {
        self.count += 1;
        if self.keys.len() >= (self.settled * 2).max(1 << 16) {
            self.settle();
        }
        self.keys.push(key(value));
    }

    fn settle(&mut self) {
        self.keys.sort_unstable();
        self.keys.dedup();
        self.settled = self.keys.len();
    }

    fn number(&mut self) -> u64 {
        self.settle();
        self.keys.len() as u64
    }
}

/// The number of distinct values.
#[derive(Debug, Default)]
pub(crate) struct DistinctCount(Distinct);

impl Measure for DistinctCount {
    fn add(&mut self, value: Datum<'_>) {
        self.0.add(value);
    }

    fn value(mut self, _: Totals) -> Option<Number> {
        Some(Number::Int(self.0.number().into()))
    }
}

/// The number of distinct values as a part of all values.
#[derive(Debug, Default)]
pub(crate) struct DistinctShare(Distinct);

impl Measure for DistinctShare {
    fn add(&mut self, value: Datum<'_>) {
        self.0.add(value);
    }

    fn value(mut self, _: Totals) -> Option<Number> {
        part(self.0.number(), self.0.count)
    }
}

/// Every value that occurs more than once fails, in each row.
struct Repeats {
    ty: ColumnType,
    seen: Vec<(u128, u64)>,
}

/// A check that no value occurs twice.
pub(crate) fn no_repeats(ty: ColumnType) -> Box<dyn Watch> {
    Box::new(Repeats { ty, seen: Vec::new() })
}

impl Watch for Repeats {
    fn see(&mut self, batch: &Batch) {
        batch.each(|row, value| self.seen.push((key(value), row)));
    }

    fn end(mut self: Box<Self>, _: Totals) -> Outcome {
        self.seen.sort_unstable();
        let groups = self.seen.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
        let mut failing = 0;
        let mut first: Vec<(u64, u128)> = Vec::new();
        for group in groups {
            failing += group.len() as u64;
            first.extend(group.iter().take(SHOWN).map(|&(key, row)| (row, key)));
            if first.len() > 2 * SHOWN {
                first.sort_unstable();
                first.truncate(SHOWN);
            }
        }
        first.sort_unstable();
        first.truncate(SHOWN);
        let case = |&(row, key): &(u64, u128)| Case { row, value: self.shown(key) };
        Outcome::Values { failing, first: first.iter().map(case).collect() }
    }
}

impl Repeats {
    /// The value of a key; texts are not kept, only where they stand.
    fn shown(&self, key: u128) -> String {
        match self.ty {
            ColumnType::Str | ColumnType::Category => String::new(),
            ColumnType::Float(_) => u64::try_from(key)
                .map(f64::from_bits)
                .map_or_else(|_| String::new(), |it| it.to_string()),
            ColumnType::Bool => (key == 1).to_string(),
            ColumnType::Int(_) | ColumnType::UInt(_) | ColumnType::Date | ColumnType::DateTime => {
                Datum::Int(key.cast_signed()).shown(self.ty)
            }
        }
    }
}
