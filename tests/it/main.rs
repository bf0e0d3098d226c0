//! One binary for all tests that look at mlc from outside; each module is one area.

mod build;
mod dag;
mod examples;
mod fix;
mod fmt;
mod infra;
mod init;
mod lock;
mod pages;
mod rules;
mod run;
mod scripts;
mod store;
mod support;
mod tidy;
mod tools;
mod tree;
mod yaml;
