//! `mlc runs`: what runs did, from the ledger.

use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::data::words;
use crate::exec::gate::bytes;
use crate::exec::ledger::{self, Done, Ledger, Run, git, span};
use crate::exec::openlineage::{self, Origin};
use crate::exec::progress::Status;
use crate::exec::task::duration;
use crate::exec::time::moment;
use crate::report::paint::{Ink, Paint};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// List recorded runs, look into one, export them, forget old ones
///
/// Every `mlc run` in which something ran, was restored or failed is in `.mlc/ledger.db`, with its
/// commit, its stages and their logs. A run in which everything was up to date is not.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, clap::Args)]
struct List {
    /// Show the newest N runs; 0 for all
    #[arg(short = 'n', long = "number", value_name = "N", default_value_t = 20)]
    number: usize,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show what a run did, stage by stage
    Show {
        /// The run: `last`, or the beginning or the end of its name
        #[arg(value_name = "RUN", default_value = "last")]
        run: String,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Write runs as events for other tools, one JSON object a line
    Export {
        /// The run: `last`, or the beginning or the end of its name; all runs when not given
        #[arg(value_name = "RUN")]
        run: Option<String>,
        /// What the other tool understands
        #[arg(long, value_name = "FORMAT", default_value = "openlineage")]
        format: Format,
    },
    /// Forget old runs, and delete their logs
    ///
    /// Runs that were the last to run some stage are kept besides, so that `mlc lineage` can tell
    /// where everything came from.
    Prune {
        /// Keep the newest N runs
        #[arg(long, value_name = "N")]
        keep: usize,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Openlineage,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    if let Some(Action::Prune { keep }) = &args.action {
        let pruned = ledger::prune(&context.root, *keep)?;
        let runs = |count: usize| if count == 1 { "1 run".into() } else { format!("{count} runs") };
        let (gone, left) = (runs(pruned.forgotten), runs(pruned.left));
        context::print_line(&format!("forgot {gone}, kept {left}"));
        return Ok(Exit::Success);
    }
    let ledger = Ledger::open(&context.root)?;
    match (&args.action, ledger) {
        (None, ledger) => list(&args.list, ledger.as_ref(), context),
        (Some(_), None) => {
            context::complain("no run is recorded here: `mlc run` records what it does");
            Ok(Exit::Failure)
        }
        (Some(Action::Show { run, json }), Some(ledger)) => show(&ledger, run, *json, context),
        (Some(Action::Export { run, format: Format::Openlineage }), Some(ledger)) => {
            export(&ledger, run.as_deref(), context)
        }
        (Some(Action::Prune { .. }), Some(_)) => Ok(Exit::Success),
    }
}

fn list(args: &List, ledger: Option<&Ledger>, context: &Context) -> anyhow::Result<Exit> {
    let most = (args.number > 0).then_some(args.number);
    let runs = match ledger {
        Some(ledger) => ledger.runs(most)?,
        None => Vec::new(),
    };
    if args.json {
        let runs: Vec<Value> = runs.iter().map(run_json).collect();
        context::print(&format!("{:#}\n", json!({ "format": 1, "runs": runs })));
    } else if runs.is_empty() {
        context::print_line("no run is recorded here: `mlc run` records what it does");
    } else {
        context::print(&table(&runs, Paint { color: context.color }));
    }
    Ok(Exit::Success)
}

fn table(runs: &[Run], paint: Paint) -> String {
    let heading = format!(
        "{:<24}  {:<20}  {:<12}  {:<11}  {:<9}  stages",
        "run", "began", "took", "outcome", "commit"
    );
    let mut out = format!("{}\n", paint.text(Ink::Faint, &heading));
    for run in runs {
        let outcome = format!("{:<11}", run.outcome.slug());
        let _ = writeln!(
            out,
            "{:<24}  {:<20}  {:<12}  {}  {:<9}  {}",
            run.id,
            moment(run.start),
            run.end.map_or_else(String::new, |end| duration(span(run.start, end))),
            paint.text(ink(run.outcome.slug()), &outcome),
            commit(run, 8),
            counts(&run.counts),
        );
    }
    out
}

/// The commit, with a mark when the tree was not as in it.
fn commit(run: &Run, length: usize) -> String {
    let Some(commit) = &run.commit else { return "-".to_owned() };
    let mark = if run.dirty == Some(true) { "+" } else { "" };
    format!("{}{mark}", commit.get(..length).unwrap_or(commit))
}

/// In the order in which a run tells them.
fn counts(counts: &BTreeMap<String, u64>) -> String {
    let order = [
        Status::Ran,
        Status::Restored,
        Status::Recorded,
        Status::UpToDate,
        Status::Failed,
        Status::Interrupted,
        Status::Skipped,
        Status::NotRun,
    ];
    let known = order.iter().map(|status| (status.slug(), status.words()));
    let all = known.chain([("running", "running"), ("lost", "lost")]);
    let told = all.filter_map(|(slug, words)| Some(format!("{} {words}", counts.get(slug)?)));
    told.collect::<Vec<_>>().join(", ")
}

fn ink(word: &str) -> Ink {
    match word {
        "succeeded" | "ran" | "restored" | "recorded" => Ink::Good,
        "failed" => Ink::Error,
        "interrupted" | "lost" | "skipped" => Ink::Warning,
        _ => Ink::Plain,
    }
}

fn show(ledger: &Ledger, name: &str, json: bool, context: &Context) -> anyhow::Result<Exit> {
    let run = ledger.find(name)?;
    let steps = ledger.steps(&run)?;
    if json {
        let mut whole = run_json(&run);
        if let Some(map) = whole.as_object_mut() {
            map.insert("steps".into(), steps.iter().map(step_json).collect());
            map.insert("format".into(), json!(1));
        }
        context::print(&format!("{whole:#}\n"));
        return Ok(Exit::Success);
    }
    let paint = Paint { color: context.color };
    let mut out = heading(&run, paint);
    for step in &steps {
        out.push_str(&step_text(step, paint));
    }
    context::print(&out);
    Ok(Exit::Success)
}

fn heading(run: &Run, paint: Paint) -> String {
    let outcome = paint.text(ink(run.outcome.slug()), run.outcome.slug());
    let mut out = format!("run {}  {outcome}\n", paint.text(Ink::Strong, &run.id));
    let mut line = |label: &str, text: &str| {
        let _ = writeln!(out, "  {} {text}", paint.text(Ink::Faint, &format!("{label:<8}")));
    };
    line("command", &run.command.join(" "));
    let took = run.end.map(|end| format!(", took {}", duration(span(run.start, end))));
    line("began", &format!("{}{}", moment(run.start), took.unwrap_or_default()));
    if let Some(whole) = &run.commit {
        let state = match run.dirty {
            Some(true) => " with changes that are not committed",
            Some(false) => "",
            None => " (whether with changes is not known)",
        };
        line("commit", &format!("{whole}{state}"));
    }
    line("stages", &counts(&run.counts));
    line("by", &format!("mlc {}, {} at once", run.version, run.jobs));
    out
}

fn step_text(step: &Done, paint: Paint) -> String {
    let status = paint.text(ink(&step.status), &step.status);
    let mut out = format!("\n{}  {status}\n", paint.text(Ink::Strong, &step.stage));
    let mut line = |label: &str, text: &str| {
        let _ = writeln!(out, "  {} {text}", paint.text(Ink::Faint, &format!("{label:<8}")));
    };
    for (at, reason) in step.reasons.iter().enumerate() {
        line(if at == 0 { "because" } else { "" }, reason);
    }
    if let Some(message) = &step.message {
        line(if step.status == "skipped" { "because" } else { "error" }, message);
    }
    if step.status == "skipped" {
        return out;
    }
    for it in &step.data {
        let noun = if it.rows == 1 { "row" } else { "rows" };
        let rows = words::grouped(it.rows);
        let kept = if it.kept { ", as an earlier run found" } else { "" };
        let verdict = it.verdict.words();
        line("data", &format!("`{}`: `{}` {verdict} ({rows} {noun}{kept})", it.path, it.schema));
        it.lines.iter().for_each(|it| line("", it));
    }
    let mut time = moment(step.start);
    if step.end.is_some() {
        let _ = write!(time, ", took {}", duration(step.took()));
    }
    line("began", &time);
    if step.attempts > 1 {
        line("attempts", &step.attempts.to_string());
    }
    if let (Some(memory), Some(cpu)) = (step.peak_memory, step.cpu_ms) {
        let cpu = duration(Duration::from_millis(cpu));
        line("used", &format!("{} of memory at most, {cpu} of processor", bytes(memory as f64)));
    }
    if let Some(log) = &step.log {
        line("log", log);
    }
    out
}

fn export(ledger: &Ledger, name: Option<&str>, context: &Context) -> anyhow::Result<Exit> {
    let runs = match name {
        Some(name) => vec![ledger.find(name)?],
        None => ledger.runs(None)?.into_iter().rev().collect(),
    };
    let origin = Origin { root: &context.root, repository: git::origin(&context.root) };
    for run in &runs {
        for event in openlineage::events(run, &ledger.steps(run)?, &origin) {
            context::print_line(&event.to_string());
        }
    }
    Ok(Exit::Success)
}

fn run_json(run: &Run) -> Value {
    json!({
        "id": run.id,
        "project": run.project,
        "command": run.command,
        "version": run.version,
        "jobs": run.jobs,
        "start": moment(run.start),
        "end": run.end.map(moment),
        "duration_s": run.end.map(|end| span(run.start, end).as_secs_f64()),
        "commands_s": run.commands_ms as f64 / 1000.0,
        "commit": run.commit,
        "dirty": run.dirty,
        "outcome": run.outcome.slug(),
        "stages": run.counts,
    })
}

fn step_json(step: &Done) -> Value {
    json!({
        "stage": step.stage,
        "status": step.status,
        "key": step.key,
        "start": moment(step.start),
        "end": step.end.map(moment),
        "duration_s": step.end.map(|_| step.took().as_secs_f64()),
        "exit_code": step.exit_code,
        "signal": step.signal,
        "attempts": step.attempts,
        "peak_memory": step.peak_memory,
        "cpu_s": step.cpu_ms.map(|millis| millis as f64 / 1000.0),
        "log": step.log,
        "message": step.message,
        "reasons": step.reasons,
        "record": step.record,
        "data": step.data,
    })
}
