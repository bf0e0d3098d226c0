//! `z-score`: no value is further from the mean than so many standard deviations.

use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::{Expr, Form, ends};
use crate::schema::watch::{Watch, far};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "z-score",
    summary: "how many standard deviations each value is from the mean is within bounds",
    scope: Scope::Row,
    applies: Applies::Numbers,
    arguments: Arguments::None,
    bounds: Bounds::Required(Quantity::Deviation),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("z_score.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    domain.says_as_much(demand, &CONSTRAINT)
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    far::scores(&check.bounds, ty)
}

fn python(check: &Check, ty: ColumnType) -> Form {
    let call = Expr::call("tables.scored").with(Expr::code("values"));
    let ends = ends(&check.bounds, Quantity::Deviation.scale(ty), ColumnType::Float(64));
    Form::Rule(ends.into_iter().fold(call, |call, (name, end)| call.named(name, end)))
}
