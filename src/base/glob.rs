//! Globs over a project's tree: `*` and `?` within a name, `**` over folders.

use crate::base::files::{Entry, Files};
use camino::{Utf8Path, Utf8PathBuf};

/// How many folders deep `**` looks.
const MAX_DEPTH: usize = 32;

/// Files that match `pattern`, relative to the root, sorted. A pattern that leads out of the
/// project matches nothing.
pub(crate) fn expand(files: &dyn Files, folder: &Utf8Path, pattern: &str) -> Vec<Utf8PathBuf> {
    if pattern.starts_with('/') || pattern.contains('\\') {
        return Vec::new();
    }
    let mut base = folder.to_owned();
    let mut parts: Vec<&str> = pattern.split('/').filter(|it| !matches!(*it, "" | ".")).collect();
    while parts.first() == Some(&"..") {
        parts.remove(0);
        if base.as_str().is_empty() || !base.pop() {
            return Vec::new();
        }
    }
    let mut found = Vec::new();
    walk(files, &base, &parts, MAX_DEPTH, &mut found);
    found.sort();
    found.dedup();
    found
}

fn walk(
    files: &dyn Files,
    at: &Utf8Path,
    parts: &[&str],
    depth: usize,
    found: &mut Vec<Utf8PathBuf>,
) {
    let Some((part, rest)) = parts.split_first() else {
        if matches!(files.entry(at), Entry::File | Entry::Link { directory: false, .. }) {
            found.push(at.to_owned());
        }
        return;
    };
    if depth == 0 {
        return;
    }
    if !part.contains(['*', '?']) {
        return walk(files, &at.join(part), rest, depth - 1, found);
    }
    if *part == "**" {
        walk(files, at, rest, depth - 1, found);
    }
    for name in files.list(at) {
        let hidden = name.starts_with('.') && !part.starts_with('.');
        let path = at.join(&name);
        if hidden || !matches(part, &name) {
            continue;
        }
        match *part {
            "**" if files.entry(&path) == Entry::Directory => {
                walk(files, &path, parts, depth - 1, found);
            }
            "**" => {}
            _ => walk(files, &path, rest, depth - 1, found),
        }
    }
}

/// Whether a name matches a pattern of `*`, `?` and plain characters.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    // Where the last `*` was, and how much of the name it has eaten so far.
    let (mut p, mut n, mut star) = (0, 0, None);
    while let Some(&c) = name.get(n) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == c => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, eaten)) => {
                    star = Some((at, eaten + 1));
                    (p, n) = (at + 1, eaten + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|&c| c == '*'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::files::MemoryFiles;

    #[test]
    fn patterns_match_names_and_folders() {
        let mut files = MemoryFiles::default();
        for path in ["a.kdl", "s/b.kdl", "s/c.txt", "s/t/d.kdl", "s/.x.kdl"] {
            files.insert(path, "");
        }
        for (folder, pattern, want) in [
            ("", "*.kdl", vec!["a.kdl"]),
            ("", "s/*.kdl", vec!["s/b.kdl"]),
            ("", "**/*.kdl", vec!["a.kdl", "s/b.kdl", "s/t/d.kdl"]),
            ("s", "../a.kdl", vec!["a.kdl"]),
            ("s", "t/?.kdl", vec!["s/t/d.kdl"]),
            ("", "../*.kdl", vec![]),
        ] {
            assert_eq!(expand(&files, Utf8Path::new(folder), pattern), want, "{pattern}");
        }
    }
}
