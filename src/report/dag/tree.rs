//! A graph as an indented list: what follows from what, each node told once.

use crate::report::dag::dense::Dense;
use crate::report::dag::{Kind, View};
use crate::report::paint::{Ink, Paint};

/// Lists the nodes below the first that they need; where one comes again, `↑` says that what
/// follows it stands above.
pub(crate) fn render(view: &View, paint: Paint) -> String {
    let mut out = String::new();
    let mut told = Dense::filled(view.nodes.len(), false);
    for root in (0..view.nodes.len()).filter(|&node| view.above[node].is_empty()) {
        let mut stack = vec![(root, String::new(), String::new())];
        while let Some((node, lead, margin)) = stack.pop() {
            let again = std::mem::replace(&mut told[node], true);
            out.push_str(&format!("{lead}{}\n", line(view, node, again, paint)));
            if again {
                continue;
            }
            for (at, &below) in view.below[node].iter().rev().enumerate() {
                let (corner, bar) = if at == 0 { ("└─ ", "   ") } else { ("├─ ", "│  ") };
                stack.push((below, format!("{margin}{corner}"), format!("{margin}{bar}")));
            }
        }
    }
    out
}

fn line(view: &View, node: usize, again: bool, paint: Paint) -> String {
    let drawn = &view.nodes[node];
    let follows = !view.below[node].is_empty();
    match (again, drawn.kind) {
        (true, _) if follows => paint.text(Ink::Faint, &format!("{} ↑", drawn.title)),
        (true, _) => paint.text(Ink::Faint, &drawn.title),
        (false, Kind::Dataset) => paint.text(Ink::Help, &drawn.line()),
        (false, Kind::Stage) => drawn.line(),
    }
}
