//! A stage with every reference resolved. Unaware of KDL and of what reads it.

use crate::base::source::{Span, Spanned};
use crate::base::value::Value;
use crate::model::ids::{DatasetId, SchemaId, StageId};
use crate::model::template::Template;
use camino::Utf8PathBuf;
use std::time::Duration;

/// A stage as written; its instances are what runs.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) name: Spanned<String>,
    /// The whole node.
    pub(crate) span: Span,
    pub(crate) desc: Option<String>,
    pub(crate) meta: Option<Value>,
    /// Axes in the order written; empty for a plain stage.
    pub(crate) matrix: Vec<Axis>,
    /// Each command is one process of its own; several lines are one script in one shell.
    pub(crate) cmd: Vec<Spanned<Template>>,
    /// Relative to the project's root; `None` is the root itself.
    pub(crate) wdir: Option<Spanned<Utf8PathBuf>>,
    pub(crate) deps: Vec<Dep>,
    pub(crate) outs: Vec<Out>,
    pub(crate) params: Vec<ParamsUse>,
    /// In the order written.
    pub(crate) env: Vec<(Spanned<String>, Spanned<Template>)>,
    pub(crate) retry: Option<Retry>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) resources: Resources,
    /// What no two steps may hold at once, in the order written.
    pub(crate) mutex: Vec<Spanned<Template>>,
    /// Never runs; its outputs are taken as they are.
    pub(crate) frozen: bool,
    /// Runs every time.
    pub(crate) always: bool,
    /// One for a plain stage; the product of the axes in order for a matrix.
    pub(crate) instances: Vec<Instance>,
}

/// One axis of a matrix.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub(crate) key: Spanned<String>,
    /// As they appear in names and paths.
    pub(crate) values: Vec<Spanned<String>>,
}

/// What runs: a stage with one value for each axis.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// `train`, or `train@forest-fast`, as DVC names it.
    pub(crate) name: String,
    /// One value an axis.
    pub(crate) values: Vec<String>,
    /// Paths read, relative to the root; `usize` is the index in [`Stage::deps`].
    pub(crate) deps: Vec<(usize, Utf8PathBuf)>,
    /// Paths written, relative to the root, one for each of [`Stage::outs`].
    pub(crate) outs: Vec<Utf8PathBuf>,
}

/// One thing a stage reads.
#[derive(Clone, Debug)]
pub(crate) struct Dep {
    pub(crate) source: DepSource,
    pub(crate) span: Span,
    /// What is demanded of it.
    pub(crate) schema: Option<Spanned<SchemaId>>,
}

#[derive(Clone, Debug)]
pub(crate) enum DepSource {
    /// Relative to the root.
    Path(Template),
    /// All outputs of all instances of a stage.
    Stage(StageId),
    Dataset(DatasetId),
}

/// One thing a stage writes.
#[derive(Clone, Debug)]
pub(crate) struct Out {
    /// Relative to the root.
    pub(crate) path: Template,
    pub(crate) span: Span,
    pub(crate) kind: OutKind,
    /// Stored in the cache and ignored by git; default true, as in DVC.
    pub(crate) cache: bool,
    /// Not removed before the stage runs; default false.
    pub(crate) persist: bool,
    /// Pushed to the remote; default true.
    pub(crate) push: bool,
    pub(crate) desc: Option<String>,
    /// What is promised of it.
    pub(crate) schema: Option<Spanned<SchemaId>>,
    /// What follows a broken promise.
    pub(crate) on_fail: OnFail,
}

/// What follows when data breaks its schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OnFail {
    /// The stage fails.
    #[default]
    Stop,
    /// It is told and the run goes on.
    Warn,
    /// The rows that fail are moved into a file beside the data, and the run goes on.
    Quarantine,
}

#[derive(Clone, Debug)]
pub(crate) enum OutKind {
    Data,
    Metrics {
        /// Keys the file will hold; empty when the spec does not say.
        provides: Vec<Spanned<String>>,
    },
    /// Properties as DVC's plots know them (`template`, `x`, `y`, `title`, …), in order.
    Plots {
        properties: Vec<(String, Value)>,
    },
}

/// Keys of one params file that a stage depends on.
#[derive(Clone, Debug)]
pub(crate) struct ParamsUse {
    /// Relative to the root.
    pub(crate) file: Spanned<Utf8PathBuf>,
    /// Dotted keys in the order written; empty means the whole file.
    pub(crate) keys: Vec<Spanned<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retry {
    /// Further attempts after the first.
    pub(crate) times: u32,
    /// Pause before the second attempt; doubles each time.
    pub(crate) backoff: Duration,
    /// The longest pause.
    pub(crate) cap: Duration,
}

/// What a stage needs while it runs; the scheduler adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Resources {
    pub(crate) cpus: Option<u32>,
    /// Bytes.
    pub(crate) memory: Option<u64>,
    pub(crate) gpus: Option<u32>,
}
