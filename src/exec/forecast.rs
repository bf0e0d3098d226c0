//! Says what a run would do, without doing it: changes are followed downstream.

use crate::base::value::Value;
use crate::exec::lock::{Entry, LockFile};
use crate::exec::reason::Reason;
use crate::exec::restore;
use crate::exec::verdict::{Depth, Seen, Verdict, World, judge};
use crate::model::ids::StepId;
use crate::plan::Plan;
use crate::plan::step::{PathRef, Step, StepParams};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};

/// What will become of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    Run,
    /// A step upstream will run; what it writes decides.
    MayRun,
    /// Everything it reads is as recorded, and the cache holds what it wrote.
    Restore,
    /// It is frozen: its outputs are recorded as they are.
    Record,
    UpToDate,
}

/// Which steps run whatever the lock says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Force {
    /// All that are selected.
    pub(crate) all: bool,
    /// Those behind a step that runs or is restored.
    pub(crate) downstream: bool,
}

/// One step's fate and why.
#[derive(Clone, Debug)]
pub(crate) struct Forecast {
    pub(crate) id: StepId,
    pub(crate) fate: Fate,
    /// Empty when up to date.
    pub(crate) reasons: Vec<Reason>,
}

/// Foresees a run of the selected steps, in the order of the plan.
pub(crate) fn forecast(
    plan: &Plan,
    selected: &BTreeSet<StepId>,
    lock: &LockFile,
    world: &dyn World,
    force: Force,
) -> anyhow::Result<Vec<Forecast>> {
    let mut changed = BTreeSet::new();
    let mut ahead = Ahead { world, written: BTreeMap::new() };
    let mut forecasts = Vec::with_capacity(selected.len());
    for &id in plan.order.iter().filter(|id| selected.contains(id)) {
        let step = plan.step(id);
        let locked = lock.get(&step.name);
        let mut verdict = judge(step, locked, &ahead, Depth::Explain)?;
        if !step.frozen {
            let behind = || step.upstream.iter().any(|upstream| changed.contains(upstream));
            if force.all {
                verdict.reasons.insert(0, Reason::Forced);
            } else if force.downstream && behind() {
                verdict.reasons.insert(0, Reason::Behind);
            }
        }
        let (fate, restored) = fate(step, &verdict, locked, &ahead)?;
        if matches!(fate, Fate::Run | Fate::Restore | Fate::Record) {
            changed.insert(id);
        }
        ahead.expect(step, fate, restored.as_ref());
        forecasts.push(Forecast { id, fate, reasons: verdict.reasons });
    }
    Ok(forecasts)
}

/// The fate of a step, and the entry whose outputs would be restored.
fn fate(
    step: &Step,
    verdict: &Verdict,
    locked: Option<&Entry>,
    world: &dyn World,
) -> anyhow::Result<(Fate, Option<Entry>)> {
    if verdict.is_up_to_date() {
        return Ok((Fate::UpToDate, None));
    }
    if step.frozen {
        return Ok((Fate::Record, None));
    }
    if verdict.is_open() {
        return Ok((Fate::MayRun, None));
    }
    if step.always || verdict.reasons.iter().any(Reason::is_order) {
        return Ok((Fate::Run, None));
    }
    if let Some(locked) = locked.filter(|_| verdict.is_mended_by_outputs())
        && restore::cached(step, &locked.outs, world)?.is_some()
    {
        return Ok((Fate::Restore, Some(locked.clone())));
    }
    let remembered =
        restore::wanted(step, locked, world)?.and_then(|wanted| world.remembered(&wanted));
    Ok(match remembered {
        Some(entry) => (Fate::Restore, Some(entry)),
        None => (Fate::Run, None),
    })
}

/// The tree as it will be once earlier steps are done.
struct Ahead<'a> {
    world: &'a dyn World,
    written: BTreeMap<Utf8PathBuf, Seen>,
}

impl Ahead<'_> {
    fn expect(&mut self, step: &Step, fate: Fate, restored: Option<&Entry>) {
        if matches!(fate, Fate::Record | Fate::UpToDate) {
            return;
        }
        for out in &step.outs {
            let open = || Seen::Open(step.name.clone());
            let recorded = restored
                .and_then(|entry| entry.outs.iter().find(|it| it.path == out.path.local))
                .and_then(|it| Some(Seen::Found { md5: it.md5.clone()?, isexec: it.isexec }));
            self.written.insert(out.path.path.clone(), recorded.unwrap_or_else(open));
        }
    }

    /// What earlier steps write at, below or above a path.
    fn touched(&self, path: &Utf8Path) -> Option<Seen> {
        if let Some(seen) = self.written.get(path) {
            return Some(seen.clone());
        }
        let below = self.written.range(path.to_owned()..).next();
        let below = below.filter(|(written, _)| written.starts_with(path)).map(|(_, seen)| seen);
        let above = || path.ancestors().skip(1).find_map(|folder| self.written.get(folder));
        match below.or_else(above)? {
            Seen::Open(step) => Some(Seen::Open(step.clone())),
            // The restored folder or file is only a part of this path, or this path of it.
            Seen::Found { .. } | Seen::Missing => Some(Seen::Open("the cache".to_owned())),
        }
    }
}

impl World for Ahead<'_> {
    fn see(&self, path: &PathRef, legacy: bool) -> anyhow::Result<Seen> {
        match self.touched(&path.path) {
            Some(seen) => Ok(seen),
            None => self.world.see(path, legacy),
        }
    }

    fn params(&self, params: &StepParams) -> anyhow::Result<Vec<(String, Option<Value>)>> {
        self.world.params(params)
    }

    fn is_cached(&self, md5: &str, legacy: bool) -> anyhow::Result<bool> {
        self.world.is_cached(md5, legacy)
    }

    fn remembered(&self, wanted: &Entry) -> Option<Entry> {
        self.world.remembered(wanted)
    }
}
