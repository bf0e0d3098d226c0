//! The ledger: what every run did, in an SQLite file at `.mlc/ledger.db`. Nothing depends on it:
//! without it a run does the same, and says once that it is not recorded.
//!
//! Three tables. `runs` has a row a run, `steps` a row for each stage that a run did something
//! for, `stages` a row a stage: which run last ran its command, and how long that took.

pub(crate) mod alive;
pub(crate) mod git;
mod prune;
pub(crate) mod read;
mod run_id;
mod store;
mod writer;

pub(crate) use prune::prune;
pub(crate) use read::{Ledger, last, newest};
pub(crate) use run_id::RunId;
pub(crate) use writer::{Close, Writer};

use crate::exec::boundary::inspection::Inspection;
use crate::exec::lock::{Artifact, Entry};
use crate::exec::reason::value_json;
use crate::plan::step::Step;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run as it is recorded. Moments are milliseconds since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) project: String,
    /// As typed, `mlc` first.
    pub(crate) command: Vec<String>,
    /// Version of mlc.
    pub(crate) version: String,
    pub(crate) jobs: u64,
    pub(crate) start: i64,
    pub(crate) end: Option<i64>,
    /// Commit that was checked out when it began.
    pub(crate) commit: Option<String>,
    /// Whether files that git tracks, other than `dvc.lock`, were not as in that commit.
    pub(crate) dirty: Option<bool>,
    pub(crate) outcome: Outcome,
    /// How long commands ran, counting those that ran at once only once.
    pub(crate) commands_ms: i64,
    /// How many stages ended how.
    pub(crate) counts: BTreeMap<String, u64>,
}

/// How a run ended, if it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Running,
    Succeeded,
    Failed,
    /// The user asked it to stop.
    Interrupted,
    /// It ended without a word: killed, or the machine went down.
    Lost,
}

impl Outcome {
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Lost => "lost",
        }
    }
}

/// What a run did for one stage.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) run: String,
    pub(crate) stage: String,
    /// Slug of a [`Status`](crate::exec::progress::Status), `running` or `lost`.
    pub(crate) status: String,
    /// Digest of what decides: command, contents of deps, params.
    pub(crate) key: Option<String>,
    pub(crate) start: i64,
    pub(crate) end: Option<i64>,
    pub(crate) exit_code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) attempts: u32,
    /// Bytes.
    pub(crate) peak_memory: Option<u64>,
    pub(crate) cpu_ms: Option<u64>,
    /// Relative to the root.
    pub(crate) log: Option<String>,
    /// Why it failed, or the stage because of which it was skipped.
    pub(crate) message: Option<String>,
    /// Why it was out of date, a line each.
    pub(crate) reasons: Vec<String>,
    pub(crate) record: Option<Record>,
    /// What came of the data that it read and wrote.
    pub(crate) data: Vec<Inspection>,
}

impl Done {
    /// How long it took.
    pub(crate) fn took(&self) -> std::time::Duration {
        span(self.start, self.end.unwrap_or(self.start))
    }
}

/// The time between two moments; nothing when the clock was set back.
pub(crate) fn span(start: i64, end: i64) -> std::time::Duration {
    std::time::Duration::from_millis(u64::try_from(end - start).unwrap_or_default())
}

/// What a stage ran, read and wrote; paths are relative to the project's root.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) cmd: serde_json::Value,
    pub(crate) deps: Vec<Content>,
    /// Values by file, then by dotted key.
    pub(crate) params: serde_json::Map<String, serde_json::Value>,
    pub(crate) outs: Vec<Content>,
}

/// A path with what lay there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) md5: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
    /// Files in a directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nfiles: Option<u64>,
}

impl Record {
    /// The lock's entry of a step, with paths as the plan has them.
    pub(crate) fn new(step: &Step, entry: &Entry) -> Self {
        let deps = step.deps.iter().map(|dep| (dep.local.as_str(), dep.path.as_str()));
        let outs = step.outs.iter().map(|out| (out.path.local.as_str(), out.path.path.as_str()));
        let files: BTreeMap<&str, &str> =
            step.params.iter().map(|it| (it.file.local.as_str(), it.file.path.as_str())).collect();
        let params = entry.params.iter().map(|(file, values)| {
            let values = values.iter().map(|(key, value)| (key.clone(), value_json(value)));
            let file = files.get(file.as_str()).copied().unwrap_or(file);
            (file.to_owned(), serde_json::Value::Object(values.collect()))
        });
        Self {
            cmd: crate::exec::reason::command_json(&entry.cmd),
            deps: contents(&entry.deps, deps.collect()),
            params: params.collect(),
            outs: contents(&entry.outs, outs.collect()),
        }
    }

    /// Digest of what decides whether the stage must run: equal keys, equal inputs.
    pub(crate) fn key(&self) -> String {
        use sha2::Digest as _;
        let deps: Vec<_> = self.deps.iter().map(|it| (&it.path, &it.md5)).collect();
        let text = serde_json::json!([self.cmd, deps, self.params]).to_string();
        crate::exec::hash::hex(&sha2::Sha256::digest(text))
    }

    /// What it says of an output.
    pub(crate) fn out(&self, path: &str) -> Option<&Content> {
        self.outs.iter().find(|out| out.path == path)
    }

    /// The command as lines.
    pub(crate) fn command_lines(&self) -> Vec<String> {
        let text = |value: &serde_json::Value| {
            value.as_str().map_or_else(|| value.to_string(), str::to_owned)
        };
        match &self.cmd {
            serde_json::Value::Array(items) => {
                items.iter().flat_map(|it| lines(&text(it))).collect()
            }
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_)
            | serde_json::Value::Object(_) => lines(&text(&self.cmd)),
        }
    }

    /// Each param with its file and value.
    pub(crate) fn param_values(&self) -> Vec<(&str, &str, &serde_json::Value)> {
        let files = self.params.iter().filter_map(|(file, it)| Some((file, it.as_object()?)));
        files
            .flat_map(|(file, values)| {
                values.iter().map(move |(key, value)| (file.as_str(), key.as_str(), value))
            })
            .collect()
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn contents(artifacts: &[Artifact], paths: BTreeMap<&str, &str>) -> Vec<Content> {
    let content = |it: &Artifact| Content {
        path: paths.get(it.path.as_str()).copied().unwrap_or(&it.path).to_owned(),
        md5: it.md5.clone(),
        size: it.size,
        nfiles: it.nfiles,
    };
    artifacts.iter().map(content).collect()
}
