//! Checks that each value passes or fails by itself.

use crate::base::bound::{Bound, Number};
use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::literal;
use crate::schema::range::{Limit, Range, Scale, floor};
use crate::schema::watch::{Batch, Case, Datum, Outcome, SHOWN, Totals, Watch};
use std::collections::BTreeSet;

/// Counts the values that a test refuses.
struct Each<T> {
    test: T,
    ty: ColumnType,
    failing: u64,
    first: Vec<Case>,
}

/// A check of every value.
pub(crate) fn each(ty: ColumnType, test: impl Fn(Datum<'_>) -> bool + 'static) -> Box<dyn Watch> {
    Box::new(Each { test, ty, failing: 0, first: Vec::new() })
}

/// A check of every text; values of other kinds pass.
pub(crate) fn text(ty: ColumnType, test: impl Fn(&str) -> bool + 'static) -> Box<dyn Watch> {
    each(ty, move |value| match value {
        Datum::Text(text) => test(text),
        Datum::Int(_) | Datum::Float(_) | Datum::Bool(_) => true,
    })
}

impl<T: Fn(Datum<'_>) -> bool> Watch for Each<T> {
    fn see(&mut self, batch: &Batch) {
        batch.each(|row, value| {
            if !(self.test)(value) {
                self.failing += 1;
                if self.first.len() < SHOWN {
                    self.first.push(Case { row, value: value.shown(self.ty) });
                }
            }
        });
    }

    fn end(self: Box<Self>, _: Totals) -> Outcome {
        Outcome::Values { failing: self.failing, first: self.first }
    }
}

/// Bounds on every value.
pub(crate) fn bounds(bounds: &[Bound], ty: ColumnType) -> Box<dyn Watch> {
    let scale = Scale::of(ty).unwrap_or(Scale::ANY);
    let range = Range::of(bounds, scale);
    let inside = move |it: Number| range.as_ref().is_ok_and(|range| range.includes(it));
    let range = Range::of(bounds, scale).ok().filter(|_| scale.integer);
    let limit = |of: Option<Limit>, open: i128| of.map_or(open, |it| floor(it.value));
    // On a scale of integers limits are integers and included.
    let whole = range.map(|it| (limit(it.lower, i128::MIN), limit(it.upper, i128::MAX)));
    each(ty, move |value| match (value, whole) {
        (Datum::Int(value), Some((low, high))) => low <= value && value <= high,
        (value, _) => value.number().is_none_or(&inside),
    })
}

/// Whether a value is among the arguments of a check.
pub(crate) fn listed(check: &Check, ty: ColumnType) -> impl Fn(Datum<'_>) -> bool + 'static {
    let listed = || check.arguments.iter().map(|it| &it.value);
    let texts: BTreeSet<String> = match ty.is_text() {
        true => listed().filter_map(|it| text_of(it).map(str::to_owned)).collect(),
        false => BTreeSet::new(),
    };
    let numbers: Vec<Number> = listed().filter_map(|it| literal::measure(it, ty)).collect();
    let flags: Vec<bool> = listed().filter_map(flag_of).collect();
    move |value| match value {
        Datum::Text(text) => texts.contains(text),
        Datum::Bool(flag) => flags.contains(&flag),
        Datum::Int(value) => numbers.contains(&Number::Int(value)),
        Datum::Float(value) => {
            let value = Number::Float(value);
            numbers.iter().any(|it| it.partial_cmp(&value) == Some(std::cmp::Ordering::Equal))
        }
    }
}

fn text_of(scalar: &Scalar) -> Option<&str> {
    match scalar {
        Scalar::Str(text) => Some(text),
        Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_) => None,
    }
}

fn flag_of(scalar: &Scalar) -> Option<bool> {
    match scalar {
        Scalar::Bool(flag) => Some(*flag),
        Scalar::Int(_) | Scalar::Float(_) | Scalar::Str(_) => None,
    }
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
        watch.end(Totals { rows: 1, missing: 0 }).holds()
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
