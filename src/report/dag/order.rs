//! Orders the items of each layer so that few wires cross: sweeps by the mean of the neighbours'
//! positions, then swaps of neighbours. Deterministic; remembers the best order it met.

use crate::report::dag::dense::Dense;
use crate::report::dag::layers::Layers;

/// Sweeps at most; most drawings are settled after four.
const SWEEPS: usize = 24;
/// Swapping neighbours costs more than it gives on drawings nobody reads box by box.
const SWAPS_BELOW: usize = 600;

pub(super) fn order(layers: &mut Layers) {
    let mut best = (crossings(layers), layers.rows.clone());
    let mut idle = 0;
    for sweep in 0..SWEEPS {
        if best.0 == 0 || idle > 5 {
            break;
        }
        let depth = layers.rows.len();
        if sweep % 2 == 0 {
            (1..depth).for_each(|layer| sort(layers, layer, true));
        } else {
            (0..depth.saturating_sub(1)).rev().for_each(|layer| sort(layers, layer, false));
        }
        if layers.items.len() < SWAPS_BELOW {
            (0..depth).for_each(|layer| swap(layers, layer));
        }
        let now = crossings(layers);
        idle += 1;
        if now < best.0 {
            best = (now, layers.rows.clone());
            idle = 0;
        }
    }
    layers.rows = best.1;
    (0..layers.rows.len()).for_each(|layer| layers.number(layer));
}

/// Sorts a layer by the mean position of the neighbours above or below.
fn sort(layers: &mut Layers, layer: usize, above: bool) {
    let mean = |id: usize| {
        let item = &layers.items[id];
        let near = if above { &item.above } else { &item.below };
        let sum: usize = near.iter().map(|&other| layers.items[other].at).sum();
        if near.is_empty() { item.at as f64 } else { sum as f64 / near.len() as f64 }
    };
    let mut keyed: Vec<(f64, usize)> =
        layers.rows[layer].iter().map(|&id| (mean(id), id)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    layers.rows[layer] = keyed.into_iter().map(|(_, id)| id).collect();
    layers.number(layer);
}

/// Swaps neighbours in a layer as long as that removes crossings.
fn swap(layers: &mut Layers, layer: usize) {
    for _ in 0..layers.rows[layer].len().min(10) {
        let mut changed = false;
        for at in 1..layers.rows[layer].len() {
            let row = &layers.rows[layer];
            let (Some(&left), Some(&right)) = (row.get(at - 1), row.get(at)) else { continue };
            if tangles(layers, right, left) < tangles(layers, left, right) {
                layers.rows[layer].swap(at - 1, at);
                layers.number(layer);
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// Crossings among the wires of two neighbours when `left` stands on the left.
fn tangles(layers: &Layers, left: usize, right: usize) -> usize {
    let (left, right) = (&layers.items[left], &layers.items[right]);
    let count = |a: &[usize], b: &[usize]| {
        let at = |id: &usize| layers.items[*id].at;
        a.iter().map(|a| b.iter().filter(|&b| at(a) > at(b)).count()).sum::<usize>()
    };
    count(&left.above, &right.above) + count(&left.below, &right.below)
}

fn crossings(layers: &Layers) -> usize {
    layers.rows.iter().map(|row| crossings_below(layers, row)).sum()
}

/// Inversions among the lower ends of wires sorted by their upper ends, by a Fenwick tree.
fn crossings_below(layers: &Layers, row: &[usize]) -> usize {
    let mut ends: Vec<usize> = Vec::new();
    for &id in row {
        let mut below: Vec<usize> =
            layers.items[id].below.iter().map(|&other| layers.items[other].at).collect();
        below.sort_unstable();
        ends.extend(below);
    }
    let width = ends.iter().max().map_or(0, |end| end + 1);
    let mut tree = Dense::filled(width + 1, 0usize);
    let mut total = 0;
    for (before, &end) in ends.iter().enumerate() {
        let mut not_right = 0;
        let mut at = end + 1;
        while at > 0 {
            not_right += tree[at];
            at &= at - 1;
        }
        total += before - not_right;
        let mut at = end + 1;
        while at <= width {
            tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    total
}
