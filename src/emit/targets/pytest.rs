//! `pytest`: a test for each check of data, each threshold, and the service.

use crate::base::files::FileSet;
use crate::emit::targets::pandera::{self, module};
use crate::emit::{Input, Target, checks, harness};
use serde::Serialize;

pub(super) static TARGET: Target = Target {
    name: "pytest",
    summary: "a test for each check of data, threshold and service: tests/mlc",
    paths: &[
        "tests/mlc/test_data.py",
        "tests/mlc/test_model.py",
        "tests/mlc/test_service.py",
        "validation/schemas.py",
        "validation/reading.py",
        "validation/relations.py",
        "validation/rules.py",
        "validation/tables.py",
    ],
    emit,
    docs: include_str!("pytest.md"),
};

#[derive(Serialize)]
struct View {
    checks: String,
    has_relations: bool,
    relations: String,
}

fn emit(input: &Input<'_>) -> FileSet {
    let view = View {
        checks: checks::tests(input).render(0, 54, 0),
        has_relations: checks::beside::has_relations(input),
        relations: checks::beside::tests(input).render(0, 35, 0),
    };
    let source = include_str!("../../../templates/validation/test_data.py");
    let mut files = pandera::emit(input);
    files.extend([module("tests/mlc/test_data.py", source, view, input)]);
    files.extend(harness::emit(input));
    files
}
