//! Thresholds: what must hold before a model may go on. The registry: where models are kept.

use crate::base::bound::Bound;
use crate::base::source::{Span, Spanned};
use camino::Utf8PathBuf;
use std::time::Duration;

/// A named group of thresholds over one metrics file.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) name: Spanned<String>,
    pub(crate) span: Span,
    /// Relative to the root.
    pub(crate) metrics: Option<Spanned<Utf8PathBuf>>,
    /// The metrics file that `against=baseline` means, relative to the root.
    pub(crate) baseline: Option<Spanned<Utf8PathBuf>>,
    /// The file of predictions beside what came true, relative to the root.
    pub(crate) predictions: Option<Spanned<Utf8PathBuf>>,
    pub(crate) thresholds: Vec<Threshold>,
}

/// One line of a gate.
#[derive(Clone, Debug)]
pub(crate) struct Threshold {
    pub(crate) span: Span,
    pub(crate) quantity: Quantity,
    /// All must hold.
    pub(crate) bounds: Vec<Bound>,
}

/// What a threshold bounds.
#[derive(Clone, Debug)]
pub(crate) enum Quantity {
    /// A dotted key of the metrics file.
    Metric(Spanned<String>),
    /// A metric compared with the same metric of a reference.
    Change { metric: Spanned<String>, against: Spanned<Reference>, measure: Measure },
    /// A metric of each segment: the maps below the first key, and the key in each of them.
    Slice { segments: Spanned<String>, metric: Spanned<String> },
    /// Size in bytes of a file or directory, relative to the root.
    Size(Spanned<Utf8PathBuf>),
    /// A percentile, from 0 to 100, of the durations in a file, relative to the root, in seconds;
    /// of those that the tests of the service measured where none is named.
    Latency { percentile: f64, samples: Option<Spanned<Utf8PathBuf>> },
    /// A metric computed from the predictions, of which the end of the interval nearest to the
    /// bound counts.
    Interval { metric: Spanned<Score>, confidence: f64 },
}

/// A metric that is computed from predictions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Score {
    Accuracy,
    Precision,
    Recall,
    F1,
    Auc,
    Mae,
    Mse,
    Rmse,
    R2,
}

impl Score {
    pub(crate) const ALL: &[(&str, Self)] = &[
        ("accuracy", Self::Accuracy),
        ("precision", Self::Precision),
        ("recall", Self::Recall),
        ("f1", Self::F1),
        ("auc", Self::Auc),
        ("mae", Self::Mae),
        ("mse", Self::Mse),
        ("rmse", Self::Rmse),
        ("r2", Self::R2),
    ];

    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, score)| *score == self).map_or("", |(name, _)| name)
    }
}

/// What a metric is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// The version that the registry holds under `production`.
    Production,
    /// The gate's baseline metrics file.
    Baseline,
    /// A registry alias or a git revision.
    Revision(String),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// reference - value
    Drop,
    /// value - reference
    Rise,
    /// value / reference
    Ratio,
}

impl Measure {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Rise => "rise",
            Self::Ratio => "ratio",
        }
    }

    pub(crate) fn of(self, value: f64, reference: f64) -> f64 {
        match self {
            Self::Drop => reference - value,
            Self::Rise => value - reference,
            Self::Ratio => value / reference,
        }
    }
}

/// Where versions of models are kept.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    /// Relative to the root.
    pub(crate) folder: Spanned<Utf8PathBuf>,
    pub(crate) models: Vec<Registered>,
    /// Who may say yes before a version goes into production; nobody needs to when it is empty.
    pub(crate) approvers: Vec<Spanned<String>>,
    /// The file of allowed signers, where versions must be signed; relative to the root.
    pub(crate) signers: Option<Spanned<Utf8PathBuf>>,
    pub(crate) mlflow: Option<Tracking>,
}

/// A server that versions are brought to, too.
#[derive(Clone, Debug)]
pub(crate) struct Tracking {
    pub(crate) address: Address,
    pub(crate) experiment: String,
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// The variable of the environment that says it.
    Variable(String),
    Url(String),
}

/// A model of the registry.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) name: Spanned<String>,
    /// The file or folder that is the model, relative to the root.
    pub(crate) file: Spanned<Utf8PathBuf>,
    /// The metrics file that speaks of it, relative to the root.
    pub(crate) metrics: Option<Spanned<Utf8PathBuf>>,
    /// The gate that must hold; all when none is named.
    pub(crate) requires: Option<String>,
}

/// What continuous integration does.
#[derive(Clone, Debug)]
pub(crate) struct Ci {
    /// The branch whose versions count: letters, digits, `.`, `_`, `/` and `-`.
    pub(crate) branch: String,
    pub(crate) pull_requests: bool,
    /// Five fields of cron.
    pub(crate) schedule: Option<String>,
    /// Digits and dots.
    pub(crate) python: Option<String>,
    /// Relative to the root.
    pub(crate) requirements: Option<Spanned<Utf8PathBuf>>,
    /// The command that installs mlc; without an expression of GitHub.
    pub(crate) install: Option<String>,
    pub(crate) engine: Engine,
    /// Of the job that runs the stages.
    pub(crate) timeout: Duration,
}

/// What runs the stages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Engine {
    #[default]
    Mlc,
    Dvc,
}

impl Default for Ci {
    fn default() -> Self {
        Self {
            branch: "main".to_owned(),
            pull_requests: true,
            schedule: None,
            python: None,
            requirements: None,
            install: None,
            engine: Engine::Mlc,
            timeout: Duration::from_secs(2 * 60 * 60),
        }
    }
}
