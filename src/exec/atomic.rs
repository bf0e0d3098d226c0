//! Files that are whole at every moment: written aside, then renamed into place.
#![expect(clippy::disallowed_methods, reason = "this is the one place that writes files")]

use anyhow::Context as _;
use camino::Utf8Path;
use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

/// What temporary files of ours begin with.
pub(crate) const PREFIX: &str = ".mlc-";

/// Writes a file so that a reader, or a crash, sees the old bytes or the new ones.
///
/// Keeps the mode of an existing file, and writes through a symbolic link instead of replacing
/// it. Missing folders are made.
pub(crate) fn write(path: &Utf8Path, bytes: &[u8]) -> anyhow::Result<()> {
    replace(path, bytes, true).with_context(|| format!("cannot write {path}"))
}

/// As [`write()`], for what can be made again: a reader sees whole bytes, but after a power cut the
/// file may be gone. Waiting for the disk would cost more than starting most commands.
pub(crate) fn write_lazily(path: &Utf8Path, bytes: &[u8]) -> anyhow::Result<()> {
    replace(path, bytes, false).with_context(|| format!("cannot write {path}"))
}

fn replace(path: &Utf8Path, bytes: &[u8], durably: bool) -> anyhow::Result<()> {
    let target = path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().context("the path has no folder")?;
    fs::create_dir_all(folder)?;
    let mode = fs::metadata(&target).map_or(0o666, |old| old.permissions().mode() & 0o777);
    // The process's umask applies to new files; an old mode is then restored as it was.
    let mut file = tempfile::Builder::new()
        .prefix(PREFIX)
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    if target.exists() {
        file.as_file().set_permissions(Permissions::from_mode(mode))?;
    }
    if durably {
        file.as_file().sync_all()?;
    }
    file.persist(&target)?;
    if durably {
        // Without this the rename itself may be lost with the power.
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rewrite_keeps_the_mode_and_follows_links() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let path = root.join("a/b.txt");
        write(&path, b"one").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let link = root.join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write(&link, b"two").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(root.join("a")).unwrap().count(), 1);
    }
}
