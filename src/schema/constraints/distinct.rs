//! `distinct`: the number of distinct values is within bounds.

use crate::schema::column::{Check, ColumnType};
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;
use crate::schema::python::Form;
use crate::schema::range::{Range, Scale};
use crate::schema::watch::{Watch, keys};

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "distinct",
    summary: "the number of distinct values is within bounds",
    scope: Scope::Column,
    applies: Applies::All,
    arguments: Arguments::None,
    bounds: Bounds::Required(Quantity::Count),
    repeatable: false,
    holds: not_by_value,
    implied,
    watch,
    python,
    docs: include_str!("distinct.md"),
};

/// A list of values limits how many distinct ones there are.
fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    let listed = domain.values.as_ref().and_then(|values| i128::try_from(values.len()).ok());
    let most = listed.and_then(|count| Range::of(&[], Scale::COUNT).ok()?.at_most(count).ok());
    match (Range::of(&demand.bounds, Scale::COUNT), most) {
        (Ok(wanted), Some(most)) if wanted.contains(&most) => Verdict::Holds,
        _ => domain.says_as_much(demand, &CONSTRAINT),
    }
}

fn watch(check: &Check, ty: ColumnType) -> Box<dyn Watch> {
    keys::distinct(ty, keys::Count::Number, &check.bounds, Quantity::Count.scale(ty))
}

fn python(check: &Check, ty: ColumnType) -> Form {
    Form::measure("distinct", check, Quantity::Count.scale(ty), ty)
}
