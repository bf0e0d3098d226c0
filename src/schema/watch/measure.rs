//! Quantities of a whole column: counts, sums, extremes.

use crate::base::bound::{Bound, Number};
use crate::schema::column::ColumnType;
use crate::schema::range::{Range, Scale};
use crate::schema::watch::each::Test;
use crate::schema::watch::{Batch, Datum, Outcome, Totals, Watch, same};
use std::io;
use std::sync::Arc;

/// A quantity that grows with each value.
pub(crate) trait Measure: Send + 'static {
    /// The same quantity of nothing.
    fn fresh(&self) -> Self;
    fn add(&mut self, value: Datum<'_>);
    /// Takes in the quantity of later values.
    fn join(&mut self, later: Self);
    /// The quantity, unless there are too few values for one.
    fn value(self, totals: Totals) -> io::Result<Option<Number>>;
}

struct Measured<M> {
    measure: M,
    range: Option<Range>,
    /// Whether the quantity is a date or a time.
    calendar: Option<ColumnType>,
}

/// A check that a quantity is within bounds; without one it fails.
pub(crate) fn within<M: Measure>(measure: M, bounds: &[Bound], scale: Scale) -> Box<dyn Watch> {
    Box::new(Measured { measure, range: Range::of(bounds, scale).ok(), calendar: scale.calendar })
}

impl<M: Measure> Watch for Measured<M> {
    fn fresh(&self) -> Box<dyn Watch> {
        Box::new(Self { measure: self.measure.fresh(), ..*self })
    }

    fn see(&mut self, batch: &Batch) {
        batch.values(|value| self.measure.add(value));
    }

    fn join(&mut self, later: Box<dyn Watch>, _: u64) {
        if let Some(later) = same::<Self>(later) {
            self.measure.join(later.measure);
        }
    }

    fn end(self: Box<Self>, totals: Totals) -> io::Result<Outcome> {
        let value = self.measure.value(totals)?;
        Ok(Outcome::measured_by(value, self.range.as_ref(), self.calendar))
    }
}

/// A sum that is exact to its last digit, and so does not depend on how values are grouped:
/// integers as they are, floats as a list of floats that do not overlap (Shewchuk 1997), as
/// `math.fsum` of Python does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sum {
    count: u64,
    integers: i128,
    /// Each smaller than the last digit of the next; their exact sum is that of all finite values.
    partials: Vec<f64>,
    /// The plain sum, for what has no exact one: infinities, and sums beyond the largest float.
    plain: f64,
    any_float: bool,
}

impl Sum {
    fn add_float(&mut self, value: f64) {
        self.plain += value;
        self.add_exactly(value);
    }

    fn add_exactly(&mut self, mut value: f64) {
        if !self.plain.is_finite() {
            return;
        }
        let mut kept = 0;
        for at in 0..self.partials.len() {
            let Some(&partial) = self.partials.get(at) else { break };
            let (large, small) =
                if value.abs() < partial.abs() { (partial, value) } else { (value, partial) };
            let sum = large + small;
            let lost = small - (sum - large);
            if lost != 0.0 {
                if let Some(place) = self.partials.get_mut(kept) {
                    *place = lost;
                }
                kept += 1;
            }
            value = sum;
        }
        self.partials.truncate(kept);
        self.partials.push(value);
    }

    fn total(&self) -> Number {
        match self.any_float {
            true if self.plain.is_finite() => Number::Float(rounded(&self.partials)),
            true => Number::Float(self.plain),
            false => Number::Int(self.integers),
        }
    }

    fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.total().as_f64() / count(self.count))
    }
}

/// The sum of floats that do not overlap, the smallest first, rounded once to the nearest float.
fn rounded(partials: &[f64]) -> f64 {
    let mut rest = partials.iter().rev().copied();
    let Some(mut sum) = rest.next() else { return 0.0 };
    let mut lost = 0.0;
    for partial in rest.by_ref() {
        let before = sum;
        sum = before + partial;
        lost = partial - (sum - before);
        if lost != 0.0 {
            break;
        }
    }
    // Half of the last digit was lost: what comes behind it decides whether that was right.
    if let Some(next) = rest.next()
        && ((lost < 0.0 && next < 0.0) || (lost > 0.0 && next > 0.0))
    {
        let twice = lost * 2.0;
        let further = sum + twice;
        if further - sum == twice {
            return further;
        }
    }
    sum
}

impl Measure for Sum {
    fn fresh(&self) -> Self {
        Self::default()
    }

    fn add(&mut self, value: Datum<'_>) {
        match value {
            Datum::Int(value) => self.integers = self.integers.saturating_add(value),
            Datum::Float(value) => {
                self.any_float = true;
                self.add_float(value);
            }
            Datum::Bool(_) | Datum::Text(_) => return,
        }
        self.count += 1;
    }

    fn join(&mut self, later: Self) {
        self.count += later.count;
        self.integers = self.integers.saturating_add(later.integers);
        self.any_float |= later.any_float;
        self.plain += later.plain;
        later.partials.into_iter().for_each(|it| self.add_exactly(it));
    }

    fn value(self, _: Totals) -> io::Result<Option<Number>> {
        Ok((self.count > 0).then(|| self.total()))
    }
}

/// The mean.
#[derive(Debug, Default)]
pub(crate) struct Mean(Sum);

impl Measure for Mean {
    fn fresh(&self) -> Self {
        Self::default()
    }

    fn add(&mut self, value: Datum<'_>) {
        self.0.add(value);
    }

    fn join(&mut self, later: Self) {
        self.0.join(later.0);
    }

    fn value(self, _: Totals) -> io::Result<Option<Number>> {
        Ok(self.0.mean().map(Number::Float))
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

impl Extreme {
    fn take(&mut self, value: Number) {
        let further = |found: Number| if self.largest { value > found } else { value < found };
        if self.found.is_none_or(further) {
            self.found = Some(value);
        }
    }
}

impl Measure for Extreme {
    fn fresh(&self) -> Self {
        Self { largest: self.largest, found: None }
    }

    fn add(&mut self, value: Datum<'_>) {
        value.number().into_iter().for_each(|value| self.take(value));
    }

    fn join(&mut self, later: Self) {
        later.found.into_iter().for_each(|value| self.take(value));
    }

    fn value(self, _: Totals) -> io::Result<Option<Number>> {
        Ok(self.found)
    }
}

/// The part of the values that pass a test.
pub(crate) struct Share<T> {
    test: Arc<T>,
    passing: u64,
    count: u64,
}

impl<T: Test> Share<T> {
    pub(crate) fn new(test: T) -> Self {
        Self { test: Arc::new(test), passing: 0, count: 0 }
    }
}

impl<T: Test> Measure for Share<T> {
    fn fresh(&self) -> Self {
        Self { test: Arc::clone(&self.test), passing: 0, count: 0 }
    }

    fn add(&mut self, value: Datum<'_>) {
        self.count += 1;
        self.passing += u64::from((self.test)(value));
    }

    fn join(&mut self, later: Self) {
        self.passing += later.passing;
        self.count += later.count;
    }

    fn value(self, _: Totals) -> io::Result<Option<Number>> {
        Ok(part(self.passing, self.count))
    }
}

/// The part of the rows that have no value.
#[derive(Debug, Default)]
pub(crate) struct Missing;

impl Measure for Missing {
    fn fresh(&self) -> Self {
        Self
    }

    fn add(&mut self, _: Datum<'_>) {}

    fn join(&mut self, _: Self) {}

    /// Of no rows nothing is missing.
    fn value(self, totals: Totals) -> io::Result<Option<Number>> {
        Ok(part(totals.missing, totals.rows).or(Some(Number::Float(0.0))))
    }
}

pub(super) fn part(some: u64, all: u64) -> Option<Number> {
    (all > 0).then(|| Number::Float(count(some) / count(all)))
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
pub(super) fn count(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::watch::quantile::Quantile;

    fn of<M: Measure>(mut measure: M, values: &[f64]) -> Option<f64> {
        values.iter().for_each(|value| measure.add(Datum::Float(*value)));
        let rows = values.len() as u64;
        let value = measure.value(Totals { rows, missing: 0, now: 0 });
        value.expect("nothing is on disk").map(Number::as_f64)
    }

    /// The values are those of numpy 2 and pandas 3.
    #[test]
    fn quantities_are_those_of_numpy() {
        let values = [3.0, 1.0, 4.0, 1.0, 5.0];
        assert_eq!(of(Mean::default(), &values), Some(2.8));
        assert_eq!(of(Sum::default(), &values), Some(14.0));
        assert_eq!(of(Quantile::new(0.5), &values), Some(3.0));
        assert_eq!(of(Quantile::new(0.9), &values), Some(4.6));
        assert_eq!(of(Quantile::new(1.0), &values), Some(5.0));
        assert_eq!(of(Extreme::SMALLEST, &values), Some(1.0));
        assert_eq!(of(Extreme::LARGEST, &values), Some(5.0));
    }

    #[test]
    fn pieces_make_the_whole() {
        let values: Vec<f64> = (0..1000).map(|it| f64::from(it * 7919 % 1000) / 8.0).collect();
        fn pieced<M: Measure>(whole: M, values: &[f64]) -> Option<f64> {
            let mut whole = whole;
            for some in values.chunks(90) {
                let mut piece = whole.fresh();
                some.iter().for_each(|value| piece.add(Datum::Float(*value)));
                whole.join(piece);
            }
            let totals = Totals { rows: values.len() as u64, missing: 0, now: 0 };
            whole.value(totals).expect("nothing is on disk").map(Number::as_f64)
        }
        assert_eq!(pieced(Mean::default(), &values), of(Mean::default(), &values));
        assert_eq!(pieced(Extreme::LARGEST, &values), Some(124.875));
        assert_eq!(pieced(Quantile::new(0.37), &values), of(Quantile::new(0.37), &values));
    }

    #[test]
    fn nothing_is_measured_of_nothing() {
        assert_eq!(of(Mean::default(), &[]), None);
        assert_eq!(of(Sum::default(), &[]), None);
        assert_eq!(of(Quantile::new(0.5), &[]), None);
        assert_eq!(of(Missing, &[]), Some(0.0));
    }

    #[test]
    fn a_sum_keeps_what_is_small() {
        assert_eq!(of(Sum::default(), &[1e100, 1.0, -1e100]), Some(1.0));
        assert_eq!(of(Sum::default(), &[0.1; 10]), Some(1.0));
        assert_eq!(
            of(Sum::default(), &[1.0, 2f64.powi(-53), 2f64.powi(-106)]),
            Some(1.0 + f64::EPSILON)
        );
        assert_eq!(of(Sum::default(), &[f64::INFINITY, 1.0]), Some(f64::INFINITY));
        let mut sum = Sum::default();
        [i64::MAX, i64::MAX].iter().for_each(|it| sum.add(Datum::Int((*it).into())));
        assert_eq!(sum.total(), Number::Int(2 * i128::from(i64::MAX)));
    }
}
