//! `most-common`: the value that occurs most is one of a list.

use crate::base::bound::{Bound, Number, Op};
use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::literal;
use crate::schema::python::{Expr, Form};
use crate::schema::range::Scale;
use crate::schema::watch::mode::Rivals;
use crate::schema::watch::{Watch, measure};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "most-common",
    summary: "the value that occurs most, and each that occurs as often, is one of a list",
    scope: Scope::Column,
    applies: Applies::All,
    arguments: Arguments::Values,
    bounds: Bounds::None,
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("most_common.md"),
};

/// A longer list demands less.
fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let listed =
        |value| demand.arguments.iter().any(|it| literal::same(&it.value, value, domain.ty));
    let known = domain
        .checks("most-common")
        .any(|check| check.arguments.iter().all(|it| listed(&it.value)));
    Verdict::from_bool(known).or_unknown()
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    let none = Bound { op: Op::Le, value: Number::Int(0), span: check.span };
    measure::within(Rivals::new(check, ty), &[none], Scale::COUNT)
}

fn python(check: &Check, ty: ColumnType) -> Form {
    let listed = check.arguments.iter().map(|it| Expr::scalar(&it.value, ty)).collect();
    let call = Expr::call("tables.rivals").with(Expr::code("values")).with(Expr::List(listed));
    Form::Measure { value: call, bounds: vec![("le", Expr::code("0"))] }
}
