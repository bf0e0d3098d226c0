//! `mlc report`: the project on one page.

mod gather;
mod plots;

use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::cli::loading::load_or_report;
use crate::exec::atomic;
use crate::report::project::{html, markdown};
use camino::Utf8PathBuf;

/// Tell how the project stands: thresholds, metrics against production, data, plots, stages
///
/// Writes Markdown for a pull request, or one HTML page that needs nothing beside it. Runs nothing.
///
/// Exit codes: 0 written, 1 the spec has errors, 2 usage.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  mlc report                                write Markdown to standard output
  mlc report -o report.html -o report.md    write both")]
pub(crate) struct Args {
    /// Write to a file that ends in .md or .html; may be given several times
    #[arg(short, long, value_name = "FILE")]
    output: Vec<Utf8PathBuf>,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let known = |it: &&Utf8PathBuf| !matches!(it.extension(), Some("md" | "html"));
    if let Some(odd) = args.output.iter().find(known) {
        context::complain(&format!("`{odd}` is no report: it ends in .md or .html"));
        return Ok(Exit::Usage);
    }
    let ready = match load_or_report(context)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let summary = gather::summary(context, &ready.plan)?;
    for file in &args.output {
        let text = match file.extension() {
            Some("md") => markdown::render(&summary),
            _ => html::render(&summary),
        };
        atomic::write(&context.here.join(file), text.as_bytes())?;
    }
    if args.output.is_empty() {
        context::print(&markdown::render(&summary));
    }
    Ok(Exit::Success)
}
