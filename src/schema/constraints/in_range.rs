//! `in-range`: every value is within bounds.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict};
use crate::schema::domain::Domain;
use crate::schema::literal;
use crate::schema::python::Form;
use crate::schema::range::{Range, Scale};
use crate::schema::watch::{Watch, each};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "in-range",
    summary: "every value is within bounds, as those behind the type, but softer",
    scope: Scope::Value,
    applies: Applies::Ordered,
    arguments: Arguments::None,
    bounds: Bounds::Required(Quantity::Extreme),
    repeatable: false,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("in_range.md"),
};

fn range(check: &Check, ty: ColumnType) -> Option<Range> {
    Range::of(&check.bounds, Scale::of(ty)?).ok()
}

fn holds(check: &Check, value: &Scalar, ty: ColumnType) -> Verdict {
    match (range(check, ty), literal::measure(value, ty)) {
        (Some(range), Some(value)) => Verdict::from_bool(range.includes(value)),
        _ => Verdict::Unknown,
    }
}

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    match range(demand, domain.ty) {
        Some(wanted) if wanted.contains(&domain.spread()) => Verdict::Holds,
        Some(_) => domain.says_as_much(demand, &CONSTRAINT),
        None => Verdict::Unknown,
    }
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    each::bounds(&check.bounds, ty)
}

fn python(check: &Check, ty: ColumnType) -> Form {
    Form::bounds(&check.bounds, ty)
}
