//! `ends-with`: text ends with another.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Scope, Verdict, text};
use crate::schema::domain::Domain;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, each};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "ends-with",
    summary: "text ends with another",
    scope: Scope::Value,
    applies: Applies::Text,
    arguments: Arguments::Text,
    bounds: Bounds::None,
    repeatable: false,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("ends_with.md"),
};

fn holds(check: &Check, value: &Scalar, _: ColumnType) -> Verdict {
    let (Some(wanted), Scalar::Str(value)) = (text(check), value) else { return Verdict::Unknown };
    Verdict::from_bool(value.ends_with(wanted))
}

/// Text that ends with more than is demanded ends with that too.
fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let Some(wanted) = text(demand) else { return Verdict::Unknown };
    let proven = domain.checks("ends-with").filter_map(text).any(|known| known.ends_with(wanted));
    if proven { Verdict::Holds } else { domain.refuted() }
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    let end = text(check).unwrap_or_default().to_owned();
    each::text(ty, move |it| it.ends_with(&end))
}

fn python(check: &Check, _: ColumnType) -> Form {
    let end = Expr::text(text(check).unwrap_or_default());
    Form::text(Expr::call("text.endswith").with(end))
}
