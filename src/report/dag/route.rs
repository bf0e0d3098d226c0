//! Leads wires from layer to layer through channels of horizontal tracks.
//!
//! A wire leaves a box in the middle of its lower side and enters each box below in a column of
//! its own; every track belongs to one source at a place. So no line is ever shared by two
//! sources, and where lines meet at right angles they only cross.

use crate::report::dag::dense::Dense;
use crate::report::dag::layers::Layers;
use std::collections::BTreeMap;

/// The wires between two layers.
#[derive(Debug, Default)]
pub(super) struct Channel {
    pub(super) rows: usize,
    /// For each pair of items the column in which the wire arrives and the row in which it
    /// changes columns; `None` where it runs straight.
    pub(super) legs: BTreeMap<(usize, usize), (i64, Option<usize>)>,
}

/// All that leaves one item.
#[derive(Debug)]
struct Net {
    item: usize,
    top: i64,
    /// Items below and the columns in which they are entered.
    pins: Vec<(usize, i64)>,
    left: i64,
    right: i64,
}

/// Leads all wires between `layer` and the next.
pub(super) fn channel(layers: &Layers, layer: usize) -> Channel {
    let nets = nets(layers, layer);
    let (straight, bent): (Vec<Net>, Vec<Net>) =
        nets.into_iter().partition(|net| net.left == net.right);
    let tracks = tracks(&bent);
    let mut channel = Channel { rows: 1, legs: BTreeMap::new() };
    for net in &straight {
        channel.legs.extend(net.pins.iter().map(|&(item, x)| ((net.item, item), (x, None))));
    }
    for (net, &track) in bent.iter().zip(&tracks) {
        channel.rows = channel.rows.max(track + 1);
        for &(item, x) in &net.pins {
            channel.legs.insert((net.item, item), (x, Some(track)));
        }
    }
    channel
}

fn nets(layers: &Layers, layer: usize) -> Vec<Net> {
    let mut pins: BTreeMap<usize, Vec<(usize, i64)>> = BTreeMap::new();
    for &item in &layers.rows[layer + 1] {
        for (from, x) in entries(layers, layer, item) {
            pins.entry(from).or_default().push((item, x));
        }
    }
    let net = |(item, pins): (usize, Vec<(usize, i64)>)| {
        let top = layers.items[item].pin();
        let columns = || pins.iter().map(|&(_, x)| x).chain([top]);
        let left = columns().min().unwrap_or(top);
        let right = columns().max().unwrap_or(top);
        Net { item, top, pins, left, right }
    };
    pins.into_iter().map(net).collect()
}

/// What it costs to enter a box right below another wire's way out: never worth it.
const BLOCKED: i64 = 1_000;

/// Chooses a column for each wire that enters an item, in the order of where the wires come from.
///
/// No column is taken in which another wire leaves the layer above. So a way down never meets a
/// way out, and tracks may lie in any order.
fn entries(layers: &Layers, layer: usize, item: usize) -> Vec<(usize, i64)> {
    let lower = &layers.items[item];
    let pin = |from: usize| layers.items[from].pin();
    let mut from = lower.above.clone();
    from.sort_by_key(|&from| pin(from));
    let sources = layers.rows[layer].iter().filter(|&&id| !layers.items[id].below.is_empty());
    let tops: Vec<i64> = sources.map(|&id| pin(id)).collect();
    if lower.node.is_none() {
        // Ways out are three columns apart, so one beside the bend is free.
        let free = |x: &i64| !tops.contains(x) || from.iter().any(|&from| pin(from) == *x);
        let x = [lower.x, lower.x - 1, lower.x + 1].into_iter().find(free).unwrap_or(lower.x);
        return from.into_iter().map(|from| (from, x)).collect();
    }
    let (first, last) = (lower.x + 1, lower.x + lower.width as i64 - 2);
    let count = from.len() as i64;
    let cost = |at: usize, x: i64| {
        let top = from.get(at).map_or(0, |&id| pin(id));
        let near = |distance| tops.iter().any(|&it| it != top && (it - x).abs() == distance);
        let even = lower.pin() + 2 * at as i64 - (count - 1);
        let straight = (first..=last).contains(&top);
        let miss = (x - if straight { top } else { even }).abs();
        let bent = if straight && x != top { 6 } else { 0 };
        miss + bent + if near(0) { BLOCKED } else { 0 } + if near(1) { 3 } else { 0 }
    };
    let columns = cheapest(from.len(), (first, last), cost);
    from.into_iter().zip(columns).collect()
}

/// Returns the `count` columns of least cost between `first` and `last`, each at least two right
/// of the one before. Precondition: there is room for that.
fn cheapest(count: usize, (first, last): (i64, i64), cost: impl Fn(usize, i64) -> i64) -> Vec<i64> {
    // For each column the least cost of all wires so far that end at most there, and that column.
    let mut tables: Vec<Vec<(i64, i64)>> = Vec::new();
    for at in 0..count {
        let before = tables.last();
        let mut best = (i64::MAX, first);
        let mut table = Vec::new();
        for (index, x) in (first..=last).enumerate() {
            let earlier = match before {
                None => Some(0),
                Some(table) => index.checked_sub(2).and_then(|it| table.get(it)).map(|it| it.0),
            };
            let total = earlier.filter(|&it| it < i64::MAX).map(|it| it + cost(at, x));
            best = best.min((total.unwrap_or(i64::MAX), x));
            table.push(best);
        }
        tables.push(table);
    }
    let mut limit = usize::try_from(last - first).unwrap_or_default();
    let mut columns = Vec::new();
    for table in tables.iter().rev() {
        let x = table.get(limit).map_or(first, |it| it.1);
        columns.push(x);
        limit = usize::try_from(x - first - 2).unwrap_or_default();
    }
    columns.reverse();
    columns
}

/// Nets in a channel up to which the order of tracks is chosen with care: the cost is cubic.
const CAREFUL: usize = 120;

/// A row for each net, so that lines neither overlap nor touch and few cross.
fn tracks(nets: &[Net]) -> Vec<usize> {
    let nets: Dense<&Net> = Dense::from(nets.iter().collect::<Vec<_>>());
    let mut left: Vec<usize> = (0..nets.len()).collect();
    let mut rows = Dense::filled(nets.len(), 0);
    let mut done: Vec<usize> = Vec::new();
    while !left.is_empty() {
        let cost = |&candidate: &usize| {
            if nets.len() > CAREFUL {
                return (0, nets[candidate].left);
            }
            let others = || left.iter().filter(move |&&other| other != candidate);
            let regret: usize = others()
                .map(|&it| {
                    let worse = crossings(nets[candidate], nets[it]);
                    worse.saturating_sub(crossings(nets[it], nets[candidate]))
                })
                .sum();
            (regret, nets[candidate].left)
        };
        let Some(next) = left.iter().copied().min_by_key(cost) else { break };
        left.retain(|&it| it != next);
        let touching = done.iter().filter(|&&it| {
            let (a, b) = (nets[it], nets[next]);
            a.left <= b.right + 1 && b.left <= a.right + 1
        });
        rows[next] = touching.map(|&it| rows[it] + 1).max().unwrap_or(0);
        done.push(next);
    }
    rows.iter().copied().collect()
}

/// Crossings when `upper` has the higher track.
fn crossings(upper: &Net, lower: &Net) -> usize {
    let inside = |net: &Net, x: i64| net.left < x && x < net.right;
    let ways_down = upper.pins.iter().filter(|&&(_, x)| inside(lower, x)).count();
    ways_down + usize::from(inside(upper, lower.top))
}
