//! `starts-with`: text begins with another.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Scope, Verdict, text};
use crate::schema::domain::Domain;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, each};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "starts-with",
    summary: "text begins with another",
    scope: Scope::Value,
    applies: Applies::Text,
    arguments: Arguments::Text,
    bounds: Bounds::None,
    repeatable: false,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("starts_with.md"),
};

fn holds(check: &Check, value: &Scalar, _: ColumnType) -> Verdict {
    let (Some(wanted), Scalar::Str(value)) = (text(check), value) else { return Verdict::Unknown };
    Verdict::from_bool(value.starts_with(wanted))
}

/// Text that begins with more than is demanded begins with that too.
fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let Some(wanted) = text(demand) else { return Verdict::Unknown };
    let proven =
        domain.checks("starts-with").filter_map(text).any(|known| known.starts_with(wanted));
    if proven { Verdict::Holds } else { domain.refuted() }
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    let start = text(check).unwrap_or_default().to_owned();
    each::text(ty, move |it| it.starts_with(&start))
}

fn python(check: &Check, _: ColumnType) -> Form {
    let start = Expr::text(text(check).unwrap_or_default());
    Form::text(Expr::call("text.startswith").with(start))
}
