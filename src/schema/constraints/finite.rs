//! `finite`: no value is infinite.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Scope, Verdict};
use crate::schema::domain::Domain;
use crate::schema::python::Form;
use crate::schema::watch::{Datum, Watch, each};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "finite",
    summary: "no value is infinite",
    scope: Scope::Value,
    applies: Applies::Floats,
    arguments: Arguments::None,
    bounds: Bounds::None,
    repeatable: false,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("finite.md"),
};

fn holds(_: &Check, value: &Scalar, _: ColumnType) -> Verdict {
    match value {
        Scalar::Float(value) => Verdict::from_bool(value.is_finite()),
        Scalar::Int(_) => Verdict::Holds,
        Scalar::Bool(_) | Scalar::Str(_) => Verdict::Unknown,
    }
}

/// Integers are finite, and so is what lies between two finite numbers.
fn implied(domain: &Domain<'_>, _: &Check) -> Verdict {
    let known = domain.ty.is_integer() || domain.checks("finite").next().is_some();
    Verdict::from_bool(known || domain.range.is_finite())
}

fn watch(_: &Check, ty: ColumnType) -> Box<dyn Watch> {
    each::each(ty, |value: Datum<'_>| value.number().is_none_or(|it| it.as_f64().is_finite()))
}

fn python(_: &Check, _: ColumnType) -> Form {
    Form::rule("finite")
}
