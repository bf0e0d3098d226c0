//! A spec as written: text and places. Nothing is resolved and no default is filled in.

use crate::base::source::{Span, Spanned};
use crate::syntax::tree::{Literal, Node, RawBound};

/// A string and where it is written.
pub(crate) type Text = Spanned<String>;

/// All sections of the spec and of what it includes, each kind in source order.
#[derive(Debug, Default)]
pub(crate) struct Spec {
    pub(crate) projects: Vec<Project>,
    pub(crate) includes: Vec<Text>,
    pub(crate) vars: Vec<Var>,
    pub(crate) schemas: Vec<Schema>,
    pub(crate) datasets: Vec<Dataset>,
    pub(crate) stages: Vec<Stage>,
    pub(crate) gates: Vec<Gate>,
    pub(crate) registries: Vec<Registry>,
    pub(crate) services: Vec<Service>,
    pub(crate) ci: Vec<Ci>,
    pub(crate) targets: Vec<Text>,
    pub(crate) allows: Vec<Allow>,
    /// Whether a section was left out: names that nobody has may be its.
    pub(crate) lost: bool,
}

impl Spec {
    /// Adds the sections of another part of the spec behind these.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.projects.append(&mut other.projects);
        self.includes.append(&mut other.includes);
        self.vars.append(&mut other.vars);
        self.schemas.append(&mut other.schemas);
        self.datasets.append(&mut other.datasets);
        self.stages.append(&mut other.stages);
        self.gates.append(&mut other.gates);
        self.registries.append(&mut other.registries);
        self.services.append(&mut other.services);
        self.ci.append(&mut other.ci);
        self.targets.append(&mut other.targets);
        self.allows.append(&mut other.allows);
        self.lost |= other.lost;
    }
}

#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) name: Option<Text>,
    /// The node's name, `project`.
    pub(crate) span: Span,
    pub(crate) description: Option<Text>,
    pub(crate) owner: Option<Text>,
    pub(crate) params: Option<Text>,
}

#[derive(Debug)]
pub(crate) struct Var {
    pub(crate) name: Text,
    pub(crate) value: Literal,
}

#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) name: Text,
    pub(crate) span: Span,
    pub(crate) extends: Option<Text>,
    pub(crate) rows: Vec<RawBound>,
    pub(crate) nulls: Vec<Text>,
    pub(crate) table: Vec<TableCheck>,
    pub(crate) strict: Option<Span>,
    pub(crate) ordered: Option<Span>,
    pub(crate) drop: Vec<Text>,
    pub(crate) columns: Vec<Column>,
}

/// `rule "a > b" when="c is not null"`, `unique-together a b`, `unique-rows`.
#[derive(Debug)]
pub(crate) struct TableCheck {
    pub(crate) name: &'static str,
    pub(crate) texts: Vec<Text>,
    pub(crate) when: Option<Text>,
    pub(crate) bounds: Vec<RawBound>,
    pub(crate) mostly: Option<Literal>,
    pub(crate) severity: Option<Text>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: Text,
    /// `None` when it is missing; that was reported.
    pub(crate) ty: Option<Text>,
    pub(crate) bounds: Vec<RawBound>,
    pub(crate) checks: Vec<Check>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) name: Text,
    pub(crate) arguments: Vec<Literal>,
    pub(crate) bounds: Vec<RawBound>,
    pub(crate) mostly: Option<Literal>,
    pub(crate) severity: Option<Text>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Dataset {
    pub(crate) name: Text,
    /// `None` when it was missing.
    pub(crate) path: Option<Text>,
    pub(crate) schema: Option<Text>,
    pub(crate) on_fail: Option<Text>,
    pub(crate) disjoint: Vec<Disjoint>,
    pub(crate) relations: Vec<Relation>,
}

/// `after`, `references` or `drift`.
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) name: &'static str,
    pub(crate) arguments: Vec<Text>,
    pub(crate) with: Option<Text>,
    pub(crate) column: Option<Text>,
    pub(crate) bins: Option<Literal>,
    pub(crate) bounds: Vec<RawBound>,
    pub(crate) severity: Option<Text>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Disjoint {
    pub(crate) columns: Vec<Text>,
    pub(crate) with: Option<Text>,
    pub(crate) span: Span,
}

#[derive(Debug, Default)]
pub(crate) struct Stage {
    pub(crate) name: Option<Text>,
    pub(crate) span: Span,
    pub(crate) desc: Option<Text>,
    pub(crate) matrix: Vec<Axis>,
    pub(crate) cmd: Vec<Text>,
    pub(crate) wdir: Option<Text>,
    pub(crate) deps: Vec<Dep>,
    pub(crate) outs: Vec<Out>,
    pub(crate) params: Vec<Params>,
    pub(crate) env: Vec<(Text, Literal)>,
    pub(crate) cpus: Option<Literal>,
    pub(crate) memory: Option<Text>,
    pub(crate) gpus: Option<Literal>,
    pub(crate) mutex: Vec<Text>,
    pub(crate) retry: Option<Retry>,
    pub(crate) timeout: Option<Text>,
    pub(crate) frozen: bool,
    pub(crate) always: bool,
    pub(crate) meta: Vec<Node>,
}

#[derive(Debug)]
pub(crate) struct Retry {
    pub(crate) times: Literal,
    pub(crate) backoff: Option<Text>,
    pub(crate) cap: Option<Text>,
}

#[derive(Debug)]
pub(crate) struct Axis {
    pub(crate) name: Text,
    pub(crate) values: Vec<Literal>,
}

#[derive(Debug)]
pub(crate) struct Dep {
    /// A quoted path, or a bare name.
    pub(crate) what: Literal,
    pub(crate) schema: Option<Text>,
}

#[derive(Debug)]
pub(crate) struct Out {
    pub(crate) path: Text,
    pub(crate) kind: OutKind,
    pub(crate) cache: Option<bool>,
    pub(crate) on_fail: Option<Text>,
    pub(crate) persist: Option<bool>,
    pub(crate) push: Option<bool>,
    pub(crate) desc: Option<Text>,
    pub(crate) schema: Option<Text>,
}

#[derive(Clone, Debug)]
pub(crate) enum OutKind {
    Data,
    Metrics {
        provides: Vec<Text>,
    },
    /// Property names and values in the order written.
    Plots {
        properties: Vec<(String, Literal)>,
    },
}

#[derive(Debug)]
pub(crate) struct Params {
    /// `None` means the default params file.
    pub(crate) file: Option<Text>,
    /// Empty, with a file, means all of it.
    pub(crate) keys: Vec<Text>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) name: Text,
    pub(crate) span: Span,
    pub(crate) metrics: Option<Text>,
    pub(crate) baseline: Option<Text>,
    pub(crate) predictions: Option<Text>,
    pub(crate) thresholds: Vec<Threshold>,
}

#[derive(Debug)]
pub(crate) struct Threshold {
    /// The metric; `size` with a path is a size.
    pub(crate) name: Text,
    pub(crate) size_of: Option<Text>,
    /// The key of the segments and that of the metric.
    pub(crate) slice: Option<(Text, Text)>,
    /// The percentile, and the file of durations.
    pub(crate) latency: Option<(Text, Option<Text>)>,
    pub(crate) against: Option<Text>,
    pub(crate) confidence: Option<Literal>,
    pub(crate) bounds: Vec<RawBound>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Registry {
    pub(crate) span: Span,
    pub(crate) folder: Option<Text>,
    pub(crate) models: Vec<Registered>,
    pub(crate) approvers: Vec<Text>,
    pub(crate) signers: Option<Text>,
    pub(crate) mlflow: Option<Tracking>,
}

#[derive(Debug, Default)]
pub(crate) struct Service {
    pub(crate) name: Text,
    pub(crate) span: Span,
    pub(crate) model: Option<Text>,
    pub(crate) code: Option<Text>,
    pub(crate) input: Option<Text>,
    pub(crate) target: Option<Text>,
    pub(crate) python: Option<Text>,
    pub(crate) requirements: Option<Text>,
    pub(crate) url: Option<Text>,
    pub(crate) health: Option<Text>,
    pub(crate) predict: Option<Text>,
    pub(crate) sample: Option<Text>,
    pub(crate) expects: Option<Text>,
    /// Percentiles and their bounds.
    pub(crate) latency: Vec<(Text, Vec<RawBound>)>,
}

#[derive(Debug, Default)]
pub(crate) struct Ci {
    pub(crate) span: Span,
    pub(crate) forges: Vec<Text>,
    pub(crate) branch: Option<Text>,
    pub(crate) pull_requests: Option<bool>,
    pub(crate) schedule: Option<Text>,
    pub(crate) python: Option<Text>,
    pub(crate) requirements: Option<Text>,
    pub(crate) install: Option<Text>,
    pub(crate) engine: Option<Text>,
    pub(crate) timeout: Option<Text>,
}

/// `mlflow env=MLFLOW_TRACKING_URI`.
#[derive(Debug)]
pub(crate) struct Tracking {
    pub(crate) span: Span,
    pub(crate) url: Option<Text>,
    pub(crate) variable: Option<Text>,
    pub(crate) experiment: Option<Text>,
}

/// `model churn from="models/churn.bin"`.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) name: Text,
    pub(crate) from: Option<Text>,
    pub(crate) metrics: Option<Text>,
    pub(crate) requires: Option<Text>,
}

/// `allow "<slug>"`: silences one rule within `scope`.
#[derive(Debug)]
pub(crate) struct Allow {
    pub(crate) slug: Text,
    /// The node that holds it; `None` means its whole file.
    pub(crate) scope: Option<Span>,
    /// The whole `allow` node.
    pub(crate) span: Span,
}
