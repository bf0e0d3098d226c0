//! Digests of files and directories as DVC computes them. Unaware of locks and stages.
#![expect(clippy::disallowed_methods, reason = "reads what it hashes")]

use crate::base::python::write_json_string;
use crate::exec::dvcignore::DvcIgnore;
use crate::exec::state::{Moment, Stamp, State};
use crate::exec::walk::{self, Found};
use camino::{Utf8Path, Utf8PathBuf};
use md5::{Digest as _, Md5};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
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
    /// Files of a directory by relative path; empty for a file.
    pub(crate) members: Vec<Member>,
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
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.path, self.reason)
    }
}

impl std::error::Error for HashError {}

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
        self.state.save(&self.root)
    }

    /// The digest of a path relative to the root (or absolute, for a dependency outside).
    pub(crate) fn digest(&self, path: &Utf8Path) -> Result<Digest, HashError> {
        let metadata = fs::metadata(self.root.join(path)).map_err(|error| {
            let missing = error.kind() == io::ErrorKind::NotFound;
            let reason = if missing { "does not exist".into() } else { error.to_string() };
            HashError { path: path.to_owned(), missing, reason }
        })?;
        if metadata.is_dir() {
            return self.directory(path);
        }
        if !metadata.is_file() {
            return Err(HashError::new(path, "is a pipe, a socket or a device, not a file"));
        }
        let stamp = Stamp::from(&metadata);
        let isexec = metadata.permissions().mode() & 0o111 != 0;
        let md5 = self.file(path, stamp)?;
        Ok(Digest { md5, size: stamp.size, nfiles: None, isexec, members: Vec::new() })
    }

    /// The digests of several paths, each hashed on a thread of its own as far as they go.
    pub(crate) fn digest_all(&self, paths: &[Utf8PathBuf]) -> Vec<Result<Digest, HashError>> {
        in_parallel(paths, self.threads, |path| self.digest(path))
    }

    fn directory(&self, top: &Utf8Path) -> Result<Digest, HashError> {
        let files = walk::files(&self.root, top, &self.ignore)?;
        let size = files.iter().map(|file| file.stamp.size).sum();
        let nfiles = Some(files.len() as u64);
        let hashed = in_parallel(&files, self.threads_for(&files), |file| {
            let md5 = self.file(&file.path, file.stamp)?;
            Ok(Member { relpath: file.relpath.clone(), md5 })
        });
        let members = hashed.into_iter().collect::<Result<Vec<_>, HashError>>()?;
        let md5 = format!("{}.dir", hex(&Md5::digest(listing(&members))));
        Ok(Digest { md5, size, nfiles, isexec: false, members })
    }

    /// Starting threads pays only when there is something to read.
    fn threads_for(&self, files: &[Found]) -> usize {
        const WORTH_A_THREAD: u64 = 1 << 20;
        let unknown = files.iter().filter(|it| self.state.get(&it.path, it.stamp).is_none());
        // Opening a file costs about as much as hashing 16 KiB.
        let work: u64 = unknown.map(|file| file.stamp.size + (16 << 10)).sum();
        usize::try_from(work / WORTH_A_THREAD).unwrap_or(usize::MAX).clamp(1, self.threads)
    }

    fn file(&self, path: &Utf8Path, stamp: Stamp) -> Result<String, HashError> {
        if let Some(md5) = self.state.get(path, stamp) {
            return Ok(md5);
        }
        let began = Moment::now();
        let (md5, after) =
            read_md5(&self.root.join(path)).map_err(|error| HashError::io(path, &error))?;
        // A file that changed while it was read is hashed again the next time.
        if after == stamp {
            self.state.record(path, stamp, &md5, began);
        }
        Ok(md5)
    }
}

/// The md5 of a file, and what `stat` said of it after it was read.
pub(super) fn read_md5(path: &Utf8Path) -> io::Result<(String, Stamp)> {
    let mut file = File::open(path)?;
    let md5 = copy_md5(&mut file, &mut io::sink())?;
    Ok((md5, Stamp::from(&file.metadata()?)))
}

/// Copies everything that is left to read and returns its md5.
pub(super) fn copy_md5(source: &mut impl Read, target: &mut impl Write) -> io::Result<String> {
    let mut hasher = Md5::new();
    let mut buffer = vec![0; 128 << 10];
    loop {
        let count = source.read(&mut buffer)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(bytes);
        target.write_all(bytes)?;
    }
}

/// The content of a `.dir` object. Precondition: sorted by relative path.
pub(super) fn listing(members: &[Member]) -> String {
    let mut out = String::from("[");
    for (at, Member { relpath, md5 }) in members.iter().enumerate() {
        out.push_str(if at == 0 { "{\"md5\": \"" } else { ", {\"md5\": \"" });
        out.push_str(md5);
        out.push_str("\", \"relpath\": ");
        write_json_string(relpath, &mut out);
        out.push('}');
    }
    out.push(']');
    out
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value)).map_or('0', |&digit| char::from(digit));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
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
