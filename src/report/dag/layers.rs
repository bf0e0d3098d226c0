//! Which layer a node is on, and how a wire passes the layers between its ends.
//!
//! All wires of a node run together as long as they can: on each layer there is at most one bend
//! a source, which keeps drawings narrow and makes every line belong to one source.

use crate::report::dag::View;
use crate::report::dag::dense::Dense;
use std::collections::BTreeMap;

/// A connected part of the graph, cut into layers.
#[derive(Debug)]
pub(super) struct Layers {
    pub(super) items: Dense<Item>,
    /// Items of each layer from left to right; every wire goes from one layer to the next.
    pub(super) rows: Dense<Vec<usize>>,
}

/// A box, or the place where a long wire passes a layer.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The node drawn here; `None` for a bend.
    pub(super) node: Option<usize>,
    /// The node whose wire leaves here.
    pub(super) source: usize,
    /// Items of the layers above and below that wires lead to.
    pub(super) above: Vec<usize>,
    pub(super) below: Vec<usize>,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Position in its layer, from the left.
    pub(super) at: usize,
    /// The leftmost column.
    pub(super) x: i64,
}

impl Item {
    /// The column in which its wire leaves.
    pub(super) fn pin(&self) -> i64 {
        self.x + (self.width as i64 - 1) / 2
    }
}

/// Precondition: `component` holds all nodes that are connected to one of them, sorted.
pub(super) fn layers(
    view: &View,
    component: &[usize],
    sizes: &Dense<(usize, usize)>,
    ranks: &Dense<usize>,
) -> Layers {
    let depth = component.iter().map(|&node| ranks[node] + 1).max().unwrap_or(0);
    let mut layers = Layers { items: Dense::from(Vec::new()), rows: Dense::filled(depth, vec![]) };
    let mut homes = BTreeMap::new();
    for &node in component {
        homes.insert(node, layers.add(Some(node), node, ranks[node], sizes[node]));
    }
    for (&source, &home) in &homes {
        let mut carriers = vec![home];
        let mut targets = view.below[source].clone();
        targets.retain(|&to| ranks[to] > ranks[source]);
        targets.sort_by_key(|&to| (ranks[to], to));
        for to in targets {
            let Some(&home) = homes.get(&to) else { continue };
            layers.wire(source, ranks[source], &mut carriers, (home, ranks[to]));
        }
    }
    layers.sort_by_visit();
    layers
}

impl Layers {
    fn add(
        &mut self,
        node: Option<usize>,
        source: usize,
        layer: usize,
        (width, height): (usize, usize),
    ) -> usize {
        let (above, below) = (Vec::new(), Vec::new());
        let item = Item { node, source, above, below, width, height, at: 0, x: 0 };
        let id = self.items.push(item);
        self.rows[layer].push(id);
        id
    }

    /// Leads the wire of `source` on to an item, over new bends where there are none yet.
    /// `carriers` are the items that carry the wire, from the layer `rank` downwards.
    fn wire(
        &mut self,
        source: usize,
        rank: usize,
        carriers: &mut Vec<usize>,
        (target, layer): (usize, usize),
    ) {
        while rank + carriers.len() < layer {
            let bend = self.add(None, source, rank + carriers.len(), (1, 1));
            self.join(carriers.last().copied(), bend);
            carriers.push(bend);
        }
        self.join(carriers.get(layer - rank - 1).copied(), target);
    }

    fn join(&mut self, upper: Option<usize>, lower: usize) {
        let Some(upper) = upper else { return };
        self.items[upper].below.push(lower);
        self.items[lower].above.push(upper);
    }

    /// First guess at an order: as a walk from the top finds the items.
    fn sort_by_visit(&mut self) {
        let mut visited = Dense::filled(self.items.len(), usize::MAX);
        let mut count = 0;
        let starts: Vec<usize> = self.rows.iter().flatten().copied().collect();
        for start in starts {
            let mut stack = vec![start];
            while let Some(item) = stack.pop() {
                if visited[item] == usize::MAX {
                    visited[item] = count;
                    count += 1;
                    stack.extend(self.items[item].below.iter().rev());
                }
            }
        }
        for layer in 0..self.rows.len() {
            self.rows[layer].sort_by_key(|&item| visited[item]);
            self.number(layer);
        }
    }

    /// Renews [`Item::at`] of a layer.
    pub(super) fn number(&mut self, layer: usize) {
        for (at, &item) in self.rows[layer].iter().enumerate() {
            self.items[item].at = at;
        }
    }
}

/// The layer of each node: the longest way from a start; starts move down to just above the first
/// that needs them.
pub(super) fn ranks(view: &View) -> Dense<usize> {
    let all = 0..view.nodes.len();
    let mut ranks = Dense::filled(view.nodes.len(), 0usize);
    let mut missing: Vec<usize> = all.clone().map(|node| view.above[node].len()).collect();
    let mut ready: Vec<usize> = all.filter(|&node| view.above[node].is_empty()).collect();
    let starts = ready.clone();
    while let Some(node) = ready.pop() {
        for &below in &view.below[node] {
            ranks[below] = ranks[below].max(ranks[node] + 1);
            if let Some(left) = missing.get_mut(below) {
                *left -= 1;
                ready.extend((*left == 0).then_some(below));
            }
        }
    }
    for start in starts {
        let first = view.below[start].iter().map(|&below| ranks[below]).min();
        ranks[start] = first.map_or(0, |first| first.saturating_sub(1));
    }
    ranks
}
