//! `mlc explain SLUG`: the page of a diagnostic.

use crate::cli::context::Context;
use crate::cli::exit::Exit;

/// Explain a diagnostic, with an example of the mistake and of the remedy
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The name in brackets behind a diagnostic
    slug: Option<String>,
}

pub(crate) fn run(_args: &Args, _context: &Context) -> anyhow::Result<Exit> {
    Ok(Exit::Success)
}
