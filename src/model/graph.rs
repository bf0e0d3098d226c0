//! Who writes what, and who must run before whom.

use crate::base::source::Span;
use crate::model::ids::{StageId, StepId};
use crate::model::project::Project;
use crate::model::stage::DepSource;
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

/// The edges between steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    /// Each written path and its first writer: the step and the index of the output. By text:
    /// comparing paths part by part costs several times as much.
    producers: BTreeMap<String, (StepId, usize)>,
    /// For each step, the edges that lead to it, sorted, each once.
    pub(crate) upstream: Vec<Vec<Edge>>,
}

/// A step that another one needs, and the place that makes it so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) from: StepId,
    /// The dependency or params file in the needing stage.
    pub(crate) span: Span,
}

impl Graph {
    pub(crate) fn of(project: &Project) -> Self {
        let mut graph = Self::default();
        let mut steps_of: Vec<Vec<StepId>> = project.stages.iter().map(|_| Vec::new()).collect();
        for id in project.step_ids() {
            let (_, instance) = project.step(id);
            for (index, path) in instance.outs.iter().enumerate() {
                graph.producers.entry(path.as_str().to_owned()).or_insert((id, index));
            }
            if let Some(&(stage, _)) = project.steps.get(id.index())
                && let Some(steps) = steps_of.get_mut(stage.index())
            {
                steps.push(id);
            }
        }
        graph.upstream =
            project.step_ids().map(|id| graph.edges_to(project, id, &steps_of)).collect();
        graph
    }

    fn edges_to(&self, project: &Project, id: StepId, steps_of: &[Vec<StepId>]) -> Vec<Edge> {
        let (stage, instance) = project.step(id);
        let mut edges = Vec::new();
        for (index, path) in &instance.deps {
            let span = stage.deps.get(*index).map_or(stage.span, |dep| dep.span);
            edges.extend(self.writers(path).map(|from| Edge { from, span }));
        }
        for dep in &stage.deps {
            match &dep.source {
                DepSource::Path(_) => {}
                DepSource::Stage(named) => {
                    let steps = steps_of.get(named.index()).into_iter().flatten();
                    edges.extend(steps.map(|&from| Edge { from, span: dep.span }));
                }
                DepSource::Dataset(dataset) => {
                    let dataset = project.dataset(*dataset);
                    // Without a path it would touch everything.
                    let path = (!dataset.unknown).then_some(&dataset.path.value);
                    let writers = path.into_iter().flat_map(|path| self.writers(path));
                    edges.extend(writers.map(|from| Edge { from, span: dep.span }));
                }
            }
        }
        for params in &stage.params {
            let writers = self.writers(&params.file.value);
            edges.extend(writers.map(|from| Edge { from, span: params.file.span }));
        }
        edges.sort_unstable();
        edges.dedup_by_key(|edge| edge.from);
        edges
    }

    /// Steps that write this path, something below it, or a folder above it.
    pub(crate) fn writers<'a>(&'a self, path: &'a Utf8Path) -> impl Iterator<Item = StepId> + 'a {
        self.outputs_touching(path).map(|(_, step)| step)
    }

    /// Outputs that are this path, below it, or above it.
    pub(crate) fn outputs_touching<'a>(
        &'a self,
        path: &'a Utf8Path,
    ) -> impl Iterator<Item = (&'a Utf8Path, StepId)> {
        let above = path.ancestors().filter(|it| !it.as_str().is_empty());
        let above = above.filter_map(|it| self.producers.get_key_value(it.as_str()));
        // Everything below a folder starts with its name and a slash, so it stands together.
        let folder = format!("{path}/");
        let below = self.producers.range::<str, _>((Excluded(folder.as_str()), Unbounded));
        let below = below.take_while(move |(it, _)| it.starts_with(&folder));
        above.chain(below).map(|(path, &(step, _))| (Utf8Path::new(path), step))
    }

    /// The first writer of exactly this path: the step and the index of the output.
    pub(crate) fn producer(&self, path: &Utf8Path) -> Option<(StepId, usize)> {
        self.producers.get(path.as_str()).copied()
    }

    /// Every written path with its first writer; what lies in a folder follows it directly.
    pub(crate) fn written(&self) -> impl Iterator<Item = (&Utf8Path, (StepId, usize))> {
        let mut all: Vec<_> = self.producers.iter().collect();
        let parts_first = |byte: u8| if byte == b'/' { 0 } else { byte };
        all.sort_by(|(a, _), (b, _)| a.bytes().map(parts_first).cmp(b.bytes().map(parts_first)));
        all.into_iter().map(|(path, &writer)| (Utf8Path::new(path), writer))
    }

    pub(crate) fn upstream(&self, id: StepId) -> &[Edge] {
        self.upstream.get(id.index()).map_or(&[], Vec::as_slice)
    }
}

impl Project {
    /// Numbers all instances of all stages.
    pub(crate) fn number_steps(&mut self) {
        let stages = self.stages.iter().enumerate();
        self.steps = stages
            .flat_map(|(at, stage)| {
                (0..stage.instances.len()).map(move |instance| (StageId::new(at), instance))
            })
            .collect();
    }
}
