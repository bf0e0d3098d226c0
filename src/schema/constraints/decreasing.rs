//! `decreasing`: no value is larger than the one before it.

use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::Form;
use crate::schema::watch::{Watch, order};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "decreasing",
    summary: "no value is larger than the one before it",
    scope: Scope::Row,
    applies: Applies::Ordered,
    arguments: Arguments::None,
    bounds: Bounds::None,
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("decreasing.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    domain.says_as_much(demand, &CONSTRAINT)
}

fn watch(_: &Check, ty: ColumnType) -> Box<dyn Watch> {
    order::ordered(ty, true)
}

fn python(_: &Check, _: ColumnType) -> Form {
    Form::rule("decreasing")
}
