//! Tables of schemas and datasets.

use crate::syntax::grammar::core::ALLOW;
use crate::syntax::grammar::stage::ON_FAIL;
use crate::syntax::grammar::{Arguments, BlockRule, Bounds, Kind, NODE, NodeRule, Property};

pub(crate) static SCHEMA: NodeRule = NodeRule {
    name: "schema",
    summary: "what a table must look like",
    arguments: Arguments::One(Kind::Name),
    properties: &[Property {
        name: "extends",
        summary: "the schema whose columns this one starts from",
        kind: Kind::Name,
    }],
    block: BlockRule::Fields(&[
        &ROWS,
        &NULLS,
        &STRICT,
        &ORDERED,
        &UNIQUE_TOGETHER,
        &UNIQUE_ROWS,
        &RULE,
        &CORRELATION,
        &DROP,
        &COLUMNS,
        &ALLOW,
    ]),
    repeats: true,
    ..NODE
};

static ROWS: NodeRule = NodeRule {
    name: "rows",
    summary: "bounds on the number of rows",
    bounds: Bounds::Plain,
    ..NODE
};

static NULLS: NodeRule = NodeRule {
    name: "nulls",
    summary: "fields of text files that mean that a value is missing, beside the empty one",
    arguments: Arguments::Many(Kind::Word),
    repeats: true,
    ..NODE
};

static STRICT: NodeRule =
    NodeRule { name: "strict", summary: "the data has no other columns", ..NODE };

static ORDERED: NodeRule = NodeRule {
    name: "ordered",
    summary: "the columns stand in the order of the schema, others aside",
    ..NODE
};

static UNIQUE_TOGETHER: NodeRule = NodeRule {
    name: "unique-together",
    summary: "no two rows have the same values in all of these columns; what is missing differs",
    arguments: Arguments::Many(Kind::Word),
    properties: &[MOSTLY, SEVERITY],
    repeats: true,
    ..NODE
};

static UNIQUE_ROWS: NodeRule = NodeRule {
    name: "unique-rows",
    summary: "no two rows are the same in all columns of the schema",
    properties: &[MOSTLY, SEVERITY],
    ..NODE
};

static RULE: NodeRule = NodeRule {
    name: "rule",
    summary: "what each row must keep: `rule \"end >= start\"`",
    arguments: Arguments::One(Kind::Text),
    properties: &[
        Property {
            name: "when",
            summary: "for which rows it counts: a rule, too",
            kind: Kind::Text,
        },
        MOSTLY,
        SEVERITY,
    ],
    repeats: true,
    ..NODE
};

static CORRELATION: NodeRule = NodeRule {
    name: "correlation",
    summary: "how much two columns move together, from -1 to 1: `correlation score age <=0.5`",
    arguments: Arguments::Many(Kind::Word),
    properties: &[SEVERITY],
    bounds: Bounds::Plain,
    repeats: true,
    ..NODE
};

const MOSTLY: Property = Property {
    name: "mostly",
    summary: "the share of the values that must pass at least, if not all",
    kind: Kind::Scalar,
};

const SEVERITY: Property = Property {
    name: "severity",
    summary: "`warning` for a check that is told and stops nothing",
    kind: Kind::Name,
};

static DROP: NodeRule = NodeRule {
    name: "drop",
    summary: "columns of the extended schema that this one does not have",
    arguments: Arguments::Many(Kind::Word),
    repeats: true,
    ..NODE
};

static COLUMNS: NodeRule = NodeRule {
    name: "columns",
    summary: "one line a column: name, type, bounds, checks",
    block: BlockRule::Named(&COLUMN),
    repeats: true,
    ..NODE
};

/// A column: its name is the node's name.
pub(crate) static COLUMN: NodeRule = NodeRule {
    name: "column",
    summary: "name, type (`?` = values may be missing), bounds on every value",
    arguments: Arguments::One(Kind::Word),
    bounds: Bounds::Plain,
    block: BlockRule::Named(&CHECK),
    ..NODE
};

/// A check in a column's block: its name is that of a constraint.
pub(crate) static CHECK: NodeRule = NodeRule {
    name: "check",
    summary: "a constraint with its values or bounds",
    arguments: Arguments::Any(Kind::Scalar),
    properties: &[MOSTLY, SEVERITY],
    bounds: Bounds::Plain,
    repeats: true,
    ..NODE
};

pub(crate) static DATASET: NodeRule = NodeRule {
    name: "dataset",
    summary: "data that no stage makes: name and path",
    arguments: Arguments::Many(Kind::Word),
    properties: &[
        Property { name: "schema", summary: "what is demanded of the data", kind: Kind::Name },
        ON_FAIL,
    ],
    block: BlockRule::Fields(&[&DISJOINT, &AFTER, &REFERENCES, &DRIFT, &ALLOW]),
    repeats: true,
    ..NODE
};

static DISJOINT: NodeRule = NodeRule {
    name: "disjoint",
    summary: "no value of this column may occur in the other dataset: a guard against leakage",
    arguments: Arguments::Many(Kind::Word),
    properties: &[Property { name: "with", summary: "the other dataset", kind: Kind::Name }],
    repeats: true,
    ..NODE
};

const WITH: Property = Property { name: "with", summary: "the other dataset", kind: Kind::Name };

const OTHER: Property = Property {
    name: "column",
    summary: "the column of the other dataset, where it has another name",
    kind: Kind::Word,
};

static AFTER: NodeRule = NodeRule {
    name: "after",
    summary: "each value of this column lies behind all of the other dataset: no look into the future",
    arguments: Arguments::One(Kind::Word),
    properties: &[WITH, OTHER, SEVERITY],
    repeats: true,
    ..NODE
};

static REFERENCES: NodeRule = NodeRule {
    name: "references",
    summary: "each value of this column occurs in the other dataset",
    arguments: Arguments::One(Kind::Word),
    properties: &[WITH, OTHER, SEVERITY],
    repeats: true,
    ..NODE
};

static DRIFT: NodeRule = NodeRule {
    name: "drift",
    summary: "how far a column may have moved from the other dataset: method, column, bounds",
    arguments: Arguments::Many(Kind::Word),
    properties: &[
        WITH,
        OTHER,
        Property {
            name: "bins",
            summary: "how many bins of equal width, for `psi`, `kl` and `jensen-shannon` of numbers",
            kind: Kind::Count,
        },
        SEVERITY,
    ],
    bounds: Bounds::Plain,
    repeats: true,
    ..NODE
};
