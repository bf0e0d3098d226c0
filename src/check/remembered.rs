//! A look at the tree that asks the disk once for each path, however many rules ask.

use crate::base::files::{Entry, Files};
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers that were given before, in front of another tree.
pub(super) struct Remembered<'a> {
    files: &'a dyn Files,
    entries: Mutex<BTreeMap<String, Entry>>,
    lists: Mutex<BTreeMap<String, Vec<String>>>,
}

impl<'a> Remembered<'a> {
    pub(super) fn new(files: &'a dyn Files) -> Self {
        Self { files, entries: Mutex::default(), lists: Mutex::default() }
    }
}

impl Files for Remembered<'_> {
    fn read(&self, path: &Utf8Path) -> Option<Arc<str>> {
        self.files.read(path)
    }

    fn entry(&self, path: &Utf8Path) -> Entry {
        remembered(&self.entries, path, || self.files.entry(path))
    }

    fn list(&self, path: &Utf8Path) -> Vec<String> {
        remembered(&self.lists, path, || self.files.list(path))
    }

    fn tracked_by_git(&self, path: &Utf8Path) -> bool {
        self.files.tracked_by_git(path)
    }

    fn dvc_ignored(&self, path: &Utf8Path) -> bool {
        self.files.dvc_ignored(path)
    }
}

fn remembered<T: Clone>(
    answers: &Mutex<BTreeMap<String, T>>,
    path: &Utf8Path,
    ask: impl FnOnce() -> T,
) -> T {
    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = answers.get(path.as_str()) {
        return answer.clone();
    }
    let answer = ask();
    answers.insert(path.as_str().to_owned(), answer.clone());
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::files::MemoryFiles;

    #[test]
    fn answers_do_not_change_within_one_look() {
        let mut files = MemoryFiles::default();
        files.insert("a/b", "");
        let remembered = Remembered::new(&files);
        for _ in 0..2 {
            assert_eq!(remembered.entry(Utf8Path::new("a")), Entry::Directory);
            assert_eq!(remembered.entry(Utf8Path::new("a/b")), Entry::File);
            assert_eq!(remembered.list(Utf8Path::new("a")), ["b"]);
        }
    }
}
