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
}

impl DiskFiles {
    pub(crate) fn new(root: &Utf8Path) -> Self {
        Self {
            root: root.to_owned(),
            tracked: OnceLock::new(),
            dvcignore: DvcIgnore::new(root),
            hidden: Mutex::default(),
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
        let full = self.root.join(path);
        fs::metadata(&full).ok().filter(fs::Metadata::is_file)?;
        fs::read_to_string(full).ok().map(Arc::from)
    }

    fn entry(&self, path: &Utf8Path) -> Entry {
        match fs::symlink_metadata(self.root.join(path)) {
            Err(_) => Entry::Missing,
            Ok(found) if found.is_file() => Entry::File,
            Ok(found) if found.is_dir() => Entry::Directory,
            Ok(found) if found.is_symlink() => self.link(path),
            Ok(_) => Entry::Special,
        }
    }

    fn list(&self, path: &Utf8Path) -> Vec<String> {
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
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        self.hides_folder(folder) || self.dvcignore.hides_entry(path, self.root.join(path).is_dir())
    }
}
