//! The project with every reference resolved. Unaware of KDL text and of targets.

pub(crate) mod codes;
pub(crate) mod graph;
pub(crate) mod ids;
pub(crate) mod known_targets;
pub(crate) mod policy;
pub(crate) mod project;
pub(crate) mod resolve;
pub(crate) mod service;
pub(crate) mod stage;
pub(crate) mod template;
