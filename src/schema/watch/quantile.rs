//! Quantiles of a column, and floats as integers of the same order. Unaware of bounds.

use crate::base::bound::Number;
use crate::base::spill::Spool;
use crate::schema::watch::measure::{Measure, count};
use crate::schema::watch::{Datum, Totals};
use std::io;

/// The value below which a part of the values lies, interpolated linearly as pandas does. Exact:
/// all values are kept, on disk when there are many.
#[derive(Debug)]
pub(crate) struct Quantile {
    /// From 0 to 1.
    part: f64,
    /// Of this piece, as numbers of the same order.
    values: Vec<u64>,
    /// Of all pieces before.
    spool: Spool,
}

impl Quantile {
    pub(crate) fn new(part: f64) -> Self {
        Self { part, values: Vec::new(), spool: Spool::default() }
    }
}

const SIGN: u64 = 1 << 63;

/// A number that orders as the float does.
pub(crate) fn ordered(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

pub(crate) fn unordered(bits: u64) -> f64 {
    f64::from_bits(if bits & SIGN == 0 { !bits } else { bits & !SIGN })
}

/// The value below which a part of all numbers lies.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place between 0 and the number of values"
)]
pub(super) fn of(all: &Spool, part: f64) -> io::Result<Option<f64>> {
    let Some(last) = all.len().checked_sub(1) else { return Ok(None) };
    let place = part * count(last);
    let below = (place.floor() as u64).min(last);
    let low = unordered(all.nth(below)?);
    let part = place - place.floor();
    // Infinities cannot be interpolated, only met.
    if part == 0.0 || below == last {
        return Ok(Some(low));
    }
    let high = unordered(all.nth(below + 1)?);
    Ok(Some(low + (high - low) * part))
}

impl Measure for Quantile {
    fn fresh(&self) -> Self {
        Self::new(self.part)
    }

    fn add(&mut self, value: Datum<'_>) {
        self.values.extend(value.number().map(|it| ordered(it.as_f64())));
    }

    fn join(&mut self, later: Self) {
        self.spool.extend(&std::mem::take(&mut self.values));
        self.spool.extend(&later.values);
    }

    fn value(mut self, _: Totals) -> io::Result<Option<Number>> {
        self.spool.extend(&self.values);
        Ok(of(&self.spool, self.part)?.map(Number::Float))
    }
}
