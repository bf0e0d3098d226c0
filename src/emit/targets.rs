//! The list of targets. To add one: its file, its page, two lines here, and its name in
//! `model::known_targets`.

mod dvc;
mod github;
mod gitlab;
mod great_expectations;
mod pandera;
mod pytest;
mod service;

pub(super) use pandera::module;

use crate::emit::Target;

pub(crate) static TARGETS: &[&Target] = &[
    &dvc::TARGET,
    &github::TARGET,
    &gitlab::TARGET,
    &great_expectations::TARGET,
    &pandera::TARGET,
    &pytest::TARGET,
    &service::TARGET,
];

pub(crate) fn find(name: &str) -> Option<&'static Target> {
    TARGETS.iter().copied().find(|target| target.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::known_targets;

    #[test]
    fn specs_know_exactly_these_targets() {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        assert_eq!(names, known_targets::TARGETS);
    }
}
