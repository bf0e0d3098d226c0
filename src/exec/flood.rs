//! Keeps the log of a step that floods its output small: its head and its tail stay. Unaware of
//! steps and processes.
//!
//! A command writes straight into its log, so that nothing of it passes through mlc and a process
//! that it leaves behind holds nobody up. While it writes, the middle of a long log is given back
//! to the file system as a hole; once it ended, the hole is cut out.
#![expect(clippy::disallowed_methods, reason = "log files are cut while they grow")]

use anyhow::Context as _;
use camino::Utf8Path;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

/// A longer log is cut, in bytes.
const MOST: u64 = 32 << 20;

/// What is kept at each end, in bytes.
const KEPT: u64 = 8 << 20;

/// Gives back the middle of a log that grew too long. File systems without holes keep it until
/// [`cut`].
pub(crate) fn thin(log: &Utf8Path) {
    let Ok(length) = fs::metadata(log).map(|metadata| metadata.len()) else { return };
    if length > MOST
        && let Ok(file) = File::options().write(true).open(log)
    {
        punch(&file, KEPT, length - 2 * KEPT);
    }
}

#[cfg(target_os = "linux")]
fn punch(file: &File, from: u64, length: u64) {
    use rustix::fs::{FallocateFlags, fallocate};
    let _ = fallocate(file, FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE, from, length);
}

#[cfg(not(target_os = "linux"))]
fn punch(_file: &File, _from: u64, _length: u64) {}

/// Cuts the middle out of a log that is too long, and says so in its place. Precondition: the
/// command ended. What a process that it left behind writes from now on goes nowhere.
pub(crate) fn cut(log: &Utf8Path) -> anyhow::Result<()> {
    let Ok(length) = fs::metadata(log).map(|metadata| metadata.len()) else { return Ok(()) };
    if length <= MOST {
        return Ok(());
    }
    rewrite(log, length).with_context(|| format!("the log `{log}` cannot be cut"))
}

fn rewrite(log: &Utf8Path, length: u64) -> io::Result<()> {
    let mut source = File::open(log)?;
    let mut head = Vec::new();
    (&source).take(KEPT).read_to_end(&mut head)?;
    head.truncate(head.iter().rposition(|&byte| byte == b'\n').map_or(head.len(), |at| at + 1));
    source.seek(SeekFrom::Start(length - KEPT))?;
    let mut tail = Vec::new();
    source.take(KEPT).read_to_end(&mut tail)?;
    let start = tail.iter().position(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let tail = tail.get(start..).unwrap_or_default();
    let gone = length - (head.len() + tail.len()) as u64;
    let part = log.with_extension("log.part");
    let mut target = File::create(&part)?;
    target.write_all(&head)?;
    if !head.ends_with(b"\n") {
        target.write_all(b"\n")?;
    }
    let kept = KEPT >> 20;
    writeln!(
        target,
        "--- {} were cut here: of long output the first and last {kept} MiB are kept ---",
        crate::exec::gate::bytes(gone as f64)
    )?;
    target.write_all(tail)?;
    fs::rename(&part, log)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    fn a_long_log_keeps_both_ends_and_says_what_is_gone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = Utf8Path::from_path(folder.path()).expect("UTF-8").join("train.log");
        let line = format!("{}\n", "x".repeat(1023));
        let mut text = String::from("first\n");
        text.push_str(&line.repeat(40 << 10));
        text.push_str("last\n");
        fs::write(&log, &text).expect("it can be written");
        thin(&log);
        let metadata = fs::metadata(&log).expect("it is there");
        assert_eq!(metadata.len(), text.len() as u64, "writers go on where they were");
        // Where holes exist at all, most of it is given back.
        let blocks = metadata.blocks() * 512;
        assert!(blocks >= text.len() as u64 || blocks <= 3 * KEPT, "{blocks}");
        cut(&log).expect("it can be cut");
        let text = fs::read_to_string(&log).expect("text");
        assert!(text.len() as u64 <= 2 * KEPT + 200);
        assert!(text.starts_with("first\nxxx") && text.ends_with("xxx\nlast\n"));
        let note = text.lines().find(|line| line.starts_with("---")).expect("a note");
        assert!(note.contains("MB were cut here"), "{note}");
        cut(&log).expect("a short log stays");
        assert_eq!(fs::read_to_string(&log).expect("text"), text);
    }
}
