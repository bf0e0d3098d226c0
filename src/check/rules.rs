//! The list of rules. To add one: its file, its page, and two lines here.

mod dependency_cycle;

use crate::check::Rule;

pub(crate) static RULES: &[&Rule] = &[&dependency_cycle::RULE];
