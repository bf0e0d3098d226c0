//! Keeps `dvc.lock` while steps finish, and `.gitignore` for their outputs: in memory, written
//! now and then and at the end.
//!
//! DVC's own lock is held while the file is read, changed and written, so that neither program
//! loses what the other recorded. Unaware of what the entries mean.
#![expect(clippy::disallowed_methods, reason = "reads the lock file, waits for DVC")]

use crate::exec::lock::{Entry, LockFile};
use crate::exec::{atomic, gitignore};
use crate::model::ids::StepId;
use crate::plan::Plan;
use crate::plan::step::Step;
use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{FlockOperation, flock};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Entries that are finished reach the disk after this long at most.
const DELAY: Duration = Duration::from_millis(200);

/// How long another program may hold DVC's lock.
const PATIENCE: Duration = Duration::from_secs(30);

const GLANCE: Duration = Duration::from_millis(50);

/// The lock file of a run.
#[derive(Debug)]
pub(crate) struct Recorder {
    root: Utf8PathBuf,
    path: Utf8PathBuf,
    lock: Arc<LockFile>,
    /// What the file was when it was read or written last.
    seen: Option<Stamp>,
    /// Finished and not written yet, in the plan's order, so that parallel runs write one order.
    pending: BTreeMap<StepId, (String, Entry)>,
    /// Outputs that git is to ignore, absolute.
    outputs: Vec<Utf8PathBuf>,
    /// What steps read; below such a folder a `.gitignore` is part of what they read.
    read: BTreeSet<Utf8PathBuf>,
    /// When the first of all these came.
    waiting_since: Option<Instant>,
    /// How long the last write took.
    cost: Duration,
}

/// What tells whether somebody else wrote the file: inode, bytes, nanoseconds.
type Stamp = (u64, u64, i64, i64);

impl Recorder {
    /// Reads the lock file of a plan of the project at `root`.
    pub(crate) fn open(root: &Utf8Path, plan: &Plan) -> anyhow::Result<Self> {
        let path = path(root, &plan.folder);
        let read_by_steps = plan.steps.iter().flat_map(|step| &step.deps);
        let _guard = Guard::wait(root)?;
        let seen = stamp(&path);
        let lock = Arc::new(read(&path)?);
        Ok(Self {
            root: root.to_owned(),
            path,
            lock,
            seen,
            pending: BTreeMap::new(),
            outputs: Vec::new(),
            read: read_by_steps.map(|dep| dep.path.clone()).collect(),
            waiting_since: None,
            cost: Duration::ZERO,
        })
    }

    /// What is recorded, for a look.
    pub(crate) fn read(root: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<LockFile> {
        let _guard = Guard::wait(root)?;
        read(&path(root, folder))
    }

    /// What was recorded when the run began. A step's own entry only changes when it is done.
    pub(crate) fn snapshot(&self) -> Arc<LockFile> {
        Arc::clone(&self.lock)
    }

    /// Takes up a step that is done; without an entry when the lock already holds it.
    pub(crate) fn record(&mut self, step: &Step, entry: Option<Entry>) {
        if let Some(entry) = entry {
            self.pending.insert(step.id, (step.name.clone(), entry));
        }
        let outs = step.outs.iter().filter(|out| out.cache).map(|out| &out.path.path);
        let is_read = |out: &Utf8Path| out.ancestors().skip(1).any(|it| self.read.contains(it));
        let at_once: Vec<Utf8PathBuf> =
            outs.clone().filter(|out| is_read(out)).map(|out| self.root.join(out)).collect();
        if !at_once.is_empty()
            && let Ok(Some(_guard)) = Guard::now(&self.root)
        {
            // Before a step reads the folder. A failure shows when all of them are written.
            let _ = gitignore::ignore_all(at_once.iter().map(Utf8PathBuf::as_path));
        }
        self.outputs.extend(outs.map(|out| self.root.join(out)));
        self.waiting_since.get_or_insert_with(Instant::now);
    }

    /// Writes what has waited long enough, unless DVC is at the file just now.
    pub(crate) fn flush_if_due(&mut self) -> anyhow::Result<()> {
        // A slow disk, or a long file, is not asked too often.
        let delay = DELAY.max(self.cost * 20);
        if self.waiting_since.is_none_or(|since| since.elapsed() < delay) {
            return Ok(());
        }
        match Guard::now(&self.root)? {
            Some(_guard) => self.write(),
            None => Ok(()),
        }
    }

    /// Writes everything that is finished.
    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        if self.waiting_since.is_none() {
            return Ok(());
        }
        let _guard = Guard::wait(&self.root)?;
        self.write()
    }

    /// Precondition: DVC's lock is held.
    fn write(&mut self) -> anyhow::Result<()> {
        let start = Instant::now();
        self.waiting_since = None;
        let outputs = std::mem::take(&mut self.outputs);
        gitignore::ignore_all(outputs.iter().map(Utf8PathBuf::as_path))?;
        if stamp(&self.path) != self.seen {
            self.lock = Arc::new(read(&self.path)?);
        }
        let pending = std::mem::take(&mut self.pending).into_values();
        let new: Vec<_> =
            pending.filter(|(step, entry)| self.lock.get(step) != Some(entry)).collect();
        if !new.is_empty() {
            let lock = Arc::make_mut(&mut self.lock);
            new.into_iter().for_each(|(step, entry)| lock.set(&step, entry));
            atomic::write(&self.path, lock.to_text().as_bytes())?;
            self.seen = stamp(&self.path);
        }
        self.cost = start.elapsed();
        Ok(())
    }
}

fn path(root: &Utf8Path, folder: &Utf8Path) -> Utf8PathBuf {
    root.join(folder).join("dvc.lock")
}

fn read(path: &Utf8Path) -> anyhow::Result<LockFile> {
    match fs::read_to_string(path) {
        Ok(text) => LockFile::parse(&text).context("`dvc.lock` cannot be used"),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(LockFile::default()),
        Err(error) => Err(error).context("`dvc.lock` cannot be read"),
    }
}

fn stamp(path: &Utf8Path) -> Option<Stamp> {
    let it = fs::metadata(path).ok()?;
    Some((it.ino(), it.size(), it.mtime(), it.mtime_nsec()))
}

/// DVC's lock on the project, held until dropped.
struct Guard {
    _file: Option<File>,
}

impl Guard {
    /// Takes the lock if nobody has it.
    fn now(root: &Utf8Path) -> anyhow::Result<Option<Self>> {
        let folder = root.join(".dvc/tmp");
        let path = folder.join("lock");
        let open = || File::options().create(true).truncate(false).write(true).open(&path);
        let file = match open() {
            // Without DVC's folder there is no DVC to keep out.
            Err(error) if error.kind() == ErrorKind::NotFound && !root.join(".dvc").is_dir() => {
                return Ok(Some(Self { _file: None }));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(&folder).and_then(|()| open())
            }
            other => other,
        };
        let file = file.with_context(|| format!("`{path}` cannot be opened"))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { _file: Some(file) })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error).with_context(|| format!("`{path}` cannot be locked")),
        }
    }

    /// Takes the lock, after its holder if there is one.
    fn wait(root: &Utf8Path) -> anyhow::Result<Self> {
        let start = Instant::now();
        loop {
            if let Some(guard) = Self::now(root)? {
                return Ok(guard);
            }
            if start.elapsed() >= PATIENCE {
                bail!("another `dvc` or `mlc` holds `.dvc/tmp/lock`: wait for it to end");
            }
            std::thread::park_timeout(GLANCE);
        }
    }
}
