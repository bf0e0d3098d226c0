//! `null-share`: the share of missing values is within bounds.

use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::Form;
use crate::schema::watch::{Watch, measure};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "null-share",
    summary: "the share of missing values is within bounds",
    scope: Scope::Column,
    applies: Applies::All,
    arguments: Arguments::None,
    bounds: Bounds::Required(Quantity::Share),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("null_share.md"),
};

/// A column that may not miss values has a share of 0.
fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    if !domain.column.nullable && demand.bounds.iter().all(|bound| bound.holds(0.0)) {
        return Verdict::Holds;
    }
    domain.says_as_much(demand, &CONSTRAINT)
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    measure::within(measure::Missing, &check.bounds, Quantity::Share.scale(ty))
}

fn python(check: &Check, ty: ColumnType) -> Form {
    Form::measure("null_share", check, Quantity::Share.scale(ty), ty)
}
