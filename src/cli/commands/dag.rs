//! `mlc dag`: a drawing of what runs after what.

use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::cli::loading::{load_or_report, unknown_stage};
use crate::exec::atomic;
use crate::exec::select::find;
use crate::model::ids::StepId;
use crate::model::project::Dataset;
use crate::plan::Plan;
use crate::plan::step::Step;
use crate::report::dag::{Graph, Kind, Node, State, View, dot, mermaid, svg, text};
use crate::report::human::Screen;
use crate::report::paint::Paint;
use camino::Utf8PathBuf;
use std::collections::{BTreeMap, BTreeSet};

/// Draw what runs after what
///
/// Instances of a matrix are one box unless `--expand`. In a terminal that is too narrow, and for
/// more than sixty boxes, text is an indented list.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Stages to draw with all that they need; all stages without it
    #[arg(value_name = "STAGE")]
    stages: Vec<String>,
    /// How to draw it; by default what the name of the output says, else text
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Draw every instance of a matrix
    #[arg(long)]
    expand: bool,
    /// Write to a file
    #[arg(short, long, value_name = "FILE")]
    output: Option<Utf8PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Boxes and lines
    Text,
    /// For Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture, light or dark as the reader's screen
    Svg,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let ready = match load_or_report(context)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let mut named = Vec::new();
    for name in &args.stages {
        match find(&ready.plan, name) {
            Ok(ids) => named.extend(ids),
            Err(unknown) => return Ok(unknown_stage(&unknown)),
        }
    }
    let view = View::new(&graph(&ready.plan, &named), args.expand);
    let drawing = match format(args) {
        Format::Text => text::render(&view, screen(args, context)),
        Format::Mermaid => mermaid::render(&view),
        Format::Dot => dot::render(&view),
        Format::Svg => svg::render(&view, &ready.plan.project.name),
    };
    match &args.output {
        Some(path) => atomic::write(&context.here.join(path), drawing.as_bytes())?,
        None => context::print(&drawing),
    }
    Ok(Exit::Success)
}

/// Files take no colours.
fn screen(args: &Args, context: &Context) -> Screen {
    let screen = context.screen();
    Screen { paint: Paint { color: screen.paint.color && args.output.is_none() }, ..screen }
}

fn format(args: &Args) -> Format {
    let named = args.output.as_ref().and_then(|path| path.extension());
    args.format.unwrap_or(match named {
        Some("svg") => Format::Svg,
        Some("mmd" | "mermaid") => Format::Mermaid,
        Some("dot" | "gv") => Format::Dot,
        _ => Format::Text,
    })
}

/// The named steps with all that they need, or everything when none is named.
pub(super) fn graph(plan: &Plan, named: &[StepId]) -> Graph {
    let shown = with_upstream(plan, named);
    let mut graph = Graph::default();
    let datasets = &plan.project.datasets;
    for dataset in datasets.iter().filter(|it| is_shown(plan, it, &shown, named.is_empty())) {
        graph.nodes.push(Node {
            name: dataset.name.value.clone(),
            group: None,
            kind: Kind::Dataset,
            state: None,
        });
    }
    let mut homes: BTreeMap<StepId, usize> = BTreeMap::new();
    for &id in &shown {
        homes.insert(id, graph.nodes.len());
        graph.nodes.push(node(plan, id));
    }
    for (&id, &to) in &homes {
        let step = plan.step(id);
        let upstream = step.upstream.iter().filter_map(|id| homes.get(id));
        graph.edges.extend(upstream.map(|&from| (from, to)));
        for dataset in datasets.iter().filter(|dataset| reads(step, dataset)) {
            let name = &dataset.name.value;
            let from =
                graph.nodes.iter().position(|it| it.kind == Kind::Dataset && it.name == *name);
            graph.edges.extend(from.map(|from| (from, to)));
        }
    }
    graph
}

fn node(plan: &Plan, id: StepId) -> Node {
    let step = plan.step(id);
    let (stage, _) = plan.project.step(id);
    let state = match (step.frozen, step.always) {
        (true, _) => Some(State::Frozen),
        (false, true) => Some(State::Always),
        (false, false) => None,
    };
    let group = (!stage.matrix.is_empty()).then(|| stage.name.value.clone());
    Node { name: step.name.clone(), group, kind: Kind::Stage, state }
}

fn with_upstream(plan: &Plan, named: &[StepId]) -> BTreeSet<StepId> {
    if named.is_empty() {
        return plan.order.iter().copied().collect();
    }
    let mut shown = BTreeSet::new();
    let mut open = named.to_vec();
    while let Some(id) = open.pop() {
        if shown.insert(id) {
            open.extend(&plan.step(id).upstream);
        }
    }
    shown
}

fn is_shown(plan: &Plan, dataset: &Dataset, shown: &BTreeSet<StepId>, all: bool) -> bool {
    all || shown.iter().any(|&id| reads(plan.step(id), dataset))
}

/// Whether a step reads the dataset, all of it or a part.
fn reads(step: &Step, dataset: &Dataset) -> bool {
    let data = &dataset.path.value;
    step.deps.iter().any(|dep| dep.path.starts_with(data) || data.starts_with(&dep.path))
}
