//! Whether a run still goes on: it holds a lock on the folder of its logs, which the system takes
//! back when the process is gone, however it went.
#![expect(clippy::disallowed_methods, reason = "opens folders to lock them")]

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File};
use std::io;
use std::time::Duration;

const GLANCES: u32 = 20;
const GLANCE: Duration = Duration::from_millis(1);

/// Held while the run goes on.
#[derive(Debug)]
pub(crate) struct Sign {
    folder: Utf8PathBuf,
    _held: File,
}

impl Sign {
    /// Makes the run's folder and says that the run goes on.
    pub(crate) fn raise(root: &Utf8Path, run: &str) -> io::Result<Self> {
        let folder = folder(root, run);
        fs::create_dir_all(&folder)?;
        let held = File::open(&folder)?;
        // Who asks holds it too, but only for a moment.
        for _ in 0..GLANCES {
            if flock(&held, FlockOperation::NonBlockingLockExclusive).is_ok() {
                break;
            }
            std::thread::park_timeout(GLANCE);
        }
        Ok(Self { folder, _held: held })
    }
}

impl Drop for Sign {
    fn drop(&mut self) {
        // Only goes when no stage wrote a log.
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Whether the run still goes on, here or in another process.
pub(crate) fn is_alive(root: &Utf8Path, run: &str) -> bool {
    let Ok(file) = File::open(folder(root, run)) else { return false };
    flock(&file, FlockOperation::NonBlockingLockShared) == Err(rustix::io::Errno::WOULDBLOCK)
}

/// Where the logs of a run lie.
pub(crate) fn folder(root: &Utf8Path, run: &str) -> Utf8PathBuf {
    root.join(".mlc/logs").join(run)
}
