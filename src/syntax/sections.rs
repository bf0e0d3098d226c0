//! The names of sections: built now, coming later. The splitter and the reader share them.

/// Sections that exist, in the order a spec usually has them.
pub(crate) const SECTIONS: &[&str] = &[
    "mlc",
    "project",
    "include",
    "vars",
    "params",
    "schema",
    "dataset",
    "stage",
    "thresholds",
    "registry",
    "service",
    "ci",
    "targets",
    "allow",
];

/// Sections of the language that this version does not build yet.
pub(crate) const LATER: &[&str] = &["rollout", "monitor", "baseline", "retrain"];

/// Nodes that have nothing but a block.
pub(crate) const BLOCK_ONLY: &[&str] = &["targets", "matrix", "columns", "vars"];

/// Fields of a stage that another field of it never has as a value.
pub(crate) const STAGE_FIELDS: &[&str] = &[
    "cmd",
    "wdir",
    "deps",
    "outs",
    "params",
    "metrics",
    "plots",
    "retry",
    "timeout",
    "matrix",
    "resources",
    "mutex",
    "desc",
];

/// Checks of a column that tell by their name that a block should begin.
pub(crate) const CHECKS: &[&str] = &[
    "isin",
    "notin",
    "unique",
    "mean",
    "std",
    "median",
    "matches",
    "length",
    "starts-with",
    "ends-with",
    "contains",
    "null-share",
    "distinct",
    "quantile",
    "share",
];

/// Whether a line at the left margin starts a section.
pub(crate) fn starts_section(line: &str) -> bool {
    let name = first_word(line);
    SECTIONS.contains(&name) || LATER.contains(&name)
}

fn first_word(line: &str) -> &str {
    line.split([' ', '\t', '\r', '\n', '{', '"', ';']).next().unwrap_or_default()
}
