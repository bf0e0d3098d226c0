//! `freshness`: the latest day or time is not too long ago.

use crate::base::units::parse_duration;
use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Scope, Verdict, not_by_value, text,
};
use crate::schema::domain::Domain;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, age};
use std::time::Duration;

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "freshness",
    summary: "the latest day or time is at most so long ago",
    scope: Scope::Column,
    applies: Applies::Times,
    arguments: Arguments::Duration,
    bounds: Bounds::None,
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("freshness.md"),
};

fn limit(check: &Check) -> Duration {
    text(check).and_then(|it| parse_duration(it).ok()).unwrap_or_default()
}

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let known = domain.checks("freshness").any(|check| limit(check) <= limit(demand));
    Verdict::from_bool(known).or_unknown()
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    age::at_most(limit(check), ty)
}

fn python(check: &Check, _: ColumnType) -> Form {
    let seconds = Expr::Code(format!("{}", limit(check).as_secs_f64()));
    let call = Expr::call("tables.age").with(Expr::code("values"));
    Form::Measure { value: call, bounds: vec![("le", seconds)] }
}
