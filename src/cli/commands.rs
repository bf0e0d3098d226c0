//! One file a verb: its arguments and what it does.

pub(crate) mod explain;
pub(crate) mod fmt;
