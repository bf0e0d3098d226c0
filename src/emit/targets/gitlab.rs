//! `gitlab`: the pipeline for GitLab CI.

use crate::emit::{Target, ci};

pub(super) static TARGET: Target = Target {
    name: "gitlab",
    summary: "the pipeline for GitLab CI: .gitlab-ci.yml",
    paths: &[".gitlab-ci.yml"],
    emit: ci::gitlab,
    docs: include_str!("gitlab.md"),
};
