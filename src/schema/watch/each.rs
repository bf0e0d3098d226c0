//! Checks that each value passes or fails by itself.

use crate::base::bound::{Bound, Number};
use crate::schema::column::ColumnType;
use crate::schema::range::{Limit, Range, Scale, floor};
use crate::schema::watch::{Batch, Datum, Outcome, Tally, Totals, Watch, same};
use std::cmp::Ordering;
use std::io;
use std::sync::Arc;

/// Counts the values that a test refuses.
struct Each<T> {
    test: Arc<T>,
    ty: ColumnType,
    failing: Tally,
}

/// Tells whether a value passes.
pub(crate) trait Test: Fn(Datum<'_>) -> bool + Send + Sync + 'static {}
impl<T: Fn(Datum<'_>) -> bool + Send + Sync + 'static> Test for T {}

/// A check of every value.
pub(crate) fn each(ty: ColumnType, test: impl Test) -> Box<dyn Watch> {
    Box::new(Each { test: Arc::new(test), ty, failing: Tally::default() })
}

/// A check of every text; values of other kinds pass.
pub(crate) fn text(
    ty: ColumnType,
    test: impl Fn(&str) -> bool + Send + Sync + 'static,
) -> Box<dyn Watch> {
    each(ty, move |value: Datum<'_>| match value {
        Datum::Text(text) => test(text),
        Datum::Int(_) | Datum::Float(_) | Datum::Bool(_) => true,
    })
}

impl<T: Test> Watch for Each<T> {
    fn fresh(&self) -> Box<dyn Watch> {
        let (test, failing) = (Arc::clone(&self.test), self.failing.fresh());
        Box::new(Self { test, ty: self.ty, failing })
    }

    fn see(&mut self, batch: &Batch) {
        // A loop that only counts is several times faster, and most data is clean.
        let mut failing = 0_u64;
        batch.values(|value| failing += u64::from(!(self.test)(value)));
        if failing > 0 {
            batch.each(|row, value| {
                if !(self.test)(value) {
                    self.failing.count(row, || value.shown(self.ty));
                }
            });
        }
    }

    fn keep_all(&mut self) {
        self.failing.keep_all();
    }

    fn join(&mut self, later: Box<dyn Watch>, rows: u64) {
        if let Some(later) = same::<Self>(later) {
            self.failing.join(later.failing, rows);
        }
    }

    fn end(self: Box<Self>, _: Totals) -> io::Result<Outcome> {
        Ok(self.failing.outcome())
    }
}

/// Bounds on every value.
pub(crate) fn bounds(bounds: &[Bound], ty: ColumnType) -> Box<dyn Watch> {
    let scale = Scale::of(ty).unwrap_or(Scale::ANY);
    let range = Range::of(bounds, scale).ok();
    let inside = move |it: Number| range.as_ref().is_some_and(|range| range.includes(it));
    // On a scale of integers limits are integers and included.
    if let Some(range) = range.filter(|_| scale.integer) {
        let limit = |of: Option<Limit>, open: i128| of.map_or(open, |it| floor(it.value));
        let (low, high) = (limit(range.lower, i128::MIN), limit(range.upper, i128::MAX));
        return each(ty, move |value: Datum<'_>| match value {
            Datum::Int(value) => low <= value && value <= high,
            Datum::Float(_) | Datum::Bool(_) | Datum::Text(_) => true,
        });
    }
    let lower = range.and_then(|it| end(it.lower, f64::NEG_INFINITY));
    let upper = range.and_then(|it| end(it.upper, f64::INFINITY));
    if let (Some((low, open_low)), Some((high, open_high))) = (lower, upper) {
        return each(ty, move |value: Datum<'_>| match value {
            Datum::Float(value) => {
                let above = if open_low { low < value } else { low <= value };
                above && if open_high { value < high } else { value <= high }
            }
            Datum::Int(value) => inside(Number::Int(value)),
            Datum::Bool(_) | Datum::Text(_) => true,
        });
    }
    each(ty, move |value: Datum<'_>| value.number().is_none_or(inside))
}

/// A limit and whether it is excluded, if a float can hold it.
fn end(limit: Option<Limit>, open: f64) -> Option<(f64, bool)> {
    let Some(limit) = limit else { return Some((open, false)) };
    let value = limit.value.as_f64();
    let exact = limit.value.partial_cmp(&Number::Float(value)) == Some(Ordering::Equal);
    exact.then_some((value, limit.strict))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::bound::Op;
    use crate::base::source::{FileId, Span};
    use crate::schema::watch::Values;

    fn passes(ty: ColumnType, limits: &[(Op, Number)], value: Datum<'_>) -> bool {
        let span = Span::new(FileId(0), 0, 0);
        let limits: Vec<Bound> =
            limits.iter().map(|&(op, value)| Bound { op, value, span }).collect();
        let mut batch = Batch::new(ty);
        batch.rows.push(1);
        match (&mut batch.values, value) {
            (Values::Int(values), Datum::Int(value)) => {
                values.push(value.try_into().expect("64 bits"));
            }
            (Values::Wide(values), Datum::Int(value)) => values.push(value),
            (Values::Float(values), Datum::Float(value)) => values.push(value),
            _ => panic!("no value of {ty}"),
        }
        let mut watch = bounds(&limits, ty);
        watch.see(&batch);
        watch.end(Totals { rows: 1, missing: 0, now: 0 }).expect("nothing is on disk").holds()
    }

    #[test]
    fn bounds_are_exact() {
        let (int, float) = (Number::Int, Number::Float);
        let open = [(Op::Gt, int(0)), (Op::Lt, int(10))];
        for (value, want) in [(0, false), (1, true), (9, true), (10, false)] {
            assert_eq!(passes(ColumnType::Int(64), &open, Datum::Int(value)), want, "{value}");
        }
        for (value, want) in [(0.0, false), (1e-300, true), (9.999, true), (10.0, false)] {
            assert_eq!(passes(ColumnType::Float(64), &open, Datum::Float(value)), want, "{value}");
        }
        let above = [(Op::Ge, float(0.5))];
        assert!(passes(ColumnType::Float(64), &above, Datum::Float(f64::INFINITY)));
        assert!(!passes(ColumnType::Float(64), &above, Datum::Float(-0.0)));
        // No float lies between these two.
        let big = [(Op::Le, int((1 << 53) + 1))];
        assert!(passes(ColumnType::UInt(64), &big, Datum::Int((1 << 53) + 1)));
        assert!(!passes(ColumnType::UInt(64), &big, Datum::Int((1 << 53) + 2)));
    }
}
