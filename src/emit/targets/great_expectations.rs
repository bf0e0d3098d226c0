//! `great-expectations`: the schemas as suites and checkpoints for Great Expectations.

use crate::base::files::FileSet;
use crate::emit::targets::pandera::{module, shared};
use crate::emit::{Input, Target, checks};
use serde::Serialize;

pub(super) static TARGET: Target = Target {
    name: "great-expectations",
    summary: "the schemas for Great Expectations: validation/expectations.py",
    paths: &[
        "validation/expectations.py",
        "validation/reading.py",
        "validation/relations.py",
        "validation/rules.py",
        "validation/tables.py",
    ],
    emit,
    docs: include_str!("great_expectations.md"),
};

#[derive(Serialize)]
struct View {
    regex: bool,
    operator: bool,
    types: String,
    nulls: String,
    warnings: String,
    data: String,
    has_rules: bool,
    has_relations: bool,
    rules: String,
    measures: String,
    expectations: String,
}

fn emit(input: &Input<'_>) -> FileSet {
    let view = View {
        has_rules: checks::has_rules(input),
        has_relations: checks::beside::has_relations(input),
        regex: checks::has_patterns(input),
        operator: checks::has_negations(input),
        types: checks::types(input).render(0, 40, 0),
        nulls: checks::nulls(input).render(0, 34, 0),
        warnings: checks::warnings(input).render(0, 37, 0),
        data: checks::places(input).render(0, 36, 0),
        rules: checks::rules(input).render(0, 36, 0),
        measures: checks::measures(input).render(0, 42, 0),
        expectations: checks::expectations(input).render(0, 47, 0),
    };
    let source = include_str!("../../../templates/validation/expectations.py");
    let mut files = shared(input);
    files.extend([module("validation/expectations.py", source, view, input)]);
    files
}
