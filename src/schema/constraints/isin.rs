//! `isin`: every value is one of a list.

use crate::base::bound::Number;
use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraint::{Applies, Arguments, Bounds, Constraint, Scope, Verdict};
use crate::schema::domain::Domain;
use crate::schema::literal;
use crate::schema::python::Form;
use crate::schema::watch::{Watch, listed};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "isin",
    summary: "every value is one of a list",
    scope: Scope::Value,
    applies: Applies::All,
    arguments: Arguments::Values,
    bounds: Bounds::None,
    repeatable: false,
    holds,
    implied,
    watch,
    python,
    docs: include_str!("isin.md"),
};

fn holds(check: &Check, value: &Scalar, ty: ColumnType) -> Verdict {
    Verdict::from_bool(check.arguments.iter().any(|listed| literal::same(&listed.value, value, ty)))
}

/// Integers between two limits are a list too, if none of them is missing here.
fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let Some((low, high)) = domain.integers() else { return domain.refuted() };
    let excluded: usize = domain.checks("notin").map(|check| check.arguments.len()).sum();
    let count = high.saturating_sub(low).saturating_add(1);
    // More integers than are listed or excluded cannot all be one or the other.
    if usize::try_from(count).map_or(true, |count| count > demand.arguments.len() + excluded) {
        return domain.refuted();
    }
    Verdict::from_bool((low..=high).all(|number| {
        let value = literal::value(Number::Int(number), domain.ty);
        domain.admits(&value) == Verdict::Fails
            || holds(demand, &value, domain.ty) == Verdict::Holds
    }))
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    listed::members(check, ty, true)
}

fn python(check: &Check, ty: ColumnType) -> Form {
    Form::listed(check, ty, true)
}
