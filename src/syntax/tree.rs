//! The light tree that the reader walks: nodes, values, bounds, all with places.
//!
//! KDL reads `>=18` as the property `>` with the value 18 and `>0` as a string. Here both are
//! bounds, and no later layer knows of it.

use crate::base::bound::Op;
use crate::base::source::{Span, Spanned};

/// A node with its values and its block.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) name: Spanned<String>,
    pub(crate) entries: Vec<Entry>,
    /// `None` without a block; an empty block is an empty list.
    pub(crate) block: Option<Block>,
    /// From the name to the end of the block.
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) nodes: Vec<Node>,
    /// The braces and all between them.
    pub(crate) span: Span,
}

/// What follows a node's name.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Argument(Literal),
    Property { key: Spanned<String>, value: Literal, span: Span },
    Bound(RawBound),
}

/// A comparison as written: `>=18`, `drop<=0.02`, `<"50ms"`.
#[derive(Clone, Debug)]
pub(crate) struct RawBound {
    /// `drop` in `drop<=0.02`.
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) op: Op,
    pub(crate) value: Literal,
    pub(crate) span: Span,
}

/// A value and how it is written.
#[derive(Clone, Debug)]
pub(crate) struct Literal {
    pub(crate) value: Scalar,
    /// A string without quotes.
    pub(crate) bare: bool,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(String),
}

impl Literal {
    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Scalar::Str(text) = &self.value { Some(text) } else { None }
    }

    /// The text of a quoted string.
    pub(crate) fn quoted(&self) -> Option<&str> {
        self.as_str().filter(|_| !self.bare)
    }

    /// The text of a word without quotes.
    pub(crate) fn word(&self) -> Option<&str> {
        self.as_str().filter(|_| self.bare)
    }
}

impl Entry {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Argument(literal) => literal.span,
            Self::Property { span, .. } => *span,
            Self::Bound(bound) => bound.span,
        }
    }
}
