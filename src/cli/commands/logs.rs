//! `mlc logs`: what a stage wrote when it last ran here.

use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::cli::loading::{load_or_report, unknown_stage};
use crate::exec::logs::Logs;
use crate::exec::select::find;

/// Print what a stage wrote when it last ran here
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A stage, or one instance of a matrix
    #[arg(value_name = "STAGE")]
    stage: String,
    /// Print where the log is, not what it holds
    #[arg(long)]
    path: bool,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let ready = match load_or_report(context)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let ids = match find(&ready.plan, &args.stage) {
        Ok(ids) => ids,
        Err(unknown) => return Ok(unknown_stage(&unknown)),
    };
    let logs = Logs::new(&context.root);
    let names: Vec<&str> = ids.iter().map(|&id| ready.plan.step(id).name.as_str()).collect();
    let mut exit = Exit::Success;
    for name in &names {
        if args.path {
            context::print_line(logs.path(name).as_str());
            continue;
        }
        match logs.read(name)? {
            Some(text) if names.len() == 1 => context::print(&text),
            Some(text) => context::print(&format!("==> {name} <==\n{text}")),
            None => {
                context::note(&format!("`{name}` has not run here: it has no log"));
                exit = Exit::Failure;
            }
        }
    }
    Ok(exit)
}
