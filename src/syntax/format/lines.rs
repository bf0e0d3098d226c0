//! A page of lines, and where the comments behind them stand. Unaware of nodes.

use crate::syntax::format::INDENT;
use std::borrow::Cow;

/// Comments stand here, counted from 0, when their line and its neighbours are shorter.
const COMMENT_COLUMN: usize = 40;
/// A line longer than this does not push the comments of its neighbours.
const MAX_PUSH: usize = 72;

/// Lines as they are written.
#[derive(Debug, Default)]
pub(super) struct Page<'a> {
    /// Code of all lines, without line ends and indentation.
    code: String,
    lines: Vec<Line<'a>>,
    /// Widest line of each group.
    groups: Vec<usize>,
    /// The line that is being written.
    open: Line<'a>,
}

/// Which lines have their comments in one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Align {
    /// None: the comment follows the code.
    Loose,
    /// With the adjacent lines that have a comment and the same indentation.
    #[default]
    Neighbours,
    /// With all lines of this group.
    Group(usize),
}

#[derive(Debug, Default)]
struct Line<'a> {
    indent: usize,
    blank_before: bool,
    /// End of its code in `Page::code`.
    end: usize,
    /// Columns, indentation included.
    width: usize,
    comment: Option<Cow<'a, str>>,
    align: Align,
}

impl<'a> Page<'a> {
    /// Makes a group of lines.
    pub(super) fn group(&mut self) -> usize {
        self.groups.push(0);
        self.groups.len() - 1
    }

    pub(super) fn open(&mut self, depth: usize, blank_before: bool) {
        let indent = depth * INDENT;
        self.open = Line { indent, blank_before, width: indent, ..Line::default() };
    }

    /// Writes one blank, or as many as it takes to `column` behind the indentation.
    pub(super) fn gap(&mut self, column: usize) {
        let count = (self.open.indent + column).saturating_sub(self.open.width).max(1);
        blanks(&mut self.code, count);
        self.open.width += count;
    }

    pub(super) fn push(&mut self, code: &str, width: usize) {
        self.code.push_str(code);
        self.open.width += width;
    }

    pub(super) fn close(&mut self, comment: Option<Cow<'a, str>>, align: Align) {
        let mut line = std::mem::take(&mut self.open);
        (line.end, line.comment, line.align) = (self.code.len(), comment, align);
        if let Align::Group(group) = align {
            self.widen(group, line.width);
        }
        self.lines.push(line);
    }

    fn widen(&mut self, group: usize, width: usize) {
        if let Some(widest) = self.groups.get_mut(group).filter(|_| width <= MAX_PUSH) {
            *widest = width.max(*widest);
        }
    }

    /// Puts the page together.
    pub(super) fn finish(mut self) -> String {
        let mut lines = std::mem::take(&mut self.lines);
        self.group_neighbours(&mut lines);
        let mut out = String::with_capacity(self.code.len() * 3 / 2);
        let mut start = 0;
        for line in &lines {
            if line.blank_before {
                out.push('\n');
            }
            let code = self.code.get(start..line.end).unwrap_or_default();
            start = line.end;
            blanks(&mut out, line.indent);
            out.push_str(code);
            if let Some(comment) = &line.comment {
                blanks(&mut out, self.comment_gap(line));
                out.push_str(comment);
            }
            out.push('\n');
        }
        out
    }

    /// Gives runs of commented lines a group each.
    fn group_neighbours(&mut self, lines: &mut [Line]) {
        let mut run: Option<(usize, usize)> = None;
        for line in lines {
            if line.align != Align::Neighbours || line.comment.is_none() {
                run = None;
                continue;
            }
            let group = match run {
                Some((group, indent)) if indent == line.indent && !line.blank_before => group,
                _ => self.group(),
            };
            run = Some((group, line.indent));
            line.align = Align::Group(group);
            self.widen(group, line.width);
        }
    }

    fn comment_gap(&self, line: &Line) -> usize {
        let Align::Group(group) = line.align else { return 2 };
        let widest = self.groups.get(group).copied().unwrap_or(0);
        COMMENT_COLUMN.max(widest + 2).saturating_sub(line.width).max(2)
    }
}

fn blanks(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}
