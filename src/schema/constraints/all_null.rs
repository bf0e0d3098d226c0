//! `all-null`: every value is missing: a retired column.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Scope, Verdict};
use crate::schema::domain::Domain;
use crate::schema::python::Form;
use crate::schema::watch::{Datum, Watch, each};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "all-null",
    summary: "every value is missing: a retired column",
    scope: Scope::Value,
    applies: Applies::All,
    arguments: Arguments::None,
    bounds: Bounds::None,
    repeatable: false,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("all_null.md"),
};

fn holds(_: &Check, _: &Scalar, _: ColumnType) -> Verdict {
    Verdict::Fails
}

fn implied(domain: &Domain<'_>, _: &Check) -> Verdict {
    Verdict::from_bool(domain.checks("all-null").next().is_some()).or_unknown()
}

fn watch(_: &Check, ty: ColumnType) -> Box<dyn Watch> {
    each::each(ty, |_: Datum<'_>| false)
}

fn python(_: &Check, _: ColumnType) -> Form {
    Form::rule("absent")
}
