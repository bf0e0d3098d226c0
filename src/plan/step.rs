//! A step: exactly what runs, with what it reads and writes.

use crate::model::ids::StepId;
use crate::model::stage::{Resources, Retry};
use camino::Utf8PathBuf;
use std::time::Duration;

/// Everything that emitters and the executor need; neither decides anything again.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) id: StepId,
    /// DVC's address in the root's `dvc.yaml` and the key in `dvc.lock`: `train@forest`.
    pub(crate) name: String,
    /// What runs, and what `dvc.lock` records.
    pub(crate) cmd: Command,
    /// Relative to the root; empty for the root.
    pub(crate) wdir: Utf8PathBuf,
    /// In the order written, each path once. Params files are not among them.
    pub(crate) deps: Vec<PathRef>,
    /// In the order written: outs, metrics and plots together.
    pub(crate) outs: Vec<StepOut>,
    pub(crate) params: Vec<StepParams>,
    pub(crate) frozen: bool,
    pub(crate) always: bool,
    pub(crate) retry: Option<Retry>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) resources: Resources,
    /// What no two steps may hold at once; sorted, each once.
    pub(crate) mutex: Vec<String>,
    /// Steps that must be up to date before this one; sorted, each once.
    pub(crate) upstream: Vec<StepId>,
}

/// The command as DVC sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// A single line: a string in `dvc.yaml` and in the lock.
    Line(String),
    /// Several lines, each a process of its own: a string in `dvc.yaml` and in the lock.
    Lines { text: String, scripts: Vec<String> },
    /// Several processes, or one script of several lines: a list in `dvc.yaml` and in the lock.
    List(Vec<String>),
}

impl Command {
    /// The shell scripts to run one after the other.
    pub(crate) fn scripts(&self) -> &[String] {
        match self {
            Self::Line(line) => std::slice::from_ref(line),
            Self::Lines { scripts, .. } | Self::List(scripts) => scripts,
        }
    }
}

/// A path in both of its spellings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PathRef {
    /// Relative to the project's root, normalized.
    pub(crate) path: Utf8PathBuf,
    /// Relative to the step's working directory, as `dvc.yaml` and `dvc.lock` write it.
    pub(crate) local: String,
}

#[derive(Clone, Debug)]
pub(crate) struct StepOut {
    pub(crate) path: PathRef,
    pub(crate) kind: StepOutKind,
    pub(crate) cache: bool,
    pub(crate) persist: bool,
    pub(crate) push: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepOutKind {
    Data,
    Metrics,
    Plots,
}

#[derive(Clone, Debug)]
pub(crate) struct StepParams {
    pub(crate) file: PathRef,
    /// Dotted keys, sorted by code point; empty means the whole file.
    pub(crate) keys: Vec<String>,
}
