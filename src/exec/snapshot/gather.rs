//! Collects what a run that found nothing to do depended on.
//!
//! Everything is looked at once more, after the run: what last changed well before the run began
//! is what the run saw. If anything is younger, there is no snapshot this time.
#![expect(clippy::disallowed_methods, reason = "looks at the project's tree, reads the clock")]

use super::{KIND, LINK, Stamp, Witness, Witnesses};
use crate::exec::cache::Cache;
use crate::exec::config;
use crate::exec::datasource;
use crate::exec::dvcignore::{DvcIgnore, FILE_NAME};
use crate::exec::lock::LockFile;
use crate::exec::verdict::is_legacy;
use crate::plan::Plan;
use crate::plan::step::Step;
use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, openat, statat};
use rustix::io::Errno;
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::time::{SystemTime, UNIX_EPOCH};

/// Collects witnesses for one run.
#[derive(Debug)]
pub(crate) struct Gatherer {
    root: Utf8PathBuf,
    /// When the run began, in nanoseconds since the epoch.
    began: i64,
    witnesses: Witnesses,
    /// Folders that were looked through.
    trees: BTreeSet<Utf8PathBuf>,
}

/// Something cannot be relied on: it is too young, or of a kind that `stat` does not settle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsettled;

type Gathered = Result<(), Unsettled>;

impl Gatherer {
    /// To be made before the run looks at anything.
    pub(crate) fn begin(root: &Utf8Path) -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let began = i64::try_from(since_epoch.as_nanos()).unwrap_or(0);
        Self {
            root: root.to_owned(),
            began,
            witnesses: Witnesses::default(),
            trees: BTreeSet::new(),
        }
    }

    pub(crate) fn into_witnesses(self) -> Witnesses {
        self.witnesses
    }

    /// The content of a file, the names in a folder, or that nothing is there.
    pub(crate) fn same(&mut self, path: &Utf8Path) -> Gathered {
        let witness = match self.stat(path, AtFlags::empty())? {
            Some(stat) => Witness::Same(self.settled(&stat)?),
            None if self.stat(path, AtFlags::SYMLINK_NOFOLLOW)?.is_none() => Witness::Missing,
            // A link to nothing, for now.
            None => return Err(Unsettled),
        };
        self.witnesses.add(path, witness);
        Ok(())
    }

    /// The same for what the run found there. That it has gone since has no time.
    fn present(&mut self, path: &Utf8Path) -> Result<Stat, Unsettled> {
        let stat = self.stat(path, AtFlags::empty())?.ok_or(Unsettled)?;
        self.witnesses.add(path, Witness::Same(self.settled(&stat)?));
        Ok(stat)
    }

    /// Whether something is there, and what.
    pub(crate) fn kind(&mut self, path: &Utf8Path) -> Gathered {
        let witness = match self.stat(path, AtFlags::SYMLINK_NOFOLLOW)? {
            None => Witness::Missing,
            Some(stat) if stat.st_mode & KIND == LINK => Witness::Link(self.settled(&stat)?),
            Some(stat) => Witness::Kind(stat.st_mode & KIND),
        };
        self.witnesses.add(path, witness);
        Ok(())
    }

    /// What git tracks.
    pub(crate) fn index_of_git(&mut self) -> Gathered {
        for folder in self.root.clone().ancestors() {
            let git = folder.join(".git");
            self.kind(&git)?;
            if git.is_dir() {
                return self.same(&git.join("index"));
            }
            if git.is_file() {
                let text = std::fs::read_to_string(&git).map_err(|_| Unsettled)?;
                let named = text.trim().strip_prefix("gitdir:").ok_or(Unsettled)?;
                self.same(&git)?;
                return self.same(&folder.join(named.trim()).join("index"));
            }
        }
        Ok(())
    }

    /// The patterns that were looked for, found or not.
    pub(crate) fn ignored(&mut self, ignore: &DvcIgnore) -> Gathered {
        for folder in ignore.consulted() {
            self.same(&folder.join(FILE_NAME))?;
            if !folder.as_str().is_empty() {
                self.kind(&folder.join(".dvc"))?;
            }
        }
        Ok(())
    }

    /// The lock, DVC's configuration, and all that the steps read and wrote.
    pub(crate) fn steps(
        &mut self,
        plan: &Plan,
        lock: &LockFile,
        cache: &Cache,
        ignore: &DvcIgnore,
    ) -> Gathered {
        self.present(&plan.folder.join("dvc.lock"))?;
        for file in config::files(&self.root) {
            self.same(&file)?;
        }
        let written: BTreeSet<&Utf8Path> =
            plan.steps.iter().flat_map(|it| &it.outs).map(|out| out.path.path.as_path()).collect();
        for step in &plan.steps {
            for file in &step.params {
                self.present(&file.file.path)?;
            }
            for dep in step.deps.iter().filter(|dep| !written.contains(dep.path.as_path())) {
                self.data_sources(&dep.path, cache)?;
            }
            let outs = step.outs.iter().map(|out| &out.path);
            for path in step.deps.iter().chain(outs) {
                self.tree(&path.path, ignore)?;
            }
            self.objects(step, lock, cache)?;
        }
        self.ignored(ignore)
    }

    /// The `.dvc` files that may stand for a dependency, or for a folder above it.
    fn data_sources(&mut self, dep: &Utf8Path, cache: &Cache) -> Gathered {
        for path in dep.ancestors().filter(|path| path.file_name().is_some()) {
            let file = Utf8PathBuf::from(format!("{path}.dvc"));
            self.same(&file)?;
            if let Some(object) = datasource::object(&self.root, &file, cache) {
                self.present(&object)?;
            }
        }
        Ok(())
    }

    /// A file, or a folder with all that DVC would hash in it.
    fn tree(&mut self, path: &Utf8Path, ignore: &DvcIgnore) -> Gathered {
        let stat = self.present(path)?;
        if !FileType::from_raw_mode(stat.st_mode).is_dir() || !self.trees.insert(path.to_owned()) {
            return Ok(());
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = openat(CWD, self.root.join(path).as_str(), flags, Mode::empty());
        self.folder(folder.map_err(|_| Unsettled)?.as_fd(), path, ignore)
    }

    /// What is in a folder. Looks at entries relative to it: there may be many.
    fn folder(&mut self, folder: BorrowedFd<'_>, path: &Utf8Path, ignore: &DvcIgnore) -> Gathered {
        let patterns = ignore.below(path);
        let mut found = Vec::new();
        for entry in Dir::read_from(folder).map_err(|_| Unsettled)? {
            let entry = entry.map_err(|_| Unsettled)?;
            let name = std::str::from_utf8(entry.file_name().to_bytes()).map_err(|_| Unsettled)?;
            if matches!(name, "." | "..") {
                continue;
            }
            let stat = statat(folder, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW);
            let stat = stat.map_err(|_| Unsettled)?;
            let kind = FileType::from_raw_mode(stat.st_mode);
            let inner = || path.join(name);
            if patterns.hide(name, kind.is_dir(), inner) {
                continue;
            }
            if kind.is_dir() {
                if !ignore.hides_entry(&inner(), true) {
                    self.tree(&inner(), ignore)?;
                }
            } else if kind.is_symlink() {
                self.present(&inner())?;
            } else {
                found.push((name.to_owned(), Witness::Same(self.settled(&stat)?)));
            }
        }
        self.witnesses.add_all(path, found);
        Ok(())
    }

    /// That the cache holds what the step wrote. The members of a directory are taken from the
    /// folders of the cache: in one that did not change, none has gone.
    fn objects(&mut self, step: &Step, lock: &LockFile, cache: &Cache) -> Gathered {
        let entry = lock.get(&step.name).ok_or(Unsettled)?;
        for out in step.outs.iter().filter(|out| out.cache) {
            let recorded = entry.outs.iter().find(|it| it.path == out.path.local);
            let recorded = recorded.filter(|it| !is_legacy(it)).ok_or(Unsettled)?;
            let oid = recorded.md5.as_deref().ok_or(Unsettled)?;
            self.present(&cache.object(oid).map_err(|_| Unsettled)?)?;
            if oid.ends_with(".dir") {
                let members = cache.members(oid).map_err(|_| Unsettled)?;
                // The first two digits of a digest are its folder.
                let folders: BTreeMap<&str, &str> =
                    members.iter().map(|it| (it.md5.get(..2).unwrap_or(""), &*it.md5)).collect();
                for digest in folders.values() {
                    let object = cache.object(digest).map_err(|_| Unsettled)?;
                    self.present(object.parent().ok_or(Unsettled)?)?;
                }
            }
        }
        Ok(())
    }

    fn stat(&self, path: &Utf8Path, flags: AtFlags) -> Result<Option<Stat>, Unsettled> {
        match statat(CWD, self.root.join(path).as_str(), flags) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(_) => Err(Unsettled),
        }
    }

    fn settled(&self, stat: &Stat) -> Result<Stamp, Unsettled> {
        let stamp = Stamp::from(stat);
        if stamp.is_settled(self.began) { Ok(stamp) } else { Err(Unsettled) }
    }
}
