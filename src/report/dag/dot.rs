//! A graph in the language of Graphviz.

use crate::report::dag::{Drawn, Kind, State, View};
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub(crate) fn render(view: &View) -> String {
    let mut out = String::from(
        "digraph mlc {\n    rankdir=TB;\n    node [shape=box, style=rounded, fontname=\"sans-serif\"];\n",
    );
    let mut groups: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, node) in view.nodes.iter().enumerate() {
        let group = node.group.as_deref().filter(|_| node.instances.is_empty());
        groups.entry(group).or_default().push(at);
    }
    for (number, (group, nodes)) in groups.iter().enumerate() {
        let indent = if group.is_some() { "    " } else { "" };
        if let Some(group) = group {
            let label = escape(group);
            let _ = writeln!(out, "    subgraph cluster_{number} {{\n        label=\"{label}\";");
        }
        for &at in nodes {
            let _ = writeln!(out, "    {indent}{}", node(at, &view.nodes[at]));
        }
        if group.is_some() {
            out.push_str("    }\n");
        }
    }
    for (from, to) in view.edges() {
        let _ = writeln!(out, "    n{from} -> n{to};");
    }
    out.push_str("}\n");
    out
}

fn node(at: usize, node: &Drawn) -> String {
    let lines = std::iter::once(node.title.clone()).chain(node.details());
    let label = lines.map(|line| escape(&line)).collect::<Vec<_>>().join("\\n");
    let look = match (node.kind, node.state) {
        (Kind::Dataset, _) => ", shape=cylinder, style=solid",
        (Kind::Stage, Some(State::Frozen)) => ", style=\"rounded,dashed\"",
        (Kind::Stage, Some(State::Always) | None) => "",
    };
    format!("n{at} [label=\"{label}\"{look}];")
}

/// Graphviz reads `\` in labels as the start of its own escapes, and HTML entities everywhere.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use crate::report::dag::{View, samples};

    #[test]
    fn texts() {
        for (name, graph) in samples::graphs() {
            if ["churn", "churn-expanded", "names", "isolated"].contains(&name) {
                let text = super::render(&View::new(&graph, name.ends_with("expanded")));
                crate::report::samples::assert_in("dot", name, &text);
            }
        }
    }
}
