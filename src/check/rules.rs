//! The list of rules. To add one: its file, its page, and two lines here.

mod bad_pattern;
mod dependency_cycle;
mod disjoint_types;
mod duplicate_threshold;
mod empty_gate;
mod empty_schema;
mod extra_argument;
mod fractional_bound;
mod impossible_value;
mod metric_scale;
mod misfit_check;
mod misfit_value;
mod missing_argument;
mod missing_column;
mod needless_bound;
mod needless_check;
mod promised_null;
mod promised_range;
mod promised_rows;
mod promised_type;
mod promised_values;
mod repeated_check;
mod repeated_value;
mod reversed_threshold;
mod schema_format;
mod self_disjoint;
mod similar_columns;
mod unknown_column;
mod unknown_drop;
mod unknown_metric;
mod unportable_pattern;
mod unproduced_metrics;
mod unproduced_size;
mod unreachable_bound;
mod unused_metrics_file;
mod unused_schema;
mod widened_column;

use crate::check::Rule;

pub(crate) static RULES: &[&Rule] = &[
    &bad_pattern::RULE,
    &dependency_cycle::RULE,
    &disjoint_types::RULE,
    &duplicate_threshold::RULE,
    &empty_gate::RULE,
    &empty_schema::RULE,
    &extra_argument::RULE,
    &fractional_bound::RULE,
    &impossible_value::RULE,
    &metric_scale::RULE,
    &misfit_check::RULE,
    &misfit_value::RULE,
    &missing_argument::RULE,
    &missing_column::RULE,
    &needless_bound::RULE,
    &needless_check::RULE,
    &promised_null::RULE,
    &promised_range::RULE,
    &promised_rows::RULE,
    &promised_type::RULE,
    &promised_values::RULE,
    &repeated_check::RULE,
    &repeated_value::RULE,
    &reversed_threshold::RULE,
    &schema_format::RULE,
    &self_disjoint::RULE,
    &similar_columns::RULE,
    &unknown_column::RULE,
    &unknown_drop::RULE,
    &unknown_metric::RULE,
    &unportable_pattern::RULE,
    &unproduced_metrics::RULE,
    &unproduced_size::RULE,
    &unreachable_bound::RULE,
    &unused_metrics_file::RULE,
    &unused_schema::RULE,
    &widened_column::RULE,
];
