//! Small aligned tables for terminals. Unaware of what the columns mean.

use crate::report::paint::{Ink, Paint};
use crate::report::text::width;

/// On which side a column lines up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    /// For numbers.
    Right,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) ink: Ink,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ink: Ink::Plain }
    }

    #[must_use]
    pub(crate) fn ink(mut self, ink: Ink) -> Self {
        self.ink = ink;
        self
    }
}

/// Rows under titles; two spaces between columns, no lines.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table whose columns have these titles; without a title row when all are empty.
    pub(crate) fn new(columns: &[(&str, Align)]) -> Self {
        let columns = columns.iter().map(|&(title, align)| (title.to_owned(), align)).collect();
        Self { columns, rows: Vec::new() }
    }

    /// Precondition: as many cells as columns; further ones are not shown.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Each line ends in a line break and has no spaces before it.
    pub(crate) fn render(&self, paint: Paint) -> String {
        let widths = self.widths();
        let mut out = String::new();
        if self.columns.iter().any(|(title, _)| !title.is_empty()) {
            let titles: Vec<Cell> =
                self.columns.iter().map(|(it, _)| Cell::new(it).ink(Ink::Faint)).collect();
            self.line(&mut out, &titles, &widths, paint);
        }
        for row in &self.rows {
            self.line(&mut out, row, &widths, paint);
        }
        out
    }

    fn widths(&self) -> Vec<usize> {
        let column = |at: usize, title: &str| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            cells.map(|cell| width(&cell.text)).chain([width(title)]).max().unwrap_or(0)
        };
        self.columns.iter().enumerate().map(|(at, (title, _))| column(at, title)).collect()
    }

    fn line(&self, out: &mut String, cells: &[Cell], widths: &[usize], paint: Paint) {
        // Spaces wait until something follows them.
        let mut gap = 0;
        for ((cell, &limit), (_, align)) in cells.iter().zip(widths).zip(&self.columns) {
            let space = limit.saturating_sub(width(&cell.text));
            let (before, after) = match align {
                Align::Left => (0, space),
                Align::Right => (space, 0),
            };
            gap += before;
            if !cell.text.is_empty() {
                out.push_str(&" ".repeat(gap));
                out.push_str(&paint.text(cell.ink, &cell.text));
                gap = 0;
            }
            gap += after + 2;
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_width_on_screen() {
        let mut table =
            Table::new(&[("metric", Align::Left), ("value", Align::Right), ("", Align::Left)]);
        table.row([Cell::new("auc"), Cell::new("0.91"), Cell::new("ok").ink(Ink::Good)]);
        table.row([Cell::new("精度"), Cell::new("12.5"), Cell::new("")]);
        table.row([Cell::new("recall@10"), Cell::new("7"), Cell::new("too low")]);
        assert_eq!(
            table.render(Paint { color: false }),
            "metric     value\n\
             auc         0.91  ok\n\
             精度        12.5\n\
             recall@10      7  too low\n"
        );
        assert!(table.render(Paint { color: true }).contains("0.91  \x1b[32mok\x1b[0m\n"));
    }
}
