//! What stands in the project's tree at a path, around it and below it.

use crate::base::files::{Entry, Files};
use crate::base::suggest::nearest;
use camino::{Utf8Path, Utf8PathBuf};

/// The `.dvc` file that tracks this path or a folder above it.
pub(super) fn dvc_file(files: &dyn Files, path: &Utf8Path) -> Option<Utf8PathBuf> {
    let places = path.ancestors().filter(|it| !it.as_str().is_empty());
    places.map(|it| Utf8PathBuf::from(format!("{it}.dvc"))).find(|it| files.entry(it).exists())
}

/// The path that exists and differs least: each part that is missing is read as its neighbour.
pub(super) fn nearest_path(files: &dyn Files, path: &Utf8Path) -> Option<Utf8PathBuf> {
    let mut at = Utf8PathBuf::new();
    for part in path.components().map(|it| it.as_str()) {
        let next = at.join(part);
        if files.entry(&next).exists() {
            at = next;
            continue;
        }
        let names = files.list(&at);
        let near = nearest(part, names.iter().map(String::as_str))?;
        if !is_plausible(part, near) {
            return None;
        }
        at.push(near);
    }
    Some(at)
}

/// Whether a name may be a slip for another: not when it is that short, or only numbers differ.
pub(super) fn is_plausible(word: &str, other: &str) -> bool {
    let stem = |it: &str| it.split_once('.').map_or(it.len(), |(stem, _)| stem.len());
    let digits = |it: &str| it.chars().filter(char::is_ascii_digit).collect::<String>();
    word.eq_ignore_ascii_case(other)
        || stem(word) > 2 && stem(other) > 2 && digits(word) == digits(other)
}

/// How much of a folder is looked at; larger ones are data, not links and pipes made by hand.
const LOOKED_AT: usize = 1000;

/// What is in a folder and below it, up to a limit, folders before what they hold.
pub(super) fn below(files: &dyn Files, folder: &Utf8Path) -> Vec<(Utf8PathBuf, Entry)> {
    let mut found: Vec<(Utf8PathBuf, Entry)> = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for name in files.list(&folder) {
            if found.len() >= LOOKED_AT {
                return found;
            }
            // Never part of a folder's content to DVC.
            if matches!(name.as_str(), ".git" | ".hg" | ".dvc") {
                continue;
            }
            let path = folder.join(name);
            let entry = files.entry(&path);
            if entry == Entry::Directory {
                waiting.push(path.clone());
            }
            found.push((path, entry));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::files::MemoryFiles;

    #[test]
    fn the_nearest_path_is_found_part_by_part() {
        let mut files = MemoryFiles::default();
        for path in ["data/raw/customers.csv", "data/raw/part1.csv", "src/Train.py", "a.csv"] {
            files.insert(path, "");
        }
        for (path, want) in [
            ("data/raw/customer.csv", Some("data/raw/customers.csv")),
            ("dta/rwa/customers.csv", Some("data/raw/customers.csv")),
            ("src/train.py", Some("src/Train.py")),
            ("data/raw/part2.csv", None),
            ("b.csv", None),
            ("data/processed/customers.csv", None),
        ] {
            let found = nearest_path(&files, Utf8Path::new(path));
            assert_eq!(found.as_deref().map(Utf8Path::as_str), want, "{path}");
        }
    }
}
