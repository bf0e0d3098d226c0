//! How a run is shown: live lines, plain lines, or JSON.

pub(crate) mod json;
pub(crate) mod live;
pub(crate) mod plain;
