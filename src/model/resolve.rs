//! From the AST to the project: names to ids, text to templates and paths, units to numbers.
//!
//! What cannot be resolved is reported and left out; a name that is nearly right is taken as the
//! one that was meant, after it was reported.

mod ci;
mod gates;
mod interpolate;
mod names;
mod params;
mod paths;
mod quantities;
mod registry;
mod relations;
mod schemas;
mod service;
mod stages;

use crate::base::diagnostic::Sink;
use crate::base::files::Files;
use crate::base::source::{SourceMap, Span, Spanned};
use crate::model::graph::Graph;
use crate::model::ids::{DatasetId, SchemaId, StageId};
use crate::model::project::{Dataset, Project, Var};
use crate::model::resolve::names::Names;
use crate::model::resolve::params::ParamsTable;
use crate::model::stage::OnFail;
use crate::model::{codes, known_targets};
use crate::syntax::ast::{Spec, Text};
use crate::syntax::tree::{Literal, Scalar};

/// What resolving looks at and writes to.
struct Resolver<'a> {
    spec: &'a Spec,
    sources: &'a mut SourceMap,
    files: &'a dyn Files,
    sink: &'a mut Sink,
    vars: Vec<Var>,
    params: ParamsTable,
    schemas: Names<SchemaId>,
    datasets: Names<DatasetId>,
    stages: Names<StageId>,
    /// Holes so far for which nothing could be put.
    lost_holes: usize,
}

/// Resolves a spec. The project is as complete as the spec allows.
pub(crate) fn resolve(
    spec: &Spec,
    sources: &mut SourceMap,
    files: &dyn Files,
    sink: &mut Sink,
) -> Project {
    let mut resolver = Resolver {
        spec,
        sources,
        files,
        sink,
        vars: Vec::new(),
        params: ParamsTable::default(),
        schemas: Names::new("schema", spec.lost),
        datasets: Names::new("dataset", spec.lost),
        stages: Names::new("stage", spec.lost),
        lost_holes: 0,
    };
    let mut project = Project::default();
    resolver.header(&mut project);
    resolver.vars();
    resolver.names();
    project.schemas = resolver.schemas_in_order();
    project.datasets = resolver.datasets();
    project.stages = resolver.stages();
    project.number_steps();
    project.gates = resolver.gates();
    project.registry = resolver.registry(&project.gates, &project.name);
    project.service = resolver.service();
    project.targets = resolver.targets();
    project.ci = resolver.ci(&mut project.targets);
    project.vars = resolver.vars;
    project.default_params = resolver.params.default.value.clone();
    project.params_files = resolver.params.into_files();
    project.graph = Graph::of(&project);
    project
}

impl Resolver<'_> {
    fn header(&mut self, project: &mut Project) {
        let mut declared = self.spec.projects.iter();
        let Some(first) = declared.next() else {
            self.params.default = Spanned::new("params.yaml".into(), Span::default());
            return;
        };
        for again in declared {
            self.sink.report(
                codes::DUPLICATE_NAME
                    .at(again.span, "the project is described twice")
                    .label("described again here")
                    .also(first.span, "first described here"),
            );
        }
        project.name = first.name.as_ref().map_or_else(String::new, |name| name.value.clone());
        project.span = first.span;
        project.description = first.description.as_ref().map(|it| it.value.clone());
        project.owner = first.owner.as_ref().map(|it| it.value.clone());
        let named = first.params.clone().and_then(|text| self.plain_path(&text));
        self.params.is_named = named.is_some();
        self.params.default =
            named.unwrap_or_else(|| Spanned::new("params.yaml".into(), first.span));
    }

    /// Resolves `vars`; each may use those before it.
    fn vars(&mut self) {
        for var in &self.spec.vars {
            if let Some(first) = self.vars.iter().find(|it| it.name.value == var.name.value) {
                let first = first.name.span;
                self.sink.report(duplicate("variable", &var.name, first));
                continue;
            }
            let text = Spanned::new(self.written(&var.value), var.value.span);
            let template = self.interpolate(&text, &[], interpolate::Place::Value);
            self.vars.push(Var {
                name: var.name.clone(),
                value: template.render(&[]),
                used: false,
            });
        }
    }

    /// A literal as text: numbers as they are written, without digit separators.
    fn written(&self, literal: &Literal) -> String {
        match &literal.value {
            Scalar::Str(text) => text.clone(),
            Scalar::Bool(value) => value.to_string(),
            Scalar::Int(value) => value.to_string(),
            Scalar::Float(value) => {
                let text = self.sources.text(literal.span).replace('_', "");
                if text.parse::<f64>().is_ok() { text } else { value.to_string() }
            }
            Scalar::Null => String::new(),
        }
    }

    /// Gives every schema, dataset and stage its id, so that order does not matter.
    fn names(&mut self) {
        for schema in &self.spec.schemas {
            self.schemas.declare(&schema.name, SchemaId::new, self.sink);
        }
        for dataset in &self.spec.datasets {
            self.datasets.declare(&dataset.name, DatasetId::new, self.sink);
        }
        for stage in self.spec.stages.iter().filter_map(|stage| stage.name.as_ref()) {
            self.stages.declare(stage, StageId::new, self.sink);
            if let Some(dataset) = self.datasets.place_of(&stage.value) {
                self.sink.report(
                    codes::DUPLICATE_NAME
                        .at(stage.span, format!("`{}` names a stage and a dataset", stage.value))
                        .label("a bare name in `deps` could mean either")
                        .also(dataset, "the dataset"),
                );
            }
        }
    }

    fn datasets(&mut self) -> Vec<Dataset> {
        let mut datasets = Vec::new();
        for dataset in &self.spec.datasets {
            if !self.datasets.is_first(&dataset.name) {
                continue;
            }
            // The path may be wrong; the dataset keeps its id all the same.
            let path = dataset.path.as_ref().and_then(|it| self.plain_path(it));
            let unknown = path.is_none();
            let path = path.unwrap_or_else(|| Spanned::new("".into(), dataset.name.span));
            let schema = self.schema_reference(dataset.schema.as_ref());
            let on_fail = self.on_fail(dataset.on_fail.as_ref(), schema.is_some());
            let disjoint = self.disjoint(dataset);
            let relations = self.relations(dataset);
            let name = dataset.name.clone();
            datasets.push(Dataset { name, path, unknown, schema, on_fail, disjoint, relations });
        }
        datasets
    }

    fn disjoint(
        &mut self,
        dataset: &crate::syntax::ast::Dataset,
    ) -> Vec<(Spanned<String>, Spanned<DatasetId>)> {
        let mut pairs = Vec::new();
        for guard in &dataset.disjoint {
            let Some(with) = &guard.with else {
                self.sink.report(
                    codes::MISSING_REFERENCE
                        .at(guard.span, "`disjoint` needs the other dataset")
                        .help("write `with=` and its name"),
                );
                continue;
            };
            let Some(other) = self.datasets.find(with, &codes::UNKNOWN_DATASET, self.sink) else {
                continue;
            };
            pairs.extend(guard.columns.iter().map(|it| (it.clone(), other.clone())));
        }
        pairs
    }

    fn on_fail(&mut self, word: Option<&Text>, has_schema: bool) -> OnFail {
        let Some(word) = word else { return OnFail::Stop };
        let meant = match word.value.as_str() {
            "stop" => OnFail::Stop,
            "warn" => OnFail::Warn,
            "quarantine" => OnFail::Quarantine,
            other => {
                self.sink.report(
                    crate::syntax::codes::WRONG_VALUE
                        .at(word.span, format!("nothing is done by `{other}`"))
                        .label("`stop`, `warn` or `quarantine`"),
                );
                return OnFail::Stop;
            }
        };
        if !has_schema {
            self.sink.report(
                codes::MISSING_REFERENCE
                    .at(word.span, "there is nothing that could fail")
                    .label("no schema is given")
                    .help("write `schema=` and its name, or leave `on-fail` out"),
            );
        }
        meant
    }

    fn schema_reference(&mut self, name: Option<&Text>) -> Option<Spanned<SchemaId>> {
        self.schemas.find(name?, &codes::UNKNOWN_SCHEMA, self.sink)
    }

    fn targets(&mut self) -> Vec<Spanned<String>> {
        let mut targets: Vec<Spanned<String>> = Vec::new();
        for target in &self.spec.targets {
            let known = known_targets::find(target, self.sink);
            let Some(name) = known else { continue };
            match targets.iter().find(|it| it.value == name) {
                Some(first) => {
                    let first = first.span;
                    self.sink.report(duplicate("target", target, first));
                }
                None => targets.push(Spanned::new(name.to_owned(), target.span)),
            }
        }
        targets
    }
}

/// The diagnostic for a name that is taken.
fn duplicate(noun: &str, name: &Text, first: Span) -> crate::base::diagnostic::Diagnostic {
    codes::DUPLICATE_NAME
        .at(name.span, format!("{noun} `{}` is defined twice", name.value))
        .label("defined again here")
        .also(first, "first defined here")
}
