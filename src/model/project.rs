//! The resolved project: what every later phase reads.

use crate::base::source::{Span, Spanned};
use crate::base::value::Value;
use crate::model::graph::Graph;
use crate::model::ids::{DatasetId, SchemaId, StageId, StepId};
use crate::model::policy::{Ci, Gate, Registry};
use crate::model::service::Service;
use crate::model::stage::{Instance, OnFail, Stage};
use crate::schema::column::Schema;
use crate::schema::problem::Problem;
use crate::schema::relation::Relation;
use camino::Utf8PathBuf;
use std::sync::Arc;

/// A project with every name resolved; nothing in it is missing, what could not be resolved was
/// reported and left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Project {
    pub(crate) name: String,
    /// Where `project` is written; the start of the spec when it is not.
    pub(crate) span: Span,
    pub(crate) description: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) vars: Vec<Var>,
    pub(crate) schemas: Vec<NamedSchema>,
    pub(crate) datasets: Vec<Dataset>,
    pub(crate) stages: Vec<Stage>,
    /// All instances of all stages: stage order, then axis order. Indexed by [`StepId`].
    pub(crate) steps: Vec<(StageId, usize)>,
    pub(crate) gates: Vec<Gate>,
    pub(crate) registry: Option<Registry>,
    pub(crate) service: Option<Service>,
    pub(crate) ci: Option<Ci>,
    /// Targets that `mlc build` writes, in the order written.
    pub(crate) targets: Vec<Spanned<String>>,
    /// The params file that is meant where none is named, relative to the root.
    pub(crate) default_params: Utf8PathBuf,
    /// Params files that were read, relative to the root.
    pub(crate) params_files: Vec<ParamsFile>,
    pub(crate) graph: Graph,
    /// Whether a mistake took something out of the project, so that what seems missing may not be.
    pub(crate) incomplete: bool,
}

impl Project {
    pub(crate) fn stage(&self, id: StageId) -> &Stage {
        self.stages.get(id.index()).expect("invariant: stage ids come from this project")
    }

    pub(crate) fn schema(&self, id: SchemaId) -> &NamedSchema {
        self.schemas.get(id.index()).expect("invariant: schema ids come from this project")
    }

    pub(crate) fn dataset(&self, id: DatasetId) -> &Dataset {
        self.datasets.get(id.index()).expect("invariant: dataset ids come from this project")
    }

    /// The stage and the instance behind a step.
    pub(crate) fn step(&self, id: StepId) -> (&Stage, &Instance) {
        let &(stage, instance) =
            self.steps.get(id.index()).expect("invariant: step ids come from this project");
        let stage = self.stage(stage);
        (stage, stage.instances.get(instance).expect("invariant: steps name real instances"))
    }

    pub(crate) fn step_ids(&self) -> impl Iterator<Item = StepId> + use<> {
        (0..self.steps.len()).map(StepId::new)
    }

    /// The schema that the spec gives to a file: what is demanded of a dataset or promised of an
    /// output. The path is relative to the root.
    pub(crate) fn schema_at(&self, path: &camino::Utf8Path) -> Option<SchemaId> {
        let datasets = self.datasets.iter().filter(|it| it.path.value == path);
        let outs = self.stages.iter().flat_map(|stage| {
            stage.instances.iter().flat_map(|it| it.outs.iter().zip(&stage.outs))
        });
        let outs = outs.filter(|(out, _)| *out == path).filter_map(|(_, out)| out.schema.as_ref());
        let demanded = datasets.filter_map(|it| it.schema.as_ref());
        demanded.chain(outs).map(|it| it.value).next()
    }

    pub(crate) fn params_file(&self, path: &camino::Utf8Path) -> Option<&ParamsFile> {
        self.params_files.iter().find(|file| file.path == path)
    }
}

/// A value under `vars`.
#[derive(Clone, Debug)]
pub(crate) struct Var {
    pub(crate) name: Spanned<String>,
    pub(crate) value: String,
    pub(crate) used: bool,
}

/// A schema under its name.
#[derive(Clone, Debug)]
pub(crate) struct NamedSchema {
    pub(crate) name: Spanned<String>,
    pub(crate) span: Span,
    /// With everything that `extends` and `drop` say already applied.
    pub(crate) schema: Schema,
    pub(crate) extends: Option<Spanned<SchemaId>>,
    /// What is wrong with how it extends its base; reported by rules.
    pub(crate) problems: Vec<Problem>,
}

/// Data that no stage makes.
#[derive(Clone, Debug)]
pub(crate) struct Dataset {
    pub(crate) name: Spanned<String>,
    /// Relative to the root.
    pub(crate) path: Spanned<Utf8PathBuf>,
    /// Whether the path was wrong; that was reported.
    pub(crate) unknown: bool,
    pub(crate) schema: Option<Spanned<SchemaId>>,
    /// What follows when it breaks the schema.
    pub(crate) on_fail: OnFail,
    /// Columns whose values may not occur in another dataset.
    pub(crate) disjoint: Vec<(Spanned<String>, Spanned<DatasetId>)>,
    /// What else must hold beside other datasets.
    pub(crate) relations: Vec<(Relation, Spanned<DatasetId>)>,
}

impl Dataset {
    /// All that it demands beside other datasets.
    pub(crate) fn demands(&self) -> impl Iterator<Item = (Relation, DatasetId)> {
        let guards = self.disjoint.iter().map(|(it, with)| (Relation::disjoint(it), with.value));
        let others = self.relations.iter().map(|(it, with)| (it.clone(), with.value));
        guards.chain(others)
    }
}

/// A params file that the spec names.
#[derive(Clone, Debug)]
pub(crate) struct ParamsFile {
    /// Relative to the root.
    pub(crate) path: Utf8PathBuf,
    /// `None` when it could not be read; that was reported.
    pub(crate) value: Option<Arc<Value>>,
}
