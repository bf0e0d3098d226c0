//! What a run that found nothing to do depended on, so that the next one can see by `stat` alone
//! that this still holds: the spec is not parsed, the lock is not read, nothing is hashed.
//!
//! A snapshot is only ever a shortcut to the same answer: whatever does not match exactly, a
//! damaged file too, means that the whole way is gone. Unaware of what the files mean.

mod format;
pub(crate) mod gather;

use crate::exec::atomic;
use camino::Utf8Path;
use format::{Reader, Writer};
use rustix::fs::{AtFlags, Mode, OFlags, Stat, openat, statat};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::ffi::CStr;
use std::os::fd::{AsFd as _, OwnedFd};

/// What `stat` says of a file or folder, links followed. Any change of its content shows in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    /// Nanoseconds since the epoch.
    mtime: i64,
    /// Nanoseconds since the epoch; no program can set it back.
    ctime: i64,
    size: u64,
    inode: u64,
    mode: u32,
}

/// Type bits of a mode.
const KIND: u32 = 0o170_000;

/// Those of a symbolic link.
const LINK: u32 = 0o120_000;

/// A file changed less than this before a run began may change again within the same tick of the
/// file system's clock. Nanoseconds.
const TICK: i64 = 50_000_000;

/// The same where the file system seems to count whole seconds.
const COARSE_TICK: i64 = 2_000_000_000;

impl Stamp {
    /// Whether nothing can have changed since `began` (nanoseconds since the epoch) unseen.
    fn is_settled(&self, began: i64) -> bool {
        let coarse = self.ctime % 1_000_000_000 == 0;
        self.mtime.max(self.ctime) < began - if coarse { COARSE_TICK } else { TICK }
    }
}

impl From<&Stat> for Stamp {
    fn from(stat: &Stat) -> Self {
        let time = |seconds: i64, nanoseconds: u64| {
            seconds.wrapping_mul(1_000_000_000).wrapping_add_unsigned(nanoseconds)
        };
        Self {
            mtime: time(stat.st_mtime, stat.st_mtime_nsec),
            ctime: time(stat.st_ctime, stat.st_ctime_nsec),
            size: stat.st_size.unsigned_abs(),
            inode: stat.st_ino,
            mode: stat.st_mode,
        }
    }
}

/// What must hold of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Witness {
    /// Nothing is there, not even a link.
    Missing,
    /// It is as it was, links followed.
    Same(Stamp),
    /// It is the same link, wherever that leads.
    Link(Stamp),
    /// It is of this kind (type bits of a mode), links not followed.
    Kind(u32),
}

/// All that a run depended on: names and what must hold of them, by folder. A folder is a path from
/// the root (or absolute), and text, which compares faster than a path.
#[derive(Debug, Default)]
pub(crate) struct Witnesses {
    folders: BTreeMap<String, Vec<(String, Witness)>>,
}

impl Witnesses {
    fn add(&mut self, path: &Utf8Path, witness: Witness) {
        // What has no name is witnessed from the root, by its whole path.
        let (folder, name) = match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) => (folder.as_str(), name),
            _ => ("", path.as_str()),
        };
        match self.folders.get_mut(folder) {
            Some(known) => known.push((name.to_owned(), witness)),
            None => {
                self.folders.insert(folder.to_owned(), vec![(name.to_owned(), witness)]);
            }
        }
    }

    /// Adds much about one folder.
    fn add_all(&mut self, folder: &Utf8Path, witnesses: Vec<(String, Witness)>) {
        self.folders.entry(folder.as_str().to_owned()).or_default().extend(witnesses);
    }
}

/// A folder with fewer witnesses is not opened for them.
const WORTH_OPENING: usize = 4;

/// Where the snapshot of a project lies, below its root.
const FILE: &str = ".mlc/unchanged";

/// Writes what the run named by `key` depended on. `stages` of them were up to date.
pub(crate) fn write(
    root: &Utf8Path,
    key: &str,
    stages: usize,
    witnesses: Witnesses,
) -> anyhow::Result<()> {
    let mut writer = Writer::new(key, stages);
    let mut folders = witnesses.folders;
    for found in folders.values_mut() {
        found.sort_unstable();
        found.dedup();
    }
    let (few, many): (Vec<_>, Vec<_>) = folders
        .iter()
        .partition(|(folder, found)| folder.is_empty() || found.len() < WORTH_OPENING);
    for (folder, found) in few {
        for (name, witness) in found {
            writer.witness(Utf8Path::new(folder).join(name).as_str(), witness);
        }
    }
    for (folder, found) in many {
        writer.folder(folder);
        for (name, witness) in found {
            writer.witness(name, witness);
        }
    }
    atomic::write_lazily(&root.join(FILE), &writer.finish())
}

/// How many stages are up to date, if all is as when the snapshot for `key` was written.
#[expect(clippy::disallowed_methods, reason = "reads the snapshot")]
pub(crate) fn holds(root: &Utf8Path, key: &str) -> Option<usize> {
    let bytes = std::fs::read(root.join(FILE)).ok()?;
    let (mut reader, stages) = Reader::open(&bytes, key)?;
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = openat(rustix::fs::CWD, root.as_str(), flags, Mode::empty()).ok()?;
    let mut folder: Option<OwnedFd> = None;
    let mut left = reader.count();
    while left > 0 {
        match reader.next()? {
            format::Record::Folder(path) if path.is_empty() => folder = None,
            format::Record::Folder(path) => {
                folder = match openat(&root, path, flags, Mode::empty()) {
                    Ok(opened) => Some(opened),
                    // Everything that is said to be missing there is.
                    Err(Errno::NOENT | Errno::NOTDIR) => {
                        left -= skip_missing(&mut reader, left)?;
                        None
                    }
                    Err(_) => return None,
                };
            }
            format::Record::Witness(name, witness) => {
                let at = folder.as_ref().map_or(root.as_fd(), |folder| folder.as_fd());
                if !is_witnessed(at, name, &witness) {
                    return None;
                }
                left -= 1;
            }
        }
    }
    reader.is_at_end().then_some(stages)
}

/// Passes over the witnesses of a folder that is not there; `None` when one of them should be.
fn skip_missing(reader: &mut Reader<'_>, left: usize) -> Option<usize> {
    let mut skipped = 0;
    while skipped < left && reader.next_is_witness() {
        match reader.next()? {
            format::Record::Witness(_, Witness::Missing) => skipped += 1,
            format::Record::Witness(..) | format::Record::Folder(_) => return None,
        }
    }
    Some(skipped)
}

fn is_witnessed(folder: std::os::fd::BorrowedFd<'_>, name: &CStr, witness: &Witness) -> bool {
    let follow = match witness {
        Witness::Same(_) => AtFlags::empty(),
        Witness::Missing | Witness::Link(_) | Witness::Kind(_) => AtFlags::SYMLINK_NOFOLLOW,
    };
    match (statat(folder, name, follow), witness) {
        (Ok(stat), Witness::Same(stamp) | Witness::Link(stamp)) => Stamp::from(&stat) == *stamp,
        (Ok(stat), Witness::Kind(kind)) => stat.st_mode & KIND == *kind,
        (Err(Errno::NOENT | Errno::NOTDIR), Witness::Missing) => true,
        (Ok(_) | Err(_), _) => false,
    }
}
