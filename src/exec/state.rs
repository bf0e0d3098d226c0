//! Remembers digests of files by what `stat` says of them, so that a second look costs one stat.
//!
//! Losing it is harmless: everything is hashed once more. Unaware of DVC's own state database.
#![expect(clippy::disallowed_methods, reason = "reads the state file and the clock")]

mod format;

use crate::exec::atomic;
use crate::exec::md5::Md5;
use crate::exec::walk::Tree;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// What tells one content of a file from another without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Nanoseconds since the epoch.
    pub(crate) mtime: i64,
    /// Nanoseconds since the epoch; catches rewrites that put the old mtime back.
    pub(crate) ctime: i64,
    pub(crate) size: u64,
    pub(crate) inode: u64,
}

impl From<&Metadata> for Stamp {
    fn from(metadata: &Metadata) -> Self {
        Self {
            mtime: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            ctime: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            size: metadata.size(),
            inode: metadata.ino(),
        }
    }
}

impl From<&rustix::fs::Stat> for Stamp {
    #[expect(clippy::unnecessary_cast, reason = "the types differ from system to system")]
    fn from(stat: &rustix::fs::Stat) -> Self {
        Self {
            mtime: nanoseconds(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            ctime: nanoseconds(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
            size: stat.st_size as u64,
            inode: stat.st_ino as u64,
        }
    }
}

const SECOND: i64 = 1_000_000_000;

fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.saturating_mul(SECOND).saturating_add(rest)
}

impl Stamp {
    /// Whether a change after `began` would show. Clocks of file systems tick: what changed just
    /// before may change again and look the same. A time in the future tells nothing.
    pub(crate) fn is_settled(&self, began: Moment) -> bool {
        began.0.saturating_sub(self.mtime.max(self.ctime)) >= self.tick()
    }

    /// Much more than a tick of the file system that the file lies on.
    fn tick(&self) -> i64 {
        // Whole seconds are what a coarse clock leaves; a fine one hardly ever does.
        if self.ctime % SECOND == 0 { 2 * SECOND } else { SECOND / 20 }
    }
}

/// A point in time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(i64);

impl Moment {
    pub(crate) fn now() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since_epoch.as_nanos()).unwrap_or(i64::MAX))
    }

    /// Waits until a file with this stamp has settled, if that is within one fine tick.
    pub(crate) fn wait_for(stamp: &Stamp) -> Self {
        let now = Self::now();
        let ready = stamp.mtime.max(stamp.ctime).saturating_add(stamp.tick());
        let missing = ready.saturating_sub(now.0);
        if let Ok(nanoseconds @ 1..=50_000_000) = u64::try_from(missing) {
            std::thread::sleep(std::time::Duration::from_nanos(nanoseconds));
            return Self::now();
        }
        now
    }
}

/// After so many runs that learned something and did not ask for it, a digest is forgotten.
const OLD: u16 = 100;

/// The digests remembered for one project.
#[derive(Debug)]
pub(crate) struct State {
    file: Utf8PathBuf,
    known: Mutex<Known>,
}

/// Everything by path, relative to the root or absolute.
#[derive(Debug, Default)]
struct Known {
    files: BTreeMap<String, Aged<(Stamp, Md5)>>,
    folders: BTreeMap<String, Aged<Arc<Folder>>>,
    changed: bool,
}

/// A directory with the digest of its listing.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) md5: Md5,
    /// Files that had not settled have an empty stamp.
    pub(crate) tree: Tree,
}

/// Something with the number of saves since somebody asked for it.
#[derive(Debug)]
struct Aged<T> {
    age: u16,
    it: T,
}

impl State {
    /// Loads `.mlc/state` below `root`; what cannot be read is forgotten.
    pub(crate) fn load(root: &Utf8Path) -> Self {
        let file = root.join(".mlc/state");
        let read = std::fs::read(&file).ok();
        let known = read.and_then(|bytes| format::read(&bytes)).unwrap_or_default();
        Self { file, known: Mutex::new(known) }
    }

    /// The digest of the file at `path` if it still is what it was.
    pub(crate) fn file(&self, path: &Utf8Path, stamp: Stamp) -> Option<Md5> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Aged { age, it: (old, md5) } = known.files.get_mut(path.as_str())?;
        *age = 0;
        (*old == stamp).then_some(*md5)
    }

    /// What the directory at `path` was.
    pub(crate) fn folder(&self, path: &Utf8Path) -> Option<Arc<Folder>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = known.folders.get_mut(path.as_str())?;
        folder.age = 0;
        Some(Arc::clone(&folder.it))
    }

    /// Remembers a digest whose reading began at `began`, unless the file was too young then.
    pub(crate) fn record_file(&self, path: &Utf8Path, stamp: Stamp, md5: Md5, began: Moment) {
        if stamp.is_settled(began) {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.files.insert(path.as_str().to_owned(), Aged { age: 0, it: (stamp, md5) });
            known.changed = true;
        }
    }

    pub(crate) fn record_folder(&self, path: &Utf8Path, folder: Folder) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.folders.insert(path.as_str().to_owned(), Aged { age: 0, it: Arc::new(folder) });
        known.changed = true;
    }

    /// Writes the file if something was learned, without what nobody asks for any more.
    pub(crate) fn save(&self) -> anyhow::Result<()> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.changed {
            return Ok(());
        }
        known.changed = false;
        let young = |age: &mut u16| {
            *age += 1;
            *age <= OLD
        };
        known.files.retain(|_, entry| young(&mut entry.age));
        known.folders.retain(|_, entry| young(&mut entry.age));
        hide_from_git(&self.file)?;
        atomic::write_lazily(&self.file, &format::write(&known))
    }
}

/// Keeps our folder out of git without touching the project's own files.
fn hide_from_git(file: &Utf8Path) -> anyhow::Result<()> {
    let ignore = file.with_file_name(".gitignore");
    if ignore.exists() {
        return Ok(());
    }
    atomic::write_lazily(&ignore, b"*\n").context("the folder of the state cannot be made")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: Md5 = Md5([7; 16]);

    #[test]
    fn a_file_settles_after_a_tick_of_its_clock() {
        let at = 1_700_000_000 * SECOND;
        let stamp = |mtime, ctime| Stamp { mtime, ctime, size: 1, inode: 1 };
        for (stamp, age, settled) in [
            (stamp(at, at + 1), 49_999_999, false),
            (stamp(at, at + 1), 50_000_001, true),
            (stamp(at, at), SECOND, false),
            (stamp(at, at), 2 * SECOND, true),
            (stamp(at + 3 * SECOND, at + 1), 2 * SECOND, false),
        ] {
            assert_eq!(stamp.is_settled(Moment(at + age)), settled, "{stamp:?} {age}");
        }
    }

    #[test]
    fn what_was_learned_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let path = Utf8Path::new("a b\n.txt");
        std::fs::write(root.join(path), "one").unwrap();
        let stamp = Stamp::from(&std::fs::metadata(root.join(path)).unwrap());
        let state = State::load(root);
        state.record_file(path, stamp, MD5, Moment(stamp.ctime));
        assert_eq!(state.file(path, stamp), None);

        state.record_file(path, stamp, MD5, Moment(stamp.ctime + 2 * SECOND));
        let mut tree = Tree::default();
        tree.add("sub/x", Stamp { size: 5, ..stamp });
        tree.add("ü", Stamp::default());
        state.record_folder("dir".into(), Folder { md5: MD5, tree: tree.clone() });
        state.save().unwrap();
        let state = State::load(root);
        assert_eq!(state.file(path, stamp), Some(MD5));
        assert_eq!(state.folder("dir".into()).unwrap().tree, tree);

        // Same size, and the old time put back: the change still shows.
        assert_eq!(state.file(path, Stamp { ctime: stamp.ctime + 1, ..stamp }), None);
    }

    #[test]
    fn a_damaged_file_is_forgotten_and_so_is_what_nobody_asks_for() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let stamp = Stamp { size: 3, ..Stamp::default() };
        let settled = Moment(10 * SECOND);
        let state = State::load(root);
        state.record_file("old".into(), stamp, MD5, settled);
        for _ in 0..OLD {
            state.record_file("new".into(), stamp, MD5, settled);
            state.save().unwrap();
        }
        assert_eq!(State::load(root).file("old".into(), stamp), Some(MD5));
        state.record_file("new".into(), stamp, MD5, settled);
        state.save().unwrap();
        assert_eq!(State::load(root).file("old".into(), stamp), None);

        let bytes = std::fs::read(root.join(".mlc/state")).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 4;
            assert!(format::read(&damaged).is_none(), "byte {at}");
            assert!(format::read(&bytes[..at]).is_none(), "cut at {at}");
        }
    }
}
