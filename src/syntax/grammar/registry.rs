//! Tables of the registry of models.

use crate::syntax::grammar::core::ALLOW;
use crate::syntax::grammar::{Arguments, BlockRule, Kind, NODE, NodeRule, Property};

pub(crate) static REGISTRY: NodeRule = NodeRule {
    name: "registry",
    summary: "where versions of models are kept, and which",
    properties: &[Property {
        name: "file",
        summary: "the folder, which git tracks; `models/registry` unless named",
        kind: Kind::Path,
    }],
    block: BlockRule::Fields(&[&MODEL, &APPROVE_BY, &ALLOW]),
    required: true,
    ..NODE
};

static MODEL: NodeRule = NodeRule {
    name: "model",
    summary: "a model that is registered: `model churn from=\"models/churn.bin\"`",
    arguments: Arguments::One(Kind::Name),
    properties: &[
        Property {
            name: "from",
            summary: "the file or folder that is the model",
            kind: Kind::Path,
        },
        Property {
            name: "metrics",
            summary: "the metrics file that speaks of it",
            kind: Kind::Path,
        },
        Property {
            name: "requires",
            summary: "the thresholds that must hold; all of the spec unless named",
            kind: Kind::Name,
        },
    ],
    repeats: true,
    ..NODE
};

static APPROVE_BY: NodeRule = NodeRule {
    name: "approve-by",
    summary: "who may say yes before a version goes into production, as git knows them",
    arguments: Arguments::Many(Kind::Text),
    repeats: true,
    ..NODE
};
