//! Runs a plan as DVC would, and keeps DVC's files as DVC keeps them. Decides nothing that the
//! plan decides.

pub(crate) mod atomic;
pub(crate) mod cache;
pub(crate) mod commit;
pub(crate) mod conductor;
pub(crate) mod config;
mod datasource;
pub(crate) mod disk;
pub(crate) mod dvcignore;
pub(crate) mod forecast;
pub(crate) mod gate;
pub(crate) mod gitignore;
pub(crate) mod groups;
pub(crate) mod hash;
pub(crate) mod leases;
pub(crate) mod ledger;
mod legacy;
pub(crate) mod lineage;
pub(crate) mod lock;
pub(crate) mod logs;
pub(crate) mod machine;
pub(crate) mod openlineage;
pub(crate) mod orphans;
pub(crate) mod params;
pub(crate) mod process;
pub(crate) mod progress;
pub(crate) mod projectlock;
pub(crate) mod reason;
pub(crate) mod recorder;
pub(crate) mod restore;
pub(crate) mod runcache;
pub(crate) mod rwlock;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod scheduler;
pub(crate) mod select;
pub(crate) mod signal;
pub(crate) mod snapshot;
pub(crate) mod state;
pub(crate) mod task;
pub(crate) mod time;
pub(crate) mod usage;
pub(crate) mod verdict;
pub(crate) mod walk;
pub(crate) mod worker;
