//! What a child process used, told when it is reaped. Unaware of process groups and steps.

use std::io;
use std::process::{Child, ExitStatus};
use std::time::Duration;
use wait4::Wait4 as _;

/// What commands used, with all that they waited for themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Most memory that one of their processes held at once, in bytes. A process starts as a copy
    /// of mlc, so that this is never less than the few MiB that mlc itself holds.
    pub(crate) peak_memory: u64,
    /// Processor time, in the program and in the kernel.
    pub(crate) cpu: Duration,
}

impl Usage {
    /// With what another command of the same step used, before or after.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { peak_memory: self.peak_memory.max(other.peak_memory), cpu: self.cpu + other.cpu }
    }
}

/// Waits for the child to end and reaps it.
pub(crate) fn wait(child: Child) -> io::Result<(ExitStatus, Usage)> {
    let ended = child.wait4()?;
    let used = ended.rusage;
    Ok((ended.status, Usage { peak_memory: used.maxrss, cpu: used.utime + used.stime }))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "starts processes")]

    use super::*;
    use std::process::Command;

    #[test]
    fn a_child_that_held_memory_is_told_from_one_that_did_not() {
        let used = |script: &str| {
            let child = Command::new("/bin/sh").args(["-c", script]).spawn().expect("it starts");
            let (status, usage) = wait(child).expect("it ends");
            assert_eq!(status.code(), Some(3), "{script}");
            usage
        };
        let (small, large) =
            (used("exit 3"), used("head -c 200000000 /dev/zero | tail -n 1 | wc -c; exit 3"));
        // The small one as well began as a copy of this process, whatever that holds.
        assert!(large.peak_memory > 100_000_000 && large.peak_memory >= small.peak_memory);
        assert!(large.cpu > small.cpu);
        assert_eq!(small.and(large).peak_memory, large.peak_memory);
    }
}
