//! The name of a run: when it began, to some nanoseconds, and a part of the process's number.
#![expect(clippy::disallowed_methods, reason = "reads the clock")]

use crate::exec::time::utc;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Names of runs sort by time, and are names of folders too: `20260131-120000-4f2a901b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RunId {
    /// Since 1970.
    millis: u64,
    /// Where in its second, so that names sort by time within it too; the lowest byte tells
    /// processes apart that begin together.
    mark: u32,
}

impl RunId {
    /// A name for a run that begins now.
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = u64::try_from(since.as_millis()).unwrap_or_default();
        let part = (u64::from(since.subsec_nanos()) << 24) / 1_000_000_000;
        let mark = part << 8 | u64::from(std::process::id() & 0xff);
        Self { millis, mark: u32::try_from(mark).unwrap_or(u32::MAX) }
    }

    /// When the run began, in milliseconds since 1970.
    pub(crate) fn start(self) -> i64 {
        i64::try_from(self.millis).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = utc(UNIX_EPOCH + Duration::from_millis(self.millis));
        let digits: String = moment.chars().filter(char::is_ascii_digit).collect();
        let (day, time) = digits.split_at_checked(8).unwrap_or((&digits, ""));
        write!(f, "{day}-{time}-{:08x}", self.mark)
    }
}

/// Whether a folder of this name could be a run's.
pub(crate) fn is_run_id(name: &str) -> bool {
    let mut parts = name.split('-');
    let digits = |part: Option<&str>, lengths: &[usize]| {
        let hex = |it: &str| it.bytes().all(|byte| byte.is_ascii_hexdigit());
        part.is_some_and(|it| lengths.contains(&it.len()) && hex(it))
    };
    digits(parts.next(), &[8])
        && digits(parts.next(), &[6])
        // Earlier versions wrote four.
        && digits(parts.next(), &[4, 8])
        && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_when_and_sort() {
        let id = RunId { millis: 951_827_696_789, mark: 0x2a };
        assert_eq!(id.to_string(), "20000229-123456-0000002a");
        assert!(is_run_id(&id.to_string()) && is_run_id(&RunId::now().to_string()));
        assert!(!is_run_id("20000229-123456") && !is_run_id("train.log"));
    }
}
