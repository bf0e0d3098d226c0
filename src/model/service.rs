//! The service that answers requests with the predictions of a model.

use crate::base::bound::Bound;
use crate::base::source::{Span, Spanned};
use crate::model::ids::SchemaId;
use camino::Utf8PathBuf;

/// Where the tests of the service leave what they measured, relative to the root.
pub(crate) const DURATIONS: &str = ".mlc/latency.json";

/// What is served, and how.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) name: Spanned<String>,
    /// The file or folder that is the model, relative to the root.
    pub(crate) model: Spanned<Utf8PathBuf>,
    /// The module that loads it and predicts, relative to the root.
    pub(crate) code: Option<Spanned<Utf8PathBuf>>,
    /// The schema of a request.
    pub(crate) input: Option<Spanned<SchemaId>>,
    /// The column of the schema that is predicted.
    pub(crate) target: Option<Spanned<String>>,
    /// Digits and dots.
    pub(crate) python: Option<String>,
    /// Relative to the root.
    pub(crate) requirements: Option<Spanned<Utf8PathBuf>>,
    /// The variable of the environment that says where the service runs.
    pub(crate) url: Option<String>,
    /// Paths of the URL: letters, digits, `/`, `_`, `-` and `.`.
    pub(crate) health: String,
    pub(crate) predict: String,
    /// A file with a request, relative to the root.
    pub(crate) sample: Option<Spanned<Utf8PathBuf>>,
    /// The field of the answer that holds the prediction.
    pub(crate) expects: String,
    pub(crate) latency: Vec<Latency>,
}

/// How long an answer may take.
#[derive(Clone, Debug)]
pub(crate) struct Latency {
    pub(crate) span: Span,
    /// From 0 to 100.
    pub(crate) percentile: f64,
    /// In seconds.
    pub(crate) bounds: Vec<Bound>,
}
