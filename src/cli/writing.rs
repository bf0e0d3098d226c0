//! Sets of generated files against the disk: what differs, and writing all of them or none.
#![expect(clippy::disallowed_methods, reason = "compares with and removes files on disk")]

use crate::base::files::FileSet;
use crate::emit::ownership::State;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;
use std::io::{ErrorKind, Write as _};

/// A generated file and what stands in its place.
#[derive(Debug)]
pub(crate) struct Change {
    /// Relative to the folder that is written to.
    pub(crate) path: Utf8PathBuf,
    pub(crate) on_disk: Option<String>,
    /// `None` when no target wants the file any more.
    pub(crate) wanted: Option<String>,
    pub(crate) state: State,
}

impl Change {
    pub(crate) fn is_same(&self) -> bool {
        self.state == State::Same || (self.wanted.is_none() && self.state != State::Ours)
    }

    /// What `--check` says of it.
    pub(crate) fn difference(&self) -> &'static str {
        match (self.state, &self.wanted) {
            (_, None) => "is written by no target any more",
            (State::Missing, _) => "is missing",
            (State::Edited, _) => "was edited by hand",
            (State::Foreign, _) => "was not written by mlc",
            (State::Ours | State::Same, _) => "is out of date",
        }
    }
}

/// Compares generated files with those on disk.
pub(crate) fn compare(root: &Utf8Path, files: FileSet) -> anyhow::Result<Vec<Change>> {
    let change = |(path, wanted): (Utf8PathBuf, String)| {
        let on_disk = read(&root.join(&path))?;
        let state = State::of(on_disk.as_deref(), &wanted);
        Ok(Change { path, on_disk, wanted: Some(wanted), state })
    };
    files.into_iter().map(change).collect()
}

/// A file that mlc wrote where no target writes now.
pub(crate) fn leftover(root: &Utf8Path, path: &Utf8Path) -> anyhow::Result<Option<Change>> {
    let Some(on_disk) = read(&root.join(path))? else { return Ok(None) };
    let state = State::without(&on_disk);
    let ours = state != State::Foreign;
    Ok(ours.then(|| Change { path: path.to_owned(), on_disk: Some(on_disk), wanted: None, state }))
}

/// Whether a file exists and one of its sources was changed after it.
pub(crate) fn is_older(root: &Utf8Path, path: &Utf8Path, sources: &[&Utf8Path]) -> bool {
    let changed = |path: &Utf8Path| fs::metadata(root.join(path)).ok()?.modified().ok();
    let Some(written) = changed(path) else { return false };
    sources.iter().filter_map(|source| changed(source)).any(|at| at > written)
}

/// The text at a path. What is no text counts as a foreign file that says nothing.
fn read(path: &Utf8Path) -> anyhow::Result<Option<String>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {path}")),
    }
}

/// Writes what differs and removes what is left over: all of it, or on failure nothing.
pub(crate) fn apply(root: &Utf8Path, changes: &[Change]) -> anyhow::Result<()> {
    // Everything that can fail for want of space or rights happens before the first rename.
    let mut staged = Vec::new();
    for change in changes.iter().filter(|it| !it.is_same()) {
        let Some(wanted) = &change.wanted else { continue };
        staged.push((change, stage(&root.join(&change.path), wanted)?));
    }
    let mut done: Vec<&Change> = Vec::new();
    for (change, file) in staged {
        let target = root.join(&change.path);
        if let Err(error) = file.persist(&target) {
            undo(root, &done);
            return Err(error.error).with_context(|| format!("cannot write {target}"));
        }
        done.push(change);
    }
    for change in changes.iter().filter(|it| it.wanted.is_none() && it.state == State::Ours) {
        let target = root.join(&change.path);
        fs::remove_file(&target).with_context(|| format!("cannot remove {target}"))?;
    }
    Ok(())
}

/// Writes a file beside its target and makes sure that it is on the disk.
fn stage(target: &Utf8Path, text: &str) -> anyhow::Result<tempfile::NamedTempFile> {
    let folder = target.parent().unwrap_or(target);
    let attempt = || -> std::io::Result<tempfile::NamedTempFile> {
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new()
            .prefix(".mlc-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
            .tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    attempt().with_context(|| format!("cannot write {target}"))
}

/// Puts back what stood there before. The first failure is what the user hears of.
fn undo(root: &Utf8Path, done: &[&Change]) {
    for change in done {
        let target = root.join(&change.path);
        let _ = match &change.on_disk {
            Some(text) => crate::exec::atomic::write(&target, text.as_bytes()),
            None => fs::remove_file(&target).map_err(anyhow::Error::from),
        };
    }
}
