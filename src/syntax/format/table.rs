//! Which neighbours form a table, and where their columns stand. Unaware of printing.

use crate::syntax::format::tree::{Item, Kind, Node, Part};

/// The place of a node in a table.
#[derive(Debug)]
pub(super) struct Row {
    /// Same for the rows of one table; the first is 0.
    pub(super) group: usize,
    /// For each part the column where it starts, counted from the indentation; 0 for no matter.
    pub(super) stops: Vec<usize>,
}

/// A cell wider than this, its gap included, does not widen its column.
const MAX_CELL: usize = 40;

/// How the rows of a table are cut into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Name, type, everything else, block.
    Columns,
    /// Name, everything else: the names are the author's.
    Keyed,
    /// Cell by cell: the nodes have the same name and the same kind of entries.
    Same,
}

impl Shape {
    fn of_children(parent: Option<&str>) -> Self {
        match parent {
            Some("columns") => Self::Columns,
            Some(
                "thresholds" | "shadow" | "abort" | "alert" | "vars" | "matrix" | "meta" | "env",
            ) => Self::Keyed,
            _ => Self::Same,
        }
    }

    fn takes(self, node: &Node, depth: usize) -> bool {
        match self {
            Self::Columns | Self::Keyed => node.has_flat_header(),
            Self::Same => node.is_one_line(depth) && positional(node) <= 2,
        }
    }

    /// Whether `node` continues a table whose longest row is `longest`.
    fn joins(self, longest: &Node, node: &Node) -> bool {
        self != Self::Same
            || longest.name == node.name
                && longest.parts.iter().zip(&node.parts).all(|(a, b)| same_kind(a, b))
    }
}

fn positional(node: &Node) -> usize {
    let argument = |part: &&Part| matches!(part, Part::Text(text) if text.kind == Kind::Argument);
    node.parts.iter().filter(argument).count()
}

fn same_kind(left: &Part, right: &Part) -> bool {
    match (left, right) {
        (Part::Text(left), Part::Text(right)) => {
            left.kind == right.kind && left.kind != Kind::Remark
        }
        (Part::Block(_), Part::Block(_)) => true,
        _ => false,
    }
}

/// Finds the tables among the children of `parent`: for each item its row, if it is in one.
pub(super) fn rows(items: &[Item], depth: usize, parent: Option<&str>) -> Vec<Option<Row>> {
    let shape = Shape::of_children(parent);
    let mut rows = Vec::with_capacity(items.len());
    let mut run: Vec<&Node> = Vec::new();
    let mut longest: Option<&Node> = None;
    let mut group = 0;
    for item in items {
        let node = match item {
            Item::Node(node) if shape.takes(node, depth) => node,
            Item::Node(_) | Item::Comment(_) => {
                finish(&mut run, shape, depth, &mut group, &mut rows);
                rows.push(None);
                continue;
            }
        };
        if node.blank_before || longest.is_some_and(|longest| !shape.joins(longest, node)) {
            finish(&mut run, shape, depth, &mut group, &mut rows);
        }
        let longer = |longest: &&Node| !run.is_empty() && longest.parts.len() >= node.parts.len();
        longest = longest.filter(longer).or(Some(node));
        run.push(node);
    }
    finish(&mut run, shape, depth, &mut group, &mut rows);
    rows
}

/// Ends a run: a table if it has two rows, or is in `columns`, where one looks like many.
fn finish(
    run: &mut Vec<&Node>,
    shape: Shape,
    depth: usize,
    group: &mut usize,
    rows: &mut Vec<Option<Row>>,
) {
    if run.len() < 2 && shape != Shape::Columns {
        rows.extend(run.drain(..).map(|_| None));
        return;
    }
    let stops = match shape {
        Shape::Columns => column_stops(run, depth),
        Shape::Keyed => keyed_stops(run),
        Shape::Same => cell_stops(run),
    };
    rows.extend(stops.into_iter().map(|stops| Some(Row { group: *group, stops })));
    *group += usize::from(!run.is_empty());
    run.clear();
}

/// The width of a column: that of its widest cell which is not too wide.
fn column(widths: impl Iterator<Item = usize>) -> usize {
    widths.filter(|&width| width <= MAX_CELL).max().unwrap_or(0)
}

fn width(part: Option<&Part>) -> usize {
    part.and_then(Part::flat_width).unwrap_or(0)
}

fn cell_stops(run: &[&Node]) -> Vec<Vec<usize>> {
    let cells = run.iter().map(|node| node.parts.len()).max().unwrap_or(0);
    let mut stops = vec![0];
    for cell in 1..cells {
        let followed = run.iter().filter(|node| node.parts.len() > cell);
        let before = column(followed.map(|node| width(node.parts.get(cell - 1))));
        stops.push(stops.last().unwrap_or(&0) + before + 1);
    }
    run.iter().map(|node| stops.iter().copied().take(node.parts.len()).collect()).collect()
}

fn keyed_stops(run: &[&Node]) -> Vec<Vec<usize>> {
    let followed = run.iter().filter(|node| node.parts.len() > 1);
    let name = column(followed.map(|node| width(node.parts.first())));
    run.iter().map(|_| vec![0, name + 1]).collect()
}

/// Blanks between two cells of `columns`.
const GAP: usize = 2;

/// The cells of a row in `columns`, each with the gap behind it; 0 for an empty one.
#[derive(Debug)]
struct Column {
    name: usize,
    /// The `?` of a type hangs into the gap.
    kind: usize,
    rest: usize,
}

impl Column {
    fn new(node: &Node) -> Self {
        let typed = has_type(node);
        let texts = || node.parts.iter().take_while(|part| matches!(part, Part::Text(_)));
        let rest = texts().skip(1 + usize::from(typed)).map(|part| width(Some(part)) + 1);
        let rest = rest.sum::<usize>();
        Self {
            name: width(node.parts.first()) + GAP,
            kind: if typed { width(node.parts.get(1)) + gap_in_columns(node, 2) } else { 0 },
            rest: if rest == 0 { 0 } else { rest - 1 + GAP },
        }
    }
}

/// Blanks before a part when it stands in `columns` without neighbours.
pub(super) fn gap_in_columns(node: &Node, index: usize) -> usize {
    let after_type = index == 2 && has_type(node);
    let nullable = matches!(node.parts.get(1), Some(Part::Text(text)) if text.text.ends_with('?'));
    let starts_cell =
        after_type || index == 1 || matches!(node.parts.get(index), Some(Part::Block(_)));
    match (starts_cell, after_type && nullable) {
        (_, true) => GAP - 1,
        (true, _) => GAP,
        _ => 1,
    }
}

fn has_type(node: &Node) -> bool {
    matches!(node.parts.get(1), Some(Part::Text(text)) if text.kind == Kind::Argument)
}

/// The block goes to the first free column, so that a row without bounds has no hole.
fn column_stops(run: &[&Node], depth: usize) -> Vec<Vec<usize>> {
    let columns: Vec<Column> = run.iter().map(|node| Column::new(node)).collect();
    let kind_at = column(columns.iter().map(|column| column.name));
    let rest_at = kind_at + column(columns.iter().map(|column| column.kind));
    let block_at = rest_at + column(columns.iter().map(|column| column.rest));
    let stops = run.iter().zip(&columns).map(|(node, column)| {
        let mut stops = vec![0; node.parts.len()];
        let mut set = |index: usize, at: usize| {
            if let Some(stop) = stops.get_mut(index) {
                *stop = at;
            }
        };
        let block = node.parts.iter().position(|part| matches!(part, Part::Block(_)));
        if column.rest > 0 {
            set(1 + usize::from(column.kind > 0), rest_at);
        }
        if column.kind > 0 {
            set(1, kind_at);
        }
        if let Some(block) = block.filter(|_| node.is_one_line(depth)) {
            let free = if column.rest > 0 { block_at } else { rest_at };
            set(block, if column.rest + column.kind > 0 { free } else { kind_at });
        }
        stops
    });
    stops.collect()
}
