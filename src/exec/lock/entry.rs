//! One stage of the lock file, as types and as the map that is written.

use crate::base::python::equal;
use crate::base::value::Value;
use crate::exec::hash::Digest;
use crate::plan::step::Command;

/// What a stage ran, read and wrote.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) cmd: Cmd,
    /// Written sorted by path.
    pub(crate) deps: Vec<Artifact>,
    /// Values by file and dotted key. Written with `params.yaml` first, else sorted.
    pub(crate) params: ParamsValues,
    /// Outs, metrics and plots together, written sorted by path.
    pub(crate) outs: Vec<Artifact>,
}

/// Values by file, then by dotted key.
pub(crate) type ParamsValues = Vec<(String, Vec<(String, Value)>)>;

/// A command as `dvc.yaml` and the lock hold it. A text never equals a list of one text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cmd {
    Text(String),
    /// DVC does not check the items; ours are strings.
    List(Vec<Value>),
}

impl From<&Command> for Cmd {
    fn from(command: &Command) -> Self {
        match command {
            Command::Line(text) | Command::Lines { text, .. } => Self::Text(text.clone()),
            Command::List(scripts) => Self::List(scripts.iter().cloned().map(Value::Str).collect()),
        }
    }
}

/// One path that a stage read or wrote.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Artifact {
    /// Relative to the stage's working directory, as written in `dvc.yaml`.
    pub(crate) path: String,
    /// `md5`, or nothing in entries that DVC 2 wrote, whose digests ignore line ends.
    pub(crate) hash: Option<String>,
    /// Digest of the content; ends in `.dir` for a directory.
    pub(crate) md5: Option<String>,
    /// Bytes; the sum for a directory.
    pub(crate) size: Option<u64>,
    /// Files in a directory.
    pub(crate) nfiles: Option<u64>,
    pub(crate) isexec: bool,
    /// Other legal keys, kept as they are: `etag`, `checksum`, `cloud`, `files`, …
    pub(crate) other: Vec<(String, Value)>,
}

impl Entry {
    /// Whether DVC takes these params for unchanged: equal values for exactly the wanted keys.
    pub(crate) fn params_equal(&self, wanted: &[(String, Vec<(String, Value)>)]) -> bool {
        same_map(&self.params, wanted, |a, b| same_map(a, b, equal))
    }

    /// Whether DVC 2 wrote some of it.
    pub(crate) fn is_legacy(&self) -> bool {
        self.deps.iter().chain(&self.outs).any(|artifact| artifact.hash.is_none())
    }

    /// The map that stands under the stage's name, in DVC's order.
    pub(crate) fn to_value(&self) -> Value {
        let cmd = match &self.cmd {
            Cmd::Text(text) => Value::Str(text.clone()),
            Cmd::List(items) => Value::List(items.clone()),
        };
        let mut entries = vec![("cmd".to_owned(), cmd)];
        if !self.deps.is_empty() {
            entries.push(("deps".to_owned(), artifacts(&self.deps)));
        }
        if !self.params.is_empty() {
            entries.push(("params".to_owned(), self.params_value()));
        }
        if !self.outs.is_empty() {
            entries.push(("outs".to_owned(), artifacts(&self.outs)));
        }
        Value::Map(entries)
    }

    fn params_value(&self) -> Value {
        let mut files: Vec<_> = self.params.iter().collect();
        files.sort_by_key(|(file, _)| (file != "params.yaml", file));
        let sorted = |values: &[(String, Value)]| {
            let mut values = values.to_vec();
            values.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Map(values)
        };
        Value::Map(files.iter().map(|(file, values)| (file.clone(), sorted(values))).collect())
    }
}

impl Artifact {
    /// The entry of a path with this content.
    pub(crate) fn new(path: &str, digest: &Digest) -> Self {
        Self {
            path: path.to_owned(),
            hash: Some("md5".to_owned()),
            md5: Some(digest.md5.clone()),
            size: Some(digest.size),
            nfiles: digest.nfiles,
            isexec: digest.isexec,
            other: Vec::new(),
        }
    }

    fn to_value(&self) -> Value {
        let mut entries = vec![("path".to_owned(), Value::Str(self.path.clone()))];
        let mut add = |key: &str, value: Option<Value>| {
            entries.extend(value.map(|value| (key.to_owned(), value)));
        };
        add("hash", self.hash.clone().map(Value::Str));
        add("md5", self.md5.clone().map(Value::Str));
        add("size", self.size.map(|size| Value::Int(size.into())));
        add("nfiles", self.nfiles.map(|nfiles| Value::Int(nfiles.into())));
        add("isexec", self.isexec.then_some(Value::Bool(true)));
        entries.extend(self.other.iter().cloned());
        Value::Map(entries)
    }
}

fn artifacts(artifacts: &[Artifact]) -> Value {
    let mut sorted: Vec<_> = artifacts.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    Value::List(sorted.into_iter().map(Artifact::to_value).collect())
}

/// Whether two maps have the same keys with the same values, in any order.
fn same_map<T>(a: &[(String, T)], b: &[(String, T)], same: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len()
        && a.iter().all(|(key, value)| {
            b.iter().any(|(other, other_value)| key == other && same(value, other_value))
        })
}
