//! Gives every item its column: near its neighbours above and below, apart from those beside it.

use crate::report::dag::dense::Dense;
use crate::report::dag::layers::{Item, Layers};

/// Free columns between items.
const GAP: i64 = 2;
const ROUNDS: usize = 16;

pub(super) fn place(layers: &mut Layers) {
    let mut centers = start(layers);
    for round in 0..ROUNDS {
        let last = round + 4 >= ROUNDS;
        for layer in 0..layers.rows.len() {
            relax(layers, &mut centers, layer, (true, last));
        }
        for layer in (0..layers.rows.len()).rev() {
            relax(layers, &mut centers, layer, (last, true));
        }
    }
    round_to_columns(layers, &centers);
    for layer in 1..layers.rows.len() {
        straighten(layers, layer);
    }
    let left = layers.items.iter().map(|item| item.x).min().unwrap_or(0);
    (0..layers.items.len()).for_each(|id| layers.items[id].x -= left);
}

/// Packs each layer to the left.
fn start(layers: &Layers) -> Dense<f64> {
    let mut centers = Dense::filled(layers.items.len(), 0.0);
    for row in layers.rows.iter() {
        let mut x = 0.0;
        for &id in row {
            let width = layers.items[id].width as f64;
            centers[id] = x + width / 2.0;
            x += width + GAP as f64;
        }
    }
    centers
}

/// Moves a layer to where the weighted squares of the distances to the neighbours are least while
/// items keep apart: isotonic regression by pooling neighbours that would overlap.
fn relax(layers: &Layers, centers: &mut Dense<f64>, layer: usize, sides: (bool, bool)) {
    struct Pool {
        weight: f64,
        sum: f64,
        members: usize,
    }
    let mut pools: Vec<Pool> = Vec::new();
    let offsets = offsets(layers, layer);
    for (&id, offset) in layers.rows[layer].iter().zip(&offsets) {
        let (weight, wanted) = wanted(layers, centers, id, sides);
        let mut pool = Pool { weight, sum: weight * (wanted - offset), members: 1 };
        while let Some(left) = pools.pop_if(|it| it.sum / it.weight > pool.sum / pool.weight) {
            pool.weight += left.weight;
            pool.sum += left.sum;
            pool.members += left.members;
        }
        pools.push(pool);
    }
    let shifts = pools.iter().flat_map(|it| std::iter::repeat_n(it.sum / it.weight, it.members));
    for ((&id, offset), shift) in layers.rows[layer].iter().zip(&offsets).zip(shifts) {
        centers[id] = shift + offset;
    }
}

/// Centers of a layer's items when they stand as close as they may.
fn offsets(layers: &Layers, layer: usize) -> Vec<f64> {
    let mut x = 0.0;
    let mut offsets = Vec::new();
    for &id in &layers.rows[layer] {
        let half = layers.items[id].width as f64 / 2.0;
        offsets.push(x + half);
        x += 2.0 * half + GAP as f64;
    }
    offsets
}

/// Where the neighbours pull an item, and how strongly; long wires pull to be straight.
fn wanted(
    layers: &Layers,
    centers: &Dense<f64>,
    id: usize,
    (above, below): (bool, bool),
) -> (f64, f64) {
    let item = &layers.items[id];
    let near = item.above.iter().filter(|_| above).chain(item.below.iter().filter(|_| below));
    let (mut weight, mut sum) = (0.0, 0.0);
    for &other in near {
        let bends = [item, &layers.items[other]].iter().filter(|it| it.node.is_none()).count();
        let pull = if bends == 2 { 8.0 } else { 1.0 };
        weight += pull;
        sum += pull * centers[other];
    }
    if weight == 0.0 { (0.05, centers[id]) } else { (weight, sum / weight) }
}

fn round_to_columns(layers: &mut Layers, centers: &Dense<f64>) {
    for row in layers.rows.iter() {
        let mut free = i64::MIN;
        for &id in row {
            let item = &mut layers.items[id];
            let wanted = (centers[id] - item.width as f64 / 2.0).round() as i64;
            item.x = wanted.max(free);
            free = item.x + item.width as i64 + GAP;
        }
    }
}

/// Moves bends under the wire above them where there is room, or at least out of the columns in
/// which other wires leave the layer above.
fn straighten(layers: &mut Layers, layer: usize) {
    let above = layers.rows[layer - 1].iter().map(|&id| &layers.items[id]);
    let taken: Vec<(i64, usize)> =
        above.filter(|item| !item.below.is_empty()).map(|item| (item.pin(), item.source)).collect();
    let row = Dense::from(layers.rows[layer].clone());
    for at in 0..row.len() {
        let item = &layers.items[row[at]];
        let Some(&carrier) = item.above.first().filter(|_| item.node.is_none()) else { continue };
        let (left, right) = room(layers, &row, at);
        let free = |x: &i64| {
            let taken = taken.iter().any(|&(pin, source)| pin == *x && source != item.source);
            (left..=right).contains(x) && !taken
        };
        let near = |x: i64| [x, x + 1, x - 1, x + 2, x - 2];
        let wanted = [layers.items[carrier].pin(), item.x];
        if let Some(x) = wanted.into_iter().flat_map(near).find(free) {
            layers.items[row[at]].x = x;
        }
    }
}

/// The columns between which a bend may move: bends keep apart, boxes leave one column.
fn room(layers: &Layers, row: &Dense<usize>, at: usize) -> (i64, i64) {
    let gap = |item: &Item| if item.node.is_some() { 1 } else { GAP };
    let left = at.checked_sub(1).map(|at| &layers.items[row[at]]);
    let right = (at + 1 < row.len()).then(|| &layers.items[row[at + 1]]);
    (
        left.map_or(i64::MIN, |it| it.x + it.width as i64 + gap(it)),
        right.map_or(i64::MAX, |it| it.x - 1 - gap(it)),
    )
}
