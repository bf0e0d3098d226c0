//! The project's tree and DVC's cache as they are now, shared by all threads of a run.

use crate::base::value::Value;
use crate::exec::atomic;
use crate::exec::cache::Cache;
use crate::exec::datasource;
use crate::exec::hash::{Digest, HashError, Hasher};
use crate::exec::legacy;
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
    pub(crate) keep: Keep,
}

/// What is kept of a finished step besides its lock entry, and taken instead of running one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keep {
    /// Its outputs, in the cache.
    pub(crate) outputs: bool,
    /// Whether outputs are restored from the run cache; what runs is added to it all the same.
    pub(crate) runs: bool,
}

impl Disk {
    /// A project to look at: nothing is made. Precondition: `root` is absolute.
    pub(crate) fn look(root: &Utf8Path) -> anyhow::Result<Self> {
        Self::with(root, Cache::look(root)?)
    }

    /// A project to run: DVC's folder and mlc's own are made where they are missing.
    pub(crate) fn open(root: &Utf8Path) -> anyhow::Result<Self> {
        let ignore = root.join(".mlc/.gitignore");
        if !ignore.exists() {
            atomic::write_lazily(&ignore, b"*\n")?;
        }
        Self::with(root, Cache::open(root)?)
    }

    /// The digest of a path, as DVC 2 computed it where `legacy` is true.
    pub(crate) fn digest(&self, path: &Utf8Path, legacy: bool) -> Result<Digest, HashError> {
        if legacy {
            legacy::digest(&self.root, path, &self.hasher)
        } else {
            self.hasher.digest(path)
        }
    }

    fn with(root: &Utf8Path, cache: Cache) -> anyhow::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let hasher = Hasher::new(root, threads);
        let params = ParamsFiles::new(root);
        let keep = Keep { outputs: true, runs: true };
        Ok(Self { root: root.to_owned(), hasher, cache, params, keep })
    }
}

impl World for Disk {
    fn see(&self, path: &PathRef, legacy: bool) -> anyhow::Result<Seen> {
        match self.digest(&path.path, legacy) {
            Ok(digest) => Ok(Seen::Found { md5: digest.md5, isexec: digest.isexec }),
            Err(error) if error.missing => {
                let promised = datasource::promised(&path.path, legacy, self);
                Ok(promised.map_or(Seen::Missing, |(md5, isexec)| Seen::Found { md5, isexec }))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn params(&self, params: &StepParams) -> anyhow::Result<Vec<(String, Option<Value>)>> {
        self.params.look(params)
    }

    fn is_cached(&self, md5: &str, legacy: bool) -> anyhow::Result<bool> {
        Ok(self.cache.of(legacy).has(md5))
    }

    fn remembered(&self, wanted: &Entry) -> Option<Entry> {
        let looks = self.keep.runs && self.cache.runs().is_dir();
        if looks { runcache::find(&self.cache, wanted) } else { None }
    }
}
