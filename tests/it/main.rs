//! One binary for all tests that look at mlc from outside; each module is one area.

#![expect(unreachable_pub, reason = "modules of one binary share what they call public")]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that panics has failed, and tests look at the disk"
)]

mod book;
mod build;
mod checks;
mod ci;
mod corpus;
mod dag;
mod determinism;
mod dvc;
mod dvcyaml;
mod examples;
mod fix;
mod fmt;
mod forecast;
mod fuzz;
mod import;
mod infra;
mod init;
mod ledger;
mod links;
mod lock;
mod mistakes;
mod mlflow;
mod pages;
mod processes;
mod report;
mod rules;
mod run;
mod scripts;
mod service;
mod store;
mod support;
mod tidy;
mod tools;
mod tree;
mod turns;
mod two_way;
mod unchanged;
mod yaml;
