//! The project's tree on disk, as the pure layers see it.
#![expect(clippy::disallowed_methods, reason = "this is where looking at the disk happens")]

use crate::base::files::{Entry, Files};
use crate::exec::dvcignore::DvcIgnore;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Looks at the disk below one root; what costs something is asked for once.
#[derive(Debug)]
pub(crate) struct DiskFiles {
    root: Utf8PathBuf,
    tracked: OnceLock<BTreeSet<Utf8PathBuf>>,
    dvcignore: DvcIgnore,
    hidden: Mutex<BTreeMap<Utf8PathBuf, bool>>,
    /// What was looked at, where somebody wants to know.
    looks: Option<Mutex<BTreeSet<(Utf8PathBuf, Look)>>>,
}

/// What of a path was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Look {
    /// The text of a file, or the names in a folder.
    Content,
    /// Whether it is there, and what it is.
    Kind,
}

/// Everything that was looked at.
#[derive(Debug)]
pub(crate) struct Looks {
    pub(crate) paths: BTreeSet<(Utf8PathBuf, Look)>,
    /// Whether it mattered what git tracks.
    pub(crate) asked_git: bool,
    pub(crate) dvcignore: DvcIgnore,
}

impl DiskFiles {
    pub(crate) fn new(root: &Utf8Path) -> Self {
        Self {
            root: root.to_owned(),
            tracked: OnceLock::new(),
            dvcignore: DvcIgnore::new(root),
            hidden: Mutex::default(),
            looks: None,
        }
    }

    /// As [`Self::new`]; what is looked at is noted for [`Self::into_looks`].
    pub(crate) fn noting(root: &Utf8Path) -> Self {
        Self { looks: Some(Mutex::default()), ..Self::new(root) }
    }

    pub(crate) fn into_looks(self) -> Looks {
        let looks = self.looks.map(|it| it.into_inner().unwrap_or_else(PoisonError::into_inner));
        Looks {
            paths: looks.unwrap_or_default(),
            asked_git: self.tracked.get().is_some(),
            dvcignore: self.dvcignore,
        }
    }

    fn note(&self, path: &Utf8Path, look: Look) {
        if let Some(looks) = &self.looks {
            let mut looks = looks.lock().unwrap_or_else(PoisonError::into_inner);
            looks.insert((path.to_owned(), look));
        }
    }

    /// Files that git tracks below the root; none without git.
    fn tracked(&self) -> &BTreeSet<Utf8PathBuf> {
        self.tracked.get_or_init(|| {
            let listed = Command::new("git")
                .args(["ls-files", "-z", "--cached"])
                .current_dir(&self.root)
                .env("GIT_OPTIONAL_LOCKS", "0")
                .output();
            let output = listed.ok().filter(|it| it.status.success()).map(|it| it.stdout);
            let text = String::from_utf8(output.unwrap_or_default()).unwrap_or_default();
            text.split('\0').filter(|it| !it.is_empty()).map(Utf8PathBuf::from).collect()
        })
    }

    /// Whether DVC passes over a folder; asked once for each, whatever lies in it.
    fn hides_folder(&self, folder: &Utf8Path) -> bool {
        if folder.as_str().is_empty() {
            return false;
        }
        let mut known = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(folder) {
            Some(&hidden) => hidden,
            None => {
                let hidden = self.dvcignore.hides(folder, true);
                known.insert(folder.to_owned(), hidden);
                hidden
            }
        }
    }

    fn link(&self, path: &Utf8Path) -> Entry {
        let full = self.root.join(path);
        let Ok(target) = full.canonicalize_utf8() else {
            return Entry::Link { directory: false, broken: true, escapes: false };
        };
        let root = self.root.canonicalize_utf8().unwrap_or_else(|_| self.root.clone());
        Entry::Link {
            directory: target.is_dir(),
            broken: false,
            escapes: !target.starts_with(root),
        }
    }
}

impl Files for DiskFiles {
    fn read(&self, path: &Utf8Path) -> Option<Arc<str>> {
        self.note(path, Look::Content);
        let full = self.root.join(path);
        fs::metadata(&full).ok().filter(fs::Metadata::is_file)?;
        fs::read_to_string(full).ok().map(Arc::from)
    }

    fn entry(&self, path: &Utf8Path) -> Entry {
        self.note(path, Look::Kind);
        match fs::symlink_metadata(self.root.join(path)) {
            Err(_) => Entry::Missing,
            Ok(found) if found.is_file() => Entry::File,
            Ok(found) if found.is_dir() => Entry::Directory,
            Ok(found) if found.is_symlink() => self.link(path),
            Ok(_) => Entry::Special,
        }
    }

    fn list(&self, path: &Utf8Path) -> Vec<String> {
        self.note(path, Look::Content);
        let entries = self.root.join(path).read_dir_utf8().into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|it| it.file_name().to_owned()).collect();
        names.sort();
        names
    }

    fn tracked_by_git(&self, path: &Utf8Path) -> bool {
        let below = self.tracked().range(path.to_owned()..).next();
        below.is_some_and(|file| file.starts_with(path))
    }

    fn dvc_ignored(&self, path: &Utf8Path) -> bool {
        self.note(path, Look::Kind);
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        self.hides_folder(folder) || self.dvcignore.hides_entry(path, self.root.join(path).is_dir())
    }
}
