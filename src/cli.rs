//! The command line: arguments in, exit code out. The only layer that prints.

pub(crate) mod args;
pub(crate) mod commands;
pub(crate) mod context;
pub(crate) mod disk;
pub(crate) mod exit;
pub(crate) mod fixing;
pub(crate) mod loading;
pub(crate) mod progress;
pub(crate) mod scaffold;
mod setting;
pub(crate) mod tour;
pub(crate) mod unchanged;
pub(crate) mod writing;

use crate::cli::args::Cli;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use clap::Parser as _;
use std::ffi::OsString;
use std::process::ExitCode;

pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { Exit::Usage } else { Exit::Success };
            let _ = error.print();
            return code.into();
        }
    };
    let result = Context::new(&cli.global).and_then(|context| cli.command.run(&context));
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            context::complain(&format!("{error:#}"));
            Exit::Failure.into()
        }
    }
}
