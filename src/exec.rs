//! Runs the plan as DVC would, and looks at what is there. Decides nothing that the plan says.

pub(crate) mod groups;
pub(crate) mod history;
pub(crate) mod logs;
pub(crate) mod process;
pub(crate) mod progress;
pub(crate) mod reason;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod scheduler;
pub(crate) mod select;
pub(crate) mod task;
pub(crate) mod time;
