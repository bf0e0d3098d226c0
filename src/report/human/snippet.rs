//! A run of source lines as they appear on screen: tabs spread, controls disarmed, long lines
//! cropped around what matters. Maps places of the source to places of that text.
//!
//! This is what miette reads instead of the source, so its cost does not depend on the size of
//! the file: it would otherwise scan from the start for every label.

use crate::base::source::SourceFile;
use crate::report::text::{char_width, printable};
use miette::{MietteError, MietteSpanContents, SourceSpan, SpanContents};
use std::ops::Range;

const TAB: usize = 4;

/// Consecutive lines of one file.
#[derive(Debug)]
pub(super) struct Snippet {
    /// What the frame's head says: path, line and column.
    pub(super) name: String,
    text: String,
    lines: Vec<Line>,
}

/// One line of a [`Snippet`].
#[derive(Debug)]
struct Line {
    /// From zero, in the file.
    number: usize,
    /// Where the line is in the snippet's text, with its line break.
    range: Range<usize>,
    /// For each visible character its offset in the file and in the text; ends with the line's.
    marks: Vec<(usize, usize)>,
}

impl Snippet {
    /// Takes `lines` of the file, each at most `room` columns wide. `focus` gives the part of a
    /// line that must stay visible, as offsets in the file.
    pub(super) fn new(
        file: &SourceFile,
        lines: Range<usize>,
        room: usize,
        focus: impl Fn(usize) -> Option<Range<usize>>,
    ) -> Self {
        let mut snippet = Self { name: String::new(), text: String::new(), lines: Vec::new() };
        for number in lines {
            snippet.push(file, number, room, focus(number));
        }
        snippet
    }

    fn push(&mut self, file: &SourceFile, number: usize, room: usize, focus: Option<Range<usize>>) {
        let line = file.line_range(number);
        let source = near(&file.text, line.clone(), room, focus.clone());
        let cells = cells(file.text.get(source.clone()).unwrap_or_default(), source.start);
        let total = cells.last().map_or(0, |cell| cell.column + cell.text.width);
        let window = window(&cells, total, room, focus);
        let start = self.text.len();
        let mut marks = Vec::new();
        if window.start > 0 || source.start > line.start {
            self.text.push('…');
        }
        for cell in &cells {
            if cell.column >= window.start && cell.column + cell.text.width <= window.end {
                marks.push((cell.offset, self.text.len()));
                cell.text.write(&mut self.text);
            }
        }
        marks.push((marks.last().map_or(source.start, |&(at, _)| at + 1), self.text.len()));
        if window.end < total || source.end < line.end {
            self.text.push('…');
        } else if let Some(last) = marks.last_mut() {
            last.0 = source.end;
        }
        self.text.push('\n');
        self.lines.push(Line { number, range: start..self.text.len(), marks });
    }

    /// Where a place of the file is in the snippet; places that were cropped are on the `…`.
    pub(super) fn place(&self, line: usize, offset: usize) -> usize {
        let Some(line) = self.lines.iter().find(|it| it.number == line) else { return 0 };
        let at = line.marks.partition_point(|&(source, _)| source < offset);
        match line.marks.get(at) {
            Some(&(_, place)) if at > 0 || offset >= line.first() => place,
            Some(_) => line.range.start,
            None => line.marks.last().map_or(line.range.start, |&(_, place)| place),
        }
    }

    /// The column, from zero, at which `place` is drawn.
    pub(super) fn column(&self, place: usize) -> usize {
        let line = self.lines.iter().rfind(|line| line.range.start <= place);
        let start = line.map_or(0, |line| line.range.start);
        self.text.get(start..place).unwrap_or_default().chars().map(char_width).sum()
    }
}

impl Line {
    fn first(&self) -> usize {
        self.marks.first().map_or(0, |&(source, _)| source)
    }
}

impl miette::SourceCode for Snippet {
    /// Returns the whole snippet, whatever the context: it was cut to what is shown.
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let first = self.lines.first().map_or(0, |line| line.number);
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            first,
            0,
            self.lines.len(),
        )))
    }
}

/// A character of the source as it appears.
struct Cell {
    offset: usize,
    column: usize,
    text: Glyph,
}

struct Glyph {
    /// `None` is a tab.
    c: Option<char>,
    width: usize,
}

impl Glyph {
    fn write(&self, out: &mut String) {
        match self.c {
            Some(c) => out.push(c),
            None => out.push_str(&" ".repeat(self.width)),
        }
    }
}

fn cells(line: &str, start: usize) -> Vec<Cell> {
    let mut column = 0;
    let cell = |(at, c): (usize, char)| {
        let text = match c {
            '\t' => Glyph { c: None, width: TAB - column % TAB },
            _ => Glyph { c: Some(printable(c)), width: char_width(printable(c)) },
        };
        let cell = Cell { offset: start + at, column, text };
        column += cell.text.width;
        cell
    };
    line.char_indices().map(cell).collect()
}

/// The part of a line that can come to be seen: all of it unless it is far wider than the screen.
fn near(text: &str, line: Range<usize>, room: usize, focus: Option<Range<usize>>) -> Range<usize> {
    // Four bytes a character, and the focus may stand at either end.
    let spare = 8 * room.max(20);
    let focus = focus.unwrap_or(line.start..line.start);
    let boundary = |at: usize| (at..line.end).find(|&at| text.is_char_boundary(at));
    let start = focus.start.saturating_sub(spare).max(line.start);
    let end = focus.end.min(focus.start + spare) + spare;
    boundary(start).unwrap_or(line.end)..boundary(end).unwrap_or(line.end)
}

/// Columns to show: all when they fit, else `room` of them around the focus.
fn window(cells: &[Cell], total: usize, room: usize, focus: Option<Range<usize>>) -> Range<usize> {
    if total <= room {
        return 0..total;
    }
    let column = |offset: usize| {
        let at = cells.partition_point(|cell| cell.offset < offset);
        cells.get(at).map_or(total, |cell| cell.column)
    };
    let (from, to) = focus.map_or((0, 0), |it| (column(it.start), column(it.end)));
    // One column on each side is for the `…`.
    let room = room.saturating_sub(2).max(1);
    if to <= room {
        return 0..room;
    }
    let wide = to - from;
    let lead = if wide >= room { room / 8 } else { (room - wide) / 2 };
    let start = from.saturating_sub(lead).min(total.saturating_sub(room));
    start..start + room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_tabs_wide_characters_and_cropping() {
        let file = SourceFile::new("x", "\té日\u{7}x\r\n0123456789abcdefghij\n");
        let all = Snippet::new(&file, 0..2, 80, |_| None);
        assert_eq!(all.text, "    é日␇x\n0123456789abcdefghij\n");
        assert_eq!(all.column(all.place(0, 1)), 4);
        assert_eq!(all.column(all.place(0, 3)), 5);
        assert_eq!(all.column(all.place(0, 7)), 8);
        assert_eq!(all.column(all.place(0, 99)), 9, "past the end is just after the end");
        let line = file.line_range(1).start;
        let cut = Snippet::new(&file, 1..2, 8, |_| Some(line + 12..line + 13));
        assert_eq!(cut.text, "…abcdef…\n");
        assert_eq!(cut.column(cut.place(1, line)), 0);
        assert_eq!(cut.column(cut.place(1, line + 12)), 3);
        assert_eq!(cut.column(cut.place(1, line + 19)), 7);
    }
}
