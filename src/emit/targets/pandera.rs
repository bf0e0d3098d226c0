//! `pandera`: the schemas as a module for pandera.

use crate::base::files::FileSet;
use crate::emit::{Input, Target, checks, ownership, template};
use camino::Utf8PathBuf;
use serde::Serialize;

pub(super) static TARGET: Target = Target {
    name: "pandera",
    summary: "the schemas for pandera: validation/schemas.py",
    paths: &[
        "validation/schemas.py",
        "validation/reading.py",
        "validation/relations.py",
        "validation/rules.py",
        "validation/tables.py",
    ],
    emit,
    docs: include_str!("pandera.md"),
};

#[derive(Serialize)]
struct View {
    regex: bool,
    operator: bool,
    rules: bool,
    types: String,
    nulls: String,
    schemas: String,
}

#[derive(Serialize)]
struct Relations {
    relations: String,
}

pub(super) fn emit(input: &Input<'_>) -> FileSet {
    let view = View {
        rules: checks::has_rules(input),
        regex: checks::has_patterns(input),
        operator: checks::has_negations(input),
        types: checks::types(input).render(0, 40, 0),
        nulls: checks::nulls(input).render(0, 34, 0),
        schemas: checks::pandera(input).render(0, 43, 0),
    };
    let source = include_str!("../../../templates/validation/schemas.py");
    let mut files = shared(input);
    files.extend([module("validation/schemas.py", source, view, input)]);
    files
}

/// What reads and measures, which the other modules share.
pub(super) fn shared(input: &Input<'_>) -> FileSet {
    let stamped = |path: &str, text: &str| {
        (Utf8PathBuf::from(path), ownership::stamped(text, "#", input.spec()))
    };
    let reading = include_str!("../../../templates/validation/reading.py");
    let tables = include_str!("../../../templates/validation/tables.py");
    let rules = include_str!("../../../templates/validation/rules.py");
    let mut files = FileSet::from([
        stamped("validation/reading.py", reading),
        stamped("validation/tables.py", tables),
    ]);
    if checks::has_rules(input) {
        files.extend([stamped("validation/rules.py", rules)]);
    }
    if checks::beside::has_relations(input) {
        let view = Relations { relations: checks::beside::relations(input).render(0, 45, 0) };
        let source = include_str!("../../../templates/validation/relations.py");
        files.extend([module("validation/relations.py", source, view, input)]);
    }
    files
}

/// A module from its template.
pub(in crate::emit) fn module(
    path: &str,
    source: &str,
    view: impl Serialize,
    input: &Input<'_>,
) -> (Utf8PathBuf, String) {
    let body = template::render(path, source, view)
        .expect("invariant: a view has what its template names");
    (path.into(), ownership::stamped(&body, "#", input.spec()))
}
