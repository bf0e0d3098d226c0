//! What DVC does not see: `.git`, `.hg`, `.dvc`, nested DVC projects, and `.dvcignore` patterns.
#![expect(clippy::disallowed_methods, reason = "reads `.dvcignore` files")]

use camino::{Utf8Path, Utf8PathBuf};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Name of the files with patterns.
pub(crate) const FILE_NAME: &str = ".dvcignore";

/// Patterns of one project. Looks at each folder once.
#[derive(Debug)]
pub(crate) struct DvcIgnore {
    root: Utf8PathBuf,
    /// By folder relative to the root; `None` where there is no file.
    folders: Mutex<BTreeMap<Utf8PathBuf, Option<Arc<Gitignore>>>>,
}

impl DvcIgnore {
    /// Precondition: `root` is absolute.
    pub(crate) fn new(root: &Utf8Path) -> Self {
        Self { root: root.to_owned(), folders: Mutex::default() }
    }

    /// Whether DVC passes over `path` (relative to the root) or a folder it lies in.
    pub(crate) fn hides(&self, path: &Utf8Path, is_dir: bool) -> bool {
        let above = path.ancestors().skip(1).filter(|folder| !folder.as_str().is_empty());
        let above: Vec<&Utf8Path> = above.collect();
        above.iter().rev().any(|folder| self.hides_entry(folder, true))
            || self.hides_entry(path, is_dir)
    }

    /// The same for an entry whose folder is known to be seen.
    pub(crate) fn hides_entry(&self, path: &Utf8Path, is_dir: bool) -> bool {
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        let name = path.file_name().unwrap_or_default();
        self.below(folder).hide(name, is_dir, || path.to_owned())
            || is_dir && self.root.join(path).join(".dvc").exists()
    }

    /// The patterns for entries below `top`, in which no further file with patterns may lie.
    pub(crate) fn below(&self, top: &Utf8Path) -> Patterns {
        let known = top.ancestors().filter_map(|folder| self.patterns(folder)).collect();
        Patterns { root: self.root.clone(), nearest_first: known }
    }

    /// The folders in which patterns were looked for.
    pub(crate) fn consulted(&self) -> Vec<Utf8PathBuf> {
        let folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.keys().cloned().collect()
    }

    fn patterns(&self, folder: &Utf8Path) -> Option<Arc<Gitignore>> {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = folders.get(folder) {
            return known.clone();
        }
        let read = self.read(folder).map(Arc::new);
        folders.insert(folder.to_owned(), read.clone());
        read
    }

    fn read(&self, folder: &Utf8Path) -> Option<Gitignore> {
        let folder = self.root.join(folder);
        let text = std::fs::read_to_string(folder.join(FILE_NAME)).ok()?;
        let mut builder = GitignoreBuilder::new(&folder);
        for line in text.lines() {
            // A pattern that is no glob matches nothing; DVC leaves such lines out as well.
            let _ = builder.add_line(None, line.trim());
        }
        builder.build().ok()
    }
}

/// What holds for the entries of one folder and all below.
#[derive(Debug)]
pub(crate) struct Patterns {
    root: Utf8PathBuf,
    nearest_first: Vec<Arc<Gitignore>>,
}

impl Patterns {
    /// Whether an entry is passed over; its path, relative to the root, is only asked for when
    /// there are patterns. Leaves projects inside the project to the caller.
    pub(crate) fn hide(
        &self,
        name: &str,
        is_dir: bool,
        path: impl FnOnce() -> Utf8PathBuf,
    ) -> bool {
        match name {
            ".git" => return true,
            ".hg" | ".dvc" if is_dir => return true,
            _ if self.nearest_first.is_empty() => return false,
            _ => {}
        }
        let path = self.root.join(path());
        // The nearest file with an opinion decides.
        let opinions = self.nearest_first.iter().map(|patterns| patterns.matched(&path, is_dir));
        opinions.into_iter().find(|it| !it.is_none()).is_some_and(|it| it.is_ignore())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearer_patterns_win_and_projects_inside_vanish() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for path in ["data/keep", "nested/.dvc", ".dvc"] {
            std::fs::create_dir_all(root.join(path)).unwrap();
        }
        std::fs::write(root.join(FILE_NAME), "*.tmp\n# a comment\n/data/cache/\n").unwrap();
        std::fs::write(root.join("data/.dvcignore"), "!keep/*.tmp\n").unwrap();
        let ignore = DvcIgnore::new(root);
        for (path, is_dir, want) in [
            ("data/a.tmp", false, true),
            ("data/keep/a.tmp", false, false),
            ("data/cache", true, true),
            ("data/cache/deep/x", false, true),
            ("other/data/cache", true, false),
            (".git", false, true),
            ("data/.dvc", false, false),
            ("nested", true, true),
            ("data", true, false),
        ] {
            assert_eq!(ignore.hides(Utf8Path::new(path), is_dir), want, "{path}");
        }
    }
}
