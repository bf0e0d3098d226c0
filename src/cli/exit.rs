//! All exit codes, in one place.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or clean.
    Success,
    /// The spec has errors, a stage failed, a file differs under `--check`.
    Failure,
    /// The command line was wrong.
    Usage,
    /// A threshold or a data boundary does not hold.
    Rejected,
    /// Stopped by Ctrl-C or a termination signal.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Rejected => 3,
            Exit::Interrupted => 130,
        })
    }
}
