//! Tables of the service that answers requests.

use crate::syntax::grammar::core::ALLOW;
use crate::syntax::grammar::{Arguments, BlockRule, Bounds, Kind, NODE, NodeRule, Property};

pub(crate) static SERVICE: NodeRule = NodeRule {
    name: "service",
    summary: "what answers requests with the predictions of a model",
    arguments: Arguments::One(Kind::Name),
    block: BlockRule::Fields(&[
        &MODEL, &CODE, &INPUT, &PYTHON, &URL, &HEALTH, &PREDICT, &LATENCY, &ALLOW,
    ]),
    required: true,
    ..NODE
};

static MODEL: NodeRule = NodeRule {
    name: "model",
    summary: "the file or folder that is the model",
    arguments: Arguments::One(Kind::Path),
    required: true,
    ..NODE
};

static CODE: NodeRule = NodeRule {
    name: "code",
    summary: "a module with `load(path)` and `predict(model, rows)`; joblib and `model.predict` unless named",
    arguments: Arguments::One(Kind::Path),
    ..NODE
};

static INPUT: NodeRule = NodeRule {
    name: "input",
    summary: "the schema of a request",
    arguments: Arguments::One(Kind::Name),
    properties: &[Property {
        name: "target",
        summary: "the column that is predicted: no request has it",
        kind: Kind::Word,
    }],
    ..NODE
};

static PYTHON: NodeRule = NodeRule {
    name: "python",
    summary: "the version of Python that the image has; that of `ci` unless said",
    arguments: Arguments::One(Kind::Text),
    properties: &[Property {
        name: "requirements",
        summary: "the file of packages that the model needs",
        kind: Kind::Path,
    }],
    ..NODE
};

static URL: NodeRule = NodeRule {
    name: "url",
    summary: "where the service runs: `url env=SERVING_URL`",
    properties: &[Property {
        name: "env",
        summary: "the variable that says where; tests start the service themselves where it is not set",
        kind: Kind::Name,
    }],
    ..NODE
};

static HEALTH: NodeRule = NodeRule {
    name: "health",
    summary: "the path that tells whether it is well; `/health` unless said",
    arguments: Arguments::One(Kind::Text),
    ..NODE
};

static PREDICT: NodeRule = NodeRule {
    name: "predict",
    summary: "the path that predicts; `/predict` unless said",
    arguments: Arguments::One(Kind::Text),
    properties: &[
        Property {
            name: "sample",
            summary: "a file with a request as JSON, for tests",
            kind: Kind::Path,
        },
        Property {
            name: "expects",
            summary: "the field of the answer that holds the prediction; `prediction` unless said",
            kind: Kind::Name,
        },
    ],
    ..NODE
};

static LATENCY: NodeRule = NodeRule {
    name: "latency",
    summary: "how long an answer may take: `latency p99 <=\"50ms\"`",
    arguments: Arguments::One(Kind::Word),
    bounds: Bounds::Plain,
    repeats: true,
    ..NODE
};
