//! `notin`: no value is one of a list.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Scope, Verdict};
use crate::schema::domain::Domain;
use crate::schema::literal;
use crate::schema::python::Form;
use crate::schema::watch::{Watch, listed};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "notin",
    summary: "no value is one of a list",
    scope: Scope::Value,
    applies: Applies::All,
    arguments: Arguments::Values,
    bounds: Bounds::None,
    repeatable: true,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("notin.md"),
};

fn holds(check: &Check, value: &Scalar, ty: ColumnType) -> Verdict {
    let listed = check.arguments.iter().any(|listed| literal::same(&listed.value, value, ty));
    Verdict::from_bool(!listed)
}

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let excluded = |value: &Scalar| domain.admits(value) == Verdict::Fails;
    if demand.arguments.iter().all(|listed| excluded(&listed.value)) {
        Verdict::Holds
    } else {
        domain.refuted()
    }
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    listed::members(check, ty, false)
}

fn python(check: &Check, ty: ColumnType) -> Form {
    Form::listed(check, ty, false)
}
