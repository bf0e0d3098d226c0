//! Tools that know nothing of machine learning: sources, diagnostics, values, files.

pub(crate) mod base64;
pub(crate) mod bound;
pub(crate) mod code;
pub(crate) mod diagnostic;
pub(crate) mod edit;
pub(crate) mod files;
pub(crate) mod glob;
pub(crate) mod graph;
pub(crate) mod guard;
pub(crate) mod page;
pub(crate) mod params;
pub(crate) mod python;
pub(crate) mod sorted;
pub(crate) mod source;
pub(crate) mod spill;
pub(crate) mod suggest;
pub(crate) mod units;
pub(crate) mod value;
pub(crate) mod yaml;
