//! `contains`: text has another inside.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Scope, Verdict, text};
use crate::schema::domain::Domain;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, each};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "contains",
    summary: "text has another inside",
    scope: Scope::Value,
    applies: Applies::Text,
    arguments: Arguments::Text,
    bounds: Bounds::None,
    repeatable: true,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("contains.md"),
};

fn holds(check: &Check, value: &Scalar, _: ColumnType) -> Verdict {
    let (Some(wanted), Scalar::Str(value)) = (text(check), value) else { return Verdict::Unknown };
    Verdict::from_bool(value.contains(wanted))
}

/// What a text begins with, ends with or contains may contain what is demanded.
fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let Some(wanted) = text(demand) else { return Verdict::Unknown };
    let parts = ["contains", "starts-with", "ends-with"];
    let mut known = parts.into_iter().flat_map(|name| domain.checks(name)).filter_map(text);
    if known.any(|part| part.contains(wanted)) { Verdict::Holds } else { domain.refuted() }
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    let part = text(check).unwrap_or_default().to_owned();
    each::text(ty, move |it| it.contains(&part))
}

fn python(check: &Check, _: ColumnType) -> Form {
    let part = Expr::text(text(check).unwrap_or_default());
    Form::text(Expr::call("text.__contains__").with(part))
}
