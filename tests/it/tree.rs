//! The repository's files, for tests that read them. Knows no meaning of any.
#![expect(clippy::disallowed_methods, reason = "reads the repository")]

use std::fs;
use std::path::{Path, PathBuf};

/// A text file of the repository.
pub(crate) struct TextFile {
    /// Relative to the repository's root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below a folder, sorted; none when there is no such folder.
pub(crate) fn paths(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    let mut paths: Vec<String> = found.iter().map(|path| relative(path)).collect();
    paths.sort();
    paths
}

/// The files below a folder whose names end so, with their text.
pub(crate) fn texts(folder: &str, ending: &str) -> Vec<TextFile> {
    let paths = paths(folder).into_iter().filter(|path| path.ends_with(ending));
    paths.map(|path| TextFile { text: read(&path), path }).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).expect("invariant: found below the root");
    path.to_str().expect("names are UTF-8").replace('\\', "/")
}
