//! The list of rules. To add one: its file, its page, and two lines here.

mod ambiguous_instance;
mod broken_link;
mod case_conflict;
mod dataset_of_stage;
mod dependency_cycle;
mod dvc_expression;
mod empty_command;
mod empty_retry;
mod escaping_link;
mod frozen_always;
mod glob_path;
mod ignored_dependency;
mod ignored_output;
mod linked_folder;
mod missing_data;
mod missing_wdir;
mod nested_outputs;
mod output_in_git;
mod params_dependency;
mod repeated_dependency;
mod repeated_output;
mod reserved_path;
mod self_dependency;
mod shared_output;
mod shell_variable;
mod special_file;
mod stage_without_outputs;
mod two_producers;
mod unproduced_dependency;
mod unused_axis;
mod unused_dataset;
mod unused_variable;
mod windows_name;
mod zero_timeout;

use crate::check::Rule;

pub(crate) static RULES: &[&Rule] = &[
    &ambiguous_instance::RULE,
    &broken_link::RULE,
    &case_conflict::RULE,
    &dataset_of_stage::RULE,
    &dependency_cycle::RULE,
    &dvc_expression::RULE,
    &empty_command::RULE,
    &empty_retry::RULE,
    &escaping_link::RULE,
    &frozen_always::RULE,
    &glob_path::RULE,
    &ignored_dependency::RULE,
    &ignored_output::RULE,
    &linked_folder::RULE,
    &missing_data::RULE,
    &missing_wdir::RULE,
    &nested_outputs::RULE,
    &output_in_git::RULE,
    &params_dependency::RULE,
    &repeated_dependency::RULE,
    &repeated_output::RULE,
    &reserved_path::RULE,
    &self_dependency::RULE,
    &shared_output::RULE,
    &shell_variable::RULE,
    &special_file::RULE,
    &stage_without_outputs::RULE,
    &two_producers::RULE,
    &unproduced_dependency::RULE,
    &unused_axis::RULE,
    &unused_dataset::RULE,
    &unused_variable::RULE,
    &windows_name::RULE,
    &zero_timeout::RULE,
];
