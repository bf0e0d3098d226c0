//! Quantities of a whole column: counts, sums, extremes, quantiles.

use crate::base::bound::{Bound, Number};
use crate::schema::range::{Range, Scale};
use crate::schema::watch::{Batch, Datum, Outcome, Totals, Watch};

/// A quantity that grows with each value.
pub(crate) trait Measure {
    fn add(&mut self, value: Datum<'_>);
    /// The quantity, unless there are too few values for one.
    fn value(self, totals: Totals) -> Option<Number>;
}

struct Measured<M> {
    measure: M,
    range: Option<Range>,
}

/// A check that a quantity is within bounds; without one it fails.
pub(crate) fn within<M: Measure + 'static>(
    measure: M,
    bounds: &[Bound],
    scale: Scale,
) -> Box<dyn Watch> {
    Box::new(Measured { measure, range: Range::of(bounds, scale).ok() })
}

impl<M: Measure> Watch for Measured<M> {
    fn see(&mut self, batch: &Batch) {
        batch.each(|_, value| self.measure.add(value));
    }

    fn end(self: Box<Self>, totals: Totals) -> Outcome {
        let value = self.measure.value(totals);
        let inside = |value: Number| self.range.is_some_and(|range| range.includes(value));
        Outcome::Measured { holds: value.is_some_and(inside), value: value.map(Number::as_f64) }
    }
}

/// A sum that does not depend on how values are grouped: integers exactly, floats compensated
/// (Neumaier 1974).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    count: u64,
    integers: i128,
    floats: f64,
    lost: f64,
    any_float: bool,
}

impl Sum {
    fn total(self) -> Number {
        match self.any_float {
            true => Number::Float(self.floats + self.lost),
            false => Number::Int(self.integers),
        }
    }

    fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| self.total().as_f64() / count(self.count))
    }
}

impl Measure for Sum {
    fn add(&mut self, value: Datum<'_>) {
        match value {
            Datum::Int(value) => self.integers = self.integers.saturating_add(value),
            Datum::Float(value) => {
                self.any_float = true;
                let sum = self.floats + value;
                if sum.is_finite() {
                    self.lost += match self.floats.abs() >= value.abs() {
                        true => (self.floats - sum) + value,
                        false => (value - sum) + self.floats,
                    };
                }
                self.floats = sum;
            }
            Datum::Bool(_) | Datum::Text(_) => return,
        }
        self.count += 1;
    }

    fn value(self, _: Totals) -> Option<Number> {
        (self.count > 0).then(|| self.total())
    }
}

/// The mean.
#[derive(Debug, Default)]
pub(crate) struct Mean(Sum);

impl Measure for Mean {
    fn add(&mut self, value: Datum<'_>) {
        self.0.add(value);
    }

    fn value(self, _: Totals) -> Option<Number> {
        self.0.mean().map(Number::Float)
    }
}

/// The standard deviation of a sample, which divides by one less than the count (Welford 1962).
#[derive(Debug, Default)]
pub(crate) struct Deviation {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Measure for Deviation {
    fn add(&mut self, value: Datum<'_>) {
        let Some(value) = value.number().map(Number::as_f64) else { return };
        self.count += 1;
        let off = value - self.mean;
        self.mean += off / count(self.count);
        self.squares += off * (value - self.mean);
    }

    fn value(self, _: Totals) -> Option<Number> {
        let below = self.count.checked_sub(1).filter(|it| *it > 0)?;
        Some(Number::Float((self.squares / count(below)).sqrt()))
    }
}

/// The smallest or the largest value.
#[derive(Debug)]
pub(crate) struct Extreme {
    largest: bool,
    found: Option<Number>,
}

impl Extreme {
    pub(crate) const SMALLEST: Self = Self { largest: false, found: None };
    pub(crate) const LARGEST: Self = Self { largest: true, found: None };
}

impl Measure for Extreme {
    fn add(&mut self, value: Datum<'_>) {
        let Some(value) = value.number() else { return };
        let further = |found: Number| if self.largest { value > found } else { value < found };
        if self.found.is_none_or(further) {
            self.found = Some(value);
        }
    }

    fn value(self, _: Totals) -> Option<Number> {
        self.found
    }
}

/// The value below which a part of the values lies, interpolated linearly as pandas does.
///
/// Holds all values, eight bytes each.
#[derive(Debug)]
pub(crate) struct Quantile {
    /// From 0 to 1.
    part: f64,
    values: Vec<f64>,
}

impl Quantile {
    pub(crate) fn new(part: f64) -> Self {
        Self { part, values: Vec::new() }
    }
}

impl Measure for Quantile {
    fn add(&mut self, value: Datum<'_>) {
        self.values.extend(value.number().map(Number::as_f64));
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place between 0 and the number of values"
    )]
    fn value(mut self, _: Totals) -> Option<Number> {
        let last = self.values.len().checked_sub(1)?;
        let place = self.part * count(last as u64);
        let below = (place.floor() as usize).min(last);
        let (_, low, above) = self.values.select_nth_unstable_by(below, f64::total_cmp);
        let low = *low;
        let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
        let part = place - place.floor();
        // Infinities cannot be interpolated, only met.
        let value = if part == 0.0 { low } else { low + (high - low) * part };
        Some(Number::Float(value))
    }
}

/// The part of the values that pass a test.
pub(crate) struct Share<T> {
    test: T,
    passing: u64,
    count: u64,
}

impl<T: Fn(Datum<'_>) -> bool> Share<T> {
    pub(crate) fn new(test: T) -> Self {
        Self { test, passing: 0, count: 0 }
    }
}

impl<T: Fn(Datum<'_>) -> bool> Measure for Share<T> {
    fn add(&mut self, value: Datum<'_>) {
        self.count += 1;
        self.passing += u64::from((self.test)(value));
    }

    fn value(self, _: Totals) -> Option<Number> {
        part(self.passing, self.count)
    }
}

/// The part of the rows that have no value.
#[derive(Debug, Default)]
pub(crate) struct Missing;

impl Measure for Missing {
    fn add(&mut self, _: Datum<'_>) {}

    /// Of no rows nothing is missing.
    fn value(self, totals: Totals) -> Option<Number> {
        part(totals.missing, totals.rows).or(Some(Number::Float(0.0)))
    }
}

pub(super) fn part(some: u64, all: u64) -> Option<Number> {
    (all > 0).then(|| Number::Float(count(some) / count(all)))
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
fn count(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<M: Measure>(mut measure: M, values: &[f64]) -> Option<f64> {
        values.iter().for_each(|value| measure.add(Datum::Float(*value)));
        let rows = values.len() as u64;
        measure.value(Totals { rows, missing: 0 }).map(Number::as_f64)
    }

    /// The values are those of numpy 2 and pandas 3.
    #[test]
    fn quantities_are_those_of_numpy() {
        let values = [3.0, 1.0, 4.0, 1.0, 5.0];
        assert_eq!(of(Mean::default(), &values), Some(2.8));
        assert_eq!(of(Sum::default(), &values), Some(14.0));
        assert_eq!(of(Deviation::default(), &values), Some(1.788_854_381_999_831_7));
        assert_eq!(of(Quantile::new(0.5), &values), Some(3.0));
        assert_eq!(of(Quantile::new(0.9), &values), Some(4.6));
        assert_eq!(of(Quantile::new(1.0), &values), Some(5.0));
        assert_eq!(of(Extreme::SMALLEST, &values), Some(1.0));
        assert_eq!(of(Extreme::LARGEST, &values), Some(5.0));
    }

    #[test]
    fn nothing_is_measured_of_nothing() {
        assert_eq!(of(Mean::default(), &[]), None);
        assert_eq!(of(Sum::default(), &[]), None);
        assert_eq!(of(Deviation::default(), &[1.0]), None);
        assert_eq!(of(Quantile::new(0.5), &[]), None);
        assert_eq!(of(Missing, &[]), Some(0.0));
    }

    #[test]
    fn a_sum_keeps_what_is_small() {
        assert_eq!(of(Sum::default(), &[1e100, 1.0, -1e100]), Some(1.0));
        let mut sum = Sum::default();
        [i64::MAX, i64::MAX].iter().for_each(|it| sum.add(Datum::Int((*it).into())));
        assert_eq!(sum.total(), Number::Int(2 * i128::from(i64::MAX)));
    }
}
