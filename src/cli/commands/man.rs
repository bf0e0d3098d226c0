//! `mlc man`: manual pages, made from the same descriptions as `--help`.

use crate::cli::args::Cli;
use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::exec::atomic;
use camino::Utf8PathBuf;
use clap::CommandFactory as _;

/// Print the manual page, or write one for mlc and one for each command
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write mlc.1, mlc-check.1 and so on into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<Utf8PathBuf>,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let pages = pages(Cli::command())?;
    let Some(dir) = &args.dir else {
        context::print(pages.first().map_or("", |(_, page)| page));
        return Ok(Exit::Success);
    };
    for (name, page) in &pages {
        atomic::write(&context.here.join(dir).join(format!("{name}.1")), page.as_bytes())?;
    }
    Ok(Exit::Success)
}

/// Names and texts: `mlc` first, then its commands and theirs.
fn pages(mut command: clap::Command) -> anyhow::Result<Vec<(String, String)>> {
    command.build();
    let mut pages = Vec::new();
    let mut open = vec![command];
    while let Some(command) = open.pop() {
        let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
        let mut page = Vec::new();
        clap_mangen::Man::new(command.clone()).render(&mut page)?;
        pages.push((name, String::from_utf8(page)?));
        let inner = command.get_subcommands().filter(|it| it.get_name() != "help");
        open.extend(inner.filter(|it| !it.is_hide_set()).cloned());
    }
    pages.get_mut(1..).into_iter().for_each(<[_]>::sort);
    Ok(pages)
}
