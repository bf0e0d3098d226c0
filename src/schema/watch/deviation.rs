//! The standard deviation of a column, in one pass and with twice the digits of a float. Unaware of
//! bounds, which [`measure`](crate::schema::watch::measure) compares.

use crate::base::bound::Number;
use crate::schema::watch::measure::{Measure, count};
use crate::schema::watch::{Datum, Totals};
use std::io;
use std::ops::{Add, Mul, Sub};

/// The unrounded sum of two floats of which the second is below the last digit of the first: 106
/// binary digits, as values of 10^16 that differ by 1 need them (Dekker 1971).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Double {
    pub(super) high: f64,
    low: f64,
}

impl Double {
    /// The exact sum of two floats (Knuth).
    fn sum(one: f64, other: f64) -> Self {
        let high = one + other;
        let part = high - one;
        Self { high, low: (one - (high - part)) + (other - part) }
    }

    fn product(one: f64, other: f64) -> Self {
        let high = one * other;
        Self { high, low: one.mul_add(other, -high) }
    }

    pub(super) fn over(self, divisor: f64) -> Self {
        let high = self.high / divisor;
        let rest = self - Self::product(high, divisor);
        Self::sum(high, (rest.high + rest.low) / divisor)
    }
}

impl From<f64> for Double {
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

impl Add for Double {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (high, low) = (Self::sum(self.high, other.high), Self::sum(self.low, other.low));
        let one = Self::sum(high.high, high.low + low.high);
        Self::sum(one.high, one.low + low.low)
    }
}

impl Sub for Double {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + Self { high: -other.high, low: -other.low }
    }
}

impl Mul for Double {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let high = Self::product(self.high, other.high);
        Self::sum(high.high, high.low + (self.high * other.low + self.low * other.high))
    }
}

/// The standard deviation of a sample, which divides by one less than the count (Welford 1962).
#[derive(Debug, Default)]
pub(crate) struct Deviation {
    count: u64,
    mean: Double,
    squares: Double,
    /// Whether a value is infinite, so that there is no deviation.
    infinite: bool,
}

impl Measure for Deviation {
    fn fresh(&self) -> Self {
        Self::default()
    }

    fn add(&mut self, value: Datum<'_>) {
        let Some(value) = value.number().map(|it| it.as_f64()) else { return };
        self.count += 1;
        self.infinite |= value.is_infinite();
        let off = Double::from(value) - self.mean;
        self.mean = self.mean + off.over(count(self.count));
        self.squares = self.squares + off * (Double::from(value) - self.mean);
    }

    /// Two samples as one (Chan, Golub and `LeVeque` 1979).
    fn join(&mut self, later: Self) {
        if self.count == 0 || later.count == 0 {
            // Nothing is no sample at zero.
            if later.count > 0 {
                *self = later;
            }
            return;
        }
        let (own, other) = (count(self.count), count(later.count));
        self.count += later.count;
        self.infinite |= later.infinite;
        let (off, both) = (later.mean - self.mean, own + other);
        self.mean = self.mean + (off * other.into()).over(both);
        let between = (off * off * own.into()).over(both) * other.into();
        self.squares = self.squares + later.squares + between;
    }

    fn value(self, _: Totals) -> io::Result<Option<Number>> {
        let below = self.count.checked_sub(1).filter(|it| *it > 0);
        let deviation = |below| match self.infinite {
            true => f64::NAN,
            // Squares of finite values may be too large for a float.
            false if !self.squares.high.is_finite() => f64::INFINITY,
            false => (self.squares.high.max(0.0) / count(below)).sqrt(),
        };
        Ok(below.map(|below| Number::Float(deviation(below))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The deviation of values that come in pieces of a size.
    fn of(values: &[f64], size: usize) -> Option<f64> {
        let mut whole = Deviation::default();
        for some in values.chunks(size) {
            let mut piece = whole.fresh();
            some.iter().for_each(|value| piece.add(Datum::Float(*value)));
            whole.join(piece);
        }
        let totals = Totals { rows: values.len() as u64, missing: 0, now: 0 };
        whole.value(totals).expect("nothing is on disk").map(|it| it.as_f64())
    }

    #[test]
    fn a_sample_has_a_deviation_from_two_values_on() {
        assert_eq!(of(&[1.0, 2.0, 3.0, 4.0, 5.0], 9), Some(2.5f64.sqrt()));
        assert_eq!(of(&[3.0, 1.0, 4.0, 1.0, 5.0], 9), Some(1.788_854_381_999_831_7));
        assert_eq!(of(&[1.0], 9), None);
        assert!(of(&[1.0, f64::INFINITY], 9).is_some_and(f64::is_nan));
        assert_eq!(of(&[1e300, -1e300], 9), Some(f64::INFINITY));
        assert_eq!(of(&[1e300, 1e300], 1), Some(0.0));
    }

    /// A plain float would take the mean of the first for one of the two values.
    #[test]
    fn large_values_that_differ_little_keep_their_deviation() {
        assert_eq!(of(&[1e16, 1e16 + 2.0], 9), Some(2f64.sqrt()));
        assert_eq!(of(&[1e16 + 2.0, 1e16], 1), Some(2f64.sqrt()));
    }

    #[test]
    fn pieces_make_the_whole() {
        let values: Vec<f64> = (0..1000).map(|it| f64::from(it * 7919 % 1000) / 8.0).collect();
        let exact = ((999.0 * 1000.0 * 1001.0 / 12.0) / 999.0 / 64.0f64).sqrt();
        for size in [1, 7, 90, 1000] {
            assert_eq!(of(&values, size), Some(exact), "{size}");
        }
    }
}
