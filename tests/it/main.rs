//! One binary for all tests that look at mlc from outside; each module is one area.

mod examples;
mod fmt;
mod infra;
mod lock;
mod store;
mod init;
mod tidy;
mod tools;
mod tree;
mod yaml;
