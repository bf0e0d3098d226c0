//! Digests of files and directories as DVC computes them, and their way into the cache. Unaware of
//! locks and stages.

mod intake;

use crate::base::python::write_json_string;
use crate::exec::cache::Cache;
use crate::exec::dvcignore::DvcIgnore;
use crate::exec::errands::HUGE;
use crate::exec::md5::Md5;
use crate::exec::state::{Folder, Moment, Stamp, State};
use crate::exec::walk::{self, Tree};
use camino::{Utf8Path, Utf8PathBuf};
use intake::Intake;
use std::fmt;
use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a path holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    /// Lower-case hexadecimal; of the listing, with `.dir` at the end, for a directory.
    pub(crate) md5: String,
    /// Bytes; the sum for a directory.
    pub(crate) size: u64,
    /// Files in a directory; `None` for a file.
    pub(crate) nfiles: Option<u64>,
    /// Whether anybody may execute the file; false for a directory.
    pub(crate) isexec: bool,
}

/// A file in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// Relative to the directory, with `/`.
    pub(crate) relpath: String,
    pub(crate) md5: String,
}

/// Why a path has no digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HashError {
    /// Relative to the root.
    pub(crate) path: Utf8PathBuf,
    /// Whether nothing stands at the path that was asked for.
    pub(crate) missing: bool,
    reason: String,
}

impl HashError {
    pub(super) fn new(path: impl Into<Utf8PathBuf>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), missing: false, reason: reason.into() }
    }

    pub(super) fn io(path: &Utf8Path, error: &io::Error) -> Self {
        Self::new(path, format!("cannot be read: {error}"))
    }

    pub(super) fn no_file(path: impl Into<Utf8PathBuf>) -> Self {
        Self::new(path, "is a pipe, a socket or a device, not a file")
    }
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.path, self.reason)
    }
}

impl std::error::Error for HashError {}

/// As many files are looked at twice without anybody noticing.
const FEW: usize = 512;

/// Hashes paths of one project; shared by all threads of a run.
#[derive(Debug)]
pub(crate) struct Hasher {
    root: Utf8PathBuf,
    /// Most threads for one directory.
    threads: usize,
    pub(crate) ignore: DvcIgnore,
    state: State,
}

impl Hasher {
    /// Precondition: `root` is absolute.
    pub(crate) fn new(root: &Utf8Path, threads: usize) -> Self {
        let (ignore, state) = (DvcIgnore::new(root), State::load(root));
        Self { root: root.to_owned(), threads: threads.max(1), ignore, state }
    }

    /// Remembers what was learned for the next run.
    pub(crate) fn save(&self) -> anyhow::Result<()> {
        self.state.save()
    }

    /// The digest of a path relative to the root (or absolute, for a dependency outside).
    pub(crate) fn digest(&self, path: &Utf8Path) -> Result<Digest, HashError> {
        self.take(path, None)
    }

    /// The same, and the cache holds it afterwards. Each byte is read once.
    pub(crate) fn store(&self, path: &Utf8Path, cache: &Cache) -> Result<Digest, HashError> {
        self.take(path, Some(cache))
    }

    /// The digests of several paths, each hashed on a thread of its own as far as they go.
    pub(crate) fn digest_all(&self, paths: &[Utf8PathBuf]) -> Vec<Result<Digest, HashError>> {
        in_parallel(paths, self.threads, |path| self.digest(path))
    }

    /// The files of a directory.
    pub(crate) fn members(&self, path: &Utf8Path) -> Result<Vec<Member>, HashError> {
        let (tree, _) = self.tree(path, None)?;
        let member =
            |(name, md5): (&str, Md5)| Member { relpath: name.to_owned(), md5: md5.to_string() };
        Ok(tree.iter().map(member).collect())
    }

    /// The listing of a directory as the cache would hold it, as it was when last hashed; `None`
    /// when its digest was not this one, which ends in `.dir`.
    pub(crate) fn listing(&self, path: &Utf8Path, oid: &str) -> Option<String> {
        let folder = self.state.folder(path)?;
        (format!("{}.dir", folder.md5) == oid).then(|| listing(folder.tree.iter()))
    }

    fn take(&self, path: &Utf8Path, cache: Option<&Cache>) -> Result<Digest, HashError> {
        let metadata = fs::metadata(self.root.join(path)).map_err(|error| {
            let missing = error.kind() == io::ErrorKind::NotFound;
            let reason = if missing { "does not exist".into() } else { error.to_string() };
            HashError { path: path.to_owned(), missing, reason }
        })?;
        if metadata.is_dir() {
            return self.directory(path, cache);
        }
        if !metadata.is_file() {
            return Err(HashError::no_file(path));
        }
        let stamp = Stamp::from(&metadata);
        let isexec = metadata.permissions().mode() & 0o111 != 0;
        let md5 = self.file(path, stamp, cache)?.to_string();
        Ok(Digest { md5, size: stamp.size, nfiles: None, isexec })
    }

    fn file(&self, path: &Utf8Path, stamp: Stamp, cache: Option<&Cache>) -> Result<Md5, HashError> {
        if let Some(md5) = self.state.file(path, stamp)
            && cache.is_none_or(|cache| cache.holds(md5, stamp.size))
        {
            return Ok(md5);
        }
        let mut tree = Tree::default();
        tree.add(path.as_str(), stamp);
        // Hashing a huge file again, only because it was written a moment ago, would cost more.
        let huge = stamp.size >= HUGE;
        let began = if huge { Moment::wait_for(&stamp) } else { Moment::now() };
        let top = Utf8Path::new("");
        let intake = Intake { root: &self.root, top, folder: None, tree: &tree, cache };
        let (md5, stamp) = intake.read(&[0], 1)?.pop().unwrap_or_default();
        self.state.record_file(path, stamp, md5, began);
        Ok(md5)
    }

    fn directory(&self, top: &Utf8Path, cache: Option<&Cache>) -> Result<Digest, HashError> {
        let (tree, md5) = self.tree(top, cache)?;
        let (size, nfiles) = (tree.size(), Some(tree.leaves.len() as u64));
        if let Some(cache) = cache {
            // Last, so that a listing in the cache means that its members are there too.
            cache
                .put_listing(md5, || listing(tree.iter()))
                .map_err(|error| HashError::new(top, format!("cannot be stored: {error:#}")))?;
        }
        Ok(Digest { md5: format!("{md5}.dir"), size, nfiles, isexec: false })
    }

    /// The files of a directory with their digests, and the digest of the listing.
    fn tree(&self, top: &Utf8Path, cache: Option<&Cache>) -> Result<(Tree, Md5), HashError> {
        let folder = walk::open(&self.root, top)?;
        let old = self.state.folder(top);
        // Of files never seen, opening them tells all; but a few are sorted by size first.
        let list = |stamps| walk::tree(folder.as_fd(), top, &self.ignore, stamps);
        let mut tree = list(old.is_some())?;
        if old.is_none() && tree.leaves.len() < FEW {
            tree = list(true)?;
        }
        let mut unknown = match &old {
            Some(old) => recall(&mut tree, &old.tree),
            None => (0..tree.leaves.len()).collect(),
        };
        if let Some(cache) = cache {
            unknown = not_stored(&tree, unknown, cache);
        }
        if unknown.is_empty()
            && let Some(old) = old.filter(|old| old.tree.names == tree.names)
        {
            return Ok((tree, old.md5));
        }
        let began = Moment::now();
        let intake = Intake { root: &self.root, top, folder: Some(folder), tree: &tree, cache };
        let read = intake.read(&unknown, self.threads)?;
        for (&at, (md5, stamp)) in unknown.iter().zip(read) {
            if let Some(leaf) = tree.leaves.get_mut(at) {
                (leaf.md5, leaf.stamp) = (md5, stamp);
            }
        }
        let md5 = Md5::of(listing(tree.iter()).as_bytes());
        let mut settled = tree.clone();
        for leaf in settled.leaves.iter_mut().filter(|leaf| !leaf.stamp.is_settled(began)) {
            leaf.stamp = Stamp::default();
        }
        self.state.record_folder(top, Folder { md5, tree: settled });
        Ok((tree, md5))
    }
}

/// Those to read so that the cache has all: what is not known, and what is known but not there.
fn not_stored(tree: &Tree, unknown: Vec<usize>, cache: &Cache) -> Vec<usize> {
    let mut unknown = unknown.into_iter().peekable();
    let leaves = tree.leaves.iter().enumerate();
    let wanted = leaves.filter(|&(at, leaf)| {
        unknown.next_if_eq(&at).is_some() || !cache.holds(leaf.md5, leaf.stamp.size)
    });
    wanted.map(|(at, _)| at).collect()
}

/// Fills in the digests of files that are as they were, and returns the others.
fn recall(tree: &mut Tree, old: &Tree) -> Vec<usize> {
    let mut unknown = Vec::new();
    let mut before = old.leaves.iter().peekable();
    let Tree { names, leaves } = tree;
    for (at, leaf) in leaves.iter_mut().enumerate() {
        let name = names.get(leaf.start as usize..leaf.end as usize).unwrap_or_default();
        while before.next_if(|it| old.name(it) < name).is_some() {}
        match before.next_if(|it| old.name(it) == name) {
            Some(it) if it.stamp == leaf.stamp => leaf.md5 = it.md5,
            _ => unknown.push(at),
        }
    }
    unknown
}

/// The content of a `.dir` object. Precondition: sorted by relative path.
pub(super) fn listing<'a>(members: impl Iterator<Item = (&'a str, Md5)>) -> String {
    let mut out = String::from("[");
    for (at, (relpath, md5)) in members.enumerate() {
        out.push_str(if at == 0 { "{\"md5\": \"" } else { ", {\"md5\": \"" });
        push_hex(&mut out, &md5.0);
        out.push_str("\", \"relpath\": ");
        write_json_string(relpath, &mut out);
        out.push('}');
    }
    out.push(']');
    out
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len());
    push_hex(&mut out, bytes);
    out
}

fn push_hex(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value)).map_or('0', |&digit| char::from(digit));
    out.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
}

/// Runs `work` on every item, on up to `threads` threads, and keeps the order.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item)));
        }
    };
    let mut all: Vec<(usize, R)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, Vec<(usize, R)>>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().flat_map(join).collect()
    });
    all.sort_by_key(|&(at, _)| at);
    all.into_iter().map(|(_, result)| result).collect()
}
