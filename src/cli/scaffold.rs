//! Puts a project that `mlc` carries with it into a folder. Prints nothing.
#![expect(clippy::disallowed_methods, reason = "asks git whether the folder is in a repository")]

pub(crate) mod embedded;
pub(crate) mod python;

use crate::cli::scaffold::embedded::{Content, Template};
use crate::emit::template;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What `mlc init` puts into `.dvc`, as `dvc init` does.
const DVC_GITIGNORE: &str = "/config.local\n/tmp\n/cache\n";
const DVC_CONFIG_WITHOUT_GIT: &str = "[core]\n    no_scm = True\n";

/// A file to be written, its path relative to the project's root.
#[derive(Debug)]
pub(crate) struct NewFile {
    pub(crate) path: Utf8PathBuf,
    pub(crate) bytes: Vec<u8>,
}

/// How the project stands to git.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repository {
    /// A repository of its own was made.
    Own,
    /// It lies in one that was there before.
    Outer,
    /// Git is not installed.
    None,
}

/// The files of a template for a project of this name.
pub(crate) fn files(template: &Template, name: &str) -> anyhow::Result<Vec<NewFile>> {
    let fill = |path: &str, content: &Content| {
        let bytes = match content {
            Content::Bytes(bytes) => named(path, bytes, template.name, name),
            Content::Rendered(source) => {
                template::render(path, source, Names { name })?.into_bytes()
            }
        };
        Ok(NewFile { path: path.into(), bytes })
    };
    template.files.iter().map(|(path, content)| fill(path, content)).collect()
}

/// Those of the files that stand there already; one that only keeps a folder is no loss.
pub(crate) fn conflicts(files: &[NewFile], root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let there = |file: &&NewFile| root.join(&file.path).symlink_metadata().is_ok();
    let with_text = files.iter().filter(|file| !file.bytes.is_empty());
    with_text.filter(there).map(|file| file.path.clone()).collect()
}

/// Writes the files that are missing; never touches one that is there.
pub(crate) fn write_missing(files: &[NewFile], root: &Utf8Path) -> anyhow::Result<()> {
    for file in files {
        let path = root.join(&file.path);
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{folder}`"))?;
        let written = match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut new) => new.write_all(&file.bytes),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        };
        written.with_context(|| format!("cannot write `{path}`"))?;
    }
    Ok(())
}

/// Makes the folder a git repository, unless it lies in one that does not ignore it.
pub(crate) fn enter_repository(root: &Utf8Path) -> anyhow::Result<Repository> {
    let inside = git(root, &["rev-parse", "--is-inside-work-tree"]) == Some(true)
        && git(root, &["check-ignore", "-q", "."]) != Some(true);
    if inside { Ok(Repository::Outer) } else { own_repository(root) }
}

/// Makes the folder a git repository, unless it is the top of one.
pub(crate) fn own_repository(root: &Utf8Path) -> anyhow::Result<Repository> {
    if root.join(".git").exists() {
        return Ok(Repository::Own);
    }
    match git(root, &["init", "-q"]) {
        Some(true) => Ok(Repository::Own),
        Some(false) => anyhow::bail!("`git init` failed in `{root}`"),
        None => Ok(Repository::None),
    }
}

/// Makes the folder a DVC project, unless it is one.
pub(crate) fn enter_dvc(root: &Utf8Path, repository: Repository) -> anyhow::Result<()> {
    let config = match repository {
        Repository::Own | Repository::Outer => "",
        Repository::None => DVC_CONFIG_WITHOUT_GIT,
    };
    let file = |path: &str, text: &str| NewFile { path: path.into(), bytes: text.into() };
    let files = [file(".dvc/config", config), file(".dvc/.gitignore", DVC_GITIGNORE)];
    write_missing(&files, root)
}

/// Whether git succeeded; `None` when it cannot be started.
fn git(root: &Utf8Path, arguments: &[&str]) -> Option<bool> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(root).stdin(Stdio::null());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.ok().map(|status| status.success())
}

#[derive(Serialize)]
struct Names<'a> {
    name: &'a str,
}

/// Puts the project's name where the example's own stands.
fn named(path: &str, bytes: &[u8], example: &str, name: &str) -> Vec<u8> {
    let places = embedded::NAMED.iter().filter(|(file, _)| *file == path);
    let Ok(text) = std::str::from_utf8(bytes) else { return bytes.to_vec() };
    let text = places.fold(text.to_owned(), |text, (_, place)| {
        text.replacen(&place.replace("NAME", example), &place.replace("NAME", name), 1)
    });
    text.into_bytes()
}
