//! `matches`: text matches a regular expression as a whole.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Scope, Verdict, text};
use crate::schema::domain::Domain;
use crate::schema::pattern::{self, Pattern};
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, each};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "matches",
    summary: "text matches a regular expression from its first character to its last",
    scope: Scope::Value,
    applies: Applies::Text,
    arguments: Arguments::Regex,
    bounds: Bounds::None,
    repeatable: true,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("matches.md"),
};

fn holds(check: &Check, value: &Scalar, _: ColumnType) -> Verdict {
    let (Some(pattern), Scalar::Str(value)) = (text(check), value) else { return Verdict::Unknown };
    pattern::matches(pattern, value).map_or(Verdict::Unknown, Verdict::from_bool)
}

/// Whether one pattern implies another is left to the data, unless they are the same.
fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let wanted = text(demand);
    Verdict::from_bool(domain.checks("matches").any(|check| text(check) == wanted)).or_unknown()
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    let pattern = text(check).and_then(Pattern::new);
    each::text(ty, move |it| pattern.as_ref().is_some_and(|pattern| pattern.matches(it)))
}

fn python(check: &Check, _: ColumnType) -> Form {
    let pattern = format!("(?:{})", text(check).unwrap_or_default());
    Form::text(Expr::call("re.fullmatch").with(Expr::Str(pattern)).with(Expr::code("text")))
}
