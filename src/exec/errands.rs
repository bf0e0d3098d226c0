//! Reads files through MD5, each byte once, on as many threads as pay: small files in lanes, a
//! huge one with reading, digesting and writing at the same time. Unaware of what it is for.

use crate::exec::md5::lanes::{self, Supply};
use crate::exec::md5::{Md5, Stream};
use crate::exec::state::Stamp;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// From this size on a file is worth threads of its own.
pub(crate) const HUGE: u64 = 32 << 20;

/// What to do with files that are numbered from 0: hash them, store them, bring them back.
pub(crate) trait Errands: Sync {
    /// Takes what is read of a file, in pieces.
    type Target: Write + Send;
    type Error: Send;

    /// Opens a file to read.
    fn open(&self, at: usize) -> Result<Source, Self::Error>;

    /// Where to write a file while it is read. Only asked for files too big for one piece.
    fn target(&self, at: usize, source: &Source) -> Result<Option<Self::Target>, Self::Error>;

    /// Takes the digest of what was read, and the whole content where no target was asked for.
    fn done(&self, at: usize, read: Finished<'_, Self::Target>) -> Result<(), Self::Error>;

    /// What to say when a file cannot be read, or a target cannot be written.
    fn failed(&self, at: usize, error: &io::Error) -> Self::Error;
}

/// A file to read and its stamp when it was opened.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) file: File,
    pub(crate) stamp: Stamp,
}

/// A file that was read to its end.
#[derive(Debug)]
pub(crate) struct Finished<'a, T> {
    pub(crate) source: Source,
    pub(crate) md5: Md5,
    pub(crate) whole: Option<&'a [u8]>,
    pub(crate) target: Option<T>,
}

/// Does all errands and returns the digests and stamps, in order; or the first failure.
pub(crate) fn run<E: Errands>(
    errands: &E,
    numbers: Range<usize>,
    threads: usize,
) -> Result<Vec<(Md5, Stamp)>, E::Error> {
    let queue = Queue {
        errands,
        next: AtomicUsize::new(numbers.start),
        end: numbers.end,
        failed: AtomicBool::new(false),
    };
    let work = || {
        let mut errand = Worker { queue: &queue, done: Vec::new(), failure: None };
        lanes::digest_all(&mut errand);
        (errand.done, errand.failure)
    };
    let results =
        if threads.min(numbers.len()) <= 1 { vec![work()] } else { spread(threads, work) };
    let (done, failures): (Vec<_>, Vec<_>) = results.into_iter().unzip();
    if let Some((_, error)) = failures.into_iter().flatten().min_by_key(|&(at, _)| at) {
        return Err(error);
    }
    let mut done = done.concat();
    done.sort_unstable_by_key(|&(at, ..)| at);
    Ok(done.into_iter().map(|(_, md5, stamp)| (md5, stamp)).collect())
}

/// Does one errand while others wait: reading and writing on a thread of their own.
pub(crate) fn run_huge<E: Errands>(errands: &E, at: usize) -> Result<(Md5, Stamp), E::Error> {
    let source = errands.open(at)?;
    let target = errands.target(at, &source)?;
    let mut job = Job::new(at, source, target);
    let md5 = digest_overlapped(&mut job).map_err(|error| errands.failed(at, &error))?;
    let (stamp, target) = (job.source.stamp, job.target);
    errands.done(at, Finished { source: job.source, md5, whole: None, target })?;
    Ok((md5, stamp))
}

fn spread<T: Send>(threads: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        let join = |worker: thread::ScopedJoinHandle<'_, T>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().map(join).collect()
    })
}

/// Errands that all threads take from.
struct Queue<'a, E> {
    errands: &'a E,
    next: AtomicUsize,
    end: usize,
    failed: AtomicBool,
}

/// One thread's part.
struct Worker<'a, E: Errands> {
    queue: &'a Queue<'a, E>,
    done: Vec<(usize, Md5, Stamp)>,
    failure: Option<(usize, E::Error)>,
}

impl<E: Errands> Worker<'_, E> {
    /// Remembers the first failure, and stops everybody.
    fn keep<T>(&mut self, at: usize, result: Result<T, E::Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.queue.failed.store(true, Ordering::Relaxed);
                if self.failure.as_ref().is_none_or(|(first, _)| at < *first) {
                    self.failure = Some((at, error));
                }
                None
            }
        }
    }
}

/// A file that is being read.
struct Job<T> {
    at: usize,
    source: Source,
    /// Bytes that `stat` promised and that did not come yet.
    left: u64,
    target: Option<T>,
}

impl<T: Write> Job<T> {
    fn new(at: usize, source: Source, target: Option<T>) -> Self {
        Self { at, left: source.stamp.size, source, target }
    }

    /// Reads the next piece, and writes it too. Returns less than a full window at the end.
    fn fill(&mut self, window: &mut [u8]) -> io::Result<usize> {
        // A file that says it is empty may be one that the system makes up while it is read. Of
        // others the known size is read: a file that grew has another stamp, and asking once more
        // whether it ended would cost as much as a small file.
        let known = self.source.stamp.size > 0;
        let want = usize::try_from(self.left).map_or(window.len(), |left| left.min(window.len()));
        let want = if known { want } else { window.len() };
        let mut count = 0;
        while let Some(space) = window.get_mut(count..want).filter(|space| !space.is_empty()) {
            match self.source.file.read(space) {
                Ok(0) => break,
                Ok(more) => count += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.left = self.left.saturating_sub(count as u64);
        if let Some(target) = &mut self.target {
            target.write_all(window.get(..count).unwrap_or_default())?;
        }
        Ok(count)
    }
}

impl<E: Errands> Supply for Worker<'_, E> {
    type Job = Job<E::Target>;

    fn next(&mut self) -> Option<Self::Job> {
        let errands = self.queue.errands;
        while !self.queue.failed.load(Ordering::Relaxed) {
            let at = self.queue.next.fetch_add(1, Ordering::Relaxed);
            if at >= self.queue.end {
                return None;
            }
            let opened = errands.open(at).and_then(|source| {
                let big = source.stamp.size >= lanes::WINDOW as u64;
                let target = if big { errands.target(at, &source)? } else { None };
                Ok(Job::new(at, source, target))
            });
            if let Some(job) = self.keep(at, opened) {
                return Some(job);
            }
        }
        None
    }

    fn fill(&mut self, job: &mut Self::Job, window: &mut [u8]) -> Option<usize> {
        let filled = job.fill(window).map_err(|error| self.queue.errands.failed(job.at, &error));
        self.keep(job.at, filled)
    }

    fn done(&mut self, job: Self::Job, md5: Md5, whole: Option<&[u8]>) {
        let Job { at, source, target, .. } = job;
        let stamp = source.stamp;
        let done = self.queue.errands.done(at, Finished { source, md5, whole, target });
        if self.keep(at, done).is_some() {
            self.done.push((at, md5, stamp));
        }
    }
}

/// Bytes of one piece, and how many pieces are on their way between the two threads.
const PIECE: usize = 1 << 20;
const PIECES: usize = 4;

fn digest_overlapped<T: Write + Send>(job: &mut Job<T>) -> io::Result<Md5> {
    let (give, full) = sync_channel(PIECES);
    let (give_back, empty) = sync_channel(PIECES);
    for _ in 0..PIECES {
        // The channel has room for all of them.
        let _ = give_back.send(vec![0; PIECE]);
    }
    thread::scope(|scope| {
        let reader = scope.spawn(move || read_pieces(job, &empty, &give));
        let mut stream = Stream::default();
        for (piece, count) in full {
            stream.update(piece.get(..count).unwrap_or_default());
            // At the end nobody waits for it.
            let _ = give_back.send(piece);
        }
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(stream.finish())
    })
}

fn read_pieces<T: Write>(
    job: &mut Job<T>,
    empty: &Receiver<Vec<u8>>,
    full: &SyncSender<(Vec<u8>, usize)>,
) -> io::Result<()> {
    for mut piece in empty {
        let count = job.fill(&mut piece)?;
        let ended = count < piece.len();
        if full.send((piece, count)).is_err() || ended {
            break;
        }
    }
    Ok(())
}
