//! One file a verb: its arguments and what it does.

pub(crate) mod check;
pub(crate) mod explain;
