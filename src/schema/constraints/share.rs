//! `share`: the share of one value is within bounds.

use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, listed, measure};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "share",
    summary: "the share of rows with one value is within bounds",
    scope: Scope::Column,
    applies: Applies::All,
    arguments: Arguments::Value,
    bounds: Bounds::Required(Quantity::Share),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("share.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    domain.says_as_much(demand, &CONSTRAINT)
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    let share = measure::Share::new(listed::listed(check, ty));
    measure::within(share, &check.bounds, Quantity::Share.scale(ty))
}

fn python(check: &Check, ty: ColumnType) -> Form {
    let value = check.arguments.first().map(|it| Expr::scalar(&it.value, ty));
    let value = [value.unwrap_or(Expr::code("None"))];
    Form::measure_with("share", &value, check, Quantity::Share.scale(ty), ty)
}
