//! `quantile`: a quantile of the values is within bounds.

use crate::schema::column::Check;
use crate::schema::constraint::{
    Applies, Arguments, Bounds, Constraint, Quantity, Scope, Verdict, not_by_value,
};
use crate::schema::domain::Domain;

pub(super) static CONSTRAINT: Constraint = Constraint {
    name: "quantile",
    summary: "a quantile of the values is within bounds",
    scope: Scope::Column,
    applies: Applies::Numbers,
    arguments: Arguments::Fraction,
    bounds: Bounds::Required(Quantity::Average),
    repeatable: false,
    holds: not_by_value,
    implied,
    docs: include_str!("quantile.md"),
};

fn implied(domain: &Domain<'_>, demand: &Check) -> Verdict {
    domain.says_as_much(demand, &CONSTRAINT)
}
