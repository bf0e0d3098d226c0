//! DVC's lock on a project: held for moments, while `dvc.lock` is read or written.
//!
//! Who finds it taken waits, and says for whom. Unaware of what it guards.
#![expect(clippy::disallowed_methods, reason = "this module opens and watches lock files")]

use anyhow::{Context as _, bail};
use camino::Utf8Path;
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::time::{Duration, Instant};

/// DVC's lock on the project, held until dropped.
#[derive(Debug)]
pub(crate) struct Guard {
    _file: Option<File>,
}

/// How often a lock that is taken is tried again.
const GLANCE: Duration = Duration::from_millis(20);

/// The user hears of a wait that lasts longer.
const SILENCE: Duration = Duration::from_secs(1);

/// How long who was interrupted still waits, to record what is finished.
const PATIENCE: Duration = Duration::from_secs(5);

impl Guard {
    /// Takes the lock if nobody has it.
    pub(crate) fn now(root: &Utf8Path) -> anyhow::Result<Option<Self>> {
        let folder = root.join(".dvc/tmp");
        if !folder.is_dir() {
            // Without DVC's folder there is no DVC to keep out.
            if !root.join(".dvc").is_dir() {
                return Ok(Some(Self { _file: None }));
            }
            fs::create_dir_all(&folder).with_context(|| format!("cannot create {folder}"))?;
        }
        let file = take(&folder.join("lock"))?;
        Ok(file.map(|file| Self { _file: Some(file) }))
    }

    /// Takes the lock, after its holder if there is one. Once `stopping` says so, not for long.
    pub(crate) fn wait(root: &Utf8Path, stopping: &dyn Fn() -> bool) -> anyhow::Result<Self> {
        let mut wait = Wait::default();
        loop {
            if let Some(guard) = Self::now(root)? {
                return Ok(guard);
            }
            if stopping() && wait.began.elapsed() > PATIENCE {
                bail!("`.dvc/tmp/lock` is held by {}", holder(&root.join(".dvc/tmp/lock")));
            }
            wait.go_on(|| {
                let holder = holder(&root.join(".dvc/tmp/lock"));
                format!("waiting for {holder}, which holds `.dvc/tmp/lock`")
            });
        }
    }
}

/// A wait for another program, which the user hears of once when it is long.
#[derive(Debug)]
pub(crate) struct Wait {
    began: Instant,
    told: bool,
}

impl Default for Wait {
    fn default() -> Self {
        Self { began: Instant::now(), told: false }
    }
}

impl Wait {
    /// Sleeps for a moment.
    fn go_on(&mut self, message: impl FnOnce() -> String) {
        self.tell(message);
        std::thread::park_timeout(GLANCE);
    }

    /// Says what is waited for, if it is time.
    pub(crate) fn tell(&mut self, message: impl FnOnce() -> String) {
        if !self.told && self.began.elapsed() >= SILENCE {
            self.told = true;
            // Not being heard is no reason not to wait.
            let _ = writeln!(std::io::stderr(), "note: {}", message());
        }
    }
}

/// Takes the lock that is a file, as DVC does: with our process in it, for whoever waits.
pub(super) fn take(path: &Utf8Path) -> anyhow::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.with_context(|| format!("`{path}` cannot be opened"))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("`{path}` cannot be locked"));
        }
    }
    // Only a hint: a full disk must not keep us from a lock that we hold.
    let text = format!(" {}\n", std::process::id());
    let _ = file.set_len(0).and_then(|()| (&file).write_all(text.as_bytes()));
    Ok(Some(file))
}

/// Who holds the lock that is a file: `process 123 (dvc repro)`.
fn holder(path: &Utf8Path) -> String {
    match fs::read_to_string(path).ok().and_then(|text| text.trim().parse().ok()) {
        Some(pid) => match command_line(pid) {
            Some(command) => format!("process {pid} ({command})"),
            None => format!("process {pid}"),
        },
        None => "another process".to_owned(),
    }
}

/// What a process was started as, where the system tells.
fn command_line(pid: u32) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let text = String::from_utf8_lossy(&bytes).replace('\0', " ");
    Some(text.trim_end().chars().take(200).collect())
}

/// Whether a file that could not be read is just not there.
pub(super) fn is_missing(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}
