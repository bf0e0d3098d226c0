//! Runs the plan as DVC would, and looks at what is there. Decides nothing that the plan says.

pub(crate) mod commit;
pub(crate) mod conductor;
pub(crate) mod disk;
pub(crate) mod forecast;
pub(crate) mod gate;
pub(crate) mod groups;
pub(crate) mod history;
pub(crate) mod ledger;
pub(crate) mod logs;
pub(crate) mod machine;
pub(crate) mod process;
pub(crate) mod progress;
pub(crate) mod reason;
pub(crate) mod restore;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod scheduler;
pub(crate) mod select;
pub(crate) mod signal;
pub(crate) mod task;
pub(crate) mod time;
pub(crate) mod verdict;
pub(crate) mod worker;
