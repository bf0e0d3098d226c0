//! Forgets old runs, with the logs of their stages.
//!
//! What is kept: the newest runs, and each run that is the last to have run some stage's command,
//! so that what lies in the project can be traced however old it is.
#![expect(clippy::disallowed_methods, reason = "reads MLC_KEEP_RUNS")]

use crate::exec::ledger::RunId;
use crate::exec::ledger::alive::{folder, is_alive};
use crate::exec::ledger::run_id::is_run_id;
use crate::exec::ledger::store::{self, Trouble};
use camino::Utf8Path;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fs;

/// Runs that are kept unless `MLC_KEEP_RUNS` says otherwise.
const KEPT: usize = 100;

/// How many runs the end of a run leaves.
pub(super) fn keep() -> usize {
    let wanted = std::env::var("MLC_KEEP_RUNS").ok().and_then(|it| it.parse().ok());
    wanted.filter(|&it| it > 0).unwrap_or(KEPT)
}

/// What came of a pruning.
#[derive(Debug)]
pub(crate) struct Pruned {
    pub(crate) forgotten: usize,
    pub(crate) left: usize,
}

/// Forgets all but the newest `keep` runs, and those that are the last for some stage.
pub(crate) fn prune(root: &Utf8Path, keep: usize) -> anyhow::Result<Pruned> {
    let work = || -> Result<Pruned, Trouble> {
        if !root.join(store::NAME).exists() {
            return Ok(Pruned { forgotten: 0, left: 0 });
        }
        let (mut db, _) = store::open(root, RunId::now())?;
        let writing = db.transaction()?;
        let mut old = excess(&writing, keep)?;
        old.retain(|run| !is_alive(root, run));
        delete(&writing, &old)?;
        let left: i64 = writing.query_row("SELECT count(*) FROM runs", [], |row| row.get(0))?;
        writing.commit()?;
        db.execute_batch("VACUUM")?;
        delete_logs(root, &old);
        delete_stray_logs(root, &db, keep)?;
        Ok(Pruned { forgotten: old.len(), left: usize::try_from(left).unwrap_or_default() })
    };
    work().map_err(|trouble| anyhow::anyhow!("{trouble}"))
}

/// Runs that are too many.
pub(super) fn excess(db: &Connection, keep: usize) -> Result<Vec<String>, Trouble> {
    let mut old = db.prepare(
        "SELECT id FROM runs WHERE id NOT IN (SELECT run FROM stages)
         AND id NOT IN (SELECT id FROM runs ORDER BY start DESC, id DESC LIMIT ?1)",
    )?;
    let keep = i64::try_from(keep).unwrap_or(i64::MAX);
    Ok(old.query_map([keep], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn delete(db: &Connection, runs: &[String]) -> Result<(), Trouble> {
    let mut delete = db.prepare("DELETE FROM runs WHERE id = ?1")?;
    runs.iter().try_for_each(|run| Ok(delete.execute([run]).map(drop)?))
}

/// A log that cannot be removed does no harm.
pub(super) fn delete_logs(root: &Utf8Path, runs: &[String]) {
    for run in runs {
        let _ = fs::remove_dir_all(folder(root, run));
    }
}

/// Removes old logs of runs of which no ledger knows.
fn delete_stray_logs(root: &Utf8Path, db: &Connection, keep: usize) -> Result<(), Trouble> {
    let mut known = db.prepare("SELECT id FROM runs")?;
    let known: BTreeSet<String> =
        known.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let logged = crate::exec::logs::runs(root);
    let strays = logged.into_iter().skip(keep).filter(|run| !known.contains(run));
    let strays: Vec<String> = strays.filter(|run| is_run_id(run) && !is_alive(root, run)).collect();
    delete_logs(root, &strays);
    Ok(())
}
