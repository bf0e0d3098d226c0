//! What steps write: one file a step in the folder of the run, `.mlc/logs/RUN`. Unaware of
//! processes.
#![expect(clippy::disallowed_methods, reason = "log files are written while they grow")]

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};

/// The most that is read from the end of a log.
const TAIL: u64 = 16 * 1024;

/// A reader that follows a log and is further behind than this skips what lies between, in bytes.
const LAG: u64 = 4 << 20;

/// The logs of one run.
#[derive(Clone, Debug)]
pub(crate) struct Logs {
    run: String,
    folder: Utf8PathBuf,
}

/// Names of the runs that have logs, newest first.
pub(crate) fn runs(root: &Utf8Path) -> Vec<String> {
    let Ok(entries) = root.join(".mlc/logs").read_dir_utf8() else { return Vec::new() };
    let folders = entries.flatten().filter(|it| it.file_type().is_ok_and(|it| it.is_dir()));
    let mut names: Vec<String> = folders.map(|it| it.file_name().to_owned()).collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    names
}

impl Logs {
    /// Logs of a run of the project at `root`.
    pub(crate) fn new(root: &Utf8Path, run: &str) -> Self {
        Self { run: run.to_owned(), folder: root.join(".mlc/logs").join(run) }
    }

    /// Logs of the newest run in which the step wrote one.
    pub(crate) fn newest(root: &Utf8Path, step: &str) -> Option<Self> {
        let logs = runs(root).into_iter().map(|run| Self::new(root, &run));
        logs.into_iter().find(|logs| logs.path(step).is_file())
    }

    /// The run's name.
    pub(crate) fn run(&self) -> &str {
        &self.run
    }

    pub(crate) fn path(&self, step: &str) -> Utf8PathBuf {
        self.folder.join(format!("{}.log", file_name(step)))
    }

    /// As it is shown: relative to the project's root.
    pub(crate) fn shown_path(&self, step: &str) -> Utf8PathBuf {
        format!(".mlc/logs/{}/{}.log", self.run, file_name(step)).into()
    }

    /// Whether the step wrote anything when it last ran.
    pub(crate) fn has_text(&self, step: &str) -> bool {
        fs::metadata(self.path(step)).is_ok_and(|metadata| metadata.len() > 0)
    }

    /// Opens an empty log; whatever is written to it is appended.
    pub(crate) fn create(&self, step: &str) -> anyhow::Result<File> {
        let path = self.path(step);
        let open = || {
            drop(File::create(&path)?);
            OpenOptions::new().append(true).open(&path)
        };
        let file = match open() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(&self.folder).and_then(|()| open())
            }
            other => other,
        };
        file.with_context(|| format!("the log `{path}` cannot be written"))
    }

    /// The whole log, or `None` when there is none.
    pub(crate) fn read(&self, step: &str) -> anyhow::Result<Option<String>> {
        let path = self.path(step);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("`{path}` cannot be read")),
        }
    }

    /// Up to `count` last lines; a line redrawn with carriage returns is given as it last was.
    pub(crate) fn tail(&self, step: &str, count: usize) -> Vec<String> {
        let text = end_of(&self.path(step)).unwrap_or_default();
        let lines: Vec<&str> = text.lines().map(last_drawn).collect();
        let lines = lines.get(lines.len().saturating_sub(count)..).unwrap_or_default();
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    /// Everything from byte `from` on.
    pub(crate) fn rest(&self, step: &str, from: u64) -> anyhow::Result<String> {
        let bytes = fs::read(self.path(step)).with_context(|| format!("no log of `{step}`"))?;
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(String::from_utf8_lossy(bytes.get(from..).unwrap_or_default()).into_owned())
    }

    /// What was written after byte `from`, up to the last whole line, and the offset after it.
    pub(crate) fn since(&self, step: &str, from: u64) -> (String, u64) {
        let read = || -> io::Result<Vec<u8>> {
            let mut file = File::open(self.path(step))?;
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::new();
            file.take(LAG).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let length = fs::metadata(self.path(step)).map_or(0, |metadata| metadata.len());
        if length.saturating_sub(from) > LAG {
            let next = length - LAG / 4;
            let gone = crate::exec::gate::bytes((next - from) as f64);
            return (format!("--- {gone} are not shown: too much at once ---\n"), next);
        }
        let mut bytes = read().unwrap_or_default();
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        bytes.truncate(whole);
        (String::from_utf8_lossy(&bytes).into_owned(), from + whole as u64)
    }
}

fn end_of(path: &Utf8Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn last_drawn(line: &str) -> &str {
    line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default()
}

/// A step's name as a file name: values of a matrix may hold anything.
pub(crate) fn file_name(step: &str) -> String {
    let mut name = String::with_capacity(step.len());
    for byte in step.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_@.+=,".contains(&byte) {
            name.push(char::from(byte));
        } else {
            let _ = write!(name, "%{byte:02X}");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn names_become_safe_file_names() {
        assert_eq!(file_name("train@forest-fast"), "train@forest-fast");
        assert_eq!(file_name("train@a/b é"), "train@a%2Fb%20%C3%A9");
    }

    #[test]
    fn the_end_of_a_log_is_read_as_it_was_last_drawn() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
        let logs = Logs::new(root, "20260131-120000-4f2a901b");
        let mut log = logs.create("train").expect("it can be written");
        write!(log, "one\ntwo\n 1%\r 50%\r 99%\nlast").expect("it can be written");
        let newest = Logs::newest(root, "train").expect("there is one");
        assert_eq!(newest.path("train"), root.join(logs.shown_path("train")));
        assert_eq!(logs.tail("train", 3), ["two", " 99%", "last"]);
        let (text, next) = logs.since("train", 4);
        assert_eq!(text, "two\n 1%\r 50%\r 99%\n");
        assert_eq!(logs.since("train", next), (String::new(), next));
    }
}
