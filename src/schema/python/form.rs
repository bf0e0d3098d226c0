//! The forms that checks take in pandera and Great Expectations.

use crate::base::bound::{Bound, Number};
use crate::schema::column::{Check, ColumnType};
use crate::schema::python::Expr;
use crate::schema::range::{Limit, Range, Scale};

/// A check in Python.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Form {
    /// Both tools have it: pandera's check and Great Expectations' class with its arguments.
    Known { pandera: Expr, expectation: Expr, rule: Expr },
    /// Pandera's check; Great Expectations would round, and gets a rule.
    Exact { pandera: Expr, rule: Expr },
    /// Whether each value passes, from `values`.
    Rule(Expr),
    /// A quantity from `values`, and what it must be within.
    Measure { value: Expr, bounds: Vec<(&'static str, Expr)> },
}

impl Form {
    /// A rule that holds for all values where it holds for this share of them.
    pub(crate) fn softened(self, share: f64) -> Self {
        match self {
            Self::Known { rule, .. } | Self::Exact { rule, .. } | Self::Rule(rule) => {
                let call = Expr::call("tables.mostly").with(Expr::code("values")).with(rule);
                Self::Rule(call.with(Expr::float(share)))
            }
            Self::Measure { .. } => self,
        }
    }

    /// A rule that is a function of `tables` alone.
    pub(crate) fn rule(function: &str) -> Self {
        Self::Rule(Expr::call(&format!("tables.{function}")).with(Expr::code("values")))
    }

    /// A rule over each text, which is `text` in the expression.
    pub(crate) fn text(holds: Expr) -> Self {
        let each = Expr::Lambda("text", Box::new(holds));
        Self::Rule(Expr::call("tables.matching").with(Expr::code("values")).with(each))
    }

    /// A quantity by a function of `tables`, within the bounds of the check.
    pub(crate) fn measure(function: &str, check: &Check, scale: Scale, ty: ColumnType) -> Self {
        Self::measure_with(function, &[], check, scale, ty)
    }

    /// The same with more arguments.
    pub(crate) fn measure_with(
        function: &str,
        arguments: &[Expr],
        check: &Check,
        scale: Scale,
        ty: ColumnType,
    ) -> Self {
        let call = Expr::call(&format!("tables.{function}")).with(Expr::code("values"));
        let value = arguments.iter().cloned().fold(call, Expr::with);
        let ty = if scale.calendar.is_some() { ty } else { ColumnType::Float(64) };
        Self::Measure { value, bounds: ends(&check.bounds, scale, ty) }
    }

    /// Bounds on each value.
    pub(crate) fn bounds(bounds: &[Bound], ty: ColumnType) -> Self {
        let scale = Scale::of(ty).unwrap_or(Scale::ANY);
        let ends = ends(bounds, scale, ty);
        let is = |name: &str| ends.iter().any(|(end, _)| *end == name);
        let find = |names: [&str; 2]| {
            ends.iter().find(|(name, _)| names.contains(name)).map(|(_, value)| value.clone())
        };
        let (low, high) = (find(["ge", "gt"]), find(["le", "lt"]));
        let pandera = match (&low, &high) {
            (Some(low), Some(high)) => {
                let check = Expr::call("pa.Check.in_range").with(low.clone()).with(high.clone());
                let opened = |check: Expr, name, open| match open {
                    true => check.named(name, Expr::flag(false)),
                    false => check,
                };
                opened(opened(check, "include_min", is("gt")), "include_max", is("lt"))
            }
            _ => ends.iter().fold(Expr::code("None"), |_, (name, value)| {
                Expr::call(&format!("pa.Check.{name}")).with(value.clone())
            }),
        };
        let rule = Expr::call("tables.amid").with(Expr::code("values"));
        let rule = ends.iter().fold(rule, |call, (name, end)| call.named(name, end.clone()));
        if ty.is_integer() && !survive_rounding(bounds) {
            return Self::Exact { pandera, rule };
        }
        let mut expectation = Expr::call("gxe.ExpectColumnValuesToBeBetween");
        for (name, end, strict) in [
            ("min_value", low, is("gt").then_some("strict_min")),
            ("max_value", high, is("lt").then_some("strict_max")),
        ] {
            if let Some(end) = end {
                expectation = expectation.named(name, end);
            }
            if let Some(strict) = strict {
                expectation = expectation.named(strict, Expr::flag(true));
            }
        }
        Self::Known { pandera, expectation, rule }
    }

    /// Each value is, or is not, one of the arguments.
    pub(crate) fn listed(check: &Check, ty: ColumnType, inside: bool) -> Self {
        let list = check.arguments.iter().map(|it| Expr::scalar(&it.value, ty)).collect();
        let list = Expr::List(list);
        let (pandera, expectation, rule) = match inside {
            true => ("pa.Check.isin", "gxe.ExpectColumnValuesToBeInSet", "tables.among"),
            false => ("pa.Check.notin", "gxe.ExpectColumnValuesToNotBeInSet", "tables.beside"),
        };
        let rule = Expr::call(rule).with(Expr::code("values")).with(list.clone());
        if matches!(ty, ColumnType::Date | ColumnType::DateTime) {
            return Self::Exact { pandera: Expr::call(pandera).with(list), rule };
        }
        Self::Known {
            pandera: Expr::call(pandera).with(list.clone()),
            expectation: Expr::call(expectation).named("value_set", list),
            rule,
        }
    }
}

/// Whether each bound may be compared as a float: Great Expectations does that with integers.
fn survive_rounding(bounds: &[Bound]) -> bool {
    const EXACT: i128 = 1 << 53;
    bounds.iter().all(|bound| match bound.value {
        // One less than the limit, for a bound that is not included.
        Number::Int(value) => value.abs() < EXACT,
        Number::Float(_) => true,
    })
}

/// The tightest bounds, as arguments.
pub(crate) fn ends(bounds: &[Bound], scale: Scale, ty: ColumnType) -> Vec<(&'static str, Expr)> {
    // What the scale says of itself is no bound of the check.
    let scale = Scale { lowest: None, highest: None, ..scale };
    let Ok(range) = Range::of(bounds, scale) else { return Vec::new() };
    let end = |limit: Limit, names: (&'static str, &'static str)| {
        (if limit.strict { names.1 } else { names.0 }, Expr::number(limit.value, ty))
    };
    let low = range.lower.map(|it| end(it, ("ge", "gt")));
    let high = range.upper.map(|it| end(it, ("le", "lt")));
    low.into_iter().chain(high).collect()
}
