//! `json`: text is one JSON value.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Scope, Verdict};
use crate::schema::domain::Domain;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, each};
use serde::de::IgnoredAny;

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "json",
    summary: "text is one JSON value",
    scope: Scope::Value,
    applies: Applies::Text,
    arguments: Arguments::None,
    bounds: Bounds::None,
    repeatable: false,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("json.md"),
};

fn holds(_: &Check, value: &Scalar, _: ColumnType) -> Verdict {
    let Scalar::Str(value) = value else { return Verdict::Unknown };
    Verdict::from_bool(is_json(value))
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

fn implied(domain: &Domain<'_>, _: &Check) -> Verdict {
    Verdict::from_bool(domain.checks("json").next().is_some()).or_unknown()
}

fn watch(_: &Check, ty: ColumnType) -> Box<dyn Watch> {
    each::text(ty, is_json)
}

fn python(_: &Check, _: ColumnType) -> Form {
    Form::text(Expr::call("tables.is_json").with(Expr::code("text")))
}
