//! The list of constraints: two lines each, here and below.

use crate::schema::constraint::Constraint;

mod contains;
mod decreasing;
mod distinct;
mod ends_with;
mod finite;
mod in_range;
mod increasing;
mod isin;
mod length;
mod matches;
mod max;
mod mean;
mod median;
mod min;
mod notin;
mod null_share;
mod quantile;
mod share;
mod starts_with;
mod std;
mod sum;
mod unique;

/// Every constraint, in the order of the documentation.
pub(crate) static ALL: &[&Constraint] = &[
    &in_range::CONSTRAINT,
    &isin::CONSTRAINT,
    &notin::CONSTRAINT,
    &unique::CONSTRAINT,
    &distinct::CONSTRAINT,
    &null_share::CONSTRAINT,
    &share::CONSTRAINT,
    &matches::CONSTRAINT,
    &length::CONSTRAINT,
    &starts_with::CONSTRAINT,
    &ends_with::CONSTRAINT,
    &contains::CONSTRAINT,
    &mean::CONSTRAINT,
    &median::CONSTRAINT,
    &std::CONSTRAINT,
    &sum::CONSTRAINT,
    &min::CONSTRAINT,
    &max::CONSTRAINT,
    &quantile::CONSTRAINT,
    &finite::CONSTRAINT,
    &increasing::CONSTRAINT,
    &decreasing::CONSTRAINT,
];
