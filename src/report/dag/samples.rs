//! Graphs for the tests of all drawings.

use crate::report::dag::{Graph, Kind, Node, State};

/// Reads `a -> b c` lines; `[a]` is a dataset, `a@x` an instance of `a`, `a!` frozen.
pub(super) fn graph(text: &str) -> Graph {
    let mut graph = Graph::default();
    for line in text.lines() {
        let (from, to) = line.split_once("->").unwrap_or((line, ""));
        let from: Vec<usize> = from.split_whitespace().map(|it| node(&mut graph, it)).collect();
        for to in to.split_whitespace() {
            let to = node(&mut graph, to);
            graph.edges.extend(from.iter().map(|&from| (from, to)));
        }
    }
    graph
}

fn node(graph: &mut Graph, word: &str) -> usize {
    let state = word.ends_with('!').then_some(State::Frozen);
    let kind = if word.starts_with('[') { Kind::Dataset } else { Kind::Stage };
    let name = word.trim_matches(['[', ']', '!']).replace('_', " ");
    if let Some(known) = graph.nodes.iter().position(|node| node.name == name) {
        return known;
    }
    let group = name.split_once('@').map(|(group, _)| group.to_owned());
    graph.nodes.push(Node { name, group, kind, state });
    graph.nodes.len() - 1
}

pub(super) fn graphs() -> Vec<(&'static str, Graph)> {
    let many: String = (0..80).map(|n| format!("s{} -> s{n}\n", n / 3)).collect();
    let wide: String = (0..12).map(|n| format!("prepare -> a_long_stage_name_{n}\n")).collect();
    let fan: String = (0..10).map(|n| format!("prepare -> s{n}\ns{n} -> report\n")).collect();
    let churn = "[customers] -> prepare\nprepare -> train@logreg train@forest evaluate\n\
                 train@logreg train@forest -> evaluate\nevaluate -> report";
    [
        ("churn", churn),
        ("churn-expanded", churn),
        ("diamond", "load -> left right\nleft right -> join"),
        ("long-edges", "a -> b\nb -> c\nc -> d\nd -> e\na -> c d e\nb -> e"),
        ("fan", fan.as_str()),
        ("isolated", "a -> b\nalone!\nlonely\n[data]\nc -> d"),
        ("crossing", "a -> y z\nb -> x z\nc -> x y\nx y z -> end\na -> end"),
        ("tangle", "a b c d -> e f g\ne -> h\nf -> h i\ng -> i\na -> h\nd -> i\nc -> i"),
        (
            "project",
            "[raw_customers] -> ingest\n[raw_events] -> ingest_events\ningest ingest_events -> \
             join\njoin -> features validate\nfeatures -> split\nsplit -> train@a train@b train@c \
             tune!\ntune -> train@a train@b train@c\ntrain@a train@b train@c -> evaluate \
             explain\nsplit -> evaluate explain\nevaluate explain validate -> report\n\
             evaluate -> register\n[holdout] -> evaluate",
        ),
        ("names", "größe-日本 -> \"quoted\"\\back\n<b>&amp;#`tick`;%% -> \"quoted\"\\back"),
        ("many", many.as_str()),
        ("wide", wide.as_str()),
        ("empty", ""),
    ]
    .map(|(name, text)| (name, graph(text)))
    .into()
}
