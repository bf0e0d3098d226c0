//! Tables of the sections that are neither stages nor data.

use crate::syntax::grammar::{Arguments, BlockRule, Kind, NODE, NodeRule, Property};
use crate::syntax::grammar::{ci, registry, schema, service, stage, thresholds};

/// Everything that may stand at the top level.
pub(crate) static SPEC: NodeRule = NodeRule {
    name: "spec",
    summary: "the project file",
    block: BlockRule::Fields(&[
        &MLC,
        &PROJECT,
        &INCLUDE,
        &VARS,
        &schema::SCHEMA,
        &schema::DATASET,
        &stage::STAGE,
        &thresholds::THRESHOLDS,
        &registry::REGISTRY,
        &service::SERVICE,
        &ci::CI,
        &TARGETS,
        &ALLOW,
    ]),
    ..NODE
};

pub(crate) static MLC: NodeRule = NodeRule {
    name: "mlc",
    summary: "the version of the language; the first node of the project file",
    arguments: Arguments::One(Kind::Count),
    ..NODE
};

pub(crate) static PROJECT: NodeRule = NodeRule {
    name: "project",
    summary: "the project's name and what is said of it",
    arguments: Arguments::One(Kind::Name),
    block: BlockRule::Fields(&[&DESCRIPTION, &OWNER, &DEFAULT_PARAMS, &ALLOW]),
    ..NODE
};

static DESCRIPTION: NodeRule = NodeRule {
    name: "description",
    summary: "one sentence",
    arguments: Arguments::One(Kind::Text),
    ..NODE
};

static OWNER: NodeRule = NodeRule {
    name: "owner",
    summary: "who answers for the project, an address",
    arguments: Arguments::One(Kind::Text),
    ..NODE
};

static DEFAULT_PARAMS: NodeRule = NodeRule {
    name: "params",
    summary: "the params file that stages mean by default; `params.yaml` unless named",
    arguments: Arguments::One(Kind::Path),
    ..NODE
};

pub(crate) static INCLUDE: NodeRule = NodeRule {
    name: "include",
    summary: "other files of the same language, by path or glob",
    arguments: Arguments::Many(Kind::Path),
    repeats: true,
    ..NODE
};

pub(crate) static VARS: NodeRule = NodeRule {
    name: "vars",
    summary: "values that strings take in by `{{ name }}`",
    block: BlockRule::Named(&VAR),
    repeats: true,
    ..NODE
};

static VAR: NodeRule = NodeRule {
    name: "variable",
    summary: "one value",
    arguments: Arguments::One(Kind::Scalar),
    ..NODE
};

pub(crate) static TARGETS: NodeRule = NodeRule {
    name: "targets",
    summary: "what `mlc build` writes",
    block: BlockRule::Named(&TARGET),
    ..NODE
};

static TARGET: NodeRule =
    NodeRule { name: "target", summary: "one target", arguments: Arguments::None, ..NODE };

pub(crate) static ALLOW: NodeRule = NodeRule {
    name: "allow",
    summary: "silences one rule in the node that holds it, or in the file",
    arguments: Arguments::Many(Kind::Text),
    properties: &[Property { name: "reason", summary: "why it is right here", kind: Kind::Text }],
    repeats: true,
    ..NODE
};
