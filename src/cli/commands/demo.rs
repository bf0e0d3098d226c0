//! `mlc demo`: the whole way through the churn example, as if typed. Unaware of what the commands
//! that it runs do.

use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::cli::scaffold::embedded::CHURN;
use crate::cli::scaffold::python::Environment;
use crate::cli::scaffold::{self, Repository};
use crate::cli::tour::Tour;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;

/// Says in a folder that it may be used again; git ignores it.
const MARK: &str = ".mlc/demo";

/// Set up the churn example with its own virtual environment, and show every step on it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Put it here; used again when an earlier demo made it
    #[arg(long, value_name = "DIR", default_value = "demo")]
    dir: Utf8PathBuf,
}

pub(crate) fn run(args: &Args, _context: &Context) -> anyhow::Result<Exit> {
    if !may_use(&args.dir) {
        context::complain(&format!(
            "`{}` is there already, and no demo made it\nhelp: choose another folder with `--dir`",
            args.dir
        ));
        return Ok(Exit::Failure);
    }
    scaffold(&args.dir)?;
    let Some(environment) = Environment::prepare(&args.dir)? else { return Ok(Exit::Failure) };
    let mut tour = Tour::new(&args.dir, &environment)?;
    for step in STEPS {
        let exit = tour.show(step)?;
        if exit != 0 {
            context::complain(&format!("`mlc {}` ended with {exit}", step.join(" ")));
            return Ok(Exit::Failure);
        }
    }
    context::print(&tour.summary());
    context::print(&where_to_look(&args.dir));
    Ok(Exit::Success)
}

const STEPS: &[&[&str]] = &[&["check"], &["build"], &["run"], &["gate"], &["run"]];

/// A folder that is missing, empty, or of an earlier demo.
fn may_use(dir: &Utf8Path) -> bool {
    let empty = |dir: &Utf8Path| dir.read_dir_utf8().is_ok_and(|mut it| it.next().is_none());
    dir.symlink_metadata().is_err() || empty(dir) || dir.join(MARK).is_file()
}

/// Writes the example, marked first: a demo that was interrupted can go on.
fn scaffold(dir: &Utf8Path) -> anyhow::Result<()> {
    let mark = dir.join(MARK);
    let folder = mark.parent().unwrap_or(dir);
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{folder}`"))?;
    let note = "`mlc demo` made this folder and may use it again.\n";
    let files = scaffold::files(&CHURN, CHURN.name)?;
    let new = scaffold::conflicts(&files, dir).is_empty();
    scaffold::write_missing(&[scaffold::NewFile { path: MARK.into(), bytes: note.into() }], dir)?;
    // Its own repository even inside another: DVC must not see the checkout that it lies in.
    let repository = scaffold::own_repository(dir)?;
    scaffold::write_missing(&files, dir)?;
    scaffold::enter_dvc(dir, repository)?;
    let with = if repository == Repository::None { "without git" } else { "with git and DVC" };
    let made = if new { "made the churn example" } else { "using the churn example" };
    context::print_line(&format!("{made} in `{dir}`, {with}"));
    Ok(())
}

fn where_to_look(dir: &Utf8Path) -> String {
    format!(
        "
look at
    {dir}/mlc.kdl              the spec
    {dir}/dvc.yaml             what it was compiled to
    {dir}/metrics/eval.json    what the model reaches
    {dir}/.mlc/logs            what the stages wrote

try
    cd {dir} && . .venv/bin/activate
    change `max_depth` in params.yaml, then `mlc run`: only what depends on it runs
    misspell a column or a stage in mlc.kdl, then `mlc check`
"
    )
}
