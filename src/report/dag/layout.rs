//! Where everything goes, in columns and rows, for the terminal and for SVG alike: layers from
//! top to bottom (after Sugiyama), connected parts beside each other.

use crate::report::dag::View;
use crate::report::dag::dense::Dense;
use crate::report::dag::layers::{Layers, layers, ranks};
use crate::report::dag::order::order;
use crate::report::dag::place::place;
use crate::report::dag::route::{Channel, channel};
use crate::report::text::{crop, width};
use std::collections::BTreeSet;

/// Columns of the longest line in a box.
const LONGEST: usize = 36;
/// Free columns between connected parts, and free rows between rows of them.
const GAP: (usize, usize) = (3, 1);

/// A drawing in columns and rows.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(super) boxes: Vec<Placed>,
    pub(super) wires: Vec<Wire>,
}

/// A box; its border takes the outermost columns and rows.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) node: usize,
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) lines: Vec<String>,
}

/// A line from the lower border of a box to the upper border of another.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Column and row of each corner, and of both ends.
    pub(super) points: Vec<(usize, usize)>,
}

/// Lays the graph out in `room` columns where that is possible; a single part may be wider.
pub(crate) fn layout(view: &View, room: usize) -> Layout {
    let lines: Dense<Vec<String>> =
        Dense::from((0..view.nodes.len()).map(|node| lines(view, node)).collect::<Vec<_>>());
    let sizes: Vec<(usize, usize)> =
        (0..view.nodes.len()).map(|node| size(view, node, &lines[node])).collect();
    let sizes = Dense::from(sizes);
    let mut all = Layout::default();
    let ranks = ranks(view);
    let mut shelf = (0, 0);
    for component in components(view) {
        let mut part = layers(view, &component, &sizes, &ranks);
        order(&mut part);
        place(&mut part);
        let part = assemble(&part, &lines);
        if shelf.0 > 0 && shelf.0 + part.width > room {
            shelf = (0, all.height + GAP.1);
        }
        let next = shelf.0 + part.width + GAP.0;
        all.take(part, shelf);
        shelf.0 = next;
    }
    all
}

impl Layout {
    fn take(&mut self, other: Self, (x, y): (usize, usize)) {
        self.width = self.width.max(x + other.width);
        self.height = self.height.max(y + other.height);
        self.boxes.extend(other.boxes.into_iter().map(|it| Placed {
            x: it.x + x,
            y: it.y + y,
            ..it
        }));
        self.wires.extend(other.wires.into_iter().map(|mut wire| {
            wire.points.iter_mut().for_each(|point| *point = (point.0 + x, point.1 + y));
            wire
        }));
    }
}

fn lines(view: &View, node: usize) -> Vec<String> {
    let node = &view.nodes[node];
    let details = node.details();
    std::iter::once(&node.title).chain(&details).map(|line| crop(line, LONGEST)).collect()
}

/// Columns and rows of a box, with room for all wires that enter it: ways out of the layer above
/// are three columns apart, so each wire finds a free column among three.
fn size(view: &View, node: usize, lines: &[String]) -> (usize, usize) {
    let text = lines.iter().map(|line| width(line)).max().unwrap_or(0) + 4;
    let wires = 3 * view.above[node].len() + 4;
    (text.max(wires), lines.len() + 2)
}

/// Connected parts in the order of their first nodes, single nodes last; each sorted.
fn components(view: &View) -> Vec<Vec<usize>> {
    let mut seen = BTreeSet::new();
    let mut all: Vec<Vec<usize>> = Vec::new();
    for start in 0..view.nodes.len() {
        let mut part = Vec::new();
        let mut stack = vec![start];
        while let Some(node) = stack.pop() {
            if seen.insert(node) {
                part.push(node);
                stack.extend(view.above[node].iter().chain(&view.below[node]));
            }
        }
        part.sort_unstable();
        all.extend((!part.is_empty()).then_some(part));
    }
    all.sort_by_key(|part| part.len() == 1);
    all
}

/// Puts layers and channels below each other and reads off boxes and wires.
fn assemble(layers: &Layers, lines: &Dense<Vec<String>>) -> Layout {
    let channels: Vec<Channel> =
        (0..layers.rows.len().saturating_sub(1)).map(|layer| channel(layers, layer)).collect();
    let mut tops = Dense::default();
    let mut y = 0;
    for (layer, row) in layers.rows.iter().enumerate() {
        tops.push(y);
        y += row.iter().map(|&id| layers.items[id].height).max().unwrap_or(0);
        y += channels.get(layer).map_or(0, |channel| channel.rows);
    }
    let mut layout = Layout { height: y, ..Layout::default() };
    let starts: Vec<(usize, usize)> = layers
        .rows
        .iter()
        .enumerate()
        .flat_map(|(layer, row)| row.iter().map(move |&id| (layer, id)))
        .collect();
    let parts = Parts { layers, channels: Dense::from(channels), tops };
    for (layer, id) in starts {
        let item = &layers.items[id];
        layout.width = layout.width.max(column(item.x) + item.width);
        let Some(node) = item.node else { continue };
        layout.boxes.push(Placed {
            node,
            x: column(item.x),
            y: parts.tops[layer],
            width: item.width,
            height: item.height,
            lines: lines[node].clone(),
        });
        let start = (column(item.pin()), parts.tops[layer] + item.height - 1);
        parts.follow(Walk { item: id, layer, points: vec![start] }, &mut |to, points| {
            layout.wires.push(Wire { from: node, to, points });
        });
    }
    layout
}

/// What wires are read from.
struct Parts<'a> {
    layers: &'a Layers,
    channels: Dense<Channel>,
    tops: Dense<usize>,
}

impl Parts<'_> {
    /// Walks from an item down to every box that its wire enters.
    fn follow(&self, start: Walk, found: &mut impl FnMut(usize, Vec<(usize, usize)>)) {
        let mut walks = vec![start];
        while let Some(walk) = walks.pop() {
            for &below in self.layers.items[walk.item].below.iter().rev() {
                let channel = &self.channels[walk.layer];
                let Some(&(x, track)) = channel.legs.get(&(walk.item, below)) else { continue };
                let mut points = walk.points.clone();
                let (from, to) = (column(self.layers.items[walk.item].pin()), column(x));
                let top = self.tops[walk.layer + 1];
                if let Some(track) = track.filter(|_| from != to) {
                    let y = top - channel.rows + track;
                    points.extend([(from, y), (to, y)]);
                }
                if let Some(node) = self.layers.items[below].node {
                    points.push((to, top));
                    found(node, points);
                } else {
                    let pin = column(self.layers.items[below].pin());
                    if pin != to {
                        points.extend([(to, top), (pin, top)]);
                    }
                    walks.push(Walk { item: below, layer: walk.layer + 1, points });
                }
            }
        }
    }
}

/// A wire on its way down.
struct Walk {
    item: usize,
    layer: usize,
    points: Vec<(usize, usize)>,
}

fn column(x: i64) -> usize {
    usize::try_from(x).expect("invariant: placing ends with the leftmost column at 0")
}

#[cfg(test)]
mod tests;
