//! Paths that this run works on, entered in DVC's `rwlock` file, so that neither another `mlc`
//! nor `dvc` touches them meanwhile.
//!
//! Stages that take no time at all would wait for that file more than they run. So, while stages
//! are short, the next few in order are entered along with each; what is not used at once is
//! given back soon. Who finds a path taken gives back what it does not use, and waits: nobody
//! holds one thing while waiting for another, so that there is no deadlock.
#![expect(clippy::disallowed_methods, reason = "takes the time")]

use crate::exec::ancestry::is_ancestor;
use crate::exec::groups::Groups;
use crate::exec::orphans;
use crate::exec::projectlock::Wait;
use crate::exec::rwlock::{Conflict, Paths, RwLock};
use crate::model::ids::StepId;
use crate::plan::Plan;
use crate::plan::step::Step;
use anyhow::bail;
use camino::Utf8Path;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Stages are short when the file was changed this long ago, or less.
const BRISK: Duration = Duration::from_millis(50);

/// What was taken ahead is given back after this time.
const UNUSED: Duration = Duration::from_millis(150);

/// Most stages that are taken ahead.
const AHEAD: usize = 64;

/// How often a path that is taken is tried again.
const GLANCE: Duration = Duration::from_millis(50);

/// The entries of one run; shared by its threads.
#[derive(Debug)]
pub(crate) struct Leases<'a> {
    pub(super) plan: &'a Plan,
    root: &'a Utf8Path,
    file: RwLock,
    pub(super) groups: Arc<Groups>,
    /// Place in the order of the run, for those that are selected.
    ranks: BTreeMap<StepId, usize>,
    order: Vec<StepId>,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    /// With whether it is in use.
    steps: BTreeMap<StepId, bool>,
    /// Not to be taken ahead any more.
    done: BTreeSet<StepId>,
    edited: Option<Instant>,
    /// How many to take ahead the next time.
    ahead: usize,
}

/// How a step got its paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Granted {
    Free,
    /// Somebody else worked on them until now.
    AfterAnother,
    /// The run is to stop.
    Stopped,
}

impl<'a> Leases<'a> {
    pub(crate) fn new(
        root: &'a Utf8Path,
        plan: &'a Plan,
        selected: &BTreeSet<StepId>,
        groups: Arc<Groups>,
    ) -> Self {
        let order: Vec<StepId> =
            plan.order.iter().copied().filter(|id| selected.contains(id)).collect();
        let ranks = order.iter().enumerate().map(|(rank, &id)| (id, rank)).collect();
        let (file, held) = (RwLock::new(root), Mutex::default());
        Self { plan, root, file, groups, ranks, order, held }
    }

    /// Clears away what killed runs left, before anything is looked at.
    pub(crate) fn clear(&self, cache: &Utf8Path) -> anyhow::Result<()> {
        let (gone, others) = self.file.clear()?;
        if !gone.is_empty() {
            orphans::end(&gone, self.root);
            if !others {
                orphans::sweep(self.root, self.plan, cache);
            }
            // Only now: had this run been killed before, the next would do it.
            self.write(&self.lock())?;
        }
        Ok(())
    }

    /// Takes the paths of a step, after whoever works on them.
    pub(crate) fn take(&self, id: StepId) -> anyhow::Result<Granted> {
        let mut wait: Option<Wait> = None;
        loop {
            let Some(conflict) = self.try_take(id)? else {
                let waited = wait.is_some();
                return Ok(if waited { Granted::AfterAnother } else { Granted::Free });
            };
            let step = &self.plan.step(id).name;
            let Conflict { pid, command, path } = conflict;
            let path = path.strip_prefix(self.root).unwrap_or(&path);
            if is_ancestor(pid) {
                // It ends only after the command that this run is a part of.
                bail!(
                    "`{path}` is in use by the run that started this one (process {pid}, \
                     {command}): a stage cannot run what reads or writes its own files"
                );
            }
            wait.get_or_insert_default().tell(|| {
                format!("`{step}` waits for process {pid} ({command}), which works on `{path}`")
            });
            if !self.groups.pause(GLANCE) {
                return Ok(Granted::Stopped);
            }
        }
    }

    /// Gives back what some steps took, once their results are recorded.
    pub(crate) fn release(&self, ids: &[StepId]) -> anyhow::Result<()> {
        let mut held = self.lock();
        held.done.extend(ids);
        let before = held.steps.len();
        held.steps.retain(|id, in_use| *in_use && !ids.contains(id));
        if held.steps.len() == before { Ok(()) } else { self.write(&held) }
    }

    /// Gives back what a step took that did nothing with it.
    pub(crate) fn let_go(&self, id: StepId) -> anyhow::Result<()> {
        let mut held = self.lock();
        if held.steps.get(&id).is_none_or(|in_use| !in_use) {
            return Ok(());
        }
        held.steps.remove(&id);
        self.write(&held)
    }

    /// Gives back what was taken ahead and not used soon.
    pub(crate) fn expire(&self) -> anyhow::Result<()> {
        let held = self.lock();
        let waiting = held.steps.values().any(|in_use| !in_use);
        if !waiting || held.edited.is_some_and(|edited| edited.elapsed() < UNUSED) {
            return Ok(());
        }
        drop(held);
        self.release(&[])
    }

    /// Gives back everything.
    pub(crate) fn release_all(&self) -> anyhow::Result<()> {
        let mut held = self.lock();
        if held.steps.is_empty() {
            return Ok(());
        }
        held.steps.clear();
        self.write(&held)
    }

    fn try_take(&self, id: StepId) -> anyhow::Result<Option<Conflict>> {
        let mut held = self.lock();
        if let Some(in_use) = held.steps.get_mut(&id) {
            *in_use = true;
            return Ok(None);
        }
        let brisk = held.edited.is_some_and(|edited| edited.elapsed() < BRISK);
        held.ahead = if brisk { (held.ahead * 2).clamp(4, AHEAD) } else { 0 };
        let ahead = self.next_after(id, &held);
        let new: Vec<Paths> = [id].iter().chain(&ahead).map(|&id| self.paths(id)).collect();
        let kept: Vec<Paths> = held.steps.keys().map(|&id| self.paths(id)).collect();
        match self.file.take(&kept, &new)? {
            Ok(granted) => {
                held.steps.insert(id, true);
                let granted = ahead.into_iter().zip(granted.into_iter().skip(1));
                held.steps.extend(granted.filter(|(_, it)| *it).map(|(id, _)| (id, false)));
                held.edited = Some(Instant::now());
                Ok(None)
            }
            Err(conflict) => {
                let before = held.steps.len();
                held.steps.retain(|_, in_use| *in_use);
                if held.steps.len() != before {
                    self.write(&held)?;
                }
                Ok(Some(conflict))
            }
        }
    }

    /// The steps that will probably come next.
    fn next_after(&self, id: StepId, held: &Held) -> Vec<StepId> {
        let from = self.ranks.get(&id).map_or(usize::MAX, |rank| rank.saturating_add(1));
        let open = |id: &&StepId| !held.steps.contains_key(id) && !held.done.contains(id);
        self.order.iter().skip(from).filter(open).take(held.ahead).copied().collect()
    }

    fn write(&self, held: &Held) -> anyhow::Result<()> {
        let kept: Vec<Paths> = held.steps.keys().map(|&id| self.paths(id)).collect();
        self.file.put(&kept)
    }

    fn paths(&self, id: StepId) -> Paths {
        paths(self.root, self.plan.step(id))
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn paths(root: &Utf8Path, step: &Step) -> Paths {
    let params = step.params.iter().map(|params| &params.file.path);
    let read = step.deps.iter().map(|dep| &dep.path).chain(params);
    Paths {
        read: read.map(|path| root.join(path)).collect(),
        write: step.outs.iter().map(|out| root.join(&out.path.path)).collect(),
    }
}
