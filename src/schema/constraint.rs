//! What a constraint is, and how to find one. The constraints themselves are in `constraints`.

use crate::schema::column::{Check, ColumnType, Scalar};
use crate::schema::constraints::ALL;
use crate::schema::domain::Domain;
use crate::schema::python::Form;
use crate::schema::range::Scale;
use crate::schema::watch::Watch;

/// A kind of check on a column. To add one: a file and its page in `constraints/`, and two lines
/// in `constraints.rs`.
pub(crate) struct Constraint {
    /// As the language spells it; also its page, its anchor in the book, its slug.
    pub(crate) name: &'static str,
    /// One line, lower case, states what holds.
    pub(crate) summary: &'static str,
    pub(crate) scope: Scope,
    pub(crate) applies: Applies,
    pub(crate) arguments: Arguments,
    pub(crate) bounds: Bounds,
    /// Whether a column may have several, all of which must hold.
    pub(crate) repeatable: bool,
    /// Whether a value passes. Unknown when that takes the whole column.
    pub(crate) holds: fn(&Check, &Scalar, ColumnType) -> Verdict,
    /// Whether every column of the domain passes. Asked when trying each value cannot tell.
    pub(crate) implied: fn(&Domain<'_>, &Check) -> Verdict,
    /// Follows the values of a column.
    pub(crate) watch: fn(&Check, ColumnType) -> Box<dyn Watch>,
    /// The same check in Python.
    pub(crate) python: fn(&Check, ColumnType) -> Form,
    /// The page, in Markdown.
    pub(crate) docs: &'static str,
}

impl Constraint {
    /// Whether each value passes or fails by itself, so that a list of values can be tried.
    pub(crate) fn is_by_value(&self) -> bool {
        self.scope == Scope::Value
    }

    /// Whether the check counts values that fail, so that most may be enough.
    pub(crate) fn counts_values(&self, check: &Check) -> bool {
        match self.scope {
            Scope::Value => true,
            // Only bounds that may be left out are on a quantity.
            Scope::Row => check.bounds.is_empty() || !matches!(self.bounds, Bounds::Optional(_)),
            Scope::Column => false,
        }
    }
}

/// What a constraint looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Each value by itself; holds for a column without values.
    Value,
    /// Each value beside others, unless a bound makes it a quantity of the column.
    Row,
    /// The column as a whole.
    Column,
}

/// The answer of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Holds,
    Fails,
    /// Only the data can tell.
    Unknown,
}

impl Verdict {
    pub(crate) fn from_bool(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }

    /// Weakens a refutation: what is not proven may hold for reasons that are not understood.
    #[must_use]
    pub(crate) fn or_unknown(self) -> Self {
        if self == Self::Holds { Self::Holds } else { Self::Unknown }
    }
}

/// The types that a constraint can check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applies {
    All,
    Numbers,
    Floats,
    Text,
    /// Numbers, dates and times.
    Ordered,
    /// Dates and times.
    Times,
}

impl Applies {
    pub(crate) fn to(self, ty: ColumnType) -> bool {
        match self {
            Self::All => true,
            Self::Numbers => ty.is_numeric(),
            Self::Floats => matches!(ty, ColumnType::Float(_)),
            Self::Text => ty.is_text(),
            Self::Ordered => ty.is_ordered(),
            Self::Times => matches!(ty, ColumnType::Date | ColumnType::DateTime),
        }
    }

    /// Completes "it checks ...".
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::All => "columns of every type",
            Self::Numbers => "columns of numbers: `int`, `float` and the sized ones",
            Self::Floats => "columns of floats: `float`, `float32`",
            Self::Text => "columns of text: `str`, `category`",
            Self::Ordered => "columns of numbers, `date` or `datetime`",
            Self::Times => "columns of dates and times: `date`, `datetime`",
        }
    }
}

/// What follows a constraint's name before its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arguments {
    None,
    /// One or more values of the column's type.
    Values,
    /// One value of the column's type.
    Value,
    /// One text that is not empty.
    Text,
    /// One regular expression.
    Regex,
    /// One number from 0 to 1.
    Fraction,
    /// One number from 0 up.
    Factor,
    /// One layout of dates or times.
    Layout,
    /// One duration.
    Duration,
}

/// Whether a constraint takes bounds, and on what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bounds {
    None,
    Optional(Quantity),
    Required(Quantity),
}

/// What the bounds of a constraint are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    /// A part of the rows, from 0 to 1.
    Share,
    /// How many: 0, 1, 2 ...
    Count,
    /// A number from 0 up.
    Deviation,
    /// Any number.
    Number,
    /// A number that lies between values of the column.
    Average,
    /// A value of the column.
    Extreme,
}

impl Quantity {
    /// The numbers it can be for a column of this type.
    pub(crate) fn scale(self, ty: ColumnType) -> Scale {
        match self {
            Self::Share => Scale::SHARE,
            Self::Count => Scale::COUNT,
            Self::Deviation => Scale::NOT_NEGATIVE,
            Self::Number | Self::Average => Scale::ANY,
            Self::Extreme => Scale::of(ty).unwrap_or(Scale::ANY),
        }
    }
}

impl Bounds {
    pub(crate) fn quantity(self) -> Option<Quantity> {
        match self {
            Self::None => None,
            Self::Optional(quantity) | Self::Required(quantity) => Some(quantity),
        }
    }
}

/// The constraint of this name.
pub(crate) fn find(name: &str) -> Option<&'static Constraint> {
    ALL.iter().copied().find(|constraint| constraint.name == name)
}

/// All constraints, sorted by name.
pub(crate) fn all() -> impl Iterator<Item = &'static Constraint> {
    ALL.iter().copied()
}

/// All names, in the order of the documentation.
pub(crate) fn names() -> impl Iterator<Item = &'static str> + Clone {
    ALL.iter().map(|constraint| constraint.name)
}

/// For constraints that need the whole column.
pub(crate) fn not_by_value(_: &Check, _: &Scalar, _: ColumnType) -> Verdict {
    Verdict::Unknown
}

/// The only argument, if it is text.
pub(crate) fn text(check: &Check) -> Option<&str> {
    match &check.arguments.first()?.value {
        Scalar::Str(text) => Some(text),
        Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_lead_somewhere() {
        let known: BTreeSet<&str> = names().collect();
        assert_eq!(known.len(), ALL.len());
        for name in &known {
            assert!(find(name).is_some());
        }
    }

    #[test]
    fn pages_open_with_the_summary_and_show_an_example() {
        for constraint in ALL {
            let title = format!("# `{}`\n\n", constraint.name);
            assert!(constraint.docs.starts_with(&title), "{}", constraint.name);
            for part in ["```kdl", "Missing values", constraint.name] {
                assert!(constraint.docs.contains(part), "{}: {part}", constraint.name);
            }
        }
    }
}
