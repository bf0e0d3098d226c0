//! `mlc lineage`: where a file came from, and what depends on it.

use crate::cli::commands::lineages::{graph_json, mermaid, text};
use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::cli::loading::load_or_report;
use crate::exec::disk::Disk;
use crate::exec::ledger::{Ledger, git};
use crate::exec::lineage::{Direction, Known, Lineage, Node, trace};
use crate::exec::openlineage::{Origin, job_event, step_events};
use crate::exec::recorder::Recorder;
use crate::plan::Plan;
use crate::report::paint::Paint;
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use std::time::UNIX_EPOCH;

/// Show from which data, code and params a file came, or what depends on it
///
/// Each file is shown with its digest, and what lies on disk now is compared with it. Each stage is
/// shown as it was when it wrote exactly these bytes: its command, its params, the run and the
/// commit.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A file or folder that a stage reads or writes, one inside of it, or a dataset
    #[arg(value_name = "PATH")]
    path: Utf8PathBuf,
    /// Show what depends on it
    #[arg(long)]
    down: bool,
    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Write JSON; the same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// An indented tree
    Text,
    /// For Markdown
    Mermaid,
    /// Nodes and edges
    Json,
    /// Events of the stages, one JSON object a line
    Openlineage,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let ready = match load_or_report(context)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let ledger = Ledger::open(&context.root).unwrap_or_else(|error| {
        context::note(&format!("warning: {error}; runs and commits are left out"));
        None
    });
    let (lock, disk) =
        (Recorder::read(&context.root, &ready.plan.folder)?, Disk::look(&context.root)?);
    let known = Known { plan: &ready.plan, lock: &lock, disk: &disk, ledger: ledger.as_ref() };
    let direction = if args.down { Direction::Down } else { Direction::Up };
    let asked = in_project(context, &args.path);
    let lineage = match trace(&known, (args.path.as_str(), &asked), direction)? {
        Ok(lineage) => lineage,
        Err(unknown) => {
            let help = unknown.help.map(|help| format!("; {help}")).unwrap_or_default();
            context::complain(&format!("no stage reads or writes `{}`{help}", unknown.path));
            return Ok(Exit::Usage);
        }
    };
    let shown = match if args.json { Format::Json } else { args.format } {
        Format::Text => text(&lineage, Paint { color: context.color }),
        Format::Mermaid => mermaid(&lineage),
        Format::Json => format!("{:#}\n", graph_json(&lineage)),
        Format::Openlineage => openlineage(&lineage, &ready.plan, context),
    };
    context::print(&shown);
    Ok(Exit::Success)
}

/// The path from the project's root, where it lies below.
fn in_project(context: &Context, path: &Utf8Path) -> String {
    let mut clean = Utf8PathBuf::new();
    for part in context.here.join(path).components() {
        match part {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                clean.pop();
            }
            Utf8Component::Prefix(_) | Utf8Component::RootDir | Utf8Component::Normal(_) => {
                clean.push(part);
            }
        }
    }
    clean.strip_prefix(&context.root).unwrap_or(path).to_string()
}

fn openlineage(lineage: &Lineage, plan: &Plan, context: &Context) -> String {
    let origin = Origin { root: &context.root, repository: git::origin(&context.root) };
    let mut events = Vec::new();
    for node in &lineage.nodes {
        let Node::Stage(stage) = node else { continue };
        match &stage.made {
            Some((run, done)) => events.extend(step_events(run, done, &origin)),
            None => {
                let at = locked_at(context, plan);
                let project = plan.project.name.as_str();
                let job = job_event((project, &stage.name), stage.record.as_ref(), at, &origin);
                events.push((at, job));
            }
        }
    }
    events.sort_by_key(|(at, _)| *at);
    events.into_iter().map(|(_, event)| format!("{event}\n")).collect()
}

/// When the lock, of which the rest is known, was written.
fn locked_at(context: &Context, plan: &Plan) -> i64 {
    let lock = context.root.join(&plan.folder).join("dvc.lock");
    let modified = lock.metadata().and_then(|it| it.modified());
    let since = modified.ok().and_then(|it| it.duration_since(UNIX_EPOCH).ok());
    since.and_then(|it| i64::try_from(it.as_millis()).ok()).unwrap_or_default()
}
