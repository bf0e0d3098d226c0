//! A graph as Mermaid text, for READMEs and pull requests.

use crate::report::dag::{Drawn, Kind, State, View};
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub(crate) fn render(view: &View) -> String {
    let mut out = String::from("flowchart TD\n");
    let mut groups: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, node) in view.nodes.iter().enumerate() {
        let group = node.group.as_deref().filter(|_| node.instances.is_empty());
        groups.entry(group).or_default().push(at);
    }
    for (number, (group, nodes)) in groups.iter().enumerate() {
        let indent = if group.is_some() { "    " } else { "" };
        if let Some(group) = group {
            let _ = writeln!(out, "    subgraph g{number}[\"{}\"]", escape(group));
        }
        for &at in nodes {
            let _ = writeln!(out, "    {indent}{}", node(at, &view.nodes[at]));
        }
        if group.is_some() {
            out.push_str("    end\n");
        }
    }
    for (from, to) in view.edges() {
        let _ = writeln!(out, "    n{from} --> n{to}");
    }
    let frozen =
        |(at, node): (usize, &Drawn)| (node.state == Some(State::Frozen)).then(|| format!("n{at}"));
    let frozen: Vec<String> = view.nodes.iter().enumerate().filter_map(frozen).collect();
    if !frozen.is_empty() {
        let _ = writeln!(out, "    classDef frozen stroke-dasharray: 4 3");
        let _ = writeln!(out, "    class {} frozen", frozen.join(","));
    }
    out
}

fn node(at: usize, node: &Drawn) -> String {
    let lines = std::iter::once(node.title.clone()).chain(node.details());
    let label = lines.map(|line| escape(&line)).collect::<Vec<_>>().join("<br/>");
    match node.kind {
        Kind::Stage => format!("n{at}[\"{label}\"]"),
        Kind::Dataset => format!("n{at}[(\"{label}\")]"),
    }
}

/// Writes what Mermaid, or the HTML that it makes, would read as its own by number.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || " @_-.,×/:=+()".contains(c) {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::report::dag::{View, samples};

    #[test]
    fn texts() {
        for (name, graph) in samples::graphs() {
            if ["churn", "churn-expanded", "names", "isolated"].contains(&name) {
                let text = super::render(&View::new(&graph, name.ends_with("expanded")));
                crate::report::samples::assert_in("mermaid", name, &text);
            }
        }
    }
}
