//! Answers questions about past runs.

use crate::exec::ledger::alive::is_alive;
use crate::exec::ledger::store;
use crate::exec::ledger::{Done, Outcome, Run};
use anyhow::{Context as _, anyhow, bail};
use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, Row, params};
use std::collections::BTreeMap;
use std::time::Duration;

const RUN: &str = "SELECT id, project, command, version, jobs, start, end, commit_id, dirty,
                   outcome, commands_ms, counts FROM runs";

const STEP: &str = "SELECT run, stage, status, key, start, end, exit_code, signal, attempts,
                    peak_memory, cpu_ms, log, message, reasons, record, data FROM steps";

/// The ledger of one project, open to read.
#[derive(Debug)]
pub(crate) struct Ledger {
    root: Utf8PathBuf,
    db: Connection,
}

impl Ledger {
    /// `None` when no run was recorded yet.
    pub(crate) fn open(root: &Utf8Path) -> anyhow::Result<Option<Self>> {
        match store::look(root) {
            Ok(db) => Ok(db.map(|db| Self { root: root.to_owned(), db })),
            Err(trouble) => Err(anyhow!("{trouble}")),
        }
    }

    /// Runs, newest first.
    pub(crate) fn runs(&self, most: Option<usize>) -> anyhow::Result<Vec<Run>> {
        let most = most.and_then(|it| i64::try_from(it).ok()).unwrap_or(-1);
        let mut query = self.db.prepare(&format!("{RUN} ORDER BY start DESC, id DESC LIMIT ?1"))?;
        let runs = query.query_map([most], run)?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(runs.into_iter().map(|run| self.seen(run)).collect())
    }

    /// The run that is meant: `last`, or the beginning or the end of its name.
    pub(crate) fn find(&self, text: &str) -> anyhow::Result<Run> {
        let runs = self.runs(None)?;
        if text == "last" {
            return runs.into_iter().next().context("no run is recorded");
        }
        let meant = |run: &&Run| run.id.starts_with(text) || run.id.ends_with(text);
        let found: Vec<&Run> = runs.iter().filter(meant).collect();
        match found.as_slice() {
            [] => bail!("no recorded run is called `{text}`; `mlc runs` lists them"),
            [one] => Ok((*one).clone()),
            [one, another, ..] => bail!(
                "`{text}` is the name of {} runs, among them `{}` and `{}`; write more of it",
                found.len(),
                one.id,
                another.id
            ),
        }
    }

    /// What a run did, in the order in which it began.
    pub(crate) fn steps(&self, run: &Run) -> anyhow::Result<Vec<Done>> {
        let mut query =
            self.db.prepare(&format!("{STEP} WHERE run = ?1 ORDER BY start, end, stage"))?;
        let mut steps = query.query_map([&run.id], done)?.collect::<rusqlite::Result<Vec<_>>>()?;
        for step in steps.iter_mut().filter(|step| step.status == "running") {
            if run.outcome == Outcome::Lost {
                "lost".clone_into(&mut step.status);
            }
        }
        Ok(steps)
    }

    /// Everything that runs did for a stage, newest first.
    pub(crate) fn of_stage(&self, stage: &str) -> anyhow::Result<Vec<Done>> {
        let sql = format!("{STEP} WHERE stage = ?1 ORDER BY start DESC, run DESC");
        let mut query = self.db.prepare(&sql)?;
        Ok(query.query_map([stage], done)?.collect::<rusqlite::Result<Vec<_>>>()?)
    }

    /// A run by its whole name.
    pub(crate) fn run(&self, id: &str) -> anyhow::Result<Option<Run>> {
        let mut query = self.db.prepare(&format!("{RUN} WHERE id = ?1"))?;
        let found = query.query_map([id], run)?.next().transpose()?;
        Ok(found.map(|run| self.seen(run)))
    }

    /// How a stage stands in a run, if that is written down yet.
    pub(crate) fn status(&self, run: &str, stage: &str) -> anyhow::Result<Option<String>> {
        let sql = "SELECT status FROM steps WHERE run = ?1 AND stage = ?2";
        let mut query = self.db.prepare(sql)?;
        Ok(query.query_map(params![run, stage], |row| row.get(0))?.next().transpose()?)
    }

    /// A run without an end goes on, or was lost.
    fn seen(&self, mut run: Run) -> Run {
        if run.outcome == Outcome::Running && !is_alive(&self.root, &run.id) {
            run.outcome = Outcome::Lost;
        }
        // The counts come with the end.
        if run.end.is_none() {
            run.counts = self.counted(&run.id).unwrap_or_default();
            if run.outcome == Outcome::Lost
                && let Some(count) = run.counts.remove("running")
            {
                run.counts.insert("lost".to_owned(), count);
            }
        }
        run
    }

    fn counted(&self, run: &str) -> rusqlite::Result<BTreeMap<String, u64>> {
        let sql = "SELECT status, count(*) FROM steps WHERE run = ?1 GROUP BY status";
        let mut query = self.db.prepare(sql)?;
        let pair = |row: &Row<'_>| Ok((row.get(0)?, whole(row, 1)?.unwrap_or_default()));
        query.query_map([run], pair)?.collect()
    }
}

/// What the newest run did that did something for the stage.
pub(crate) fn last(root: &Utf8Path, stage: &str) -> Option<Done> {
    let ledger = Ledger::open(root).ok()??;
    let done = ledger.of_stage(stage).ok()?;
    done.into_iter().find(|it| it.status != "skipped")
}

/// The newest run.
pub(crate) fn newest(root: &Utf8Path) -> Option<Run> {
    Ledger::open(root).ok()??.runs(Some(1)).ok()?.into_iter().next()
}

/// How long each stage took when its command last ran and succeeded; empty without a ledger.
pub(crate) fn durations(root: &Utf8Path) -> BTreeMap<String, Duration> {
    let read = || -> Option<BTreeMap<String, Duration>> {
        let ledger = Ledger::open(root).ok()??;
        let mut query = ledger.db.prepare("SELECT stage, took_ms FROM stages").ok()?;
        let pair = |row: &Row<'_>| {
            let millis = u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default();
            Ok((row.get(0)?, Duration::from_millis(millis)))
        };
        query.query_map([], pair).ok()?.collect::<rusqlite::Result<_>>().ok()
    };
    read().unwrap_or_default()
}

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let outcome: Option<String> = row.get(9)?;
    let command: String = row.get(2)?;
    let counts: String = row.get(11)?;
    Ok(Run {
        id: row.get(0)?,
        project: row.get(1)?,
        command: serde_json::from_str(&command).unwrap_or_default(),
        version: row.get(3)?,
        jobs: whole(row, 4)?.unwrap_or_default(),
        start: row.get(5)?,
        end: row.get(6)?,
        commit: row.get(7)?,
        dirty: row.get(8)?,
        outcome: match outcome.as_deref() {
            Some("succeeded") => Outcome::Succeeded,
            Some("failed") => Outcome::Failed,
            Some("interrupted") => Outcome::Interrupted,
            Some(_) | None => Outcome::Running,
        },
        commands_ms: row.get(10)?,
        counts: serde_json::from_str(&counts).unwrap_or_default(),
    })
}

fn done(row: &Row<'_>) -> rusqlite::Result<Done> {
    let reasons: String = row.get(13)?;
    let record: Option<String> = row.get(14)?;
    let data: Option<String> = row.get(15)?;
    Ok(Done {
        run: row.get(0)?,
        stage: row.get(1)?,
        status: row.get(2)?,
        key: row.get(3)?,
        start: row.get(4)?,
        end: row.get(5)?,
        exit_code: row.get(6)?,
        signal: row.get(7)?,
        attempts: row.get(8)?,
        peak_memory: whole(row, 9)?,
        cpu_ms: whole(row, 10)?,
        log: row.get(11)?,
        message: row.get(12)?,
        reasons: serde_json::from_str(&reasons).unwrap_or_default(),
        record: record.and_then(|text| serde_json::from_str(&text).ok()),
        data: data.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
    })
}

/// A number that is never negative.
fn whole(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(at)?.and_then(|it| u64::try_from(it).ok()))
}
