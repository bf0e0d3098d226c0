//! A schema: columns with types and checks. Independent of KDL and of Python.

use crate::base::bound::Bound;
use crate::base::code::Severity;
use crate::base::source::{Span, Spanned};
use crate::schema::table::TableCheck;

/// What a table must look like.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    /// Bounds on the number of rows.
    pub(crate) rows: Vec<Bound>,
    /// Fields of text files that mean that a value is missing, beside the empty one.
    pub(crate) nulls: Vec<Spanned<String>>,
    /// Checks of the table.
    pub(crate) table: Vec<TableCheck>,
    /// Whether the data may have no other columns, and where that is written.
    pub(crate) strict: Option<Span>,
    /// Whether the columns stand in this order, and where that is written.
    pub(crate) ordered: Option<Span>,
    /// In the order written; names are unique.
    pub(crate) columns: Vec<Column>,
}

impl Schema {
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.value == name)
    }
}

/// One column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: Spanned<String>,
    /// `None` when the type was misspelled; that was reported, nothing else is concluded from it.
    pub(crate) ty: Option<Spanned<ColumnType>>,
    /// Whether values may be missing.
    pub(crate) nullable: bool,
    /// Bounds on every value, as written after the type.
    pub(crate) bounds: Vec<Bound>,
    /// Checks of the block, in order.
    pub(crate) checks: Vec<Check>,
    /// The whole line.
    pub(crate) span: Span,
}

/// The type of a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ColumnType {
    /// A signed integer of 8, 16, 32 or 64 bits; `int` is 64.
    Int(u8),
    /// An unsigned integer of 8, 16, 32 or 64 bits.
    UInt(u8),
    /// 32 or 64 bits; `float` is 64.
    Float(u8),
    Str,
    Bool,
    Date,
    DateTime,
    /// Text from a small set.
    Category,
}

/// One check of a column: a constraint with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    /// The name of a constraint in the registry.
    pub(crate) constraint: Spanned<&'static str>,
    pub(crate) arguments: Vec<Spanned<Scalar>>,
    /// For constraints over a quantity: `unique >=0.95`, `mean >0.01 <0.9`.
    pub(crate) bounds: Vec<Bound>,
    /// The share of the values that must pass at least, above 0 and up to 1, if not all must.
    pub(crate) mostly: Option<Spanned<f64>>,
    /// A warning is told; the data passes.
    pub(crate) severity: Severity,
    /// The whole check.
    pub(crate) span: Span,
}

impl Check {
    /// Whether data passes that breaks the check in places.
    pub(crate) fn is_soft(&self) -> bool {
        self.mostly.is_some() || self.severity == Severity::Warning
    }
}

/// A literal as a check's argument.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Int(i128),
    Float(f64),
    Bool(bool),
    Str(String),
}
