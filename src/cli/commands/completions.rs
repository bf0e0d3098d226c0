//! `mlc completions`: what a shell must know to complete our command line.

use crate::cli::args::Cli;
use crate::cli::context;
use crate::cli::exit::Exit;
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Print completions for a shell
///
/// For example `mlc completions bash > ~/.local/share/bash-completion/completions/mlc`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "mlc", &mut script);
    context::print(&String::from_utf8(script)?);
    Ok(Exit::Success)
}
