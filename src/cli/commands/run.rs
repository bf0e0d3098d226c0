//! `mlc run`: brings stages up to date.

use crate::cli::commands::build::stale;
use crate::cli::commands::forecasts::{Asked, Wording, show};
use crate::cli::context::{Context, note};
use crate::cli::disk::DiskFiles;
use crate::cli::exit::Exit;
use crate::cli::loading::{load_from, load_or_report, unknown_stage};
use crate::cli::progress::json::Json;
use crate::cli::progress::live::Live;
use crate::cli::progress::plain::{Notes, Plain, Volume, Words};
use crate::cli::setting::set_params;
use crate::cli::unchanged::remember;
use crate::exec::conductor::{self, Ending, Options};
use crate::exec::disk::Keep;
use crate::exec::forecast::Force;
use crate::exec::ledger::RunId;
use crate::exec::logs::Logs;
use crate::exec::machine;
use crate::exec::pool;
use crate::exec::progress::Progress;
use crate::exec::progress::Status;
use crate::exec::scheduler::Limits;
use crate::exec::select::{Request, select};
use crate::exec::snapshot::gather::Gatherer;
use crate::model::ids::StepId;
use crate::plan::Plan;
use crate::report::paint::Paint;
use std::collections::BTreeSet;

/// Run what is out of date, restore what the cache holds, skip the rest
///
/// A stage is up to date when its command, its params and the content of everything it reads and
/// writes are as `dvc.lock` records them. What runs is recorded there and in DVC's cache.
///
/// Which stages: all, or the named ones with everything they need. `train` means all instances
/// of a matrix, `train@forest` one of them. `--only` leaves out what they need, `--downstream`
/// does too and adds everything that depends on them, `--from S` leaves out everything that S does
/// not lead to. After a failure the same command goes on where it stopped: what ran is up to date.
///
/// Exit codes: 0 done, 1 a stage failed or the spec has errors, 2 usage, 3 data is not what its
/// schema says, 130 interrupted.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Args {
    /// Stages to bring up to date, with everything they need; all when none is named
    #[arg(value_name = "STAGE")]
    stages: Vec<String>,
    /// Run at most N stages at once; as many as there are processors when not given
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// After a failure, go on with stages that do not depend on it
    #[arg(short, long)]
    keep_going: bool,
    /// Run the selected stages even when they are up to date
    #[arg(long)]
    force: bool,
    /// Run also everything behind a stage that ran, whether or not what it wrote changed
    #[arg(long)]
    force_downstream: bool,
    /// First write this value into a params file; FILE is the project's own when left out
    #[arg(
        short = 'S',
        long = "set-param",
        value_name = "[FILE:]KEY=VALUE",
        conflicts_with = "dry_run"
    )]
    set_params: Vec<String>,
    /// Use at most N graphics processors; also says how many there are where that cannot be seen
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=128))]
    gpus: Option<u32>,
    /// Do not take outputs from the run cache; what runs is added to it all the same
    #[arg(long)]
    no_run_cache: bool,
    /// Record what ran without storing outputs in the cache; `dvc commit` stores them later
    #[arg(long)]
    no_commit: bool,
    /// Say what would run and why, and run nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Leave out everything that this stage does not lead to
    #[arg(long, value_name = "STAGE")]
    from: Vec<String>,
    /// Take what the named stages need as it is
    #[arg(long, requires = "stages")]
    only: bool,
    /// Run everything that depends on the named stages too, and take what they need as it is
    #[arg(long, requires = "stages", conflicts_with = "only")]
    downstream: bool,
    /// Tell of every stage, with all reasons
    #[arg(long)]
    explain: bool,
    /// Show what stages write, each line after the stage's name
    #[arg(long, conflicts_with_all = ["quiet", "json"])]
    stream: bool,
    /// Write one JSON object a line for each event
    #[arg(long)]
    json: bool,
    /// Tell of failures alone
    #[arg(short, long, conflicts_with_all = ["explain", "json"])]
    quiet: bool,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    if !args.set_params.is_empty() {
        // Which file is meant stands in the spec, whose commands may hold the values.
        match load_or_report(context)? {
            Ok(ready) => {
                if let Err(unknown) = select(&ready.plan, &args.request()) {
                    return Ok(unknown_stage(&unknown));
                }
                set_params(context, &ready.plan.project.default_params, &args.set_params)?;
            }
            Err(exit) => return Ok(exit),
        }
    }
    let gatherer = Gatherer::begin(&context.root);
    let files = DiskFiles::noting(&context.root);
    let ready = match load_from(context, &files)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let selected = match select(&ready.plan, &args.request()) {
        Ok(selected) => selected,
        Err(unknown) => return Ok(unknown_stage(&unknown)),
    };
    if args.dry_run {
        let shown = Wording { dry: true, explain: args.explain, json: args.json };
        let force = Force { all: args.force, downstream: args.force_downstream };
        let asked = Asked { force, no_run_cache: args.no_run_cache };
        return show(context, &ready.plan, &selected, asked, shown);
    }
    let ending = execute(args, context, &ready.plan, &selected)?;
    let stale = stale(context, &ready)?;
    for path in &stale {
        note(&format!("note: {path} is not what the spec says any more; run `mlc build`"));
    }
    if stale.is_empty() && ending.summary.count(Status::UpToDate) == ready.plan.steps.len() {
        // Without it the next run only takes longer.
        let _ = remember(context, gatherer, &files.into_looks(), &ready.plan, &ending.lock);
    }
    Ok(exit(&ending))
}

fn exit(ending: &Ending) -> Exit {
    if ending.interrupted {
        Exit::Interrupted
    } else if ending.summary.count(Status::Failed) > ending.summary.rejected {
        Exit::Failure
    } else if ending.summary.rejected > 0 {
        Exit::Rejected
    } else {
        Exit::Success
    }
}

impl Args {
    fn request(&self) -> Request {
        Request {
            names: self.stages.clone(),
            from: self.from.clone(),
            only: self.only,
            downstream: self.downstream,
        }
    }
}

fn execute(
    args: &Args,
    context: &Context,
    plan: &Plan,
    selected: &BTreeSet<StepId>,
) -> anyhow::Result<Ending> {
    let limits = machine::limits(args.jobs.map(usize::from), args.gpus, args.keep_going);
    let options = Options {
        run: RunId::now(),
        limits: Limits { force_downstream: args.force_downstream, ..limits },
        keep: Keep { outputs: !args.no_commit, runs: !args.no_run_cache },
        force: args.force,
        explain: args.explain || args.json,
        stream: args.stream,
    };
    let mut progress =
        progress(args, context, plan, selected, (options.run, notes(plan, selected, limits)));
    let ending = conductor::run(&context.root, plan, selected, options, progress.as_mut())?;
    if let Some(remark) = &ending.remark {
        note(&format!("warning: {remark}"));
    }
    for warning in &ending.warnings {
        note(&format!("warning: {warning}"));
    }
    if let Some(unread) = &ending.unread {
        note(&format!("note: {unread}"));
    }
    Ok(ending)
}

/// What is to be said of steps when they start.
fn notes(plan: &Plan, selected: &BTreeSet<StepId>, limits: Limits) -> Notes {
    let note = |&id: &StepId| {
        let beyond = pool::beyond(plan.step(id), limits);
        let text = || format!("asks for {}: it gets all there is", beyond.join(" and "));
        (!beyond.is_empty()).then(|| (id, text()))
    };
    selected.iter().filter_map(note).collect()
}

fn progress(
    args: &Args,
    context: &Context,
    plan: &Plan,
    selected: &BTreeSet<StepId>,
    (run, notes): (RunId, Notes),
) -> Box<dyn Progress> {
    let out = Box::new(std::io::stdout());
    if args.json {
        return Box::new(Json { out });
    }
    let volume = match (args.quiet, args.explain) {
        (true, _) => Volume::Quiet,
        (false, true) => Volume::Explain,
        (false, false) => Volume::Normal,
    };
    let widths = selected.iter().map(|&id| plan.step(id).name.chars().count());
    let paint = Paint { color: context.color };
    let live = context.stdout_is_terminal && !args.stream && volume != Volume::Quiet;
    let words = Words { paint, volume, width: widths.max().unwrap_or(0), live, notes };
    if live {
        Box::new(Live::new(words, Logs::new(&context.root, &run.to_string())))
    } else {
        Box::new(Plain { words, out })
    }
}
