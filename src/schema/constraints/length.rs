//! `length`: text has so many characters.

use crate::base::bound::Number;
use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict};
use crate::schema::domain::Domain;
use crate::schema::python::{self, Expr, Form};
use crate::schema::range::{Range, Scale};
use crate::schema::watch::{Watch, each};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "length",
    summary: "text has so many characters",
    scope: Scope::Value,
    applies: Applies::Text,
    arguments: Arguments::None,
    bounds: Bounds::Required(Quantity::Count),
    repeatable: false,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("length.md"),
};

fn holds(check: &Check, value: &Scalar, _: ColumnType) -> Verdict {
    let Scalar::Str(value) = value else { return Verdict::Unknown };
    let count = i128::try_from(value.chars().count()).unwrap_or(i128::MAX);
    let range = Range::of(&check.bounds, Scale::COUNT);
    Verdict::from_bool(range.is_ok_and(|range| range.includes(Number::Int(count))))
}

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    match Range::of(&demand.bounds, Scale::COUNT) {
        Ok(range) if range.contains(&domain.lengths) => Verdict::Holds,
        _ => domain.refuted(),
    }
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    let range = Range::of(&check.bounds, Scale::COUNT);
    each::text(ty, move |it| {
        let count = i128::try_from(it.chars().count()).unwrap_or(i128::MAX);
        range.as_ref().is_ok_and(|range| range.includes(Number::Int(count)))
    })
}

fn python(check: &Check, _: ColumnType) -> Form {
    let length = Expr::call("len").with(Expr::code("text"));
    let ends = python::ends(&check.bounds, Scale::COUNT, ColumnType::Int(64));
    let call = Expr::call("tables.within").with(length);
    Form::text(ends.into_iter().fold(call, |call, (name, end)| call.named(name, end)))
}
