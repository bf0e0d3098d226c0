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
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b),
            (&Self::Int(a), &Self::Float(b)) => compare(a, b),
            (&Self::Float(a), &Self::Int(b)) => compare(b, a).map(Ordering::reverse),
        }
    }
}

/// Compares without rounding the integer: above 2^53 a float has no room for all of them.
#[expect(clippy::cast_possible_truncation, reason = "the guards keep the float within i128")]
fn compare(int: i128, float: f64) -> Option<Ordering> {
    const TWO_POW_127: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    if float.is_nan() {
        return None;
    }
    if float >= TWO_POW_127 {
        return Some(Ordering::Less);
    }
    if float < -TWO_POW_127 {
        return Some(Ordering::Greater);
    }
    let whole = float.floor();
    let fraction = if float > whole { Ordering::Less } else { Ordering::Equal };
    Some(int.cmp(&(whole as i128)).then(fraction))
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            // All digits of what is very large or very small nobody can count.
            Self::Float(value) if *value != 0.0 && !(1e-5..1e16).contains(&value.abs()) => {
                write!(f, "{value:e}")
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_floats_compare_exactly() {
        let big = 1_i128 << 53;
        for (int, float, want) in [
            (1, 1.0, Ordering::Equal),
            (1, 1.5, Ordering::Less),
            (-1, -1.5, Ordering::Greater),
            (big + 1, big as f64, Ordering::Greater),
            (i128::MAX, f64::INFINITY, Ordering::Less),
            (i128::MIN, f64::NEG_INFINITY, Ordering::Greater),
            (i128::MIN, -170_141_183_460_469_231_731_687_303_715_884_105_728.0, Ordering::Equal),
        ] {
            let (int, float) = (Number::Int(int), Number::Float(float));
            assert_eq!(int.partial_cmp(&float), Some(want), "{int} {float}");
            assert_eq!(float.partial_cmp(&int), Some(want.reverse()), "{float} {int}");
        }
        assert_eq!(Number::Int(1).partial_cmp(&Number::Float(f64::NAN)), None);
    }
}
