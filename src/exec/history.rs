//! What past runs did: a file a run under `.mlc/history`, one JSON object a line. Read by `show`,
//! later by `mlc runs` and to know which steps take long.
#![expect(clippy::disallowed_methods, reason = "keeps files of its own, reads the clock")]

use crate::exec::progress::Status;
use crate::exec::time::utc;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, SystemTime};

/// Runs that are kept.
const KEPT: usize = 100;

/// What became of one step in one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) stage: String,
    /// As [`Status::slug`] writes it.
    pub(crate) status: String,
    /// When it started, as `2025-01-31T12:00:00Z`.
    pub(crate) start: String,
    pub(crate) duration_s: f64,
}

/// The last line of a run's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Totals {
    /// How long commands ran, counting those that ran at once only once.
    commands_s: f64,
}

/// A run that is over.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Name of its file.
    pub(crate) name: String,
    /// How long its commands ran, counting those that ran at once only once.
    pub(crate) commands: Duration,
}

/// The records of a run that is going on.
#[derive(Debug)]
pub(crate) struct History {
    folder: Utf8PathBuf,
    started: SystemTime,
    records: Vec<Record>,
}

impl History {
    pub(crate) fn begin(root: &Utf8Path) -> Self {
        let folder = root.join(".mlc/history");
        Self { folder, started: SystemTime::now(), records: Vec::new() }
    }

    /// Notes a step; what was up to date is not worth a line.
    pub(crate) fn note(&mut self, stage: &str, status: Status, took: Duration) {
        if matches!(status, Status::UpToDate | Status::NotRun | Status::Skipped) {
            return;
        }
        let start = utc(SystemTime::now().checked_sub(took).unwrap_or(self.started));
        let duration_s = (took.as_secs_f64() * 1000.0).round() / 1000.0;
        let status = status.slug().to_owned();
        self.records.push(Record { stage: stage.to_owned(), status, start, duration_s });
    }

    /// Writes the run down, unless nothing happened.
    pub(crate) fn finish(self, commands: Duration) -> anyhow::Result<()> {
        if self.records.is_empty() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("`{}` cannot be made", self.folder))?;
        let mut text = String::new();
        for record in &self.records {
            let line = serde_json::to_string(record).context("a record is not JSON")?;
            let _ = writeln!(text, "{line}");
        }
        let totals = serde_json::to_string(&Totals { commands_s: commands.as_secs_f64() });
        let _ = writeln!(text, "{}", totals.context("totals are not JSON")?);
        let stamp = utc(self.started).replace([':', '-'], "");
        let path = self.folder.join(format!("{stamp}-{}.jsonl", std::process::id()));
        fs::write(&path, text).with_context(|| format!("`{path}` cannot be written"))?;
        self.forget_old_runs();
        Ok(())
    }

    fn forget_old_runs(&self) {
        let names = runs(&self.folder);
        for name in names.iter().skip(KEPT) {
            let _ = fs::remove_file(self.folder.join(name));
        }
    }
}

/// The newest record of a step.
pub(crate) fn last(root: &Utf8Path, stage: &str) -> Option<Record> {
    let folder = root.join(".mlc/history");
    runs(&folder).iter().find_map(|name| {
        let text = fs::read_to_string(folder.join(name)).ok()?;
        let mut records = text.lines().filter_map(|line| serde_json::from_str::<Record>(line).ok());
        records.rfind(|record| record.stage == stage)
    })
}

/// The newest run that did something.
pub(crate) fn newest(root: &Utf8Path) -> Option<Run> {
    let folder = root.join(".mlc/history");
    let name = runs(&folder).into_iter().next()?;
    let text = fs::read_to_string(folder.join(&name)).ok()?;
    let totals = serde_json::from_str::<Totals>(text.lines().last()?).ok()?;
    Some(Run { name, commands: Duration::try_from_secs_f64(totals.commands_s).ok()? })
}

/// Names of the files, newest first.
fn runs(folder: &Utf8Path) -> Vec<String> {
    let Ok(entries) = folder.read_dir_utf8() else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_owned()))
        .filter(|name| name.ends_with(".jsonl"))
        .collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    names
}
