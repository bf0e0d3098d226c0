//! Tables of the registry of models.

use crate::syntax::grammar::core::ALLOW;
use crate::syntax::grammar::{Arguments, BlockRule, Kind, NODE, NodeRule, Property};

pub(crate) static REGISTRY: NodeRule = NodeRule {
    name: "registry",
    summary: "where versions of models are kept, and which",
    properties: &[
        Property {
            name: "file",
            summary: "the folder, which git tracks; `models/registry` unless named",
            kind: Kind::Path,
        },
        Property {
            name: "mlflow",
            summary: "a server that versions are brought to, too: `env:VARIABLE` or an address",
            kind: Kind::Word,
        },
    ],
    block: BlockRule::Fields(&[&MODEL, &APPROVE_BY, &SIGNED_BY, &MLFLOW, &ALLOW]),
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

static SIGNED_BY: NodeRule = NodeRule {
    name: "signed-by",
    summary: "the file of allowed signers (of SSH): versions must be signed by one of them",
    arguments: Arguments::One(Kind::Path),
    ..NODE
};

static MLFLOW: NodeRule = NodeRule {
    name: "mlflow",
    summary: "a server that versions are brought to, too: `mlflow env=MLFLOW_TRACKING_URI`",
    arguments: Arguments::Optional(Kind::Text),
    properties: &[
        Property { name: "env", summary: "the variable that says where it is", kind: Kind::Name },
        Property {
            name: "experiment",
            summary: "the experiment that runs belong to; the name of the project unless said",
            kind: Kind::Text,
        },
    ],
    ..NODE
};
