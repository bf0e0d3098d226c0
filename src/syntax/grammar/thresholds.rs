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
    properties: &[Property {
        name: "against",
        summary: "what it is compared with: `production`, `baseline`, or a git revision",
        kind: Kind::Word,
    }],
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
