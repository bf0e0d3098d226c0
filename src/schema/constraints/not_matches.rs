//! `not-matches`: no part of the text matches a regular expression.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Scope, Verdict, text};
use crate::schema::domain::Domain;
use crate::schema::pattern::Pattern;
use crate::schema::python::{Expr, Form};
use crate::schema::watch::{Watch, each};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "not-matches",
    summary: "no part of the text matches a regular expression",
    scope: Scope::Value,
    applies: Applies::Text,
    arguments: Arguments::Regex,
    bounds: Bounds::None,
    repeatable: true,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("not_matches.md"),
};

fn holds(check: &Check, value: &Scalar, _: ColumnType) -> Verdict {
    let (Some(pattern), Scalar::Str(value)) = (text(check), value) else { return Verdict::Unknown };
    let found = Pattern::anywhere(pattern).map(|it| it.matches(value));
    found.map_or(Verdict::Unknown, |found| Verdict::from_bool(!found))
}

/// Whether one pattern implies another is left to the data, unless they are the same.
fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let wanted = text(demand);
    let same = domain.checks("not-matches").any(|check| text(check) == wanted);
    Verdict::from_bool(same).or_unknown()
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    let pattern = text(check).and_then(Pattern::anywhere);
    each::text(ty, move |it| pattern.as_ref().is_some_and(|pattern| !pattern.matches(it)))
}

fn python(check: &Check, _: ColumnType) -> Form {
    let pattern = format!("(?:{})", text(check).unwrap_or_default());
    let search = Expr::call("re.search").with(Expr::Str(pattern)).with(Expr::code("text"));
    Form::text(Expr::call("operator.not_").with(search))
}
