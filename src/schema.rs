//! Schemas of tables: column types, constraints, and what follows from what.

pub(crate) mod column;
pub(crate) mod constraint;
pub(crate) mod constraints;
pub(crate) mod domain;
pub(crate) mod extend;
pub(crate) mod literal;
pub(crate) mod pattern;
pub(crate) mod problem;
pub(crate) mod range;
pub(crate) mod types;
