//! The shape of the language as tables: which nodes exist, what they take, what it means.
//!
//! One set of tables drives validation, the reference in the book, and later completion and hover.

pub(crate) mod ci;
pub(crate) mod core;
pub(crate) mod registry;
pub(crate) mod schema;
pub(crate) mod service;
pub(crate) mod stage;
pub(crate) mod thresholds;

/// One kind of node.
#[derive(Debug)]
pub(crate) struct NodeRule {
    pub(crate) name: &'static str,
    /// One line for the reference and for hover.
    pub(crate) summary: &'static str,
    pub(crate) arguments: Arguments,
    /// Each may also be written as a line of the block.
    pub(crate) properties: &'static [Property],
    /// Whether properties may have any name, as in `env`.
    pub(crate) open: bool,
    pub(crate) bounds: Bounds,
    pub(crate) block: BlockRule,
    /// Whether it may stand several times in one block.
    pub(crate) repeats: bool,
    /// Whether its block is needed (for sections) or the node itself (for fields).
    pub(crate) required: bool,
}

/// A rule with nothing in it, to be filled by `..NODE`.
pub(crate) const NODE: NodeRule = NodeRule {
    name: "",
    summary: "",
    arguments: Arguments::None,
    properties: &[],
    open: false,
    bounds: Bounds::None,
    block: BlockRule::None,
    repeats: false,
    required: false,
};

/// What follows the name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arguments {
    None,
    One(Kind),
    Optional(Kind),
    /// At least one.
    Many(Kind),
    /// Any number, also none.
    Any(Kind),
}

/// Which comparisons a node takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bounds {
    None,
    /// `>=18`
    Plain,
    /// `>=18`, and bounds on these quantities: `drop<=0.02`.
    PlainOr(&'static [&'static str]),
}

/// What stands in the block.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BlockRule {
    /// No block, but for properties written as lines.
    None,
    /// These fields.
    Fields(&'static [&'static NodeRule]),
    /// Nodes whose names the user chooses, all of this shape.
    Named(&'static NodeRule),
    /// Anything.
    Free,
}

/// A `key=value` of a node.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) kind: Kind,
}

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `[A-Za-z_][A-Za-z0-9_-]*`, bare or quoted.
    Name,
    /// A word or a string: column names, keys.
    Word,
    /// A quoted path.
    Path,
    /// A quoted path, or the bare name of a dataset or stage.
    PathOrName,
    /// A quoted string.
    Text,
    Bool,
    /// A whole number, not negative.
    Count,
    Duration,
    Size,
    /// Any literal.
    Scalar,
}

impl Kind {
    /// What a user would call it, with an article.
    pub(crate) fn said(self) -> &'static str {
        match self {
            Self::Name => "a name",
            Self::Word => "a name or a string",
            Self::Path => "a quoted path",
            Self::PathOrName => "a quoted path or the name of a dataset or stage",
            Self::Text => "a quoted string",
            Self::Bool => "`#true` or `#false`",
            Self::Count => "a whole number",
            Self::Duration => "a duration such as `\"30s\"`",
            Self::Size => "a size such as `\"4GiB\"`",
            Self::Scalar => "a value",
        }
    }
}

impl NodeRule {
    pub(crate) fn property(&self, name: &str) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    pub(crate) fn field(&self, name: &str) -> Option<&'static Self> {
        match self.block {
            BlockRule::Fields(fields) => fields.iter().find(|field| field.name == name).copied(),
            BlockRule::None | BlockRule::Named(_) | BlockRule::Free => None,
        }
    }

    /// Names that may stand in the block.
    pub(crate) fn field_names(&self) -> Vec<&'static str> {
        let fields = match self.block {
            BlockRule::Fields(fields) => fields,
            BlockRule::None | BlockRule::Named(_) | BlockRule::Free => &[],
        };
        let names = fields.iter().map(|field| field.name);
        names.chain(self.properties.iter().map(|property| property.name)).collect()
    }
}
