//! `no-outliers`: no value lies further outside of the quartiles than allowed.

use crate::base::bound::Number;
use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::literal;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, far};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "no-outliers",
    summary: "no value is further outside of the quartiles than so many times their distance",
    scope: Scope::Row,
    applies: Applies::Numbers,
    arguments: Arguments::Factor,
    bounds: Bounds::None,
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("no_outliers.md"),
};

fn factor(check: &Check) -> f64 {
    let number = check.arguments.first().and_then(|it| literal::number(&it.value));
    number.map_or(1.5, Number::as_f64)
}

/// Wider fences keep out no more.
fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let known = domain.checks("no-outliers").any(|check| factor(check) <= factor(demand));
    Verdict::from_bool(known).or_unknown()
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    far::fences(factor(check), ty)
}

fn python(check: &Check, _: ColumnType) -> Form {
    let call = Expr::call("tables.fenced").with(Expr::code("values"));
    Form::Rule(call.with(Expr::float(factor(check))))
}
