//! Whether a process started this one, directly or not. Where there is no `/proc`, as on macOS,
//! only the direct parent is known.
#![expect(clippy::disallowed_methods, reason = "looks at processes")]

use rustix::process::getppid;

/// Whether the process is among those that started this one.
pub(crate) fn is_ancestor(pid: u32) -> bool {
    let mut above = getppid().and_then(|parent| u32::try_from(parent.as_raw_nonzero().get()).ok());
    while let Some(parent) = above {
        if parent == pid {
            return true;
        }
        above = parent_of(parent);
    }
    false
}

/// The fourth field of `/proc/PID/stat`; the second is a name in parentheses that may hold more.
fn parent_of(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    let parent = rest.split_ascii_whitespace().nth(1)?.parse().ok()?;
    (parent > 0).then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_started_us_is_above_us_and_we_are_not() {
        let parent = getppid().expect("a test has a parent").as_raw_nonzero().get();
        assert!(is_ancestor(u32::try_from(parent).expect("not negative")));
        assert!(!is_ancestor(std::process::id()));
    }
}
