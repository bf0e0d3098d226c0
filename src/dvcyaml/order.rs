//! Which stage needs which, and the order in which DVC would run them.

use crate::base::diagnostic::Sink;
use crate::base::graph;
use crate::base::source::Span;
use crate::dvcyaml::codes;
use crate::plan::step::Step;
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

/// For each step those that it needs, in the order of its dependencies.
///
/// `places` says where each step is written. Outputs that collide and circles are reported.
pub(crate) fn needs(steps: &[Step], places: &[Span], sink: &mut Sink) -> Vec<Vec<usize>> {
    let writers = writers(steps, places, sink);
    let needs: Vec<Vec<usize>> = steps.iter().map(|step| of_step(step, &writers)).collect();
    for circle in graph::cycles(&needs) {
        let names: Vec<&str> =
            circle.iter().filter_map(|&at| Some(steps.get(at)?.name.as_str())).collect();
        let place = circle.first().and_then(|&at| places.get(at)).copied().unwrap_or_default();
        let message = match names.as_slice() {
            [one] => format!("`{one}` needs its own output"),
            several => {
                let first = several.first().unwrap_or(&"");
                format!("stages need each other: {} → {first}", several.join(" → "))
            }
        };
        sink.report(codes::GRAPH.at(place, message));
    }
    needs
}

/// Each written path and the step that writes it.
type Writers<'a> = BTreeMap<&'a str, usize>;

fn writers<'a>(steps: &'a [Step], places: &[Span], sink: &mut Sink) -> Writers<'a> {
    let mut writers = Writers::new();
    for (at, step) in steps.iter().enumerate() {
        for out in &step.outs {
            let Some(other) = writers.insert(out.path.path.as_str(), at) else { continue };
            // Twice in one step is told elsewhere.
            if other != at {
                let other = steps.get(other).map_or("", |step| step.name.as_str());
                let message =
                    format!("`{}` is written by `{other}` and by `{}`", out.path.path, step.name);
                sink.report(codes::GRAPH.at(place(places, at), message));
            }
        }
    }
    for (&path, &at) in &writers {
        let above = Utf8Path::new(path).ancestors().skip(1).filter(|it| !it.as_str().is_empty());
        let outer = above.filter_map(|it| Some((it, *writers.get(it.as_str())?))).next();
        if let Some((outer, other)) = outer {
            let other = steps.get(other).map_or("", |step| step.name.as_str());
            let message = format!("`{path}` lies inside `{outer}`, which `{other}` writes");
            sink.report(codes::GRAPH.at(place(places, at), message));
        }
    }
    writers
}

fn place(places: &[Span], at: usize) -> Span {
    places.get(at).copied().unwrap_or_default()
}

fn of_step(step: &Step, writers: &Writers<'_>) -> Vec<usize> {
    let deps = step.deps.iter().map(|dep| &dep.path);
    let params = step.params.iter().map(|params| &params.file.path);
    let mut found: Vec<usize> = Vec::new();
    for path in deps.chain(params) {
        let above = path.ancestors().filter(|it| !it.as_str().is_empty());
        let above = above.filter_map(|it| writers.get(it.as_str()));
        // Everything below a folder starts with its name and a slash, so it stands together.
        let folder = format!("{path}/");
        let below = writers.range::<str, _>((Excluded(folder.as_str()), Unbounded));
        let below = below.take_while(|(it, _)| it.starts_with(&folder)).map(|(_, at)| at);
        for &at in above.chain(below) {
            if !found.contains(&at) {
                found.push(at);
            }
        }
    }
    found
}

/// The order of DVC: as written, each behind those it needs and that have not come yet.
///
/// Precondition: there are no circles.
pub(crate) fn order(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(needs.len());
    let mut seen = vec![false; needs.len()];
    for start in 0..needs.len() {
        // A node and how many of those it needs were looked at.
        let mut open: Vec<(usize, usize)> = Vec::new();
        enter(start, &mut seen, &mut open);
        while let Some((node, looked_at)) = open.last_mut() {
            match needs.get(*node).and_then(|needed| needed.get(*looked_at)) {
                Some(&next) => {
                    *looked_at += 1;
                    enter(next, &mut seen, &mut open);
                }
                None => {
                    order.push(*node);
                    open.pop();
                }
            }
        }
    }
    order
}

fn enter(node: usize, seen: &mut [bool], open: &mut Vec<(usize, usize)>) {
    if let Some(seen) = seen.get_mut(node).filter(|seen| !**seen) {
        *seen = true;
        open.push((node, 0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_dvc() {
        // zeta, mid (alpha, zeta), alpha, beta
        assert_eq!(order(&[vec![], vec![2, 0], vec![], vec![]]), [0, 2, 1, 3]);
        assert_eq!(order(&[vec![2], vec![], vec![1]]), [1, 2, 0]);
    }
}
