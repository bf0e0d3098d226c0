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
use std::fs;
use std::sync::{Mutex, PoisonError};

/// Two stages may write the same file at once.
static WRITING: Mutex<()> = Mutex::new(());

/// Makes git ignore the output at `path` (absolute); returns the file that was changed.
///
/// Does nothing outside git, or when git ignores the path already.
pub(crate) fn ignore(path: &Utf8Path) -> anyhow::Result<Option<Utf8PathBuf>> {
    let _guard = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let (folder, name) = path.parent().zip(path.file_name()).context("an output has a name")?;
    let Some(top) = path.ancestors().skip(1).find(|folder| folder.join(".git").exists()) else {
        return Ok(None);
    };
    if is_ignored(top, path) {
        return Ok(None);
    }
    let file = folder.join(".gitignore");
    let mut text = match fs::read_to_string(&file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.with_context(|| format!("cannot read {file}"))?,
    };
    let line = format!("/{}", escape(name));
    if text.lines().any(|old| old == line) {
        return Ok(None);
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&line);
    text.push('\n');
    atomic::write(&file, text.as_bytes())?;
    Ok(Some(file))
}

/// Whether git ignores the path, or a folder it lies in.
fn is_ignored(top: &Utf8Path, path: &Utf8Path) -> bool {
    let inside: Vec<&Utf8Path> = path.ancestors().take_while(|&it| it != top).collect();
    inside.iter().rev().any(|it| is_entry_ignored(top, it, *it != path || it.is_dir()))
}

fn is_entry_ignored(top: &Utf8Path, path: &Utf8Path, is_dir: bool) -> bool {
    let exclude = patterns(top, &top.join(".git/info/exclude"));
    let above = path.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
    let files = above.map(|folder| patterns(folder, &folder.join(".gitignore"))).chain([exclude]);
    for patterns in files.flatten() {
        match patterns.matched(path, is_dir) {
            Match::Ignore(_) => return true,
            Match::Whitelist(_) => return false,
            Match::None => {}
        }
    }
    false
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
        assert_eq!(ignore(&root.join("out/a.csv")).unwrap(), None);
        fs::create_dir(root.join(".git")).unwrap();
        fs::write(root.join(".gitignore"), "*.log\nbuild/").unwrap();
        fs::write(root.join("out/.gitignore"), "/old").unwrap();
        for name in ["a.csv", "a.csv", "x[1].log", "b[1]*.csv", "logs", "build"] {
            ignore(&root.join("out").join(name)).unwrap();
        }
        let text = fs::read_to_string(root.join("out/.gitignore")).unwrap();
        assert_eq!(text, "/old\n/a.csv\n/b\\[1\\]\\*.csv\n/logs\n/build\n");
    }
}
