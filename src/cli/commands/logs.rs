//! `mlc logs`: what a stage wrote, in its last run or in another, also while it writes.

use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::cli::loading::{load_or_report, unknown_stage};
use crate::exec::ledger::Ledger;
use crate::exec::ledger::alive::is_alive;
use crate::exec::logs::Logs;
use crate::exec::select::find;
use std::time::Duration;

/// How often a growing log is looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// Print what a stage wrote when it last ran here, or in a given run
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A stage, or one instance of a matrix
    #[arg(value_name = "STAGE")]
    stage: String,
    /// Of this run: `last`, or the beginning or the end of its name (see `mlc runs`)
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// While the stage runs, go on with what it writes until it ends
    #[arg(short, long, conflicts_with = "path")]
    follow: bool,
    /// Print where the log is, not what it holds
    #[arg(long)]
    path: bool,
    /// Use this spec instead of the nearest mlc.kdl
    // The option of every command, which here leaves `-f` to `--follow`, as in `tail`.
    #[arg(long, value_name = "SPEC")]
    file: Option<camino::Utf8PathBuf>,
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
    let of_run = match &args.run {
        Some(run) => Some(logs_of(run, context)?),
        None => None,
    };
    let names: Vec<&str> = ids.iter().map(|&id| ready.plan.step(id).name.as_str()).collect();
    let mut exit = Exit::Success;
    for name in &names {
        let logs = match &of_run {
            Some(logs) => Some(logs.clone()).filter(|logs| logs.path(name).is_file()),
            None => Logs::newest(&context.root, name),
        };
        let Some(logs) = logs else {
            let when = if of_run.is_some() { "in that run" } else { "here" };
            context::note(&format!("`{name}` has not run {when}: it has no log"));
            exit = Exit::Failure;
            continue;
        };
        if args.path {
            context::print_line(logs.path(name).as_str());
            continue;
        }
        if names.len() > 1 {
            context::print_line(&format!("==> {name} <=="));
        }
        if args.follow {
            follow(&logs, name, context)?;
        } else {
            context::print(&logs.read(name)?.unwrap_or_default());
        }
    }
    Ok(exit)
}

fn logs_of(run: &str, context: &Context) -> anyhow::Result<Logs> {
    let Some(ledger) = Ledger::open(&context.root)? else {
        anyhow::bail!("no run is recorded here: `mlc run` records what it does");
    };
    Ok(Logs::new(&context.root, &ledger.find(run)?.id))
}

/// Prints the log as it grows, until the stage or its run ends.
fn follow(logs: &Logs, name: &str, context: &Context) -> anyhow::Result<()> {
    let mut shown = 0;
    loop {
        // Asked before the log is read: what was written until then is in it.
        let goes_on = goes_on(logs, name, context);
        let (text, next) = logs.since(name, shown);
        shown = next;
        context::print(&text);
        if !goes_on {
            context::print(&logs.rest(name, shown)?);
            return Ok(());
        }
        std::thread::park_timeout(GLANCE);
    }
}

fn goes_on(logs: &Logs, name: &str, context: &Context) -> bool {
    if !is_alive(&context.root, logs.run()) {
        return false;
    }
    let status = || Ledger::open(&context.root).ok()??.status(logs.run(), name).ok()?;
    // Not written down yet is running too.
    status().is_none_or(|status| status == "running")
}
