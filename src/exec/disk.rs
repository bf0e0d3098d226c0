//! The project's tree and DVC's cache as they are now, shared by all threads of a run.

use crate::base::value::Value;
use crate::exec::atomic;
use crate::exec::cache::Cache;
use crate::exec::hash::Hasher;
use crate::exec::lock::Entry;
use crate::exec::params::ParamsFiles;
use crate::exec::runcache;
use crate::exec::verdict::{Seen, World};
use crate::plan::step::{PathRef, StepParams};
use camino::{Utf8Path, Utf8PathBuf};

/// One project on disk.
#[derive(Debug)]
pub(crate) struct Disk {
    pub(crate) root: Utf8PathBuf,
    pub(crate) hasher: Hasher,
    pub(crate) cache: Cache,
    pub(crate) params: ParamsFiles,
}

impl Disk {
    /// Precondition: `root` is absolute.
    pub(crate) fn open(root: &Utf8Path) -> anyhow::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (hasher, cache) = (Hasher::new(root, threads), Cache::open(root)?);
        let params = ParamsFiles::new(root);
        Ok(Self { root: root.to_owned(), hasher, cache, params })
    }

    /// Makes mlc's own folder, which git is to ignore, before anything is written there.
    pub(crate) fn claim(&self) -> anyhow::Result<()> {
        let ignore = self.root.join(".mlc/.gitignore");
        if ignore.exists() { Ok(()) } else { atomic::write(&ignore, b"*\n") }
    }
}

impl World for Disk {
    fn see(&self, path: &PathRef, _legacy: bool) -> anyhow::Result<Seen> {
        match self.hasher.digest(&path.path) {
            Ok(digest) => Ok(Seen::Found { md5: digest.md5, isexec: digest.isexec }),
            Err(error) if error.missing => Ok(Seen::Missing),
            Err(error) => Err(error.into()),
        }
    }

    fn params(&self, params: &StepParams) -> anyhow::Result<Vec<(String, Option<Value>)>> {
        self.params.look(params)
    }

    fn is_cached(&self, md5: &str, legacy: bool) -> anyhow::Result<bool> {
        Ok(!legacy && self.cache.has(md5))
    }

    fn remembered(&self, wanted: &Entry) -> Option<Entry> {
        if self.cache.runs().is_dir() { runcache::find(&self.cache, wanted) } else { None }
    }
}
