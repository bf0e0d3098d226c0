//! Keeps `dvc.lock` while steps finish, and `.gitignore` for their outputs: in memory, written
//! now and then and at the end.
//!
//! DVC's own lock is held while the file is read, changed and written, so that neither program
//! loses what the other recorded. Unaware of what the entries mean.
#![expect(clippy::disallowed_methods, reason = "reads the lock file, takes the time")]

use crate::exec::lock::{Entry, LockFile};
use crate::exec::projectlock::{Guard, is_missing};
use crate::exec::{atomic, config, gitignore};
use crate::model::ids::StepId;
use crate::plan::Plan;
use crate::plan::step::{Step, StepOut};
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Entries that are finished reach the disk after this long at most.
const DELAY: Duration = Duration::from_millis(200);

/// The lock file of a run.
#[derive(Debug)]
pub(crate) struct Recorder {
    root: Utf8PathBuf,
    known: Arc<Known>,
    /// Place of each step in the order in which DVC runs them, and so writes new ones.
    ranks: Vec<usize>,
    /// Finished and not written yet, in that order, so that parallel runs write one order.
    pending: BTreeMap<usize, Finished>,
    /// Names that were added at the end in this run.
    added: BTreeMap<usize, String>,
    /// When the first of all these came.
    waiting_since: Option<Instant>,
    /// How long the last write took.
    cost: Duration,
    /// Everything that some step reads, relative to the root.
    read: BTreeSet<Utf8PathBuf>,
    /// Files that were written, for a git that is to hear of them.
    to_stage: BTreeSet<Utf8PathBuf>,
}

#[derive(Debug)]
struct Finished {
    id: StepId,
    name: String,
    /// Without one the lock already holds it.
    entry: Option<Entry>,
    /// Outputs that git is to ignore, absolute.
    outputs: Vec<Utf8PathBuf>,
}

/// What tells whether somebody else wrote the file: inode, bytes, nanoseconds.
type Stamp = (u64, u64, i64, i64);

/// The file as it was when it was read or written last; shared by the threads of a run.
#[derive(Debug)]
pub(crate) struct Known {
    root: Utf8PathBuf,
    path: Utf8PathBuf,
    file: Mutex<(Option<Stamp>, Arc<LockFile>)>,
}

impl Known {
    /// What is recorded now, whoever recorded it.
    pub(crate) fn now(&self, stopping: &dyn Fn() -> bool) -> anyhow::Result<Arc<LockFile>> {
        let known = || self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if known().0 != stamp(&self.path) {
            let _guard = Guard::wait(&self.root, stopping)?;
            return self.read();
        }
        Ok(Arc::clone(&known().1))
    }

    /// Precondition: DVC's lock is held.
    fn read(&self) -> anyhow::Result<Arc<LockFile>> {
        let mut known = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamp(&self.path);
        if known.0 != now {
            *known = (now, Arc::new(read(&self.path)?));
        }
        Ok(Arc::clone(&known.1))
    }

    /// Changes the file. Precondition: DVC's lock is held.
    fn write(&self, change: impl FnOnce(&mut LockFile)) -> anyhow::Result<()> {
        let text = {
            let mut known = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            let lock = Arc::make_mut(&mut known.1);
            change(lock);
            lock.to_text()
        };
        let written = atomic::write(&self.path, text.as_bytes());
        // What could not be written is read again, so that the next attempt knows what is new.
        let now = if written.is_ok() { stamp(&self.path) } else { Some(Stamp::default()) };
        self.file.lock().unwrap_or_else(PoisonError::into_inner).0 = now;
        written
    }
}

impl Recorder {
    /// Reads the lock file of a plan of the project at `root`.
    pub(crate) fn open(root: &Utf8Path, plan: &Plan) -> anyhow::Result<Self> {
        let _guard = Guard::wait(root, &|| false)?;
        let path = path(root, &plan.folder);
        let file = Mutex::new((stamp(&path), Arc::new(read(&path)?)));
        Ok(Self {
            root: root.to_owned(),
            known: Arc::new(Known { root: root.to_owned(), path, file }),
            ranks: ranks(plan),
            pending: BTreeMap::new(),
            added: BTreeMap::new(),
            waiting_since: None,
            cost: Duration::ZERO,
            read: plan.steps.iter().flat_map(|it| &it.deps).map(|dep| dep.path.clone()).collect(),
            to_stage: BTreeSet::new(),
        })
    }

    /// What is recorded, for a look.
    pub(crate) fn read(root: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<LockFile> {
        // Where no lock can be taken, nothing can be written either.
        let _guard = Guard::wait(root, &|| false).ok();
        read(&path(root, folder))
    }

    /// What is recorded, for who wants to look again and again.
    pub(crate) fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known)
    }

    /// What was recorded when the run began. A step's own entry only changes when it is done.
    pub(crate) fn snapshot(&self) -> Arc<LockFile> {
        Arc::clone(&self.known.file.lock().unwrap_or_else(PoisonError::into_inner).1)
    }

    /// Takes up a step that is done; without an entry when the lock already holds it.
    pub(crate) fn record(
        &mut self,
        step: &Step,
        entry: Option<Entry>,
        stopping: &dyn Fn() -> bool,
    ) -> anyhow::Result<()> {
        self.ignore_now(step, stopping)?;
        let outs = step.outs.iter().filter(|out| out.cache);
        let outputs = outs.map(|out| self.root.join(&out.path.path)).collect();
        let finished = Finished { id: step.id, name: step.name.clone(), entry, outputs };
        self.pending.insert(self.rank(step.id), finished);
        self.waiting_since.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// Where an output lies in a folder that another step reads, its line in `.gitignore` is a
    /// part of what is read, and must be there before that step is looked at.
    fn ignore_now(&mut self, step: &Step, stopping: &dyn Fn() -> bool) -> anyhow::Result<()> {
        let is_read = |out: &&StepOut| {
            let mut above = out.path.path.ancestors().skip(1);
            out.cache && above.any(|folder| self.read.contains(folder))
        };
        let outs: Vec<&StepOut> = step.outs.iter().filter(is_read).collect();
        if outs.is_empty() {
            return Ok(());
        }
        let paths: Vec<_> = outs.iter().map(|out| self.root.join(&out.path.path)).collect();
        let _guard = Guard::wait(&self.root, stopping)?;
        self.to_stage.extend(gitignore::ignore_all(paths.iter().map(|it| it.as_path()))?);
        Ok(())
    }

    /// Writes what has waited long enough, unless DVC is at the file just now. Returns the steps
    /// that are recorded now.
    pub(crate) fn flush_if_due(&mut self) -> anyhow::Result<Vec<StepId>> {
        // A slow disk, or a long file, is not asked too often.
        let delay = DELAY.max(self.cost * 20);
        if self.waiting_since.is_none_or(|since| since.elapsed() < delay) {
            return Ok(Vec::new());
        }
        match Guard::now(&self.root)? {
            Some(_guard) => self.write(),
            None => Ok(Vec::new()),
        }
    }

    /// Writes everything that is finished; once `stopping` says so, without much patience.
    pub(crate) fn flush(&mut self, stopping: &dyn Fn() -> bool) -> anyhow::Result<Vec<StepId>> {
        if self.waiting_since.is_none() {
            return Ok(Vec::new());
        }
        let guard = Guard::wait(&self.root, stopping)?;
        let ids = self.write()?;
        drop(guard);
        Ok(ids)
    }

    /// Tells git of what was written, if DVC's configuration says so.
    pub(crate) fn stage(&mut self) -> anyhow::Result<()> {
        config::stage_in_git(&self.root, &std::mem::take(&mut self.to_stage))
    }

    /// Precondition: DVC's lock is held.
    fn write(&mut self) -> anyhow::Result<Vec<StepId>> {
        let start = Instant::now();
        let outputs = self.pending.values().flat_map(|it| it.outputs.iter().map(|it| it.as_path()));
        let changed = gitignore::ignore_all(outputs)?;
        let lock = self.known.read()?;
        let is_new = |finished: &Finished| {
            finished.entry.as_ref().is_some_and(|entry| lock.get(&finished.name) != Some(entry))
        };
        let mut ids = Vec::with_capacity(self.pending.len());
        let mut new = Vec::new();
        for (&rank, finished) in &mut self.pending {
            ids.push(finished.id);
            if is_new(finished) {
                new.push((rank, finished.name.clone(), finished.entry.clone()));
            }
        }
        drop(lock);
        if !new.is_empty() {
            let added = &mut self.added;
            self.known.write(|lock| new.into_iter().for_each(|it| enter(lock, added, it)))?;
            self.to_stage.insert(self.known.path.clone());
        }
        // Only now: what could not be written is still to be written.
        self.pending.clear();
        self.waiting_since = None;
        self.to_stage.extend(changed);
        self.cost = start.elapsed();
        Ok(ids)
    }

    fn rank(&self, id: StepId) -> usize {
        self.ranks.get(id.index()).copied().unwrap_or(usize::MAX)
    }
}

/// Sets one entry; a new one stands behind those that this run added, in the order of the plan.
fn enter(
    lock: &mut LockFile,
    added: &mut BTreeMap<usize, String>,
    (rank, name, entry): (usize, String, Option<Entry>),
) {
    let Some(entry) = entry else { return };
    if lock.get(&name).is_some() {
        return lock.set(&name, entry, None);
    }
    let next = added.range(rank..).map(|(_, name)| name.as_str());
    let before = next.into_iter().find(|name| lock.get(name).is_some());
    lock.set(&name, entry, before);
    added.insert(rank, name);
}

/// The place of each step in the order in which DVC runs them: as written, each behind what it
/// needs, which in turn comes in the order of its deps.
fn ranks(plan: &Plan) -> Vec<usize> {
    let mut ranks = vec![usize::MAX; plan.steps.len()];
    let mut seen = BTreeSet::new();
    let mut next = 0;
    for step in &plan.steps {
        // Depth first without recursion: a chain may be longer than the stack.
        let mut pending = vec![(step.id, false)];
        while let Some((id, is_left)) = pending.pop() {
            if is_left {
                if let Some(rank) = ranks.get_mut(id.index()) {
                    (*rank, next) = (next, next + 1);
                }
            } else if seen.insert(id) {
                pending.push((id, true));
                let needed = needs(plan, plan.step(id));
                pending.extend(needed.into_iter().rev().map(|id| (id, false)));
            }
        }
    }
    ranks
}

/// What a step needs, in the order of its deps.
fn needs(plan: &Plan, step: &Step) -> Vec<StepId> {
    if step.frozen {
        return Vec::new();
    }
    if step.upstream.len() < 2 {
        return step.upstream.clone();
    }
    let params = step.params.iter().map(|params| &params.file.path);
    let read: Vec<&Utf8PathBuf> = step.deps.iter().map(|dep| &dep.path).chain(params).collect();
    let place = |id: &StepId| {
        let outs = &plan.step(*id).outs;
        let written = |path: &&&Utf8PathBuf| {
            let path = **path;
            outs.iter().any(|out| overlap(path, &out.path.path))
        };
        read.iter().position(|path| written(&path)).unwrap_or(usize::MAX)
    };
    let mut needed = step.upstream.clone();
    needed.sort_by_cached_key(place);
    needed
}

fn overlap(a: &Utf8Path, b: &Utf8Path) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

fn path(root: &Utf8Path, folder: &Utf8Path) -> Utf8PathBuf {
    root.join(folder).join("dvc.lock")
}

fn read(path: &Utf8Path) -> anyhow::Result<LockFile> {
    match fs::read_to_string(path) {
        Ok(text) => LockFile::parse(&text).context("`dvc.lock` cannot be used"),
        Err(error) if is_missing(&error) => Ok(LockFile::default()),
        Err(error) => Err(error).context("`dvc.lock` cannot be read"),
    }
}

fn stamp(path: &Utf8Path) -> Option<Stamp> {
    let it = fs::metadata(path).ok()?;
    Some((it.ino(), it.size(), it.mtime(), it.mtime_nsec()))
}
