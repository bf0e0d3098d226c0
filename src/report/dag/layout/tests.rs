//! What must hold of every drawing, on random graphs.

use super::{Layout, layout};
use crate::report::dag::{Graph, Kind, Node, View};
use proptest::prelude::{prop_assert, proptest};
use std::collections::{BTreeMap, BTreeSet};

proptest! {
    #[test]
    fn lines_cross_but_never_run_together(
        names in proptest::collection::vec("[a-z]{1,12}", 1..24),
        edges in proptest::collection::vec((0usize..24, 0usize..24), 0..48),
    ) {
        let view = View::new(&graph(&names, &edges), true);
        let layout = layout(&view, 100);
        let drawn: BTreeSet<_> = layout.wires.iter().map(|wire| (wire.from, wire.to)).collect();
        prop_assert!(drawn == view.edges().collect(), "every edge is drawn");
        let cells = cells(&layout);
        for (place, nets) in &cells {
            let crossing = match nets.iter().collect::<Vec<_>>().as_slice() {
                [_] => true,
                [(_, a), (_, b)] => a.len() == 1 && b.len() == 1 && a != b,
                _ => false,
            };
            prop_assert!(crossing, "lines of {nets:?} run together at {place:?}");
        }
        for it in &layout.boxes {
            for y in it.y..it.y + it.height {
                for x in it.x..it.x + it.width {
                    let strangers = cells.get(&(x, y)).into_iter().flatten().filter(|(net, _)| {
                        let end = layout.wires.iter().any(|wire| wire.from == **net && wire.to == it.node);
                        **net != it.node && !(end && y == it.y)
                    });
                    prop_assert!(strangers.count() == 0, "a line runs through a box at {x}:{y}");
                    prop_assert!(x < layout.width && y < layout.height);
                }
            }
        }
    }
}

/// Edges only lead to later nodes, so there are no cycles.
fn graph(names: &[String], edges: &[(usize, usize)]) -> Graph {
    let node =
        |name: &String| Node { name: name.clone(), group: None, kind: Kind::Stage, state: None };
    let edges = edges.iter().map(|&(a, b)| (a.min(b), a.max(b)));
    let edges = edges.filter(|&(a, b)| a != b && b < names.len()).collect();
    Graph { nodes: names.iter().map(node).collect(), edges }
}

/// For each cell the nets in it, each with the directions (across or not) in which it runs.
fn cells(layout: &Layout) -> BTreeMap<(usize, usize), BTreeMap<usize, BTreeSet<bool>>> {
    let mut cells: BTreeMap<_, BTreeMap<usize, BTreeSet<bool>>> = BTreeMap::new();
    for wire in &layout.wires {
        for (&a, &b) in wire.points.iter().zip(wire.points.iter().skip(1)) {
            let (a, b) = (a.min(b), a.max(b));
            for y in a.1..=b.1 {
                for x in a.0..=b.0 {
                    let nets = cells.entry((x, y)).or_default();
                    nets.entry(wire.from).or_default().insert(a.1 == b.1);
                }
            }
        }
    }
    cells
}
