//! Keeps outputs out of git: `/name` in the `.gitignore` beside an output, as DVC writes it.
//!
//! Entries are added stage by stage and never taken back: an output of a stage that succeeded
//! stays ignored when a later stage fails.
#![expect(clippy::disallowed_methods, reason = "reads `.gitignore` files")]

use crate::exec::atomic;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Makes git ignore outputs (absolute paths); returns the files that were changed.
///
/// Does nothing outside git, or where git ignores a path already. Each file is read and written
/// once, however many outputs lie beside it. Precondition: nobody else does the same just now.
pub(crate) fn ignore_all<'a>(
    paths: impl IntoIterator<Item = &'a Utf8Path>,
) -> anyhow::Result<Vec<Utf8PathBuf>> {
    let mut by_folder: BTreeMap<&Utf8Path, Vec<&Utf8Path>> = BTreeMap::new();
    for path in paths {
        let folder = path.parent().context("an output lies in a folder")?;
        by_folder.entry(folder).or_default().push(path);
    }
    let mut rules = Rules::default();
    let mut changed = Vec::new();
    for (folder, paths) in by_folder {
        let Some(top) = folder.ancestors().find(|folder| folder.join(".git").exists()) else {
            continue;
        };
        let seen: Vec<_> = paths.into_iter().filter(|path| !rules.ignore(top, path)).collect();
        changed.extend(add(folder, &seen)?);
    }
    Ok(changed)
}

/// Adds a line for each path to the folder's file, unless it is there.
fn add(folder: &Utf8Path, paths: &[&Utf8Path]) -> anyhow::Result<Option<Utf8PathBuf>> {
    if paths.is_empty() {
        return Ok(None);
    }
    let file = folder.join(".gitignore");
    let mut text = match fs::read_to_string(&file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.with_context(|| format!("cannot read {file}"))?,
    };
    let mut known: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    let names = paths.iter().filter_map(|path| path.file_name());
    let lines = names.map(|name| format!("/{}", escape(name)));
    let new: Vec<String> = lines.filter(|line| known.insert(line.clone())).collect();
    if new.is_empty() {
        return Ok(None);
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for line in new {
        text.push_str(&line);
        text.push('\n');
    }
    atomic::write_lazily(&file, text.as_bytes())?;
    Ok(Some(file))
}

/// Files with patterns, each read once.
#[derive(Default)]
struct Rules {
    read: BTreeMap<Utf8PathBuf, Option<Gitignore>>,
}

impl Rules {
    /// Whether git ignores the path, or a folder it lies in.
    fn ignore(&mut self, top: &Utf8Path, path: &Utf8Path) -> bool {
        let inside: Vec<&Utf8Path> = path.ancestors().take_while(|&it| it != top).collect();
        inside.iter().rev().any(|it| self.ignore_entry(top, it, *it != path || it.is_dir()))
    }

    fn ignore_entry(&mut self, top: &Utf8Path, path: &Utf8Path, is_dir: bool) -> bool {
        let above = path.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
        let files = above.map(|folder| (folder, folder.join(".gitignore")));
        for (folder, file) in files.chain([(top, top.join(".git/info/exclude"))]) {
            let patterns = self.read.entry(file).or_insert_with_key(|file| patterns(folder, file));
            match patterns.as_ref().map_or(Match::None, |it| it.matched(path, is_dir)) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }
}

fn patterns(folder: &Utf8Path, file: &Utf8Path) -> Option<Gitignore> {
    let text = fs::read_to_string(file).ok()?;
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.lines() {
        // Git passes over patterns it cannot read.
        let _ = builder.add_line(None, line);
    }
    builder.build().ok()
}

/// Takes their meaning from the characters that patterns use.
fn escape(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        if matches!(character, '\\' | '[' | ']' | '!' | '*' | '#' | '?') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_ignored_once_and_only_inside_git() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs::create_dir_all(root.join("out/logs")).unwrap();
        let ignore = |names: &[&str]| {
            let paths: Vec<_> = names.iter().map(|name| root.join("out").join(name)).collect();
            ignore_all(paths.iter().map(|path| path.as_path())).unwrap()
        };
        assert_eq!(ignore(&["a.csv"]), Vec::<Utf8PathBuf>::new());
        fs::create_dir(root.join(".git")).unwrap();
        fs::write(root.join(".gitignore"), "*.log\nbuild/").unwrap();
        fs::write(root.join("out/.gitignore"), "/old").unwrap();
        assert_eq!(ignore(&["a.csv", "a.csv", "x[1].log", "b[1]*.csv"]).len(), 1);
        assert_eq!(ignore(&["b[1]*.csv", "build", "logs"]).len(), 1);
        assert_eq!(ignore(&["a.csv", "build"]).len(), 0);
        let text = fs::read_to_string(root.join("out/.gitignore")).unwrap();
        assert_eq!(text, "/old\n/a.csv\n/b\\[1\\]\\*.csv\n/build\n/logs\n");
    }
}
