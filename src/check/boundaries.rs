//! Where data that one side promises is read by another that demands something of it, and which
//! demands the promises do not imply. Ignorant of codes.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::{Span, Spanned};
use crate::check::Context;
use crate::model::ids::{DatasetId, SchemaId, StageId};
use crate::model::project::Project;
use crate::model::stage::{DepSource, Out};
use crate::schema::implies::{self, Gap, GapKind};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};

/// A demand that a promise does not imply, and the places where they meet.
#[derive(Clone, Debug)]
pub(super) struct Shortfall {
    pub(super) gap: Gap,
    /// The first is told in full; not empty.
    places: Vec<Boundary>,
}

/// One place where a promise meets a demand.
#[derive(Clone, Debug)]
struct Boundary {
    path: Utf8PathBuf,
    promise: Side,
    demand: Side,
}

impl Boundary {
    fn schemas(&self) -> [SchemaId; 2] {
        [self.promise.schema.value, self.demand.schema.value]
    }
}

/// What one side says about the data.
#[derive(Clone, Debug)]
struct Side {
    /// The name in `schema=`.
    schema: Spanned<SchemaId>,
    /// "`prepare`", "dataset `raw`".
    who: String,
}

/// Boundaries by the schemas that meet there: each pair is compared once.
type Boundaries = BTreeMap<(SchemaId, SchemaId), Vec<Boundary>>;

/// Every demand that the promise about the same data does not imply.
pub(super) fn shortfalls(project: &Project) -> Vec<Shortfall> {
    let mut found = Vec::new();
    for ((promise, demand), places) in boundaries(project) {
        let schemas = (&project.schema(promise).schema, &project.schema(demand).schema);
        for gap in implies::implies(schemas.0, schemas.1).gaps {
            found.push(Shortfall { gap, places: places.clone() });
        }
    }
    found
}

/// Reports the gaps of these kinds under `code`: at the promise, which is what falls short, or at
/// the demand where nothing is promised.
pub(super) fn report(
    context: &Context<'_>,
    kinds: &[GapKind],
    code: &'static Code,
    sink: &mut Sink,
) {
    let found = context.shortfalls().iter();
    for Shortfall { gap, places } in found.filter(|it| kinds.contains(&it.gap.kind)) {
        // A schema that could not be read whole promises and demands more than is known.
        if places.iter().flat_map(Boundary::schemas).any(|it| context.is_mistaken_schema(it, sink))
        {
            continue;
        }
        // A promised column of a similar name is only a hint.
        let nothing = gap.kind == GapKind::MissingColumn || gap.promise.is_none();
        let (first, second) = match &gap.promise {
            Some(promise) if !nothing => (promise, Some(&gap.demand)),
            near => (&gap.demand, near.as_ref()),
        };
        let mut diagnostic = code.at(first.span, gap.message.clone()).label(first.text.clone());
        if let Some(second) = second {
            diagnostic = diagnostic.also(second.span, second.text.clone());
        }
        for (span, text) in told(context.project, places) {
            diagnostic = diagnostic.also(span, text);
        }
        sink.report(diagnostic.maybe_help(gap.help.clone().or_else(|| ways_out(gap))));
    }
}

/// Labels for the boundaries: both sides of the first, and the readers of two more.
fn told(project: &Project, places: &[Boundary]) -> Vec<(Span, String)> {
    let name = |side: &Side| project.schema(side.schema.value).name.value.clone();
    let mut labels: Vec<(Span, String)> = Vec::new();
    for (at, Boundary { path, promise, demand }) in places.iter().take(3).enumerate() {
        let who = &promise.who;
        if at == 0 {
            let text = format!("{who} promises `{}` of `{path}`", name(promise));
            labels.push((promise.schema.span, text));
        }
        let text = format!("{} demands `{}` of `{path}`", demand.who, name(demand));
        if labels.iter().all(|(span, _)| *span != demand.schema.span) {
            labels.push((demand.schema.span, text));
        }
    }
    labels
}

/// What would close a gap. Which way is right only the user knows, so none is a fix.
fn ways_out(gap: &Gap) -> Option<String> {
    let mut ways: Vec<&str> = gap.fixes.iter().map(|fix| fix.title.as_str()).collect();
    if gap.kind == GapKind::MissingColumn {
        ways.push("demand a schema without it");
    }
    (!ways.is_empty()).then(|| ways.join(", or "))
}

/// Collects all places where a promise meets a demand, each once.
fn boundaries(project: &Project) -> Boundaries {
    let mut found = Finder { project, seen: BTreeSet::new(), found: Boundaries::new() };
    found.datasets();
    for index in 0..project.stages.len() {
        found.stage(StageId::new(index));
    }
    found.found
}

struct Finder<'a> {
    project: &'a Project,
    /// Both `schema=` of what was found already: instances of a matrix share them.
    seen: BTreeSet<(Span, Span)>,
    found: Boundaries,
}

impl Finder<'_> {
    /// Datasets that a stage writes after all.
    fn datasets(&mut self) {
        for dataset in self.project.datasets.iter().filter(|dataset| !dataset.unknown) {
            let Some(schema) = &dataset.schema else { continue };
            let promise = self.written(&dataset.path.value);
            let who = format!("dataset `{}`", dataset.name.value);
            self.meet(&dataset.path.value, promise, &Side { schema: schema.clone(), who });
        }
    }

    fn stage(&mut self, id: StageId) {
        let project = self.project;
        let stage = project.stage(id);
        for (index, dep) in stage.deps.iter().enumerate() {
            let Some(schema) = &dep.schema else { continue };
            let demand = Side { schema: schema.clone(), who: format!("`{}`", stage.name.value) };
            match &dep.source {
                DepSource::Path(_) => {
                    let read = stage.instances.iter().flat_map(|instance| &instance.deps);
                    for (_, path) in read.filter(|(at, _)| *at == index) {
                        self.meet(path, self.known(path), &demand);
                    }
                }
                DepSource::Dataset(dataset) => {
                    let path = &project.dataset(*dataset).path.value;
                    let promise = self.dataset(*dataset).or_else(|| self.written(path));
                    self.meet(path, promise, &demand);
                }
                DepSource::Stage(written) => self.outputs(*written, &demand),
            }
        }
    }

    /// A stage's name stands for its outputs: those that promise something must promise enough.
    fn outputs(&mut self, id: StageId, demand: &Side) {
        let stage = self.project.stage(id);
        for instance in &stage.instances {
            for (out, path) in stage.outs.iter().zip(&instance.outs) {
                self.meet(path, promise(&stage.name.value, out), demand);
            }
        }
    }

    fn meet(&mut self, path: &Utf8Path, promise: Option<Side>, demand: &Side) {
        let Some(promise) = promise else { return };
        let schemas = (promise.schema.value, demand.schema.value);
        let is_new = self.seen.insert((promise.schema.span, demand.schema.span));
        if schemas.0 != schemas.1 && is_new {
            let demand = demand.clone();
            let boundary = Boundary { path: path.to_owned(), promise, demand };
            self.found.entry(schemas).or_default().push(boundary);
        }
    }

    /// What is promised about a path: by the stage that writes it, or by a dataset.
    fn known(&self, path: &Utf8Path) -> Option<Side> {
        self.written(path).or_else(|| {
            let datasets = &self.project.datasets;
            let at = datasets.iter().position(|it| !it.unknown && it.path.value == path)?;
            self.dataset(DatasetId::new(at))
        })
    }

    /// The data of a dataset was checked before anything reads it.
    fn dataset(&self, id: DatasetId) -> Option<Side> {
        let dataset = self.project.dataset(id);
        let who = format!("dataset `{}`", dataset.name.value);
        Some(Side { schema: dataset.schema.clone()?, who })
    }

    fn written(&self, path: &Utf8Path) -> Option<Side> {
        let (step, index) = self.project.graph.producer(path)?;
        let (stage, _) = self.project.step(step);
        promise(&stage.name.value, stage.outs.get(index)?)
    }
}

fn promise(stage: &str, out: &Out) -> Option<Side> {
    Some(Side { schema: out.schema.clone()?, who: format!("`{stage}`") })
}
