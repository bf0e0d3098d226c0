//! Row rules: `hi > lo`, `country in ('DE', 'US') or vat is null`. A small language without names
//! of its own, loops or code: every rule ends, and means the same in Python.
//!
//! Logic has three values, as in SQL: with a missing value a comparison is neither true nor false,
//! and a rule fails only where it is false.

pub(crate) mod eval;
mod lexer;
mod parser;
pub(crate) mod python;

use crate::base::bound::Number;
use crate::schema::column::{ColumnType, Schema};

/// A rule that was understood: its names are columns, its types fit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    /// The columns that it looks at, each once, in the order in which it names them.
    pub(crate) columns: Vec<String>,
    /// Their types.
    pub(crate) types: Vec<ColumnType>,
    pub(crate) term: Term,
}

impl Rule {
    /// Reads a rule about the columns of a schema. An error is one sentence, and may have a remedy.
    pub(crate) fn read(text: &str, schema: &Schema) -> Result<Self, Mistake> {
        parser::read(text, &|name| Some(schema.column(name)?.ty.as_ref()?.value), schema)
    }
}

/// Why a rule cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Mistake {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// A part of a rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Term {
    /// The column at this place in the list of the rule.
    Column(usize),
    Number(Number),
    Text(String),
    Flag(bool),
    /// A date or time, as an ordinal of its type.
    Moment(Number, ColumnType),
    Negative(Box<Self>),
    Absolute(Box<Self>),
    /// How many characters a text has.
    Length(Box<Self>),
    Arithmetic(Arithmetic, Box<Self>, Box<Self>),
    Compare(Compare, Box<Self>, Box<Self>),
    /// Whether it is one of these values.
    In(Box<Self>, Vec<Self>),
    IsNull(Box<Self>),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Plus,
    Minus,
    Times,
    /// The quotient as a float; nothing where it divides by zero.
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// What a part of a rule stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    /// True, false, or neither.
    Truth,
    Moment(ColumnType),
}

impl Kind {
    fn of(ty: ColumnType) -> Self {
        match ty {
            ColumnType::Int(_) | ColumnType::UInt(_) | ColumnType::Float(_) => Self::Number,
            ColumnType::Str | ColumnType::Category => Self::Text,
            ColumnType::Bool => Self::Truth,
            ColumnType::Date | ColumnType::DateTime => Self::Moment(ty),
        }
    }

    /// With an article.
    fn said(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Truth => "true or false",
            Self::Moment(ColumnType::Date) => "a date",
            Self::Moment(_) => "a time",
        }
    }
}

#[cfg(test)]
mod tests;
