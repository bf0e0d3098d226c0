//! The files of a directory that DVC would hash, in DVC's order.
//!
//! Looks at entries relative to the open directory, so that no path is looked up from its start
//! twice. Unaware of digests: it leaves their places empty.

use crate::exec::dvcignore::{DvcIgnore, FILE_NAME, Patterns};
use crate::exec::hash::HashError;
use crate::exec::md5::Md5;
use crate::exec::state::Stamp;
use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

/// The files below a directory, sorted by the code points of their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    /// Relative paths, one after the other.
    pub(crate) names: String,
    pub(crate) leaves: Vec<Leaf>,
}

/// A file in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// Where its path is among the names.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Empty if it was not asked for.
    pub(crate) stamp: Stamp,
    pub(crate) md5: Md5,
}

impl Tree {
    /// Adds a file. Precondition: it comes after all that are there.
    pub(crate) fn add(&mut self, name: &str, stamp: Stamp) {
        let start = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push_str(name);
        let end = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.leaves.push(Leaf { start, end, stamp, md5: Md5::default() });
    }

    /// The path of a file of this tree.
    pub(crate) fn name(&self, leaf: &Leaf) -> &str {
        self.names.get(leaf.start as usize..leaf.end as usize).unwrap_or_default()
    }

    /// Paths and digests.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Md5)> {
        self.leaves.iter().map(|leaf| (self.name(leaf), leaf.md5))
    }

    pub(crate) fn size(&self) -> u64 {
        self.leaves.iter().map(|leaf| leaf.stamp.size).sum()
    }
}

/// Opens the directory `top`, which is relative to `root`.
pub(crate) fn open(root: &Utf8Path, top: &Utf8Path) -> Result<OwnedFd, HashError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::openat(CWD, root.join(top).as_str(), flags, Mode::empty())
        .map_err(|error| HashError::io(top, &error.into()))
}

/// Lists the files below `top`, which is open as `folder`; with stamps if they are wanted, which
/// costs most.
///
/// Links to directories are not followed and not listed, links to files are read through.
pub(crate) fn tree(
    folder: BorrowedFd<'_>,
    top: &Utf8Path,
    ignore: &DvcIgnore,
    with_stamps: bool,
) -> Result<Tree, HashError> {
    let patterns = ignore.below(top);
    let mut walk =
        Walk { top, patterns, with_stamps, prefix: String::new(), tree: Tree::default() };
    walk.folder(folder)?;
    // Positions among the names have 32 bits.
    if u32::try_from(walk.tree.names.len()).is_err() {
        return Err(HashError::new(top, "has more files than can be listed"));
    }
    Ok(walk.tree)
}

struct Walk<'a> {
    top: &'a Utf8Path,
    patterns: Patterns,
    with_stamps: bool,
    /// The folder that is being listed, relative to the top, with `/` at its end.
    prefix: String,
    tree: Tree,
}

/// An entry of one folder.
struct Entry {
    /// Ends in `/` for a folder: then the order in one folder is that of whole paths.
    name: String,
    kind: FileType,
}

impl Walk<'_> {
    fn folder(&mut self, folder: BorrowedFd<'_>) -> Result<(), HashError> {
        let mut entries = self.entries(folder)?;
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        for entry in entries {
            let length = self.prefix.len();
            self.prefix.push_str(&entry.name);
            if entry.kind == FileType::Directory {
                if !self.is_hidden(folder, &entry) {
                    let flags =
                        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
                    let name = entry.name.trim_end_matches('/');
                    let below = rustix::fs::openat(folder, name, flags, Mode::empty())
                        .map_err(|error| self.error(error))?;
                    self.folder(below.as_fd())?;
                }
            } else if !self.is_hidden(folder, &entry) {
                self.file(folder, &entry)?;
            }
            self.prefix.truncate(length);
        }
        Ok(())
    }

    fn entries(&self, folder: BorrowedFd<'_>) -> Result<Vec<Entry>, HashError> {
        let error = |error: Errno| HashError::io(&self.top.join(&self.prefix), &error.into());
        let mut entries = Vec::new();
        for entry in Dir::read_from(folder).map_err(error)? {
            let entry = entry.map_err(error)?;
            let bytes = entry.file_name().to_bytes();
            if matches!(bytes, b"." | b"..") {
                continue;
            }
            let Ok(name) = std::str::from_utf8(bytes) else {
                let name = String::from_utf8_lossy(bytes);
                let path = self.top.join(&self.prefix).join(&*name);
                return Err(HashError::new(path, "has a name that is not UTF-8"));
            };
            let mut kind = entry.file_type();
            if kind == FileType::Unknown {
                let stat = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW);
                kind = FileType::from_raw_mode(stat.map_err(error)?.st_mode);
            }
            let slash = if kind == FileType::Directory { "/" } else { "" };
            entries.push(Entry { name: [name, slash].concat(), kind });
        }
        Ok(entries)
    }

    /// Whether DVC passes over the entry whose path is the prefix.
    fn is_hidden(&self, folder: BorrowedFd<'_>, entry: &Entry) -> bool {
        let is_dir = entry.kind == FileType::Directory;
        let name = entry.name.trim_end_matches('/');
        self.patterns.hide(name, is_dir, || self.path())
            // A project inside the project is not part of it.
            || is_dir
                && rustix::fs::statat(folder, [name, "/.dvc"].concat(), AtFlags::empty()).is_ok()
    }

    fn file(&mut self, folder: BorrowedFd<'_>, entry: &Entry) -> Result<(), HashError> {
        if entry.name == FILE_NAME {
            let why = "lies in a tracked directory, which DVC refuses";
            return Err(HashError::new(self.path(), why));
        }
        let mut stamp = Stamp::default();
        if self.with_stamps || entry.kind != FileType::RegularFile {
            let stat = rustix::fs::statat(folder, entry.name.as_str(), AtFlags::empty());
            let stat = match stat {
                Ok(stat) => stat,
                Err(Errno::NOENT) => {
                    return Err(HashError::new(self.path(), "is a link to nothing"));
                }
                Err(error) => return Err(self.error(error)),
            };
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => stamp = Stamp::from(&stat),
                FileType::Directory => return Ok(()),
                FileType::Symlink
                | FileType::Fifo
                | FileType::Socket
                | FileType::CharacterDevice
                | FileType::BlockDevice
                | FileType::Unknown => return Err(HashError::no_file(self.path())),
            }
        }
        self.tree.add(&self.prefix, stamp);
        Ok(())
    }

    fn path(&self) -> Utf8PathBuf {
        self.top.join(self.prefix.trim_end_matches('/'))
    }

    fn error(&self, error: Errno) -> HashError {
        HashError::io(&self.path(), &error.into())
    }
}
