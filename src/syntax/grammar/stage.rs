//! Tables of stages.

use crate::syntax::grammar::core::ALLOW;
use crate::syntax::grammar::{Arguments, BlockRule, Kind, NODE, NodeRule, Property};

pub(crate) static STAGE: NodeRule = NodeRule {
    name: "stage",
    summary: "a step of the pipeline: a command, what it reads and what it writes",
    arguments: Arguments::One(Kind::Name),
    block: BlockRule::Fields(&[
        &DESC, &MATRIX, &CMD, &WDIR, &DEPS, &OUTS, &PARAMS, &METRICS, &PLOTS, &ENV, &RESOURCES,
        &MUTEX, &RETRY, &TIMEOUT, &FROZEN, &ALWAYS, &META, &ALLOW,
    ]),
    required: true,
    repeats: true,
    ..NODE
};

static DESC: NodeRule = NodeRule {
    name: "desc",
    summary: "what the stage does, in a sentence",
    arguments: Arguments::One(Kind::Text),
    ..NODE
};

static MATRIX: NodeRule = NodeRule {
    name: "matrix",
    summary: "runs the stage once for each combination of these values",
    block: BlockRule::Named(&AXIS),
    ..NODE
};

static AXIS: NodeRule = NodeRule {
    name: "axis",
    summary: "a name and its values",
    arguments: Arguments::Many(Kind::Scalar),
    ..NODE
};

static CMD: NodeRule = NodeRule {
    name: "cmd",
    summary: "the command; several strings run one after the other, lines of one string are a script",
    arguments: Arguments::Many(Kind::Text),
    required: true,
    ..NODE
};

static WDIR: NodeRule = NodeRule {
    name: "wdir",
    summary: "the folder in which the command runs",
    arguments: Arguments::One(Kind::Path),
    ..NODE
};

const SCHEMA_PROPERTY: Property =
    Property { name: "schema", summary: "the schema that the data has", kind: Kind::Name };

static DEPS: NodeRule = NodeRule {
    name: "deps",
    summary: "what the stage reads: files, folders, datasets, other stages' outputs",
    arguments: Arguments::Many(Kind::PathOrName),
    properties: &[SCHEMA_PROPERTY],
    repeats: true,
    ..NODE
};

const CACHE: Property = Property {
    name: "cache",
    summary: "`#false` leaves the file to git instead of the cache",
    kind: Kind::Bool,
};
const PERSIST: Property = Property {
    name: "persist",
    summary: "`#true` keeps the old output when the stage runs again",
    kind: Kind::Bool,
};
const PUSH: Property = Property {
    name: "push",
    summary: "`#false` keeps the output out of the remote",
    kind: Kind::Bool,
};
const OUT_DESC: Property =
    Property { name: "desc", summary: "what the output is", kind: Kind::Text };

/// Also of a dataset.
pub(super) const ON_FAIL: Property = Property {
    name: "on-fail",
    summary: "what follows when data breaks its schema: `stop` (the default) fails the stage, `warn` goes on, \
              `quarantine` moves the bad rows into a file beside the data and goes on",
    kind: Kind::Name,
};

static OUTS: NodeRule = NodeRule {
    name: "outs",
    summary: "what the stage writes",
    arguments: Arguments::Many(Kind::Path),
    properties: &[SCHEMA_PROPERTY, ON_FAIL, CACHE, PERSIST, PUSH, OUT_DESC],
    repeats: true,
    ..NODE
};

static PARAMS: NodeRule = NodeRule {
    name: "params",
    summary: "keys of the default params file, or a file and its keys",
    arguments: Arguments::Many(Kind::Word),
    block: BlockRule::Named(&KEY),
    repeats: true,
    ..NODE
};

static KEY: NodeRule =
    NodeRule { name: "key", summary: "a dotted key", arguments: Arguments::None, ..NODE };

static METRICS: NodeRule = NodeRule {
    name: "metrics",
    summary: "a metrics file that the stage writes",
    arguments: Arguments::Many(Kind::Path),
    properties: &[CACHE, PERSIST, PUSH, OUT_DESC],
    block: BlockRule::Fields(&[&PROVIDES]),
    repeats: true,
    ..NODE
};

static PROVIDES: NodeRule = NodeRule {
    name: "provides",
    summary: "the keys that the metrics file will hold",
    arguments: Arguments::Many(Kind::Word),
    repeats: true,
    ..NODE
};

static PLOTS: NodeRule = NodeRule {
    name: "plots",
    summary: "a table that the stage writes for plotting",
    arguments: Arguments::Many(Kind::Path),
    properties: &[
        Property { name: "template", summary: "the plot's template", kind: Kind::Word },
        Property { name: "x", summary: "the column of the x axis", kind: Kind::Word },
        Property { name: "y", summary: "the column of the y axis", kind: Kind::Word },
        Property { name: "title", summary: "the plot's title", kind: Kind::Word },
        Property { name: "x-label", summary: "the label of the x axis", kind: Kind::Word },
        Property { name: "y-label", summary: "the label of the y axis", kind: Kind::Word },
        Property { name: "header", summary: "whether the table has a header", kind: Kind::Bool },
        CACHE,
        PERSIST,
        PUSH,
        OUT_DESC,
    ],
    repeats: true,
    ..NODE
};

static ENV: NodeRule = NodeRule {
    name: "env",
    summary: "environment variables of the command: `NAME=\"value\"`",
    open: true,
    block: BlockRule::Named(&ENV_VAR),
    repeats: true,
    ..NODE
};

static ENV_VAR: NodeRule = NodeRule {
    name: "variable",
    summary: "one variable",
    arguments: Arguments::One(Kind::Scalar),
    ..NODE
};

static RESOURCES: NodeRule = NodeRule {
    name: "resources",
    summary: "what the stage needs while it runs",
    properties: &[
        Property { name: "cpus", summary: "processor cores", kind: Kind::Count },
        Property { name: "memory", summary: "main memory", kind: Kind::Size },
        Property { name: "gpus", summary: "graphics processors", kind: Kind::Count },
    ],
    ..NODE
};

static MUTEX: NodeRule = NodeRule {
    name: "mutex",
    summary: "names of things that only one stage may use at a time",
    arguments: Arguments::Many(Kind::Word),
    repeats: true,
    ..NODE
};

static RETRY: NodeRule = NodeRule {
    name: "retry",
    summary: "further attempts after a failure",
    arguments: Arguments::One(Kind::Count),
    properties: &[
        Property {
            name: "backoff",
            summary: "the pause before the second attempt; doubles each time; one second unless said",
            kind: Kind::Duration,
        },
        Property {
            name: "cap",
            summary: "the longest pause; five minutes unless said, or `backoff` when that is longer",
            kind: Kind::Duration,
        },
    ],
    ..NODE
};

static TIMEOUT: NodeRule = NodeRule {
    name: "timeout",
    summary: "the longest time that one attempt may take",
    arguments: Arguments::One(Kind::Duration),
    ..NODE
};

static FROZEN: NodeRule = NodeRule {
    name: "frozen",
    summary: "never runs: its outputs are taken as they are",
    arguments: Arguments::Optional(Kind::Bool),
    ..NODE
};

static ALWAYS: NodeRule = NodeRule {
    name: "always",
    summary: "runs every time, also when nothing changed",
    arguments: Arguments::Optional(Kind::Bool),
    ..NODE
};

static META: NodeRule = NodeRule {
    name: "meta",
    summary: "anything you want to note; carried into `dvc.yaml`",
    block: BlockRule::Free,
    ..NODE
};
