//! mlc: one spec for an ML project, checked, compiled to the tools a team uses, and run.
//!
//! ```text
//! mlc.kdl -> syntax -> model -> check -> plan -> emit   (mlc build)
//!                                             -> exec   (mlc run, status, gate)
//! ```

mod base;
mod check;
mod cli;
mod data;
mod driver;
mod dvcyaml;
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
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(exit) = cli::unchanged::answer(&args) {
        return exit.into();
    }
    // Nested text costs the parser stack; a thread of our own has plenty of it on every system.
    let thread = std::thread::Builder::new().stack_size(driver::STACK);
    match thread.spawn(|| cli::run(args)).map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        Ok(Err(_)) | Err(_) => ExitCode::FAILURE,
    }
}
