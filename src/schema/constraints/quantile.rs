//! `quantile`: a quantile of the values is within bounds.

use crate::base::bound::Number;
use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::literal;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, measure, quantile};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "quantile",
    summary: "a quantile of the values is within bounds",
    scope: Scope::Column,
    applies: Applies::Numbers,
    arguments: Arguments::Fraction,
    bounds: Bounds::Required(Quantity::Average),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("quantile.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    domain.says_as_much(demand, &CONSTRAINT)
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    let part = check.arguments.first().and_then(|it| literal::number(&it.value));
    let measured = quantile::Quantile::new(part.map_or(0.5, Number::as_f64));
    measure::within(measured, &check.bounds, Quantity::Average.scale(ty))
}

fn python(check: &Check, ty: ColumnType) -> Form {
    let part = check.arguments.first().and_then(|it| literal::number(&it.value));
    let part = [Expr::float(part.map_or(0.5, Number::as_f64))];
    Form::measure_with("quantile", &part, check, Quantity::Average.scale(ty), ty)
}
