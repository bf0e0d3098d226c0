//! One binary for all tests that look at mlc from outside; each module is one area.

mod examples;
mod fmt;
mod infra;
mod init;
mod lock;
mod store;
mod tidy;
mod tools;
mod tree;
mod yaml;
