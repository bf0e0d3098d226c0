//! `unique`: values differ from each other.

use crate::base::bound::{Bound, Op};
use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::Form;
use crate::schema::watch::{Watch, keys};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "unique",
    summary: "values differ from each other, all of them or a share",
    scope: Scope::Row,
    applies: Applies::All,
    arguments: Arguments::None,
    bounds: Bounds::Optional(Quantity::Share),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("unique.md"),
};

/// Without bounds all values differ; as a share that is 1, unless there are no values at all.
fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let all_differ = domain.checks("unique").any(|check| check.bounds.is_empty());
    if demand.bounds.is_empty() {
        let whole = domain.checks("unique").any(|check| reaches_one(&check.bounds));
        return Verdict::from_bool(all_differ || whole).or_unknown();
    }
    domain.says_as_much(demand, &CONSTRAINT)
}

fn reaches_one(bounds: &[Bound]) -> bool {
    bounds.iter().any(|bound| bound.op == Op::Ge && bound.value.as_f64() >= 1.0)
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    if check.bounds.is_empty() {
        return keys::no_repeats(ty);
    }
    keys::distinct(ty, keys::Count::Share, &check.bounds, Quantity::Share.scale(ty))
}

fn python(check: &Check, ty: ColumnType) -> Form {
    if check.bounds.is_empty() {
        return Form::rule("unrepeated");
    }
    Form::measure("distinct_share", check, Quantity::Share.scale(ty), ty)
}
