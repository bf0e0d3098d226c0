//! `format`: text is a date or a time in a layout.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Scope, Verdict, text};
use crate::schema::domain::Domain;
use crate::schema::layout::Layout;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, each};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "format",
    summary: "text is a date or a time in a layout, and one that exists",
    scope: Scope::Value,
    applies: Applies::Text,
    arguments: Arguments::Layout,
    bounds: Bounds::None,
    repeatable: false,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("format.md"),
};

fn holds(check: &Check, value: &Scalar, _: ColumnType) -> Verdict {
    match (text(check).and_then(Layout::new), value) {
        (Some(layout), Scalar::Str(value)) => Verdict::from_bool(layout.reads(value)),
        _ => Verdict::Unknown,
    }
}

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let wanted = text(demand);
    Verdict::from_bool(domain.checks("format").any(|check| text(check) == wanted)).or_unknown()
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    let layout = text(check).and_then(Layout::new);
    each::text(ty, move |it| layout.as_ref().is_some_and(|layout| layout.reads(it)))
}

fn python(check: &Check, _: ColumnType) -> Form {
    let layout = Expr::text(text(check).unwrap_or_default());
    Form::text(Expr::call("tables.is_time").with(Expr::code("text")).with(layout))
}
