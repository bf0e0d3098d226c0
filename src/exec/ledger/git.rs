//! Which commit is checked out, read from git's own files, and whether the tree differs from it,
//! asked of git aside while the run goes on. Without git there is neither.
#![expect(clippy::disallowed_methods, reason = "reads git's files, starts git, waits for it")]

use camino::{Utf8Path, Utf8PathBuf};
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the end of a run waits for git.
const PATIENCE: Duration = Duration::from_secs(1);

const GLANCE: Duration = Duration::from_millis(5);

/// What git has checked out.
#[derive(Debug, Default)]
pub(crate) struct Checkout {
    pub(crate) commit: Option<String>,
    asked: Option<Child>,
    dirty: Option<bool>,
}

impl Checkout {
    /// Reads the commit, and starts to ask whether the tree differs.
    pub(crate) fn look(root: &Utf8Path) -> Self {
        let Some(commit) = commit(root) else { return Self::default() };
        Self { commit: Some(commit), asked: ask(root), dirty: None }
    }

    /// Git's answer, if it is there; waits a little for it when `patient`.
    pub(crate) fn dirty(&mut self, patient: bool) -> Option<bool> {
        let start = Instant::now();
        while let Some(child) = &mut self.asked {
            match child.try_wait() {
                Ok(Some(status)) => {
                    self.asked = None;
                    self.dirty = match status.code() {
                        Some(0) => Some(false),
                        Some(1) => Some(true),
                        _ => None,
                    };
                }
                Ok(None) if !patient => return None,
                Ok(None) if start.elapsed() < PATIENCE => std::thread::park_timeout(GLANCE),
                Ok(None) | Err(_) => {
                    let _ = child.kill().and_then(|()| child.wait());
                    self.asked = None;
                }
            }
        }
        self.dirty
    }
}

/// `dvc.lock` is left out: every run changes it.
fn ask(root: &Utf8Path) -> Option<Child> {
    Command::new("git")
        .args([
            "diff",
            "--quiet",
            "--no-ext-diff",
            "HEAD",
            "--",
            ":/",
            ":(exclude,glob,top)**/dvc.lock",
        ])
        .current_dir(root)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}

/// The commit that is checked out where the project lies.
pub(crate) fn commit(root: &Utf8Path) -> Option<String> {
    let git = folder(root)?;
    let head = fs::read_to_string(git.join("HEAD")).ok()?;
    let Some(name) = head.trim().strip_prefix("ref: ") else { return digest(head.trim()) };
    let common = common(&git);
    let loose = [&git, &common]
        .into_iter()
        .find_map(|folder| digest(fs::read_to_string(folder.join(name)).ok()?.trim()));
    loose.or_else(|| packed(&common, name))
}

/// Where the repository can be fetched from: the address of `origin`.
pub(crate) fn origin(root: &Utf8Path) -> Option<String> {
    let config = fs::read_to_string(common(&folder(root)?).join("config")).ok()?;
    let mut lines = config.lines().map(str::trim);
    lines.find(|line| *line == "[remote \"origin\"]")?;
    let mut section = lines.take_while(|line| !line.starts_with('['));
    let address = section.find_map(|line| line.strip_prefix("url")?.trim().strip_prefix('='))?;
    Some(without_secret(address.trim()))
}

/// An address without the name and password that may stand in it.
fn without_secret(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let host = rest.split('/').next().unwrap_or(rest);
    match host.rsplit_once('@') {
        Some((secret, _)) => format!("{scheme}://{}", rest.get(secret.len() + 1..).unwrap_or(rest)),
        None => address.to_owned(),
    }
}

/// Git's folder; a worktree and a submodule name it in a file.
fn folder(root: &Utf8Path) -> Option<Utf8PathBuf> {
    let mark = root.ancestors().map(|it| it.join(".git")).find(|it| it.exists())?;
    if mark.is_dir() {
        return Some(mark);
    }
    let text = fs::read_to_string(&mark).ok()?;
    Some(mark.parent()?.join(text.strip_prefix("gitdir: ")?.trim()))
}

/// What a worktree shares with others.
fn common(git: &Utf8Path) -> Utf8PathBuf {
    let named = fs::read_to_string(git.join("commondir")).ok();
    named.map_or_else(|| git.to_owned(), |name| git.join(name.trim()))
}

fn packed(git: &Utf8Path, name: &str) -> Option<String> {
    let refs = fs::read_to_string(git.join("packed-refs")).ok()?;
    let pairs = refs.lines().filter_map(|line| line.split_once(' '));
    let found = pairs.filter(|(_, known)| *known == name).map(|(commit, _)| commit).next()?;
    digest(found)
}

fn digest(text: &str) -> Option<String> {
    let whole = text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    whole.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_addresses_are_left_out() {
        for (address, shown) in [
            ("https://me:token@host/a.git", "https://host/a.git"),
            ("https://host/a@b.git", "https://host/a@b.git"),
            ("git@host:a.git", "git@host:a.git"),
        ] {
            assert_eq!(without_secret(address), shown);
        }
    }
}
