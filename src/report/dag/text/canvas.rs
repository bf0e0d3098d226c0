//! A grid of characters on which lines of different nets cross without meeting.

use crate::report::dag::dense::Dense;
use crate::report::paint::{Ink, Paint};
use crate::report::text::char_width;

pub(super) const UP: u8 = 1;
pub(super) const DOWN: u8 = 2;
pub(super) const LEFT: u8 = 4;
pub(super) const RIGHT: u8 = 8;

#[derive(Debug)]
pub(super) struct Canvas {
    width: usize,
    cells: Dense<Cell>,
}

#[derive(Clone, Debug, Default)]
struct Cell {
    /// What was put here; hides lines.
    glyph: Option<(char, Ink)>,
    /// Covered by the wide character before it.
    covered: bool,
    /// Directions in which lines leave, for each net that comes here.
    lines: Vec<(usize, u8)>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self { width, cells: Dense::filled(width * height, Cell::default()) }
    }

    /// Precondition: the place is on the canvas.
    pub(super) fn put(&mut self, x: usize, y: usize, c: char, ink: Ink) {
        self.cells[y * self.width + x].glyph = Some((c, ink));
        if char_width(c) == 2 {
            self.cells[y * self.width + x + 1].covered = true;
        }
    }

    /// Draws a straight line of a net, both ends included. Precondition: as for `put`.
    pub(super) fn line(&mut self, net: usize, from: (usize, usize), to: (usize, usize)) {
        let (a, b) = (from.min(to), from.max(to));
        let (back, forth) = if a.1 == b.1 { (LEFT, RIGHT) } else { (UP, DOWN) };
        for y in a.1..=b.1 {
            for x in a.0..=b.0 {
                let before = if (x, y) == a { 0 } else { back };
                let after = if (x, y) == b { 0 } else { forth };
                self.stroke(net, (x, y), before | after);
            }
        }
    }

    fn stroke(&mut self, net: usize, (x, y): (usize, usize), directions: u8) {
        let lines = &mut self.cells[y * self.width + x].lines;
        match lines.iter_mut().find(|(owner, _)| *owner == net) {
            Some((_, known)) => *known |= directions,
            None => lines.push((net, directions)),
        }
    }

    pub(super) fn render(&self, paint: Paint) -> String {
        let mut out = String::new();
        let mut cells = self.cells.iter();
        while cells.len() > 0 {
            out.push_str(&row(cells.by_ref().take(self.width), paint));
            out.push('\n');
        }
        out
    }
}

/// Joins neighbours of one ink, so that colours do not fill the output with codes.
fn row<'a>(cells: impl Iterator<Item = &'a Cell>, paint: Paint) -> String {
    let mut runs: Vec<(Ink, String)> = Vec::new();
    for cell in cells.filter(|cell| !cell.covered) {
        let (c, ink) = cell.glyph.unwrap_or_else(|| (joint(&cell.lines), Ink::Plain));
        match runs.last_mut() {
            Some((last, run)) if *last == ink || c == ' ' => run.push(c),
            _ => runs.push((ink, c.to_string())),
        }
    }
    while let Some((_, last)) = runs.last_mut() {
        last.truncate(last.trim_end().len());
        if !last.is_empty() {
            break;
        }
        runs.pop();
    }
    runs.iter().map(|(ink, run)| paint.text(*ink, run)).collect()
}

fn joint(lines: &[(usize, u8)]) -> char {
    const UP_DOWN: u8 = UP | DOWN;
    match lines {
        [] => ' ',
        [(_, directions)] => corner(*directions),
        // Lines of different nets cross: the upright one passes over.
        several if several.iter().any(|(_, it)| *it == UP_DOWN) => '│',
        several => corner(several.iter().fold(0, |all, (_, it)| all | it)),
    }
}

fn corner(directions: u8) -> char {
    const TABLE: [char; 16] =
        [' ', '╵', '╷', '│', '╴', '╯', '╮', '┤', '╶', '╰', '╭', '├', '─', '┴', '┬', '┼'];
    TABLE.get(usize::from(directions)).copied().unwrap_or(' ')
}
