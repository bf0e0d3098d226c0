//! What users read: diagnostics in five formats, tables and graphs. Unaware of projects.

pub(crate) mod chart;
pub(crate) mod dag;
pub(crate) mod github;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod page;
pub(crate) mod paint;
pub(crate) mod project;
pub(crate) mod sarif;
pub(crate) mod short;
pub(crate) mod summary;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod validation;

pub(crate) mod diff;
#[cfg(test)]
mod samples;
