//! Which values occur most. Exact: a value is known by a hash of 128 bits (XXH3), each with its count.

use crate::base::bound::Number;
use crate::base::spill::Heaps;
use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::literal;
use crate::schema::watch::across::known;
use crate::schema::watch::measure::Measure;
use crate::schema::watch::{Datum, Totals};
use std::io;
use std::sync::Arc;

/// How many of the most common values a list does not have.
pub(crate) struct Rivals {
    listed: Arc<Vec<u128>>,
    /// Of this piece.
    keys: Vec<u128>,
    /// Of all pieces before, each with how often it occurs.
    heaps: Option<Heaps<(u128, u64)>>,
}

impl Rivals {
    /// Against the arguments of a check.
    pub(crate) fn new(check: &Check, ty: ColumnType) -> Self {
        let key = |value: &Scalar| {
            let datum = match (literal::measure(value, ty), value) {
                (Some(Number::Int(value)), _) if matches!(ty, ColumnType::Float(_)) => {
                    Datum::Float(Number::Int(value).as_f64())
                }
                (Some(Number::Int(value)), _) => Datum::Int(value),
                (Some(Number::Float(value)), _) => Datum::Float(value),
                (None, Scalar::Float(value)) => Datum::Float(*value),
                (None, Scalar::Int(value)) => Datum::Int(*value),
                (None, Scalar::Bool(flag)) => Datum::Bool(*flag),
                (None, Scalar::Str(text)) => Datum::Text(text),
            };
            known(&[Some(datum)])
        };
        let listed = check.arguments.iter().map(|it| key(&it.value)).collect();
        Self { listed: Arc::new(listed), keys: Vec::new(), heaps: None }
    }

    fn settle(&mut self) {
        let mut keys = std::mem::take(&mut self.keys);
        keys.sort_unstable();
        let counted: Vec<(u128, u64)> = keys
            .chunk_by(|a, b| a == b)
            .filter_map(|some| Some((*some.first()?, some.len() as u64)))
            .collect();
        self.heaps.get_or_insert_default().extend(&counted, merge);
    }
}

/// Equal keys as one, with all that they counted.
fn merge(records: &mut Vec<(u128, u64)>) {
    records.sort_unstable();
    records.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 += later.1;
        }
        same
    });
}

impl Measure for Rivals {
    fn fresh(&self) -> Self {
        Self { listed: Arc::clone(&self.listed), keys: Vec::new(), heaps: None }
    }

    fn add(&mut self, value: Datum<'_>) {
        self.keys.push(known(&[Some(value)]));
    }

    fn join(&mut self, later: Self) {
        self.settle();
        self.keys = later.keys;
        self.settle();
    }

    fn value(mut self, _: Totals) -> io::Result<Option<Number>> {
        self.settle();
        let listed = &*self.listed;
        // The highest count of a heap, and how many that are not listed have it.
        let heaps = self.heaps.unwrap_or_default().each(|heap, _| {
            let mut records = heap.to_vec();
            merge(&mut records);
            let most = records.iter().map(|(_, count)| *count).max().unwrap_or(0);
            let rival = |(key, count): &&(u128, u64)| *count == most && !listed.contains(key);
            (most, records.iter().filter(rival).count())
        })?;
        let most = heaps.iter().map(|(most, _)| *most).max().unwrap_or(0);
        let rivals = heaps.iter().filter(|(own, _)| *own == most).map(|(_, rivals)| rivals).sum();
        let rivals: usize = rivals;
        Ok((most > 0).then_some(Number::Int(rivals as i128)))
    }
}
