//! A rule, row by row.

use crate::base::bound::Number;
use crate::schema::rule::{Arithmetic, Compare, Rule, Term};
use crate::schema::watch::Datum;
use std::cmp::Ordering;

/// A value; `None` where it is missing, or unknown because something is.
type Value<'a> = Option<Datum<'a>>;

impl Rule {
    /// Whether the rule holds for a row, whose values stand as the columns of the rule do. `None`
    /// when that is unknown.
    pub(crate) fn holds(&self, row: &[Value<'_>]) -> Option<bool> {
        truth(&self.term, row)
    }
}

fn truth(term: &Term, row: &[Value<'_>]) -> Option<bool> {
    match term {
        Term::And(left, right) => match (truth(left, row), truth(right, row)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Term::Or(left, right) => match (truth(left, row), truth(right, row)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Term::Not(inner) => truth(inner, row).map(|it| !it),
        Term::IsNull(inner) => Some(value(inner, row).is_none()),
        Term::Compare(compare, left, right) => {
            let order = order(value(left, row)?, value(right, row)?)?;
            Some(match compare {
                Compare::Eq => order.is_eq(),
                Compare::Ne => order.is_ne(),
                Compare::Lt => order.is_lt(),
                Compare::Le => order.is_le(),
                Compare::Gt => order.is_gt(),
                Compare::Ge => order.is_ge(),
            })
        }
        Term::In(left, values) => {
            let left = value(left, row)?;
            let same =
                |it: &Term| value(it, row).and_then(|it| order(left, it)) == Some(Ordering::Equal);
            Some(values.iter().any(same))
        }
        Term::Flag(flag) => Some(*flag),
        Term::Column(_) => match value(term, row)? {
            Datum::Bool(flag) => Some(flag),
            Datum::Int(_) | Datum::Float(_) | Datum::Text(_) => None,
        },
        // Terms of other kinds are refused where a truth is needed.
        Term::Number(_)
        | Term::Text(_)
        | Term::Moment(..)
        | Term::Negative(_)
        | Term::Absolute(_)
        | Term::Length(_)
        | Term::Arithmetic(..) => None,
    }
}

fn value<'a>(term: &'a Term, row: &[Value<'a>]) -> Value<'a> {
    match term {
        Term::Column(place) => row.get(*place).copied().flatten(),
        Term::Number(number) | Term::Moment(number, _) => Some(datum(*number)),
        Term::Text(text) => Some(Datum::Text(text)),
        Term::Negative(inner) => match value(inner, row)? {
            Datum::Int(it) => Some(Datum::Int(it.checked_neg()?)),
            Datum::Float(it) => Some(Datum::Float(-it)),
            Datum::Bool(_) | Datum::Text(_) => None,
        },
        Term::Absolute(inner) => match value(inner, row)? {
            Datum::Int(it) => Some(Datum::Int(it.checked_abs()?)),
            Datum::Float(it) => Some(Datum::Float(it.abs())),
            Datum::Bool(_) | Datum::Text(_) => None,
        },
        Term::Length(inner) => match value(inner, row)? {
            Datum::Text(text) => Some(Datum::Int(text.chars().count() as i128)),
            Datum::Int(_) | Datum::Float(_) | Datum::Bool(_) => None,
        },
        Term::Arithmetic(operation, left, right) => {
            computed(*operation, value(left, row)?.number()?, value(right, row)?.number()?)
        }
        Term::Flag(_)
        | Term::Compare(..)
        | Term::In(..)
        | Term::IsNull(_)
        | Term::Not(_)
        | Term::And(..)
        | Term::Or(..) => truth(term, row).map(Datum::Bool),
    }
}

fn datum(number: Number) -> Datum<'static> {
    match number {
        Number::Int(value) => Datum::Int(value),
        Number::Float(value) => Datum::Float(value),
    }
}

/// Whole numbers stay exact as long as 128 bits hold them. What is no number is missing.
fn computed(operation: Arithmetic, left: Number, right: Number) -> Value<'static> {
    if let (Number::Int(left), Number::Int(right)) = (left, right) {
        let whole = match operation {
            Arithmetic::Plus => left.checked_add(right),
            Arithmetic::Minus => left.checked_sub(right),
            Arithmetic::Times => left.checked_mul(right),
            Arithmetic::Over => None,
        };
        if let Some(whole) = whole {
            return Some(Datum::Int(whole));
        }
    }
    let (left, right) = (left.as_f64(), right.as_f64());
    let result = match operation {
        Arithmetic::Plus => left + right,
        Arithmetic::Minus => left - right,
        Arithmetic::Times => left * right,
        Arithmetic::Over if right == 0.0 => return None,
        Arithmetic::Over => left / right,
    };
    (!result.is_nan()).then_some(Datum::Float(result))
}

fn order(left: Datum<'_>, right: Datum<'_>) -> Option<Ordering> {
    match (left, right) {
        (Datum::Text(left), Datum::Text(right)) => Some(left.cmp(right)),
        (Datum::Bool(left), Datum::Bool(right)) => Some(left.cmp(&right)),
        _ => left.number()?.partial_cmp(&right.number()?),
    }
}
