//! `class-balance`: the rarest of the listed values has a share within bounds.

use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::classes::Classes;
use crate::schema::watch::{Watch, measure};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "class-balance",
    summary: "the rarest of the listed values has a share within bounds",
    scope: Scope::Column,
    applies: Applies::All,
    arguments: Arguments::Values,
    bounds: Bounds::Required(Quantity::Share),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("class_balance.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    domain.says_as_much(demand, &CONSTRAINT)
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    measure::within(Classes::rarest(check, ty), &check.bounds, Quantity::Share.scale(ty))
}

fn python(check: &Check, ty: ColumnType) -> Form {
    let listed = check.arguments.iter().map(|it| Expr::scalar(&it.value, ty)).collect();
    let listed = [Expr::List(listed)];
    Form::measure_with("rarest", &listed, check, Quantity::Share.scale(ty), ty)
}
