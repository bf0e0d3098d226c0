//! The `mlc` binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    mlc::run(std::env::args_os())
}
