//! What pure layers may know of the disk: a trait to look, and a set of files to write.

use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Missing,
    File,
    Directory,
    /// A symbolic link; `escapes` when what it points to lies outside the project.
    Link {
        directory: bool,
        broken: bool,
        escapes: bool,
    },
    /// A pipe, socket or device.
    Special,
}

impl Entry {
    pub(crate) fn exists(&self) -> bool {
        *self != Self::Missing
    }
}

/// A look at the project's tree. All paths are relative to the project's root.
pub(crate) trait Files: Sync {
    /// Text of a file, or `None` when there is none or it is not UTF-8.
    fn read(&self, path: &Utf8Path) -> Option<Arc<str>>;
    fn entry(&self, path: &Utf8Path) -> Entry;
    /// Names in a directory, sorted; empty when it cannot be listed.
    fn list(&self, path: &Utf8Path) -> Vec<String>;
    /// Whether git tracks this path, or a file below it.
    fn tracked_by_git(&self, path: &Utf8Path) -> bool;
    /// Whether `.dvcignore` hides this path from DVC.
    fn dvc_ignored(&self, path: &Utf8Path) -> bool;
}

/// A tree in memory, for tests.
#[cfg(test)]
#[derive(Debug, Default)]
pub(crate) struct MemoryFiles {
    pub(crate) files: BTreeMap<Utf8PathBuf, Arc<str>>,
}

#[cfg(test)]
impl MemoryFiles {
    pub(crate) fn insert(&mut self, path: impl Into<Utf8PathBuf>, text: impl Into<Arc<str>>) {
        self.files.insert(path.into(), text.into());
    }
}

#[cfg(test)]
impl Files for MemoryFiles {
    fn read(&self, path: &Utf8Path) -> Option<Arc<str>> {
        self.files.get(path).cloned()
    }

    fn entry(&self, path: &Utf8Path) -> Entry {
        if self.files.contains_key(path) {
            Entry::File
        } else if self.files.keys().any(|file| file.starts_with(path)) {
            Entry::Directory
        } else {
            Entry::Missing
        }
    }

    fn list(&self, path: &Utf8Path) -> Vec<String> {
        let mut names: Vec<String> = self
            .files
            .keys()
            .filter_map(|file| file.strip_prefix(path).ok()?.components().next())
            .map(|name| name.as_str().to_owned())
            .collect();
        names.dedup();
        names
    }

    fn tracked_by_git(&self, _path: &Utf8Path) -> bool {
        false
    }

    fn dvc_ignored(&self, _path: &Utf8Path) -> bool {
        false
    }
}

/// Files that a target wants on disk, by path relative to the project's root.
pub(crate) type FileSet = BTreeMap<Utf8PathBuf, String>;
