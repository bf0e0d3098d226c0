//! `mean`: the mean of the values is within bounds.

use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::Form;
use crate::schema::watch::{Watch, measure};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "mean",
    summary: "the mean of the values is within bounds",
    scope: Scope::Column,
    applies: Applies::Numbers,
    arguments: Arguments::None,
    bounds: Bounds::Required(Quantity::Average),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("mean.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    domain.says_as_much(demand, &CONSTRAINT)
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    measure::within(measure::Mean::default(), &check.bounds, Quantity::Average.scale(ty))
}

fn python(check: &Check, ty: ColumnType) -> Form {
    Form::measure("mean", check, Quantity::Average.scale(ty), ty)
}
