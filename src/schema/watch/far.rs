//! Values far from the others, by standard deviations from the mean or by distances of quartiles.
//!
//! What is far is only known in the end: all values are kept, on disk when there are many, and with
//! their rows those that lie furthest out.

use crate::base::bound::{Bound, Number};
use crate::base::spill::Spool;
use crate::schema::column::ColumnType;
use crate::schema::range::{Range, Scale};
use crate::schema::watch::deviation::Deviation;
use crate::schema::watch::measure::{Mean, Measure};
use crate::schema::watch::quantile::{self, ordered, unordered};
use crate::schema::watch::{Batch, Case, Datum, Outcome, SHOWN, Totals, Watch, same};
use std::io;

/// Whether a value passes.
type Passes = Box<dyn Fn(f64) -> bool>;

/// How far is measured.
trait Reach: Send + 'static {
    fn fresh(&self) -> Self;
    fn add(&mut self, value: f64);
    fn join(&mut self, later: Self);
    /// Tells whether a value passes, of all of them; `None` when each does.
    fn passes(self, all: &Spool) -> io::Result<Option<Passes>>;
}

/// A bound on `|value - mean| / deviation`.
struct Scores {
    range: Option<Range>,
    mean: Mean,
    deviation: Deviation,
}

impl Reach for Scores {
    fn fresh(&self) -> Self {
        Self { range: self.range, mean: Mean::default(), deviation: Deviation::default() }
    }

    fn add(&mut self, value: f64) {
        self.mean.add(Datum::Float(value));
        self.deviation.add(Datum::Float(value));
    }

    fn join(&mut self, later: Self) {
        self.mean.join(later.mean);
        self.deviation.join(later.deviation);
    }

    fn passes(self, _: &Spool) -> io::Result<Option<Passes>> {
        let Some(mean) = self.mean.value(Totals::default())? else { return Ok(None) };
        let Some(spread) = self.deviation.value(Totals::default())? else { return Ok(None) };
        let (mean, spread, range) = (mean.as_f64(), spread.as_f64(), self.range);
        // All are the same.
        if spread == 0.0 {
            return Ok(None);
        }
        Ok(Some(Box::new(move |value| {
            let score = ((value - mean) / spread).abs();
            range.is_some_and(|it| !score.is_nan() && it.includes(Number::Float(score)))
        })))
    }
}

/// A value lies between the quartiles, each moved out by a multiple of their distance (Tukey 1977).
struct Fences(f64);

impl Reach for Fences {
    fn fresh(&self) -> Self {
        Self(self.0)
    }

    fn add(&mut self, _: f64) {}

    fn join(&mut self, _: Self) {}

    fn passes(self, all: &Spool) -> io::Result<Option<Passes>> {
        let (low, high) = (quantile::of(all, 0.25)?, quantile::of(all, 0.75)?);
        let Some((low, high)) = low.zip(high) else { return Ok(None) };
        let reach = self.0 * (high - low);
        let (low, high) = (low - reach, high + reach);
        Ok(Some(Box::new(move |value| low <= value && value <= high)))
    }
}

/// The smallest of some keys, each with its row.
#[derive(Default)]
struct Least(Vec<(u64, u64)>);

impl Least {
    fn add(&mut self, key: u64, row: u64) {
        let full = self.0.len() >= SHOWN;
        if full && self.0.last().is_some_and(|(last, _)| key >= *last) {
            return;
        }
        let place = self.0.partition_point(|(other, _)| *other <= key);
        self.0.insert(place, (key, row));
        self.0.truncate(SHOWN);
    }
}

/// Counts the values that lie too far out.
struct Far<R> {
    reach: R,
    ty: ColumnType,
    values: Vec<u64>,
    spool: Spool,
    lowest: Least,
    /// By the complement of their key.
    highest: Least,
}

/// A check of the distance from the mean in standard deviations.
pub(crate) fn scores(bounds: &[Bound], ty: ColumnType) -> Box<dyn Watch> {
    let range = Range::of(bounds, Scale::NOT_NEGATIVE).ok();
    let (mean, deviation) = (Mean::default(), Deviation::default());
    far(Scores { range, mean, deviation }, ty)
}

/// A check that values stay between Tukey's fences.
pub(crate) fn fences(factor: f64, ty: ColumnType) -> Box<dyn Watch> {
    far(Fences(factor), ty)
}

fn far(reach: impl Reach, ty: ColumnType) -> Box<dyn Watch> {
    Box::new(Far {
        reach,
        ty,
        values: Vec::new(),
        spool: Spool::default(),
        lowest: Least::default(),
        highest: Least::default(),
    })
}

impl<R: Reach> Watch for Far<R> {
    fn fresh(&self) -> Box<dyn Watch> {
        far(self.reach.fresh(), self.ty)
    }

    fn see(&mut self, batch: &Batch) {
        batch.each(|row, value| {
            let Some(value) = value.number().map(Number::as_f64) else { return };
            self.reach.add(value);
            let key = ordered(value);
            self.values.push(key);
            self.lowest.add(key, row);
            self.highest.add(!key, row);
        });
    }

    fn join(&mut self, later: Box<dyn Watch>, rows: u64) {
        let Some(later) = same::<Self>(later) else { return };
        self.reach.join(later.reach);
        self.spool.extend(&std::mem::take(&mut self.values));
        self.spool.extend(&later.values);
        later.lowest.0.into_iter().for_each(|(key, row)| self.lowest.add(key, row + rows));
        later.highest.0.into_iter().for_each(|(key, row)| self.highest.add(key, row + rows));
    }

    fn end(mut self: Box<Self>, _: Totals) -> io::Result<Outcome> {
        self.spool.extend(&self.values);
        let Some(passes) = self.reach.passes(&self.spool)? else {
            return Ok(Outcome::Values { failing: 0, first: Vec::new() });
        };
        let fails = |key: u64| !passes(unordered(key));
        let mut failing = 0;
        self.spool.each(|keys| failing += keys.iter().filter(|it| fails(**it)).count() as u64)?;
        let lowest = self.lowest.0.into_iter();
        let highest = self.highest.0.into_iter().map(|(key, row)| (!key, row));
        let mut first: Vec<(u64, u64)> = lowest
            .chain(highest)
            .filter(|(key, _)| fails(*key))
            .map(|(key, row)| (row, key))
            .collect();
        first.sort_unstable();
        first.dedup();
        first.truncate(SHOWN);
        let case = |(row, key)| Case { row, value: unordered(key).to_string() };
        Ok(Outcome::Values { failing, first: first.into_iter().map(case).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::watch::Values;

    fn found(mut whole: Box<dyn Watch>, values: &[f64], size: usize) -> (u64, Vec<u64>) {
        let mut before = 0;
        for some in values.chunks(size) {
            let mut batch = Batch::new(ColumnType::Float(64));
            if let Values::Float(column) = &mut batch.values {
                column.extend(some);
            }
            (1..=some.len()).for_each(|row| batch.rows.push(u32::try_from(row).expect("few")));
            let mut piece = whole.fresh();
            piece.see(&batch);
            whole.join(piece, before);
            before += some.len() as u64;
        }
        match whole.end(Totals::default()).expect("nothing is on disk") {
            Outcome::Values { failing, first } => {
                (failing, first.iter().map(|it| it.row).collect())
            }
            Outcome::Measured { .. } => panic!("values are counted"),
        }
    }

    #[test]
    fn what_is_far_is_found_in_any_pieces() {
        let mut values: Vec<f64> = (0..100).map(f64::from).collect();
        values[40] = 1000.0;
        values[7] = -900.0;
        for size in [1, 9, 1000] {
            let fences = fences(1.5, ColumnType::Float(64));
            assert_eq!(found(fences, &values, size), (2, vec![8, 41]), "{size}");
            let bound = Bound {
                op: crate::base::bound::Op::Lt,
                value: Number::Int(6),
                span: crate::base::source::Span::new(crate::base::source::FileId(0), 0, 0),
            };
            let scores = scores(&[bound], ColumnType::Float(64));
            assert_eq!(found(scores, &values, size), (2, vec![8, 41]), "{size}");
        }
        assert_eq!(found(fences(1.5, ColumnType::Float(64)), &[], 9), (0, vec![]));
        assert_eq!(found(fences(0.0, ColumnType::Float(64)), &[1.0; 30], 9), (0, vec![]));
    }
}
