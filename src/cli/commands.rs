//! One file a verb: its arguments and what it does.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod fmt;
mod forecasts;
pub(crate) mod gate;
pub(crate) mod logs;
pub(crate) mod run;
pub(crate) mod show;
pub(crate) mod status;
