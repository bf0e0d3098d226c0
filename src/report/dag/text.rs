//! A graph drawn in a terminal: boxes and lines, or an indented list where they do not fit.

mod canvas;

use crate::report::dag::layout::{Layout, Placed, layout};
use crate::report::dag::text::canvas::Canvas;
use crate::report::dag::{Kind, View, tree};
use crate::report::human::Screen;
use crate::report::paint::{Ink, Paint};
use crate::report::text::{char_width, width};

/// Boxes that one can still take in at a glance.
const BOXES: usize = 60;

/// Draws the graph at most `screen.width` columns wide.
pub(crate) fn render(view: &View, screen: Screen) -> String {
    if view.nodes.len() > BOXES {
        return tree::render(view, screen.paint);
    }
    let layout = layout(view, screen.width);
    if layout.width > screen.width {
        return tree::render(view, screen.paint);
    }
    draw(view, &layout, screen.paint)
}

fn draw(view: &View, layout: &Layout, paint: Paint) -> String {
    let mut canvas = Canvas::new(layout.width, layout.height);
    for wire in &layout.wires {
        for (from, to) in wire.points.iter().zip(wire.points.iter().skip(1)) {
            canvas.line(wire.from, *from, *to);
        }
    }
    for placed in &layout.boxes {
        let kind = view.nodes[placed.node].kind;
        draw_border(&mut canvas, placed, kind);
        draw_lines(&mut canvas, placed, kind);
    }
    for wire in &layout.wires {
        if let (Some(&(x, y)), Some(&(end_x, end_y))) = (wire.points.first(), wire.points.last()) {
            canvas.put(x, y, '┬', Ink::Plain);
            canvas.put(end_x, end_y, '▼', Ink::Plain);
        }
    }
    canvas.render(paint)
}

fn draw_border(canvas: &mut Canvas, placed: &Placed, kind: Kind) {
    let (left, top) = (placed.x, placed.y);
    let (right, bottom) = (left + placed.width - 1, top + placed.height - 1);
    let (corners, across, down) = match kind {
        Kind::Stage => (['╭', '╮', '╰', '╯'], '─', '│'),
        Kind::Dataset => (['┌', '┐', '└', '┘'], '┄', '┆'),
    };
    for x in left + 1..right {
        canvas.put(x, top, across, Ink::Plain);
        canvas.put(x, bottom, across, Ink::Plain);
    }
    for y in top + 1..bottom {
        canvas.put(left, y, down, Ink::Plain);
        canvas.put(right, y, down, Ink::Plain);
    }
    let places = [(left, top), (right, top), (left, bottom), (right, bottom)];
    for (corner, (x, y)) in corners.into_iter().zip(places) {
        canvas.put(x, y, corner, Ink::Plain);
    }
}

/// Writes the title and what stands below it, each line in the middle.
fn draw_lines(canvas: &mut Canvas, placed: &Placed, kind: Kind) {
    let title = match kind {
        Kind::Stage => Ink::Strong,
        Kind::Dataset => Ink::Help,
    };
    for (row, line) in placed.lines.iter().enumerate() {
        let ink = if row == 0 { title } else { Ink::Faint };
        let mut x = placed.x + (placed.width - width(line)) / 2;
        for c in line.chars().filter(|&c| char_width(c) > 0) {
            canvas.put(x, placed.y + 1 + row, c, ink);
            x += char_width(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::dag::samples;

    #[test]
    fn drawings() {
        for (name, graph) in samples::graphs() {
            let screen = Screen { paint: Paint { color: false }, width: 100 };
            let text = render(&View::new(&graph, name.ends_with("expanded")), screen);
            assert!(text.lines().all(|line| width(line) <= 100), "{text}");
            crate::report::samples::assert_in("dag", name, &text);
        }
    }
}
