//! Runs a plan and keeps DVC's files as DVC keeps them. Decides nothing that the plan decides.

pub(crate) mod atomic;
pub(crate) mod cache;
pub(crate) mod config;
pub(crate) mod dvcignore;
pub(crate) mod gitignore;
pub(crate) mod hash;
pub(crate) mod lock;
pub(crate) mod params;
pub(crate) mod runcache;
pub(crate) mod state;
mod walk;
