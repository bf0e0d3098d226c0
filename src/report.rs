//! What users read: diagnostics in five formats, tables and graphs. Unaware of projects.

pub(crate) mod diff;
