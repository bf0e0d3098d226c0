//! `mlc status`: what is out of date, and why. Changes nothing.

use crate::cli::commands::forecasts::{Asked, Wording, show};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::loading::{load_or_report, unknown_stage};
use crate::exec::select::{Request, select};

/// Say which stages are out of date, with every reason
///
/// Content is compared with `dvc.lock`, as `mlc run` and DVC do. The exit code is 0 whatever
/// the state.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Stages to look at, with everything they need; all when none is named
    #[arg(value_name = "STAGE")]
    stages: Vec<String>,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let ready = match load_or_report(context)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let request = Request { names: args.stages.clone(), ..Request::default() };
    match select(&ready.plan, &request) {
        Ok(selected) => {
            let wording = Wording { dry: false, explain: true, json: args.json };
            show(context, &ready.plan, &selected, Asked::default(), wording)
        }
        Err(unknown) => Ok(unknown_stage(&unknown)),
    }
}
