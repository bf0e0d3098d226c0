//! Schemas of tables: column types, constraints, and what follows from what.

pub(crate) mod bounds;
pub(crate) mod column;
pub(crate) mod constraint;
pub(crate) mod constraints;
pub(crate) mod domain;
pub(crate) mod extend;
pub(crate) mod implies;
pub(crate) mod layout;
pub(crate) mod literal;
pub(crate) mod pattern;
pub(crate) mod portable;
pub(crate) mod problem;
pub(crate) mod python;
pub(crate) mod range;
pub(crate) mod relation;
pub(crate) mod rule;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod spelling;
pub(crate) mod table;
pub(crate) mod types;
pub(crate) mod verify;
pub(crate) mod watch;
pub(crate) mod words;
