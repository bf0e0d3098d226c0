//! `min`: the smallest value is within bounds.

use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::Form;
use crate::schema::watch::{Watch, measure};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "min",
    summary: "the smallest value is within bounds",
    scope: Scope::Column,
    applies: Applies::Ordered,
    arguments: Arguments::None,
    bounds: Bounds::Required(Quantity::Extreme),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("min.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    domain.says_as_much(demand, &CONSTRAINT)
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    measure::within(measure::Extreme::SMALLEST, &check.bounds, Quantity::Extreme.scale(ty))
}

fn python(check: &Check, ty: ColumnType) -> Form {
    Form::measure("smallest", check, Quantity::Extreme.scale(ty), ty)
}
