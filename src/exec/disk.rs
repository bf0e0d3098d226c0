//! The project's tree and DVC's cache as they are now, shared by all threads of a run.

use crate::base::value::Value;
use crate::exec::cache::Cache;
use crate::exec::hash::Hasher;
use crate::exec::params::ParamsFiles;
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
}

impl World for Disk {
    fn see(&self, path: &PathRef, _legacy: bool) -> anyhow::Result<Seen> {
        match self.hasher.digest(&path.path) {
            Ok(digest) => Ok(Seen::Md5(digest.md5)),
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
}
