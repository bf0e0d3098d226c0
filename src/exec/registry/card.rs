//! The card of a version: what a model is, and all that it came from.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A version of a model. Paths are relative to the root.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Card {
    /// Version of this form.
    pub(crate) format: u32,
    pub(crate) model: String,
    pub(crate) version: String,
    pub(crate) locked_at: String,
    /// As git knows them.
    pub(crate) locked_by: Option<String>,
    /// Commit that was checked out, and whether files that git tracks were not as in it.
    pub(crate) commit: Option<String>,
    pub(crate) dirty: Option<bool>,
    /// When its stage last ran, and in which run; as far as the ledger knows.
    pub(crate) trained_at: Option<String>,
    pub(crate) run: Option<String>,
    /// The model itself.
    pub(crate) file: Content,
    /// What no stage writes: datasets and what DVC tracks, and the rest.
    pub(crate) data: Vec<Content>,
    pub(crate) code: Vec<Content>,
    /// Files that pin libraries.
    pub(crate) environment: Vec<Content>,
    /// Values by file, then by dotted key.
    pub(crate) params: BTreeMap<String, Map<String, Value>>,
    pub(crate) metrics: Option<Metrics>,
    /// MD5 of each schema, as the spec says it.
    pub(crate) schemas: BTreeMap<String, String>,
    pub(crate) gates: Vec<Gate>,
}

/// A file or folder with its digest, which ends in `.dir` for a folder, as DVC has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) path: String,
    pub(crate) md5: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Metrics {
    pub(crate) path: String,
    pub(crate) md5: String,
    pub(crate) values: Value,
}

/// What came of thresholds when the version was locked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Gate {
    pub(crate) name: String,
    pub(crate) holds: bool,
    pub(crate) rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) quantity: String,
    pub(crate) value: Option<f64>,
    pub(crate) bound: String,
    pub(crate) holds: bool,
}

impl Card {
    /// Whether it is of the same model, made of the same things.
    pub(crate) fn is_same_model(&self, other: &Self) -> bool {
        self.file == other.file
            && self.data == other.data
            && self.code == other.code
            && self.environment == other.environment
            && self.params == other.params
            && self.schemas == other.schemas
            && self.metrics == other.metrics
    }

    /// The thresholds that did not hold.
    pub(crate) fn broken_gates(&self) -> impl Iterator<Item = &Gate> {
        self.gates.iter().filter(|it| !it.holds)
    }
}
