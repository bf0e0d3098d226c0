//! The list of constraints: two lines each, here and below.

use crate::schema::constraint::Constraint;

mod all_null;
mod class_balance;
mod contains;
mod contains_all;
mod decreasing;
mod distinct;
mod ends_with;
mod finite;
mod format;
mod freshness;
mod in_range;
mod increasing;
mod isin;
mod json;
mod length;
mod matches;
mod max;
mod mean;
mod median;
mod min;
mod most_common;
mod no_outliers;
mod not_matches;
mod notin;
mod null_share;
mod quantile;
mod share;
mod starts_with;
mod std;
mod sum;
mod unique;
mod z_score;

/// Every constraint, in the order of the documentation.
pub(crate) static ALL: &[&Constraint] = &[
    &in_range::CONSTRAINT,
    &isin::CONSTRAINT,
    &notin::CONSTRAINT,
    &unique::CONSTRAINT,
    &distinct::CONSTRAINT,
    &null_share::CONSTRAINT,
    &all_null::CONSTRAINT,
    &share::CONSTRAINT,
    &class_balance::CONSTRAINT,
    &contains_all::CONSTRAINT,
    &most_common::CONSTRAINT,
    &matches::CONSTRAINT,
    &not_matches::CONSTRAINT,
    &length::CONSTRAINT,
    &starts_with::CONSTRAINT,
    &ends_with::CONSTRAINT,
    &contains::CONSTRAINT,
    &json::CONSTRAINT,
    &format::CONSTRAINT,
    &freshness::CONSTRAINT,
    &mean::CONSTRAINT,
    &median::CONSTRAINT,
    &std::CONSTRAINT,
    &sum::CONSTRAINT,
    &min::CONSTRAINT,
    &max::CONSTRAINT,
    &quantile::CONSTRAINT,
    &no_outliers::CONSTRAINT,
    &z_score::CONSTRAINT,
    &finite::CONSTRAINT,
    &increasing::CONSTRAINT,
    &decreasing::CONSTRAINT,
];
