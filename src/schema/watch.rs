//! Checks as they meet data: each sees a column batch by batch and says in the end what it found.
//! Unaware of files and formats; memory grows only where a check needs all values.

pub(crate) mod each;
pub(crate) mod keys;
pub(crate) mod measure;
pub(crate) mod order;

use crate::base::bound::Number;
use crate::schema::column::{ColumnType, Scalar};
use crate::schema::literal;

/// How many failing values are kept to be shown.
pub(crate) const SHOWN: usize = 20;

/// One value that is there.
///
/// Dates are days, times nanoseconds since 1970, as in [`literal::ordinal`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Datum<'a> {
    Int(i128),
    Float(f64),
    Bool(bool),
    Text(&'a str),
}

impl Datum<'_> {
    pub(crate) fn number(self) -> Option<Number> {
        match self {
            Self::Int(value) => Some(Number::Int(value)),
            Self::Float(value) => Some(Number::Float(value)),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }

    /// As a person writes it.
    pub(crate) fn shown(self, ty: ColumnType) -> String {
        match self {
            Self::Int(value) => match literal::value(Number::Int(value), ty) {
                Scalar::Str(date) => date,
                Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_) => value.to_string(),
            },
            Self::Float(value) => value.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Text(text) => text.to_owned(),
        }
    }
}

/// The values of a column in some rows that follow each other; what is missing is left out.
#[derive(Debug)]
pub(crate) struct Batch {
    /// For each value its row, counted from 1 below the header.
    pub(crate) rows: Vec<u64>,
    pub(crate) values: Values,
}

/// Values of one type, as many as there are rows.
#[derive(Debug)]
pub(crate) enum Values {
    Int(Vec<i64>),
    /// Times, and unsigned integers of 64 bits.
    Wide(Vec<i128>),
    Float(Vec<f64>),
    Bool(Vec<bool>),
    Text(Texts),
}

/// Texts one after the other.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) text: String,
    /// Where each ends.
    pub(crate) ends: Vec<usize>,
}

impl Batch {
    pub(crate) fn new(ty: ColumnType) -> Self {
        let values = match ty {
            ColumnType::UInt(64) | ColumnType::DateTime => Values::Wide(Vec::new()),
            ColumnType::Int(_) | ColumnType::UInt(_) | ColumnType::Date => Values::Int(Vec::new()),
            ColumnType::Float(_) => Values::Float(Vec::new()),
            ColumnType::Bool => Values::Bool(Vec::new()),
            ColumnType::Str | ColumnType::Category => Values::Text(Texts::default()),
        };
        Self { rows: Vec::new(), values }
    }

    /// Forgets the values and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
        match &mut self.values {
            Values::Int(values) => values.clear(),
            Values::Wide(values) => values.clear(),
            Values::Float(values) => values.clear(),
            Values::Bool(values) => values.clear(),
            Values::Text(texts) => {
                texts.text.clear();
                texts.ends.clear();
            }
        }
    }

    /// Calls `visit` with the row and the value of each.
    pub(crate) fn each(&self, mut visit: impl FnMut(u64, Datum<'_>)) {
        let rows = self.rows.iter().copied();
        match &self.values {
            Values::Int(values) => {
                rows.zip(values).for_each(|(row, &it)| visit(row, Datum::Int(it.into())));
            }
            Values::Wide(values) => {
                rows.zip(values).for_each(|(row, &it)| visit(row, Datum::Int(it)));
            }
            Values::Float(values) => {
                rows.zip(values).for_each(|(row, &it)| visit(row, Datum::Float(it)));
            }
            Values::Bool(values) => {
                rows.zip(values).for_each(|(row, &it)| visit(row, Datum::Bool(it)));
            }
            Values::Text(texts) => {
                let mut start = 0;
                for (row, &end) in rows.zip(&texts.ends) {
                    visit(row, Datum::Text(texts.text.get(start..end).unwrap_or_default()));
                    start = end;
                }
            }
        }
    }
}

/// How many rows a column has, and how many of them have no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) rows: u64,
    pub(crate) missing: u64,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// Of a check on each value: how many failed, and the first of them.
    Values { failing: u64, first: Vec<Case> },
    /// Of a check on the column: what was measured, if there was anything to measure.
    Measured { holds: bool, value: Option<f64> },
}

impl Outcome {
    pub(crate) fn holds(&self) -> bool {
        match self {
            Self::Values { failing, .. } => *failing == 0,
            Self::Measured { holds, .. } => *holds,
        }
    }
}

/// One value that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// From 1, below the header.
    pub(crate) row: u64,
    pub(crate) value: String,
}

/// A check of one column while the data goes by.
pub(crate) trait Watch {
    fn see(&mut self, batch: &Batch);
    fn end(self: Box<Self>, totals: Totals) -> Outcome;
}
