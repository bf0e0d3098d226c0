//! mlc: one spec for an ML project, checked, compiled to the tools a team uses, and run.
//!
//! ```text
//! mlc.kdl -> syntax -> model -> check -> plan -> emit   (mlc build)
//!                                             -> exec   (mlc run, status, gate)
//! ```

mod base;
mod check;
mod cli;
mod driver;
mod emit;
mod exec;
mod model;
mod plan;
mod report;
mod schema;
mod syntax;
#[doc(hidden)]
pub mod testing;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs `mlc` with these arguments, the first being the program's name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    cli::run(args)
}
