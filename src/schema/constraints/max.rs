//! `max`: the largest value is within bounds.

use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::Form;
use crate::schema::watch::{Watch, measure};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "max",
    summary: "the largest value is within bounds",
    scope: Scope::Column,
    applies: Applies::Ordered,
    arguments: Arguments::None,
    bounds: Bounds::Required(Quantity::Extreme),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("max.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    domain.says_as_much(demand, &CONSTRAINT)
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    measure::within(measure::Extreme::LARGEST, &check.bounds, Quantity::Extreme.scale(ty))
}

fn python(check: &Check, ty: ColumnType) -> Form {
    Form::measure("largest", check, Quantity::Extreme.scale(ty), ty)
}
