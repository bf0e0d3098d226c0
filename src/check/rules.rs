//! The list of rules. To add one: its file, its page, and two lines here.

mod ambiguous_instance;
mod case_conflict;
mod dataset_of_stage;
mod dependency_cycle;
mod dvc_expression;
mod empty_command;
mod empty_retry;
mod frozen_always;
mod nested_outputs;
mod repeated_dependency;
mod repeated_output;
mod self_dependency;
mod shared_output;
mod shell_variable;
mod stage_without_outputs;
mod two_producers;
mod unused_axis;
mod unused_dataset;
mod unused_variable;
mod zero_timeout;

use crate::check::Rule;

pub(crate) static RULES: &[&Rule] = &[
    &ambiguous_instance::RULE,
    &case_conflict::RULE,
    &dataset_of_stage::RULE,
    &dependency_cycle::RULE,
    &dvc_expression::RULE,
    &empty_command::RULE,
    &empty_retry::RULE,
    &frozen_always::RULE,
    &nested_outputs::RULE,
    &repeated_dependency::RULE,
    &repeated_output::RULE,
    &self_dependency::RULE,
    &shared_output::RULE,
    &shell_variable::RULE,
    &stage_without_outputs::RULE,
    &two_producers::RULE,
    &unused_axis::RULE,
    &unused_dataset::RULE,
    &unused_variable::RULE,
    &zero_timeout::RULE,
];
