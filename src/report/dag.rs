//! A graph of what runs, and its drawings. Unaware of plans and of what the nodes do.

mod dense;
pub(crate) mod dot;
mod layers;
pub(crate) mod layout;
pub(crate) mod mermaid;
mod order;
mod place;
mod route;
pub(crate) mod svg;
pub(crate) mod text;
pub(crate) mod tree;

use crate::report::dag::dense::Dense;
use std::collections::{BTreeMap, BTreeSet};

/// What to draw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    /// From what comes first to what needs it, as indices in `nodes`. Precondition: no cycles; an
    /// edge that closes one is not drawn.
    pub(crate) edges: Vec<(usize, usize)>,
}

/// One box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// `train@forest`.
    pub(crate) name: String,
    /// The stage of which this is an instance: `train`.
    pub(crate) group: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) state: Option<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Stage,
    /// Data that no stage makes.
    Dataset,
}

/// What sets a stage apart from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Never runs.
    Frozen,
    /// Runs every time.
    Always,
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Frozen => "frozen",
            Self::Always => "always",
        }
    }
}

/// A node as drawn: one, or all instances of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    /// `train`, or `train ×2`.
    title: String,
    /// What tells the instances apart; empty for a single node.
    instances: Vec<String>,
    group: Option<String>,
    kind: Kind,
    state: Option<State>,
}

impl Drawn {
    /// The lines below the title.
    fn details(&self) -> Vec<String> {
        let instances = (!self.instances.is_empty()).then(|| self.instances.join(", "));
        let state = self.state.map(|state| state.as_str().to_owned());
        instances.into_iter().chain(state).collect()
    }

    /// Everything in one line: `train ×2 (logreg, forest)`.
    fn line(&self) -> String {
        let mut details = self.details();
        if self.kind == Kind::Dataset {
            details.push("dataset".to_owned());
        }
        match details.is_empty() {
            true => self.title.clone(),
            false => format!("{} ({})", self.title, details.join("; ")),
        }
    }
}

/// A graph ready for drawing, with its edges from both ends.
#[derive(Debug)]
pub(crate) struct View {
    nodes: Dense<Drawn>,
    /// Sorted, each once, no loops.
    below: Dense<Vec<usize>>,
    above: Dense<Vec<usize>>,
}

impl View {
    /// Folds the instances of a stage into one node, unless `expand`.
    pub(crate) fn new(graph: &Graph, expand: bool) -> Self {
        let mut nodes: Vec<Drawn> = Vec::new();
        let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
        let mut homes: Vec<usize> = Vec::new();
        for node in &graph.nodes {
            let group = node.group.as_deref().filter(|_| !expand);
            let known = group.and_then(|group| groups.get(group).copied());
            let home = known.unwrap_or(nodes.len());
            match nodes.get_mut(home) {
                Some(drawn) => drawn.instances.push(instance(node)),
                None => nodes.push(drawn(node, group)),
            }
            groups.extend(group.map(|group| (group, home)));
            homes.push(home);
        }
        for node in nodes.iter_mut().filter(|node| !node.instances.is_empty()) {
            node.title = format!("{} ×{}", node.title, node.instances.len());
        }
        let pair = |&(from, to): &(usize, usize)| Some((*homes.get(from)?, *homes.get(to)?));
        let edges: BTreeSet<(usize, usize)> =
            graph.edges.iter().filter_map(pair).filter(|(from, to)| from != to).collect();
        let mut below = Dense::filled(nodes.len(), Vec::new());
        let mut above = below.clone();
        for (from, to) in edges {
            below[from].push(to);
            above[to].push(from);
        }
        Self { nodes: Dense::from(nodes), below, above }
    }

    fn edges(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let from = self.below.iter().enumerate();
        from.flat_map(|(from, below)| below.iter().map(move |&to| (from, to)))
    }
}

fn drawn(node: &Node, group: Option<&str>) -> Drawn {
    Drawn {
        title: group.unwrap_or(&node.name).to_owned(),
        instances: group.iter().map(|_| instance(node)).collect(),
        group: node.group.clone(),
        kind: node.kind,
        state: node.state,
    }
}

/// `forest` of `train@forest`.
fn instance(node: &Node) -> String {
    node.name.split_once('@').map_or(node.name.as_str(), |(_, values)| values).to_owned()
}

#[cfg(test)]
mod samples;
