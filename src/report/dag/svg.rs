//! A graph as one SVG file without references: the drawing of the terminal, to scale.

use crate::report::dag::layout::{Layout, Placed, Wire, layout};
use crate::report::dag::{Drawn, Kind, State, View};
use crate::report::text::escaped;
use crate::report::text::printable;
use std::fmt::Write as _;

/// Pixels of a column and of a row.
const COLUMN: usize = 8;
const ROW: usize = 16;
/// Free space around the drawing.
const MARGIN: usize = 12;
/// How far corners of wires are rounded.
const ROUND: usize = 6;
/// Columns to fill before parts that are not connected go below each other.
const ROOM: usize = 140;

/// Light colours, and dark ones for who prefers them. No variables: rasterizers do not know them.
const STYLE: &str = "\
.paper{fill:#ffffff}.head{fill:#818b98}\
.wire{fill:none;stroke:#818b98;stroke-width:1.25px}\
.box rect{fill:#f6f8fa;stroke:#818b98}\
.box.data rect{fill:#ddf4ff;stroke:#54aeff}\
.box.frozen rect{stroke-dasharray:4 3}\
.title,.detail{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;\
font-size:13px;text-anchor:middle;fill:#1f2328}\
.title{font-weight:600}\
.detail{font-size:12px;fill:#59636e}\
.wire:hover{stroke:#0969da;stroke-width:2px}\
@media (prefers-color-scheme:dark){\
.paper{fill:#0d1117}.head{fill:#6e7681}.wire{stroke:#6e7681}\
.box rect{fill:#161b22;stroke:#6e7681}\
.box.data rect{fill:#0c2d4d;stroke:#1f6feb}\
.title{fill:#e6edf3}.detail{fill:#9198a1}.wire:hover{stroke:#58a6ff}}";

/// `name` is what the drawing shows: the project's name.
pub(crate) fn render(view: &View, name: &str) -> String {
    let layout = layout(view, ROOM);
    let (width, height) =
        (layout.width * COLUMN + 2 * MARGIN, layout.height * ROW + 2 * MARGIN - ROW / 2);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mlc\" width=\"{width}\" \
         height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"mlc-title mlc-desc\">\n\
         <title id=\"mlc-title\">{}</title>\n<desc id=\"mlc-desc\">{}</desc>\n\
         <style>{STYLE}</style>\n\
         <defs><marker id=\"mlc-head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" \
         markerHeight=\"7\" orient=\"auto\"><path class=\"head\" d=\"M0 0.5 8 4 0 7.5z\"/></marker>\
         </defs>\n<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>",
        escape(&format!("Pipeline of {name}")),
        escape(&description(view)),
    );
    body(&mut out, view, &layout);
    out.push_str("</svg>\n");
    out
}

fn body(out: &mut String, view: &View, layout: &Layout) {
    for wire in &layout.wires {
        let (from, to) = (&view.nodes[wire.from].title, &view.nodes[wire.to].title);
        let _ = writeln!(
            out,
            "<path class=\"wire\" marker-end=\"url(#mlc-head)\" d=\"{}\"><title>{} → {}</title></path>",
            path(wire),
            escape(from),
            escape(to),
        );
    }
    for placed in &layout.boxes {
        draw_box(out, placed, &view.nodes[placed.node]);
    }
}

/// One sentence for those who do not see the drawing.
fn description(view: &View) -> String {
    let count = |kind| view.nodes.iter().filter(|node| node.kind == kind).count();
    let (stages, datasets) = (count(Kind::Stage), count(Kind::Dataset));
    let edges: Vec<String> = view
        .edges()
        .map(|(from, to)| format!("{} → {}", view.nodes[from].title, view.nodes[to].title))
        .collect();
    let list = if edges.is_empty() { "none".to_owned() } else { edges.join(", ") };
    format!("Stages: {stages}. Datasets: {datasets}. Edges: {list}.")
}

fn draw_box(out: &mut String, placed: &Placed, node: &Drawn) {
    let mut class = String::from("box");
    if node.kind == Kind::Dataset {
        class.push_str(" data");
    }
    if node.state == Some(State::Frozen) {
        class.push_str(" frozen");
    }
    let (x, y) = point((placed.x, placed.y));
    let (width, height) = ((placed.width - 1) * COLUMN, (placed.height - 1) * ROW);
    let _ = writeln!(
        out,
        "<g class=\"{class}\"><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" \
         height=\"{height}\" rx=\"6\"/>",
        escape(&node.line()),
    );
    for (row, line) in placed.lines.iter().enumerate() {
        let class = if row == 0 { "title" } else { "detail" };
        // The base line lies a third of the letters' height below their middle.
        let (middle, base) = (x + width / 2, y + (row + 1) * ROW + 4);
        let text = escape(line);
        let _ = writeln!(out, "<text class=\"{class}\" x=\"{middle}\" y=\"{base}\">{text}</text>");
    }
    out.push_str("</g>\n");
}

/// A line along the wire's points with rounded corners.
fn path(wire: &Wire) -> String {
    let points: Vec<(usize, usize)> = wire.points.iter().map(|&it| point(it)).collect();
    let mut out = String::new();
    for (at, &(x, y)) in points.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| points.get(at));
        match (before, points.get(at + 1)) {
            (None, _) => {
                let _ = write!(out, "M{x} {y}");
            }
            (_, None) => {
                let _ = write!(out, "L{x} {y}");
            }
            (Some(&before), Some(&after)) => {
                let (a, b) = (toward((x, y), before), toward((x, y), after));
                let _ = write!(out, "L{} {}Q{x} {y} {} {}", a.0, a.1, b.0, b.1);
            }
        }
    }
    out
}

/// The point a little way from a corner to the next point.
fn toward(corner: (usize, usize), other: (usize, usize)) -> (usize, usize) {
    let step = |from: usize, to: usize| {
        let length = (from.abs_diff(to) / 2).min(ROUND);
        if to > from { from + length } else { from - length }
    };
    (step(corner.0, other.0), step(corner.1, other.1))
}

/// The middle of a column and row.
fn point((column, row): (usize, usize)) -> (usize, usize) {
    (MARGIN + column * COLUMN + COLUMN / 2, MARGIN + row * ROW + ROW / 2 - ROW / 4)
}

fn escape(text: &str) -> String {
    escaped(&text.chars().map(printable).collect::<String>())
}

#[cfg(test)]
mod tests {
    use crate::report::dag::{View, samples};

    #[test]
    fn files() {
        for (name, graph) in samples::graphs() {
            let text = super::render(&View::new(&graph, name.ends_with("expanded")), "<churn>");
            if ["churn", "names"].contains(&name) {
                crate::report::samples::assert_in("svg", name, &text);
            }
        }
    }
}
