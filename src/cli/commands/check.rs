//! `mlc check`: every diagnostic at once, and the fixes that go with them.

use crate::base::diagnostic::Diagnostic;
use crate::base::source::SourceMap;
use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::cli::fixing;
use crate::cli::loading::load;
use crate::driver::{Counts, Loaded};
use crate::report::summary::Summary;
use crate::report::text::counted;
use crate::report::{github, human, json, sarif, short};
use camino::{Utf8Path, Utf8PathBuf};
use std::mem::ManuallyDrop;

/// Check the spec and tell everything that is wrong with it
///
/// Exits with 0 when there are no errors, with 1 when there are.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How to tell it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Exit with 1 on warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// Apply the fixes that are offered, then check again
    #[arg(long)]
    fix: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Drawn under the source
    Human,
    /// One line each: `path:line:col: error[slug]: message`
    Short,
    /// For other programs, version 1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations in GitHub Actions
    Github,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let mut loaded = load(context)?;
    if args.fix {
        let fixed = fixing::fix(context, loaded)?;
        context::remark(&fixed.report(context));
        loaded = fixed.loaded;
    }
    // The process ends right after: freeing a large project piece by piece would only cost time.
    let loaded = ManuallyDrop::new(loaded);
    context::print(&render(args.format, context, &loaded));
    let summary = Summary::of(&loaded.diagnostics);
    let bad = summary.errors > 0 || (args.deny_warnings && summary.warnings > 0);
    Ok(if bad { Exit::Failure } else { Exit::Success })
}

fn render(format: Format, context: &Context, loaded: &Loaded) -> String {
    let (sources, diagnostics): (&SourceMap, &[Diagnostic]) =
        (&loaded.sources, &loaded.diagnostics);
    match format {
        Format::Human if diagnostics.is_empty() => clean(&context.spec, loaded.counts),
        Format::Human => human::render(sources, diagnostics, context.screen()),
        Format::Short => short::render(sources, diagnostics),
        Format::Json => json::render(sources, diagnostics),
        Format::Sarif => sarif::render(sources, diagnostics, &folder(&context.root)),
        Format::Github => github::render(sources, diagnostics, &folder(&context.root)),
    }
}

/// `mlc.kdl: 4 stages, 2 schemas, no problems`.
fn clean(spec: &Utf8Path, counts: Counts) -> String {
    let parts = [
        (counts.stages, "stage"),
        (counts.schemas, "schema"),
        (counts.datasets, "dataset"),
        (counts.thresholds, "threshold"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let mut parts: Vec<String> = parts.map(|&(number, noun)| counted(number, noun)).collect();
    parts.push("no problems".to_owned());
    format!("{spec}: {}\n", parts.join(", "))
}

/// The project's root seen from the repository's.
fn folder(root: &Utf8Path) -> Utf8PathBuf {
    let root = root.canonicalize_utf8().unwrap_or_else(|_| root.to_owned());
    let repository = root.ancestors().find(|folder| folder.join(".git").exists());
    let inside = repository.and_then(|repository| root.strip_prefix(repository).ok());
    inside.map(Utf8Path::to_owned).unwrap_or_default()
}
