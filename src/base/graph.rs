//! Directed graphs over dense indices. The only user of petgraph.

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// One circle for each group of nodes that can reach each other, as indices in edge order.
///
/// `upstream` lists, for each node, the nodes it needs. Each circle starts at its smallest index
/// and each node needs the next, the last one the first.
pub(crate) fn cycles(upstream: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut graph = DiGraph::<(), ()>::with_capacity(upstream.len(), upstream.len());
    for _ in upstream {
        graph.add_node(());
    }
    for (to, sources) in upstream.iter().enumerate() {
        for &from in sources {
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
        }
    }
    let mut found: Vec<Vec<usize>> = tarjan_scc(&graph)
        .into_iter()
        .map(|group| group.into_iter().map(NodeIndex::index).collect::<Vec<_>>())
        .filter_map(|group| circle(upstream, &group))
        .collect();
    found.sort();
    found
}

/// The shortest circle through the smallest node of a group, if the group has one.
fn circle(upstream: &[Vec<usize>], group: &[usize]) -> Option<Vec<usize>> {
    let start = *group.iter().min()?;
    let mut next_of: Vec<Option<usize>> = vec![None; upstream.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for &needed in upstream.get(node)? {
            if needed == start {
                return Some(walk(&next_of, start, node));
            }
            let slot = next_of.get_mut(needed)?;
            if group.contains(&needed) && slot.is_none() {
                *slot = Some(node);
                queue.push_back(needed);
            }
        }
    }
    None
}

/// The nodes from `start` to `last`, each needing the next.
fn walk(next_of: &[Option<usize>], start: usize, last: usize) -> Vec<usize> {
    let before = |&at: &usize| next_of.get(at).copied().flatten();
    let mut path: Vec<usize> =
        std::iter::successors(Some(last), before).take_while(|&at| at != start).collect();
    path.push(start);
    path.reverse();
    path
}

/// All nodes, each behind what it needs; among free nodes the smaller index first.
///
/// Nodes on a circle are left out.
pub(crate) fn topological(upstream: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = upstream.iter().map(Vec::len).collect();
    let mut downstream: Vec<Vec<usize>> = vec![Vec::new(); upstream.len()];
    for (node, needed) in upstream.iter().enumerate() {
        for &it in needed {
            if let Some(list) = downstream.get_mut(it) {
                list.push(node);
            }
        }
    }
    let free = waiting.iter().enumerate().filter(|(_, count)| **count == 0);
    let mut ready: BinaryHeap<Reverse<usize>> = free.map(|(node, _)| Reverse(node)).collect();
    let mut order = Vec::with_capacity(upstream.len());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(node);
        for &next in downstream.get(node).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    ready.push(Reverse(next));
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_once_and_order_is_stable() {
        let chain = [vec![], vec![0], vec![0], vec![1, 2]];
        assert!(cycles(&chain).is_empty());
        assert_eq!(topological(&chain), [0, 1, 2, 3]);
        let circle = [vec![2], vec![0], vec![1], vec![2], vec![4]];
        assert_eq!(cycles(&circle), [vec![0, 2, 1], vec![4]]);
        assert!(topological(&circle).is_empty());
    }
}
