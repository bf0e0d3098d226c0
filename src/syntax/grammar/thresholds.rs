//! Tables of thresholds.

use crate::syntax::grammar::{Arguments, BlockRule, Bounds, Kind, NODE, NodeRule, Property};

pub(crate) static THRESHOLDS: NodeRule = NodeRule {
    name: "thresholds",
    summary: "what must hold before a model may go on: the gate",
    arguments: Arguments::One(Kind::Name),
    properties: &[
        Property { name: "metrics", summary: "the metrics file", kind: Kind::Path },
        Property {
            name: "baseline",
            summary: "the metrics file that `against=baseline` means",
            kind: Kind::Path,
        },
        Property {
            name: "predictions",
            summary: "the file of predictions that `confidence=` computes from",
            kind: Kind::Path,
        },
    ],
    block: BlockRule::Named(&THRESHOLD),
    repeats: true,
    required: true,
    ..NODE
};

/// One line: a metric with bounds, or one of the quantities below.
pub(crate) static THRESHOLD: NodeRule = NodeRule {
    name: "threshold",
    summary: "a metric and its bounds; with `against=`, bounds on `drop`, `rise` or `ratio`",
    properties: &[
        Property {
            name: "against",
            summary: "what it is compared with: `production`, `baseline`, or a git revision",
            kind: Kind::Word,
        },
        Property {
            name: "confidence",
            summary: "how sure the bound must be, as in `0.95`: the metric is computed from the predictions, many times",
            kind: Kind::Scalar,
        },
    ],
    bounds: Bounds::PlainOr(&["drop", "rise", "ratio"]),
    repeats: true,
    ..NODE
};

pub(crate) static SIZE: NodeRule = NodeRule {
    name: "size",
    summary: "the size of a file or folder",
    arguments: Arguments::One(Kind::Path),
    bounds: Bounds::Plain,
    repeats: true,
    ..NODE
};

pub(crate) static SLICE: NodeRule = NodeRule {
    name: "slice",
    summary: "a metric of every segment: `slice segments.country accuracy >=0.8`",
    arguments: Arguments::Many(Kind::Word),
    bounds: Bounds::Plain,
    repeats: true,
    ..NODE
};

pub(crate) static LATENCY: NodeRule = NodeRule {
    name: "latency",
    summary: "a percentile of measured durations: `latency p99 <=\"50ms\"`",
    arguments: Arguments::One(Kind::Word),
    properties: &[Property {
        name: "of",
        summary: "the file of durations, in seconds; those that the tests of the service measured unless named",
        kind: Kind::Path,
    }],
    bounds: Bounds::Plain,
    repeats: true,
    ..NODE
};
