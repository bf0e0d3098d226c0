//! The list of rules. To add one: its file, its page, and two lines here.

mod ambiguous_instance;
mod bad_pattern;
mod bad_rule;
mod broken_link;
mod case_conflict;
mod dataset_of_stage;
mod dependency_cycle;
mod disjoint_types;
mod duplicate_threshold;
mod dvc_expression;
mod empty_command;
mod empty_gate;
mod empty_retry;
mod empty_schema;
mod escaping_link;
mod exposed_secret;
mod extra_argument;
mod fractional_bound;
mod frozen_always;
mod glob_path;
mod ignored_dependency;
mod ignored_output;
mod impossible_value;
mod linked_folder;
mod lone_mutex;
mod machine_path;
mod metric_scale;
mod misfit_check;
mod misfit_drift;
mod misfit_value;
mod missing_argument;
mod missing_column;
mod missing_data;
mod missing_file;
mod missing_wdir;
mod needless_bound;
mod needless_check;
mod nested_outputs;
mod output_in_git;
mod params_dependency;
mod promised_null;
mod promised_range;
mod promised_rows;
mod promised_type;
mod promised_values;
mod repeated_check;
mod repeated_dependency;
mod repeated_output;
mod repeated_value;
mod repeated_variable;
mod reserved_path;
mod reversed_threshold;
mod schema_format;
mod self_dependency;
mod self_disjoint;
mod shared_output;
mod shell_variable;
mod similar_columns;
mod special_file;
mod stage_without_outputs;
mod two_producers;
mod unguarded_script;
mod unknown_column;
mod unknown_drop;
mod unknown_metric;
mod unknown_script;
mod unlisted_input;
mod unlisted_script;
mod unportable_pattern;
mod unproduced_dependency;
mod unproduced_metrics;
mod unproduced_model;
mod unproduced_size;
mod unreachable_bound;
mod unused_axis;
mod unused_dataset;
mod unused_metrics_file;
mod unused_schema;
mod unused_variable;
mod variable_name;
mod widened_column;
mod windows_name;
mod zero_timeout;

use crate::check::Rule;

pub(crate) static RULES: &[&Rule] = &[
    &ambiguous_instance::RULE,
    &bad_pattern::RULE,
    &bad_rule::RULE,
    &broken_link::RULE,
    &case_conflict::RULE,
    &dataset_of_stage::RULE,
    &dependency_cycle::RULE,
    &disjoint_types::RULE,
    &duplicate_threshold::RULE,
    &dvc_expression::RULE,
    &empty_command::RULE,
    &empty_gate::RULE,
    &empty_retry::RULE,
    &empty_schema::RULE,
    &escaping_link::RULE,
    &exposed_secret::RULE,
    &extra_argument::RULE,
    &fractional_bound::RULE,
    &frozen_always::RULE,
    &glob_path::RULE,
    &ignored_dependency::RULE,
    &ignored_output::RULE,
    &impossible_value::RULE,
    &linked_folder::RULE,
    &lone_mutex::RULE,
    &machine_path::RULE,
    &metric_scale::RULE,
    &misfit_check::RULE,
    &misfit_drift::RULE,
    &misfit_value::RULE,
    &missing_argument::RULE,
    &missing_column::RULE,
    &missing_data::RULE,
    &missing_file::RULE,
    &missing_wdir::RULE,
    &needless_bound::RULE,
    &needless_check::RULE,
    &nested_outputs::RULE,
    &output_in_git::RULE,
    &params_dependency::RULE,
    &promised_null::RULE,
    &promised_range::RULE,
    &promised_rows::RULE,
    &promised_type::RULE,
    &promised_values::RULE,
    &repeated_check::RULE,
    &repeated_dependency::RULE,
    &repeated_output::RULE,
    &repeated_value::RULE,
    &repeated_variable::RULE,
    &reserved_path::RULE,
    &reversed_threshold::RULE,
    &schema_format::RULE,
    &self_dependency::RULE,
    &self_disjoint::RULE,
    &shared_output::RULE,
    &shell_variable::RULE,
    &similar_columns::RULE,
    &special_file::RULE,
    &stage_without_outputs::RULE,
    &two_producers::RULE,
    &unguarded_script::RULE,
    &unknown_column::RULE,
    &unknown_drop::RULE,
    &unknown_metric::RULE,
    &unknown_script::RULE,
    &unlisted_input::RULE,
    &unlisted_script::RULE,
    &unportable_pattern::RULE,
    &unproduced_dependency::RULE,
    &unproduced_metrics::RULE,
    &unproduced_model::RULE,
    &unproduced_size::RULE,
    &unreachable_bound::RULE,
    &unused_axis::RULE,
    &unused_dataset::RULE,
    &unused_metrics_file::RULE,
    &unused_schema::RULE,
    &unused_variable::RULE,
    &variable_name::RULE,
    &widened_column::RULE,
    &windows_name::RULE,
    &zero_timeout::RULE,
];
