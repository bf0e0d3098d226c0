//! What a run tells while it runs. Unaware of how steps are run, and of who listens.

use crate::exec::reason::Reason;
use crate::exec::task::duration;
use crate::plan::step::Step;
use camino::Utf8PathBuf;
use std::fmt;
use std::time::Duration;

/// Shows a run to a person or a machine.
pub(crate) trait Progress {
    fn event(&mut self, event: &Event<'_>);

    /// Called a few times a second while something runs, with what runs.
    fn tick(&mut self, _running: &[Running<'_>]) {}

    /// Whether [`Self::tick`] does anything.
    fn wants_ticks(&self) -> bool {
        false
    }
}

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    Began {
        steps: usize,
        jobs: usize,
    },
    Started {
        step: &'a Step,
        reasons: &'a [Reason],
    },
    /// A line that the step wrote; only when output is streamed.
    Output {
        step: &'a Step,
        line: &'a str,
    },
    Retrying {
        step: &'a Step,
        attempt: u32,
        pause: Duration,
        failure: &'a str,
    },
    Ended {
        step: &'a Step,
        status: Status,
        took: Duration,
        detail: &'a Detail<'a>,
    },
    /// The user asked to stop; steps are being ended, or killed.
    Stopping {
        at_once: bool,
    },
    Finished {
        summary: &'a Summary,
    },
}

/// What more there is to say of a step that ended.
#[derive(Debug, Default)]
pub(crate) enum Detail<'a> {
    #[default]
    None,
    /// Why it ran or was restored.
    Reasons(&'a [Reason]),
    Failure(&'a FailureReport),
    /// The step whose failure is the reason.
    Because(&'a str),
}

/// A failure with what helps to understand it.
#[derive(Debug)]
pub(crate) struct FailureReport {
    /// A sentence without subject: "its command exited with 1".
    pub(crate) text: String,
    /// What to do about it, where that is known.
    pub(crate) help: Option<String>,
    /// The script that failed.
    pub(crate) script: Option<String>,
    /// The last lines of its log.
    pub(crate) tail: Vec<String>,
    /// Relative to the root.
    pub(crate) log: Option<Utf8PathBuf>,
}

/// A step that runs now.
#[derive(Debug)]
pub(crate) struct Running<'a> {
    pub(crate) step: &'a Step,
    pub(crate) elapsed: Duration,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Ran,
    Restored,
    /// Frozen; what is there was recorded.
    Recorded,
    UpToDate,
    Failed,
    Interrupted,
    Skipped,
    /// The run ended before its turn.
    NotRun,
}

impl Status {
    /// In machine output and in the history.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Restored => "restored",
            Self::Recorded => "recorded",
            Self::UpToDate => "up-to-date",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Skipped => "skipped",
            Self::NotRun => "not-run",
        }
    }

    /// In sentences.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::UpToDate => "up to date",
            Self::NotRun => "not run",
            Self::Ran
            | Self::Restored
            | Self::Recorded
            | Self::Failed
            | Self::Interrupted
            | Self::Skipped => self.slug(),
        }
    }
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Summary {
    /// How many steps ended how, in the order of [`Status`].
    pub(crate) counts: std::collections::BTreeMap<Status, usize>,
    /// How many of those that failed did so for their data.
    pub(crate) rejected: usize,
    pub(crate) took: Duration,
}

impl Summary {
    pub(crate) fn count(&self, status: Status) -> usize {
        self.counts.get(&status).copied().unwrap_or_default()
    }

    pub(crate) fn total(&self) -> usize {
        self.counts.values().sum()
    }
}

/// `4 stages: 1 ran, 3 up to date, 0.8 s`
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        let noun = if total == 1 { "stage" } else { "stages" };
        write!(f, "{total} {noun}: ")?;
        for (status, count) in &self.counts {
            write!(f, "{count} {}, ", status.words())?;
        }
        f.write_str(&duration(self.took))
    }
}
