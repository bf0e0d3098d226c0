//! Bounds as mathematics writes them: `>=18`, `<0.9`. One type for every layer.

use crate::base::source::Span;
use std::cmp::Ordering;
use std::fmt;

/// The comparison of a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Op {
    Ge,
    Gt,
    Le,
    Lt,
}

impl Op {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ge => ">=",
            Self::Gt => ">",
            Self::Le => "<=",
            Self::Lt => "<",
        }
    }

    /// Whether it bounds from below.
    pub(crate) fn is_lower(self) -> bool {
        matches!(self, Self::Ge | Self::Gt)
    }

    /// Whether the bound itself is excluded.
    pub(crate) fn is_strict(self) -> bool {
        matches!(self, Self::Gt | Self::Lt)
    }
}

/// A number that remembers whether it was written as an integer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "callers that need exact integers match on Int")]
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Float(value) => value,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
        }
    }
}

/// A comparison with a number. Units are already resolved: seconds, bytes, fractions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bound {
    pub(crate) op: Op,
    pub(crate) value: Number,
    /// The whole bound, operator and value.
    pub(crate) span: Span,
}

impl Bound {
    pub(crate) fn holds(&self, value: f64) -> bool {
        let limit = self.value.as_f64();
        match self.op {
            Op::Ge => value >= limit,
            Op::Gt => value > limit,
            Op::Le => value <= limit,
            Op::Lt => value < limit,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.op.as_str(), self.value)
    }
}
