//! `contains-all`: each of the listed values occurs.

use crate::base::bound::{Bound, Number, Op};
use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::{Expr, Form};
use crate::schema::range::Scale;
use crate::schema::watch::classes::Classes;
use crate::schema::watch::{Watch, measure};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "contains-all",
    summary: "each of the listed values occurs",
    scope: Scope::Column,
    applies: Applies::All,
    arguments: Arguments::Values,
    bounds: Bounds::None,
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("contains_all.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let listed = |check: &Check| -> Vec<Scalar> {
        check.arguments.iter().map(|it| it.value.clone()).collect()
    };
    let wanted = listed(demand);
    let known = domain.checks("contains-all").any(|check| {
        let own = listed(check);
        wanted.iter().all(|it| own.contains(it))
    });
    Verdict::from_bool(known).or_unknown()
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    let none = Bound { op: Op::Le, value: Number::Int(0), span: check.span };
    measure::within(Classes::lacking(check, ty), &[none], Scale::COUNT)
}

fn python(check: &Check, ty: ColumnType) -> Form {
    let listed = check.arguments.iter().map(|it| Expr::scalar(&it.value, ty)).collect();
    let call = Expr::call("tables.lacking").with(Expr::code("values")).with(Expr::List(listed));
    Form::Measure { value: call, bounds: vec![("le", Expr::code("0"))] }
}
