//! `median`: the median of the values is within bounds.

use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, measure, quantile};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "median",
    summary: "the median of the values is within bounds",
    scope: Scope::Column,
    applies: Applies::Numbers,
    arguments: Arguments::None,
    bounds: Bounds::Required(Quantity::Average),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("median.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    domain.says_as_much(demand, &CONSTRAINT)
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    measure::within(quantile::Quantile::new(0.5), &check.bounds, Quantity::Average.scale(ty))
}

fn python(check: &Check, ty: ColumnType) -> Form {
    let half = [Expr::float(0.5)];
    Form::measure_with("quantile", &half, check, Quantity::Average.scale(ty), ty)
}
