//! From the text of a lock file to its stages; every refusal names a line and a way out.

use crate::base::value::Value;
use crate::base::yaml::{self, Kind, Node, YamlError};
use crate::exec::lock::entry::{Artifact, Cmd, Entry, ParamsValues};
use std::fmt;

/// Why a lock file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LockError {
    /// Lower case, names in backticks.
    pub(crate) message: String,
    /// Counted from one.
    pub(crate) line: usize,
    pub(crate) help: &'static str,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.message, self.help)
    }
}

impl std::error::Error for LockError {}

/// What a lock file holds.
pub(super) struct Read {
    pub(super) stages: Vec<ReadStage>,
    pub(super) datasets: Option<Value>,
    /// Whether a stage may repeat what stands in another.
    pub(super) has_aliases: bool,
}

pub(super) struct ReadStage {
    pub(super) name: String,
    pub(super) entry: Entry,
    /// Bytes from the name to the end of the last value.
    pub(super) span: (usize, usize),
}

const REGENERATE: &str = "delete the file to run every stage again, or restore it from git";
const OLD_SCHEMA: &str = "run `dvc commit` of DVC 2 once, or delete the file";
const ARTIFACT_KEYS: &[&str] = &[
    "path",
    "hash",
    "md5",
    "size",
    "nfiles",
    "isexec",
    "etag",
    "checksum",
    "version_id",
    "files",
    "cloud",
    "dataset",
];

/// Reads the whole file, whoever wrote it.
pub(super) fn read(text: &str) -> Result<Read, LockError> {
    let (root, has_aliases) = yaml::parse_noting_aliases(text)?;
    Ok(Read { has_aliases, ..Reader { text }.root(&root)? })
}

/// Reads one entry on its own, as the run cache stores it.
pub(crate) fn read_entry(text: &str) -> Result<Entry, LockError> {
    Reader { text }.entry(&yaml::parse(text)?)
}

impl From<YamlError> for LockError {
    fn from(error: YamlError) -> Self {
        Self { message: error.message, line: error.line, help: REGENERATE }
    }
}

struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn root(&self, root: &Node) -> Result<Read, LockError> {
        let mut found = Read { stages: Vec::new(), datasets: None, has_aliases: false };
        let mut schema = false;
        for (key, value) in self.map(root, "the file")? {
            match key.as_str() {
                Some("schema") => schema = self.schema(value)?,
                Some("stages") => found.stages = self.stages(value)?,
                Some("datasets") => found.datasets = Some(value.to_value()),
                _ => return Err(self.unknown_key(key, "the file")),
            }
        }
        if schema {
            Ok(found)
        } else {
            Err(self.error(root, "`schema: '2.0'` is missing", OLD_SCHEMA))
        }
    }

    fn schema(&self, value: &Node) -> Result<bool, LockError> {
        match value.as_str() {
            Some("2.0") => Ok(true),
            _ => {
                Err(self.error(value, "`schema` is not the string '2.0'", "write `schema: '2.0'`"))
            }
        }
    }

    fn stages(&self, stages: &Node) -> Result<Vec<ReadStage>, LockError> {
        if stages.kind == Kind::Null {
            return Err(self.error(stages, "`stages` is empty", "write `stages: {}`"));
        }
        let read = |(key, value): &(Node, Node)| {
            let name = self.string(key, "a stage's name")?;
            Ok(ReadStage { name, entry: self.entry(value)?, span: (key.start, value.end) })
        };
        self.map(stages, "`stages`")?.iter().map(read).collect()
    }

    fn entry(&self, stage: &Node) -> Result<Entry, LockError> {
        let mut cmd = None;
        let (mut deps, mut params, mut outs) = (Vec::new(), Vec::new(), Vec::new());
        for (key, value) in self.map(stage, "a stage")? {
            match key.as_str() {
                Some("cmd") => cmd = Some(self.cmd(value)?),
                Some("deps") => deps = self.artifacts(value, "`deps`")?,
                Some("params") => params = self.params(value)?,
                Some("outs") => outs = self.artifacts(value, "`outs`")?,
                _ => return Err(self.unknown_key(key, "a stage")),
            }
        }
        let cmd = cmd.ok_or_else(|| self.error(stage, "the stage has no `cmd`", REGENERATE))?;
        Ok(Entry { cmd, deps, params, outs })
    }

    fn cmd(&self, value: &Node) -> Result<Cmd, LockError> {
        match &value.kind {
            Kind::Str(text) => Ok(Cmd::Text(text.clone())),
            Kind::List(items) => Ok(Cmd::List(items.iter().map(Node::to_value).collect())),
            kind @ (Kind::Null
            | Kind::Bool(_)
            | Kind::Int(_)
            | Kind::Float(_)
            | Kind::Date(_)
            | Kind::Map(_)) => Err(self.wrong_kind(value, "`cmd`", "a string or a list", kind)),
        }
    }

    fn params(&self, value: &Node) -> Result<ParamsValues, LockError> {
        let file = |(key, values): &(Node, Node)| {
            let file = self.string(key, "a params file")?;
            let values = self.map(values, "a params file")?.iter();
            let values = values
                .map(|(key, value)| Ok((self.string(key, "a params key")?, value.to_value())));
            Ok((file, values.collect::<Result<Vec<_>, LockError>>()?))
        };
        self.map(value, "`params`")?.iter().map(file).collect()
    }

    fn artifacts(&self, value: &Node, what: &str) -> Result<Vec<Artifact>, LockError> {
        let Some(items) = value.as_list() else {
            return Err(self.wrong_kind(value, what, "a list", &value.kind));
        };
        items.iter().map(|item| self.artifact(item)).collect()
    }

    fn artifact(&self, item: &Node) -> Result<Artifact, LockError> {
        let mut artifact = Artifact::default();
        let mut path = None;
        for (key, value) in self.map(item, "an entry")? {
            match key.as_str() {
                Some("path") => path = Some(self.string(value, "`path`")?),
                Some("hash") => artifact.hash = Some(self.string(value, "`hash`")?),
                Some("md5") => artifact.md5 = Some(self.string(value, "`md5`")?),
                Some("size") => artifact.size = self.count(value, "`size`")?,
                Some("nfiles") => artifact.nfiles = self.count(value, "`nfiles`")?,
                Some("isexec") => artifact.isexec = value.kind == Kind::Bool(true),
                Some(name) if ARTIFACT_KEYS.contains(&name) => {
                    artifact.other.push((name.to_owned(), value.to_value()));
                }
                _ => return Err(self.unknown_key(key, "an entry")),
            }
        }
        artifact.path =
            path.ok_or_else(|| self.error(item, "an entry has no `path`", REGENERATE))?;
        Ok(artifact)
    }

    fn map<'n>(&self, node: &'n Node, what: &str) -> Result<&'n [(Node, Node)], LockError> {
        node.as_map().ok_or_else(|| self.wrong_kind(node, what, "a map", &node.kind))
    }

    fn string(&self, node: &Node, what: &str) -> Result<String, LockError> {
        let text = node.as_str().map(str::to_owned);
        text.ok_or_else(|| self.wrong_kind(node, what, "a string", &node.kind))
    }

    fn count(&self, node: &Node, what: &str) -> Result<Option<u64>, LockError> {
        if node.kind == Kind::Null {
            return Ok(None);
        }
        let count = if let Kind::Int(value) = node.kind { u64::try_from(value).ok() } else { None };
        count.map(Some).ok_or_else(|| self.wrong_kind(node, what, "a count", &node.kind))
    }

    fn wrong_kind(&self, node: &Node, what: &str, wanted: &str, found: &Kind) -> LockError {
        let message = format!("{what} is {} where {wanted} is wanted", found.noun());
        self.error(node, &message, REGENERATE)
    }

    fn unknown_key(&self, key: &Node, what: &str) -> LockError {
        let message = format!("{what} has the unknown key `{}`", key.key_text());
        self.error(key, &message, "DVC refuses the whole file for it: remove the key")
    }

    fn error(&self, node: &Node, message: &str, help: &'static str) -> LockError {
        let before = self.text.get(..node.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        LockError { message: message.to_owned(), line, help }
    }
}
