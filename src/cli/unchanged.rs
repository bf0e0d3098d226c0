//! `mlc run` when nothing changed since it last found nothing to do: answered from a snapshot,
//! before the command line is parsed in full. Everything else goes the whole way.
#![expect(clippy::disallowed_methods, reason = "looks at the program itself, its environment")]

use crate::cli::args::{ColorChoice, Global};
use crate::cli::context::{Context, print_line};
use crate::cli::disk::{Look, Looks};
use crate::cli::exit::Exit;
use crate::exec::cache::Cache;
use crate::exec::dvcignore::DvcIgnore;
use crate::exec::lock::LockFile;
use crate::exec::progress::{Status, Summary};
use crate::exec::snapshot;
use crate::exec::snapshot::gather::{Gatherer, Unsettled};
use crate::plan::Plan;
use crate::report::paint::{Ink, Paint};
use camino::Utf8PathBuf;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::time::Instant;

/// What DVC's configuration and so the place of the cache depend on besides files.
const ENVIRONMENT: &[&str] =
    &["HOME", "XDG_CONFIG_HOME", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR"];

/// The answer to these arguments, if the snapshot holds.
pub(crate) fn answer(args: &[OsString]) -> Option<Exit> {
    let started = Instant::now();
    let asked = Asked::read(args)?;
    let global = Global { file: asked.file, dvc: asked.dvc, color: ColorChoice::Auto };
    let context = Context::new(&global).ok()?;
    let stages = snapshot::holds(&context.root, &key(&context)?)?;
    if !asked.quiet {
        let counts = [(Status::UpToDate, stages)].into();
        let summary = Summary { counts, rejected: 0, took: started.elapsed() };
        print_line(&Paint { color: context.color }.text(Ink::Strong, &summary.to_string()));
    }
    Some(Exit::Success)
}

/// Remembers a run of everything that found nothing to do, unless something is too young.
pub(crate) fn remember(
    context: &Context,
    gatherer: Gatherer,
    looks: &Looks,
    plan: &Plan,
    lock: &LockFile,
) -> anyhow::Result<()> {
    let Some(key) = key(context) else { return Ok(()) };
    let cache = Cache::look(&context.root)?;
    let ignore = DvcIgnore::new(&context.root);
    let mut gatherer = gatherer;
    let gathered =
        looked(&mut gatherer, looks).and_then(|()| gatherer.steps(plan, lock, &cache, &ignore));
    match gathered {
        Ok(()) => snapshot::write(&context.root, &key, plan.steps.len(), gatherer.into_witnesses()),
        Err(Unsettled) => Ok(()),
    }
}

/// What was looked at to read and check the spec.
fn looked(gatherer: &mut Gatherer, looks: &Looks) -> Result<(), Unsettled> {
    for (path, look) in &looks.paths {
        match look {
            Look::Content => gatherer.same(path)?,
            Look::Kind => gatherer.kind(path)?,
        }
    }
    if looks.asked_git {
        gatherer.index_of_git()?;
    }
    gatherer.ignored(&looks.dvcignore)
}

/// What a snapshot is good for: this program, this spec, this environment.
fn key(context: &Context) -> Option<String> {
    let program = std::env::current_exe().and_then(std::fs::metadata).ok()?;
    let built = program.modified().ok()?;
    let (spec, kind) = (context.root.join(&context.spec), if context.is_dvc { "dvc" } else { "" });
    let mut key = format!("{built:?} {} {kind} {spec}\n", program.len());
    for name in ENVIRONMENT {
        let _ = writeln!(key, "{name}={:?}", std::env::var_os(name));
    }
    Some(key)
}

/// A call that asks for a run of everything, and nothing more.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    file: Option<Utf8PathBuf>,
    dvc: Option<Utf8PathBuf>,
    quiet: bool,
}

impl Asked {
    fn read(args: &[OsString]) -> Option<Self> {
        let mut args = args.iter().skip(1).map(|arg| arg.to_str());
        let mut asked = Self::default();
        let mut is_run = false;
        while let Some(arg) = args.next() {
            match arg? {
                "run" if !is_run => is_run = true,
                "-q" | "--quiet" if is_run => asked.quiet = true,
                "-k" | "--keep-going" if is_run => {}
                "-j" | "--jobs" if is_run => positive(args.next()??)?,
                "-f" | "--file" if asked.file.is_none() => asked.file = Some(args.next()??.into()),
                "--dvc" if asked.dvc.is_none() => asked.dvc = Some(args.next()??.into()),
                other if is_run => positive(other.strip_prefix("-j")?)?,
                _ => return None,
            }
        }
        // Both at once is a mistake that the parser explains.
        (is_run && (asked.file.is_none() || asked.dvc.is_none())).then_some(asked)
    }
}

fn positive(number: &str) -> Option<()> {
    number.parse::<u16>().ok().filter(|it| *it > 0).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Asked> {
        Asked::read(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn only_plain_runs_of_everything_are_answered() {
        let quiet = Asked { quiet: true, ..Asked::default() };
        assert_eq!(read("mlc run"), Some(Asked::default()));
        assert_eq!(read("mlc run -j 4 -q"), Some(quiet));
        let file = Asked { file: Some("a/mlc.kdl".into()), ..Asked::default() };
        assert_eq!(read("mlc -f a/mlc.kdl run -j8 --keep-going"), Some(file));
        let dvc = Asked { dvc: Some("a/dvc.yaml".into()), ..Asked::default() };
        assert_eq!(read("mlc run --dvc a/dvc.yaml"), Some(dvc));
        for line in [
            "mlc run -f a --dvc b",
            "mlc",
            "mlc run train",
            "mlc run --force",
            "mlc run -j 0",
            "mlc run -j",
            "mlc",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
