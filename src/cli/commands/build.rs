//! `mlc build`: writes what the targets of the spec say.

use crate::base::files::FileSet;
use crate::cli::context::{Context, complain, print_line};
use crate::cli::exit::Exit;
use crate::cli::loading::{self, Ready};
use crate::cli::writing::{self, Change};
use crate::emit::ownership::State;
use crate::emit::{Input, Target, targets};
use crate::report::diff;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// Write the artifacts that the spec's targets name
///
/// A file that mlc did not write, or that was edited since, is never overwritten without --force.
/// Files of targets that the spec no longer names are removed when nobody touched them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mlc build                 write everything
  mlc build dvc             write dvc.yaml only
  mlc build --check         fail when a file on disk differs, as in CI
  mlc build --diff          show what would change, write nothing")]
pub(crate) struct Args {
    /// Only these targets
    #[arg(value_name = "TARGET")]
    only: Vec<String>,
    /// Write nothing; fail when a file on disk differs
    #[arg(long)]
    check: bool,
    /// Show what would change, write nothing
    #[arg(long)]
    diff: bool,
    /// Write below this folder instead of the project
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
    /// Overwrite files that mlc did not write or that were edited
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let ready = match loading::load_or_report(context)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let wanted = match selected(args, &ready) {
        Ok(wanted) => wanted,
        Err(message) => {
            complain(&message);
            return Ok(Exit::Usage);
        }
    };
    let files = files(&wanted, &ready);
    let root = args.out.as_ref().map_or(context.root.clone(), |out| context.here.join(out));
    let mut changes = writing::compare(&root, files)?;
    if args.only.is_empty() && args.out.is_none() {
        changes.extend(leftovers(&root, &wanted)?);
    }
    if wanted.is_empty() && changes.is_empty() {
        print_line("the spec names no targets: add `targets { dvc }` to write dvc.yaml");
        return Ok(Exit::Success);
    }
    if args.check || args.diff {
        return Ok(preview(args, context, &changes));
    }
    if !args.force && refuse(&changes) {
        return Ok(Exit::Failure);
    }
    writing::apply(&root, &changes)?;
    report(&changes);
    Ok(Exit::Success)
}

/// The targets to write, in the order of the spec.
fn selected(args: &Args, ready: &Ready) -> Result<Vec<&'static Target>, String> {
    let named = ready.plan.project.targets.iter().map(|target| target.value.as_str());
    let in_spec: Vec<&str> = named.collect();
    for name in &args.only {
        if targets::find(name).is_none() {
            let known = targets::TARGETS.iter().map(|target| target.name);
            let help = crate::base::suggest::did_you_mean(name, known);
            let help = help.map(|it| format!("; {it}")).unwrap_or_default();
            return Err(format!("there is no target `{name}`{help}"));
        }
        if !in_spec.contains(&name.as_str()) {
            return Err(format!("the spec does not name the target `{name}`: add it to `targets`"));
        }
    }
    let chosen = in_spec
        .iter()
        .filter(|it| args.only.is_empty() || args.only.iter().any(|only| only == *it));
    Ok(chosen.filter_map(|name| targets::find(name)).collect())
}

fn files(wanted: &[&'static Target], ready: &Ready) -> FileSet {
    let input = Input { plan: &ready.plan, sources: &ready.sources };
    wanted.iter().flat_map(|target| (target.emit)(&input)).collect()
}

/// Generated files on disk that are older than the spec and differ from what would be written.
pub(crate) fn stale(context: &Context, ready: &Ready) -> anyhow::Result<Vec<Utf8PathBuf>> {
    let named = ready.plan.project.targets.iter();
    let wanted: Vec<_> = named.filter_map(|target| targets::find(&target.value)).collect();
    let paths = wanted.iter().flat_map(|target| target.paths).map(Utf8Path::new);
    let sources: Vec<&Utf8Path> = ready.sources.iter().map(|(_, it)| it.path.as_path()).collect();
    if !paths.into_iter().any(|path| writing::is_older(&context.root, path, &sources)) {
        return Ok(Vec::new());
    }
    let changes = writing::compare(&context.root, files(&wanted, ready))?;
    let stale = changes.into_iter().filter(|it| !matches!(it.state, State::Same | State::Missing));
    Ok(stale.map(|it| it.path).collect())
}

/// What targets wrote that the spec does not name any more.
fn leftovers(root: &Utf8Path, wanted: &[&'static Target]) -> anyhow::Result<Vec<Change>> {
    let is_wanted = |target: &&&Target| wanted.iter().any(|it| it.name == target.name);
    let gone = targets::TARGETS.iter().filter(|target| !is_wanted(target));
    let kept = |path: &&&str| wanted.iter().any(|it| it.paths.contains(*path));
    let paths: BTreeSet<&str> =
        gone.flat_map(|target| target.paths).filter(|it| !kept(it)).copied().collect();
    let found = paths.into_iter().map(|path| writing::leftover(root, Utf8Path::new(path)));
    found
        .filter_map(Result::transpose)
        .collect::<anyhow::Result<_>>()
        .context("cannot look at old files")
}

fn preview(args: &Args, context: &Context, changes: &[Change]) -> Exit {
    let differing: Vec<&Change> = changes.iter().filter(|it| !it.is_same()).collect();
    for change in &differing {
        if args.diff {
            let new = change.wanted.as_deref().unwrap_or_default();
            let old = change.on_disk.as_deref().unwrap_or_default();
            let text = diff::unified(change.path.as_str(), old, new, context.color);
            crate::cli::context::print(&text);
        } else {
            print_line(&format!("{} {}", change.path, change.difference()));
        }
    }
    match (args.check, differing.len()) {
        (_, 0) => {
            print_line(&format!("{} up to date", count(changes.len())));
            Exit::Success
        }
        (true, _) => {
            print_line("run `mlc build` and commit the result");
            Exit::Failure
        }
        (false, _) => Exit::Success,
    }
}

/// Complains about files that would lose something; true when there are any.
fn refuse(changes: &[Change]) -> bool {
    let precious: Vec<&Change> =
        changes.iter().filter(|it| it.state.is_precious() && it.wanted.is_some()).collect();
    for change in &precious {
        let why = match change.state {
            State::Edited => "was edited since mlc wrote it",
            State::Foreign | State::Missing | State::Same | State::Ours => "was not written by mlc",
        };
        complain(&format!("{} {why}, so nothing was written", change.path));
    }
    if !precious.is_empty() {
        complain("look with `mlc build --diff`, move your edits into the spec, then use --force");
    }
    !precious.is_empty()
}

fn report(changes: &[Change]) {
    for change in changes {
        match (&change.wanted, change.state) {
            (Some(_), State::Same) => print_line(&format!("unchanged {}", change.path)),
            (Some(_), _) => print_line(&format!("wrote     {}", change.path)),
            (None, State::Ours) => print_line(&format!("removed   {}", change.path)),
            (None, _) => print_line(&format!(
                "kept      {} (no target writes it any more, but it was edited)",
                change.path
            )),
        }
    }
}

fn count(files: usize) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{files} files") }
}
