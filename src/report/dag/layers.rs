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
pub(super) fn layers(view: &View, component: &[usize], sizes: &Dense<(usize, usize)>) -> Layers {
    let ranks = ranks(view, component);
    let depth = ranks.values().max().map_or(0, |rank| rank + 1);
    let mut layers =
        Layers { items: Dense::from(Vec::new()), rows: Dense::filled(depth, Vec::new()) };
    let mut homes = BTreeMap::new();
    for &node in component {
        homes.insert(node, layers.add(Some(node), node, ranks[&node], sizes[node]));
    }
    for &source in component {
        let mut carriers = vec![homes[&source]];
        let rank = ranks[&source];
        let mut targets: Vec<usize> =
            view.below[source].iter().copied().filter(|to| ranks[to] > rank).collect();
        targets.sort_by_key(|to| (ranks[to], *to));
        for to in targets {
            layers.wire(source, rank, &mut carriers, (homes[&to], ranks[&to]));
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

/// Longest way from a start; starts move down to just above the first that needs them.
fn ranks(view: &View, component: &[usize]) -> BTreeMap<usize, usize> {
    let mut ranks: BTreeMap<usize, usize> = component.iter().map(|&node| (node, 0)).collect();
    let mut missing: BTreeMap<usize, usize> =
        component.iter().map(|&node| (node, view.above[node].len())).collect();
    let mut ready: Vec<usize> =
        component.iter().copied().filter(|&node| view.above[node].is_empty()).collect();
    let starts = ready.clone();
    while let Some(node) = ready.pop() {
        let next = ranks.get(&node).map_or(0, |rank| rank + 1);
        for &below in &view.below[node] {
            if let Some(rank) = ranks.get_mut(&below) {
                *rank = next.max(*rank);
            }
            if let Some(left) = missing.get_mut(&below) {
                *left -= 1;
                if *left == 0 {
                    ready.push(below);
                }
            }
        }
    }
    for start in starts {
        let first = view.below[start].iter().filter_map(|below| ranks.get(below)).min();
        if let Some(rank) = first.map(|first| first.saturating_sub(1)) {
            ranks.insert(start, rank);
        }
    }
    ranks
}
