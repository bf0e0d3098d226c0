//! `mlc fmt`: writes specs in their canonical form, or tells which are not in it.
#![expect(clippy::disallowed_methods, reason = "reads and writes the specs that it formats")]

mod included;

use crate::base::source::SourceFile;
use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::exec::atomic;
use crate::report::diff;
use crate::syntax::format::{self, Unformattable};
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::io::Read as _;

/// Format specs: one canonical form, columns aligned, comments kept
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files to format, or `-` for standard input; without any the spec and what it includes
    #[arg(value_name = "FILE")]
    files: Vec<Utf8PathBuf>,
    /// Write nothing; list the files that would change and exit with 1 if there are any
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change and exit with 1 if there is anything
    #[arg(long)]
    diff: bool,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let mode = Mode { check: args.check, diff: args.diff, color: context.color };
    if args.files.iter().any(|path| path == "-") {
        anyhow::ensure!(args.files.len() == 1, "`-` stands alone: standard input or files");
        return format_input(mode);
    }
    let (folder, paths) = if args.files.is_empty() {
        (&context.root, included::specs(context)?)
    } else {
        (&context.here, args.files.clone())
    };
    let mut tally = Tally::default();
    for path in paths {
        match format_file(&folder.join(&path), &path, mode) {
            Ok(Outcome::Kept) => tally.kept += 1,
            Ok(Outcome::Changed) => tally.changed += 1,
            Err(error) => {
                context::complain(&format!("{error:#}"));
                tally.failed += 1;
            }
        }
    }
    Ok(tally.finish(mode))
}

#[derive(Clone, Copy, Debug)]
struct Mode {
    check: bool,
    diff: bool,
    color: bool,
}

impl Mode {
    fn writes(self) -> bool {
        !self.check && !self.diff
    }

    /// Tells of a change instead of making it.
    fn tell(self, path: &str, old: &str, new: &str) {
        if self.check {
            context::print_line(path);
        }
        if self.diff {
            context::print(&diff::unified(path, old, new, self.color));
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Kept,
    Changed,
}

#[derive(Debug, Default)]
struct Tally {
    changed: usize,
    kept: usize,
    failed: usize,
}

impl Tally {
    fn finish(&self, mode: Mode) -> Exit {
        let summary = self.summary(mode);
        if mode.writes() {
            context::print_line(&summary);
        } else {
            context::note(&summary);
        }
        let clean = self.failed == 0 && (mode.writes() || self.changed == 0);
        if clean { Exit::Success } else { Exit::Failure }
    }

    fn summary(&self, mode: Mode) -> String {
        let verb = if mode.writes() { "formatted" } else { "would format" };
        let mut said = Vec::new();
        if self.changed > 0 {
            said.push(format!("{verb} {}", files(self.changed)));
        }
        match self.kept {
            0 => {}
            kept if self.changed > 0 => said.push(format!("{kept} already formatted")),
            kept => said.push(format!("{} already formatted", files(kept))),
        }
        if self.failed > 0 {
            said.push(format!("{} not formatted", files(self.failed)));
        }
        said.join(", ")
    }
}

fn files(count: usize) -> String {
    format!("{count} file{}", if count == 1 { "" } else { "s" })
}

fn format_file(path: &Utf8Path, shown: &Utf8Path, mode: Mode) -> anyhow::Result<Outcome> {
    let old = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    let new = formatted(&old, shown.as_str())?;
    if old == new {
        return Ok(Outcome::Kept);
    }
    if mode.writes() {
        atomic::write(path, new.as_bytes())?;
    } else {
        mode.tell(shown.as_str(), &old, &new);
    }
    Ok(Outcome::Changed)
}

fn format_input(mode: Mode) -> anyhow::Result<Exit> {
    let mut old = String::new();
    std::io::stdin().read_to_string(&mut old).context("cannot read standard input")?;
    let new = formatted(&old, "<stdin>")?;
    if mode.writes() {
        context::print(&new);
        return Ok(Exit::Success);
    }
    if old == new {
        return Ok(Exit::Success);
    }
    mode.tell("<stdin>", &old, &new);
    Ok(Exit::Failure)
}

fn formatted(text: &str, shown: &str) -> anyhow::Result<String> {
    format::format(text).map_err(|Unformattable { at, what }| {
        let place = SourceFile::new(shown, text).position(at);
        let (line, column) = (place.line, place.column);
        anyhow::anyhow!("{shown}:{line}:{column}: cannot format: {what}; run `mlc check`")
    })
}
