//! `sum`: the sum of the values is within bounds.

use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::Form;
use crate::schema::watch::{Watch, measure};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "sum",
    summary: "the sum of the values is within bounds",
    scope: Scope::Column,
    applies: Applies::Numbers,
    arguments: Arguments::None,
    bounds: Bounds::Required(Quantity::Number),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("sum.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    domain.says_as_much(demand, &CONSTRAINT)
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    measure::within(measure::Sum::default(), &check.bounds, Quantity::Number.scale(ty))
}

fn python(check: &Check, ty: ColumnType) -> Form {
    Form::measure("total", check, Quantity::Number.scale(ty), ty)
}
