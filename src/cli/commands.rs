//! One file a verb: its arguments and what it does.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod dag;
pub(crate) mod demo;
pub(crate) mod explain;
pub(crate) mod fmt;
mod forecasts;
pub(crate) mod gate;
mod gatereport;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod lineage;
mod lineages;
pub(crate) mod logs;
pub(crate) mod man;
pub(crate) mod model;
pub(crate) mod profile;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod validate;
