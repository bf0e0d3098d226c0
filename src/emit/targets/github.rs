//! `github`: the workflow for GitHub Actions.

use crate::emit::{Target, ci};

pub(super) static TARGET: Target = Target {
    name: "github",
    summary: "the workflow for GitHub Actions: .github/workflows/mlc.yml",
    paths: &[".github/workflows/mlc.yml"],
    emit: ci::github,
    docs: include_str!("github.md"),
};
