//! Remembers digests of files by what `stat` says of them, so that a second look costs one stat.
//!
//! Losing it is harmless: everything is hashed once more. Unaware of DVC's own state database.
#![expect(clippy::disallowed_methods, reason = "reads the state file and the clock")]

use crate::exec::atomic;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// What tells one content of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Nanoseconds since the epoch.
    pub(crate) mtime: i128,
    /// Nanoseconds since the epoch; catches rewrites that put the old mtime back.
    ctime: i128,
    pub(crate) size: u64,
    inode: u64,
}

impl From<&Metadata> for Stamp {
    fn from(metadata: &Metadata) -> Self {
        let nanoseconds =
            |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Self {
            mtime: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            ctime: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            size: metadata.size(),
            inode: metadata.ino(),
        }
    }
}

/// A file changed less than this before it was hashed may change again without a new mtime.
const SETTLED: i128 = 2_000_000_000;

const HEADER: &str = "mlc state 1";

/// The digests remembered for one project.
#[derive(Debug)]
pub(crate) struct State {
    file: Utf8PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// By path relative to the root.
    digests: BTreeMap<String, (Stamp, String)>,
    changed: bool,
}

impl State {
    /// Loads `.mlc/state` below `root`; what cannot be read is forgotten.
    pub(crate) fn load(root: &Utf8Path) -> Self {
        let file = root.join(".mlc/state");
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let mut lines = text.lines();
        let digests = match lines.next() {
            Some(HEADER) => lines.filter_map(parse_line).collect(),
            _ => BTreeMap::new(),
        };
        Self { file, known: Mutex::new(Known { digests, changed: false }) }
    }

    /// The md5 of `path` if it still is what it was.
    pub(crate) fn get(&self, path: &Utf8Path, stamp: Stamp) -> Option<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (old, md5) = known.digests.get(path.as_str())?;
        (*old == stamp).then(|| md5.clone())
    }

    /// Remembers a digest whose reading began at `began`, unless the file was too young then.
    pub(crate) fn record(&self, path: &Utf8Path, stamp: Stamp, md5: &str, began: Moment) {
        let settled = began.0 - stamp.mtime.max(stamp.ctime) >= SETTLED;
        if !settled || path.as_str().contains('\n') {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.digests.insert(path.as_str().to_owned(), (stamp, md5.to_owned()));
        known.changed = true;
    }

    /// Writes the file if something was learned, without files that are gone.
    pub(crate) fn save(&self, root: &Utf8Path) -> anyhow::Result<()> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.changed {
            return Ok(());
        }
        known.changed = false;
        known.digests.retain(|path, _| root.join(path).exists());
        let mut text = format!("{HEADER}\n");
        for (path, (stamp, md5)) in &known.digests {
            let Stamp { mtime, ctime, size, inode } = stamp;
            let _ = writeln!(text, "{md5} {mtime} {ctime} {size} {inode} {path}");
        }
        hide_from_git(&self.file)?;
        atomic::write_lazily(&self.file, text.as_bytes())
    }
}

/// A point in time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(i128);

impl Moment {
    pub(crate) fn now() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i128::try_from(since_epoch.as_nanos()).unwrap_or_default())
    }
}

fn parse_line(line: &str) -> Option<(String, (Stamp, String))> {
    let mut parts = line.splitn(6, ' ');
    let md5 = parts.next().filter(|md5| md5.len() == 32)?.to_owned();
    let stamp = Stamp {
        mtime: parts.next()?.parse().ok()?,
        ctime: parts.next()?.parse().ok()?,
        size: parts.next()?.parse().ok()?,
        inode: parts.next()?.parse().ok()?,
    };
    Some((parts.next()?.to_owned(), (stamp, md5)))
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

    #[test]
    fn a_digest_is_remembered_once_the_file_has_settled() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let (path, md5) = (Utf8Path::new("a b.txt"), "0123456789abcdef0123456789abcdef");
        let stamp = || Stamp::from(&std::fs::metadata(root.join(path)).unwrap());
        std::fs::write(root.join(path), "one").unwrap();
        let state = State::load(root);
        state.record(path, stamp(), md5, Moment::now());
        assert_eq!(state.get(path, stamp()), None);

        let later = Moment(Moment::now().0 + SETTLED);
        state.record(path, stamp(), md5, later);
        state.record(Utf8Path::new("gone"), stamp(), md5, later);
        state.save(root).unwrap();
        let state = State::load(root);
        assert_eq!(state.get(path, stamp()).as_deref(), Some(md5));
        assert_eq!(state.get(Utf8Path::new("gone"), stamp()), None);

        // Same size, and the old time put back: the change still shows.
        let mut rewritten = stamp();
        rewritten.ctime += 1;
        assert_eq!(state.get(path, rewritten), None);
    }
}
