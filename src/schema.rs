//! Schemas of tables: column types, constraints, and what follows from what.

pub(crate) mod column;
pub(crate) mod types;
