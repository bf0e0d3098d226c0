//! How a file in the tree and an object share their content: `cache.type` of DVC's configuration.

use super::{ASIDE, Cache, STORED};
use anyhow::{Context as _, bail};
use camino::Utf8Path;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

/// One way of bringing an object into the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The file system shares the blocks until one side is written.
    Reflink,
    /// Both are the same file, which nobody may write.
    Hardlink,
    /// The tree points into the cache.
    Symlink,
    Copy,
}

impl Kind {
    /// Whether the tree and the cache hold the same file, which then is read-only.
    pub(super) fn is_link(self) -> bool {
        matches!(self, Self::Hardlink | Self::Symlink)
    }
}

/// Reads `cache.type`: names with commas between them, the best first.
pub(super) fn configured(setting: Option<&str>) -> anyhow::Result<Vec<Kind>> {
    let mut kinds = Vec::new();
    for name in setting.unwrap_or("reflink,copy").split(',').map(str::trim) {
        kinds.push(match name.to_ascii_lowercase().as_str() {
            "reflink" => Kind::Reflink,
            "hardlink" => Kind::Hardlink,
            "symlink" => Kind::Symlink,
            "copy" => Kind::Copy,
            _ => bail!(
                "`cache.type` in DVC's configuration says `{name}`: \
                 write `reflink`, `hardlink`, `symlink` or `copy`"
            ),
        });
    }
    Ok(kinds)
}

/// Makes `target` share the blocks of `source`.
#[cfg(target_os = "linux")]
pub(super) fn reflink(source: &File, target: &File) -> io::Result<()> {
    Ok(rustix::fs::ioctl_ficlone(target, source)?)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn reflink(_source: &File, _target: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

impl Cache {
    /// The first configured kind that works between the cache and `folder`.
    ///
    /// Tried once: the cache is on one file system, and the tree nearly always on one too.
    pub(super) fn kind(&self, folder: &Utf8Path) -> Kind {
        let works = |kind: &Kind| match kind {
            Kind::Copy | Kind::Symlink => true,
            Kind::Reflink => self
                .try_pair(folder, |from, to| reflink(&File::open(from)?, &File::create_new(to)?)),
            Kind::Hardlink => self.try_pair(folder, |from, to| fs::hard_link(from, to)),
        };
        let find = || self.kinds.iter().copied().find(works).unwrap_or(Kind::Copy);
        *self.works.get_or_init(find)
    }

    fn try_pair(
        &self,
        folder: &Utf8Path,
        link: impl Fn(&Utf8Path, &Utf8Path) -> io::Result<()>,
    ) -> bool {
        let pair = || -> anyhow::Result<()> {
            let from = self.aside()?;
            let to = tempfile::Builder::new().prefix(ASIDE).tempdir_in(folder)?;
            let from = Utf8Path::from_path(from.path()).context("not UTF-8")?;
            let to = Utf8Path::from_path(to.path()).context("not UTF-8")?.join("probe");
            Ok(link(from, &to)?)
        };
        pair().is_ok()
    }

    /// Brings a stored object to `path`, where nothing stands. Falls back to a copy.
    ///
    /// Hundreds of thousands of hard links to the one empty object are more than file systems
    /// allow. And an executable would need an object that is one, which then no longer counts as
    /// protected: DVC would hash it at each look.
    pub(super) fn link(
        &self,
        kind: Kind,
        object: &Utf8Path,
        path: &Utf8Path,
        mode: u32,
    ) -> io::Result<()> {
        let plain = mode & 0o111 == 0;
        let linked = match kind {
            Kind::Hardlink if plain && fs::metadata(object)?.len() > 0 => {
                fs::hard_link(object, path)
            }
            Kind::Symlink if plain => symlink(std::path::absolute(object)?, path),
            Kind::Reflink => create(path, mode)
                .and_then(|target| reflink(&File::open(object)?, &target))
                .inspect_err(|_| drop(fs::remove_file(path))),
            Kind::Hardlink | Kind::Symlink | Kind::Copy => Err(io::ErrorKind::Unsupported.into()),
        };
        linked.or_else(|_| {
            let mut target = create(path, mode)?;
            io::copy(&mut File::open(object)?, &mut target).map(drop)
        })
    }

    /// Replaces a file or directory that was just stored by links into the cache, where links are
    /// what DVC's configuration asks for.
    pub(crate) fn relink(&self, path: &Utf8Path, oid: &str) -> anyhow::Result<()> {
        let folder = path.parent().context("the path has no folder")?;
        let kind = if self.kinds.iter().any(|kind| kind.is_link()) {
            self.kind(folder)
        } else {
            Kind::Copy
        };
        if !kind.is_link() {
            return Ok(());
        }
        if !oid.ends_with(".dir") {
            let mode = fs::metadata(path)?.permissions().mode();
            return if mode & 0o111 == 0 { self.relink_file(kind, path, oid) } else { Ok(()) };
        }
        // Where a link is not the first choice, DVC leaves the files of a directory alone, but for
        // links that the stage made.
        let all = self.kinds.first().is_some_and(|kind| kind.is_link());
        for member in self.members(oid)? {
            let file = path.join(member.relpath);
            if all || file.is_symlink() {
                self.relink_file(kind, &file, &member.md5)?;
            }
        }
        Ok(())
    }

    fn relink_file(&self, kind: Kind, path: &Utf8Path, oid: &str) -> anyhow::Result<()> {
        let object = self.object(oid)?;
        let describe = || format!("cannot link {path} to {object}");
        let (file, stored) = (fs::symlink_metadata(path)?, fs::metadata(&object)?);
        let is_linked = match kind {
            Kind::Hardlink => (file.ino(), file.dev()) == (stored.ino(), stored.dev()),
            Kind::Symlink => fs::read_link(path).is_ok_and(|it| it == object.as_std_path()),
            Kind::Reflink | Kind::Copy => true,
        };
        if is_linked || kind == Kind::Hardlink && stored.len() == 0 {
            return Ok(());
        }
        let folder = path.parent().context("the path has no folder")?;
        let place = |aside: &std::path::Path| {
            let aside = Utf8Path::from_path(aside).ok_or(io::ErrorKind::InvalidFilename)?;
            self.link(kind, &object, aside, 0o666)
        };
        let link = tempfile::Builder::new().prefix(ASIDE).make_in(folder, place);
        link.with_context(describe)?.persist(path).with_context(describe)?;
        Ok(())
    }

    /// Makes a file or directory of the tree writable without touching objects it is linked to:
    /// for outputs that a step finds as it left them.
    pub(crate) fn unprotect(&self, path: &Utf8Path) -> anyhow::Result<()> {
        let Ok(metadata) = fs::metadata(path) else { return Ok(()) };
        if !metadata.is_dir() {
            return unprotect_file(path).with_context(|| format!("cannot copy {path}"));
        }
        let mut folders = vec![path.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir_utf8()? {
                let entry = entry?;
                let path = entry.path();
                if entry.file_type()?.is_dir() {
                    folders.push(path.to_owned());
                } else {
                    unprotect_file(path).with_context(|| format!("cannot copy {path}"))?;
                }
            }
        }
        Ok(())
    }
}

fn unprotect_file(path: &Utf8Path) -> anyhow::Result<()> {
    let metadata = fs::metadata(path)?;
    let is_link = fs::symlink_metadata(path)?.is_symlink();
    // A link of the user's own is none of ours unless it leads to something protected.
    if !metadata.is_file() || metadata.permissions().mode() & 0o777 != STORED {
        return Ok(());
    }
    if is_link || metadata.nlink() > 1 {
        let folder = path.parent().context("the path has no folder")?;
        let mut copy = tempfile::Builder::new()
            .prefix(ASIDE)
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        io::copy(&mut File::open(path)?, copy.as_file_mut())?;
        copy.persist(path)?;
    }
    Ok(())
}

/// A new file; the process's umask takes its part of the mode.
pub(super) fn create(path: &Utf8Path, mode: u32) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create_new(true).mode(mode).open(path)
}
