//! Files of the tree on their way through MD5, and into the cache if it is to have them.

use super::HashError;
use crate::exec::cache::{Cache, Incoming};
use crate::exec::errands::{self, Errands, Finished, HUGE, Source};
use crate::exec::md5::Md5;
use crate::exec::state::Stamp;
use crate::exec::walk::{Leaf, Tree};
use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{CWD, FileType, Mode, OFlags};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};

/// Some files of a tree.
pub(super) struct Intake<'a> {
    pub(super) root: &'a Utf8Path,
    /// The folder that the tree describes, relative to the root, and open; `None` for the root.
    pub(super) top: &'a Utf8Path,
    pub(super) folder: Option<OwnedFd>,
    pub(super) tree: &'a Tree,
    pub(super) cache: Option<&'a Cache>,
}

impl Intake<'_> {
    /// Digests of the files with these numbers, in their order.
    pub(super) fn read(
        &self,
        which: &[usize],
        threads: usize,
    ) -> Result<Vec<(Md5, Stamp)>, HashError> {
        let is_huge = |at: &usize| self.leaf(*at).is_some_and(|leaf| leaf.stamp.size >= HUGE);
        let (mut huge, mut others): (Vec<_>, Vec<_>) = which.iter().copied().partition(is_huge);
        // Several are faster side by side than each with threads of its own.
        if huge.len() > threads {
            others.append(&mut huge);
            others.sort_unstable();
        }
        let errand = Errand { intake: self, which: &others };
        let mut read = Vec::with_capacity(which.len());
        let digests = errands::run(&errand, 0..others.len(), self.threads_for(&others, threads))?;
        read.extend(others.iter().copied().zip(digests));
        let errand = Errand { intake: self, which: &huge };
        for (at, &number) in huge.iter().enumerate() {
            read.push((number, errands::run_huge(&errand, at)?));
        }
        read.sort_unstable_by_key(|&(number, _)| number);
        Ok(read.into_iter().map(|(_, digest)| digest).collect())
    }

    /// Starting threads pays only when there is something to read.
    fn threads_for(&self, which: &[usize], threads: usize) -> usize {
        const WORTH_A_THREAD: u64 = 4 << 20;
        // Opening a file costs about as much as hashing 16 KiB.
        let size = |at: &usize| self.leaf(*at).map_or(0, |leaf| leaf.stamp.size) + (16 << 10);
        let work = which.iter().map(size).sum::<u64>() / WORTH_A_THREAD;
        usize::try_from(work).unwrap_or(usize::MAX).clamp(1, threads)
    }

    fn leaf(&self, number: usize) -> Option<&Leaf> {
        self.tree.leaves.get(number)
    }
}

/// The files of an intake that are read in one go.
struct Errand<'a> {
    intake: &'a Intake<'a>,
    which: &'a [usize],
}

impl Errand<'_> {
    /// Relative to the folder.
    fn name(&self, at: usize) -> &str {
        let leaf = self.which.get(at).and_then(|&number| self.intake.leaf(number));
        leaf.map_or("", |leaf| self.intake.tree.name(leaf))
    }

    fn path(&self, at: usize) -> Utf8PathBuf {
        self.intake.top.join(self.name(at))
    }

    fn not_stored(&self, at: usize, why: &str) -> HashError {
        HashError::new(self.path(at), format!("cannot be stored: {why}"))
    }

    fn store(
        &self,
        cache: &Cache,
        at: usize,
        read: Finished<'_, Incoming>,
    ) -> Result<(), HashError> {
        let changed = || {
            let why = "it changed while it was stored: is something still writing it?";
            self.not_stored(at, why)
        };
        let after =
            rustix::fs::fstat(&read.source.file).map_err(|error| self.failed(at, &error.into()))?;
        if Stamp::from(&after) != read.source.stamp {
            return Err(changed());
        }
        let size = read.source.stamp.size;
        let stored = match (read.target, read.whole) {
            (Some(incoming), _) => cache.keep(incoming, read.md5, size),
            (None, Some(bytes)) => cache.put(read.md5, bytes),
            (None, None) => return Err(changed()),
        };
        stored.map_err(|error| self.not_stored(at, &format!("{error:#}")))
    }
}

impl Errands for Errand<'_> {
    type Target = Incoming;
    type Error = HashError;

    fn open(&self, at: usize) -> Result<Source, HashError> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let opened = match &self.intake.folder {
            Some(folder) => rustix::fs::openat(folder.as_fd(), self.name(at), flags, Mode::empty()),
            None => {
                let path = self.intake.root.join(self.name(at));
                rustix::fs::openat(CWD, path.as_str(), flags, Mode::empty())
            }
        };
        let file = File::from(opened.map_err(|error| self.failed(at, &error.into()))?);
        let stat = rustix::fs::fstat(&file).map_err(|error| self.failed(at, &error.into()))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(HashError::no_file(self.path(at)));
        }
        Ok(Source { file, stamp: Stamp::from(&stat) })
    }

    fn target(&self, at: usize, source: &Source) -> Result<Option<Incoming>, HashError> {
        let Some(cache) = self.intake.cache else { return Ok(None) };
        let incoming = cache.receive(&source.file);
        incoming.map(Some).map_err(|error| self.not_stored(at, &format!("{error:#}")))
    }

    fn done(&self, at: usize, read: Finished<'_, Incoming>) -> Result<(), HashError> {
        match self.intake.cache {
            Some(cache) => self.store(cache, at, read),
            None => Ok(()),
        }
    }

    fn failed(&self, at: usize, error: &io::Error) -> HashError {
        HashError::io(&self.path(at), error)
    }
}
