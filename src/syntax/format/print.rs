//! Tree in, text out.

use crate::syntax::format::INDENT;
use crate::syntax::format::lines::{Align, Page};
use crate::syntax::format::table::{self, Row};
use crate::syntax::format::tree::{Block, Item, Measure, Node, Part, columns};
use std::borrow::Cow;

/// Prints a whole text.
pub(super) fn document(mut items: Vec<Item>) -> String {
    part_sections(&mut items);
    let mut page = Page::default();
    print_items(&mut page, items, 0, None);
    page.finish()
}

/// Puts a blank line around each top-level node of several lines, before its comments.
fn part_sections(items: &mut [Item]) {
    // Where the last node ended, its name, and whether it takes several lines.
    let mut last: Option<(usize, String, bool)> = None;
    for at in 0..items.len() {
        let Some(Item::Node(node)) = items.get(at) else { continue };
        let tall = !node.is_one_line(0);
        let name = node.name.to_owned();
        if let Some((before, last_name, last_tall)) = last {
            let between = items.get_mut(before + 1..=at).unwrap_or_default();
            let together = !last_tall && last_name == name;
            let wanted = (tall || last_tall) && !together;
            if wanted && !between.iter().any(Item::blank_before) {
                between.iter_mut().take(1).for_each(Item::set_blank_before);
            }
        }
        last = Some((at, name, tall));
    }
}

fn print_items<'a>(page: &mut Page<'a>, items: Vec<Item<'a>>, depth: usize, parent: Option<&str>) {
    let rows = table::rows(&items, depth, parent);
    let mut group = None;
    for (index, (item, row)) in items.into_iter().zip(rows).enumerate() {
        let blank_before = index > 0 && item.blank_before();
        page.open(depth, blank_before);
        match item {
            Item::Comment(remark) => {
                page.push(&remark.text, 0);
                page.close(None, Align::Loose);
            }
            Item::Node(node) => {
                let place = row.map(|row| place(page, &mut group, row));
                print_node(page, node, depth, place.unwrap_or_default());
            }
        }
    }
}

/// The columns of a row and the page's group for its comments.
#[derive(Debug, Default)]
struct Place {
    stops: Vec<usize>,
    align: Align,
}

/// Makes a group on the page for each table.
fn place(page: &mut Page, group: &mut Option<(usize, usize)>, row: Row) -> Place {
    let on_page = match *group {
        Some((table, on_page)) if table == row.group => on_page,
        _ => page.group(),
    };
    *group = Some((row.group, on_page));
    Place { stops: row.stops, align: Align::Group(on_page) }
}

fn print_node<'a>(page: &mut Page<'a>, node: Node<'a>, depth: usize, place: Place) {
    let mut measure = Measure::new(depth);
    let mut align = place.align;
    let mut line_start = true;
    for (index, part) in node.parts.into_iter().enumerate() {
        if !line_start {
            page.gap(place.stops.get(index).copied().unwrap_or(0));
        }
        line_start = false;
        let stays = measure.take(&part);
        match part {
            Part::Text(text) => {
                page.push(&text.text, text.width);
                if text.tall {
                    align = Align::Loose;
                }
            }
            Part::Continuation(comment) => {
                print_continuation(page, comment);
                page.open(depth, false);
                page.push(&" ".repeat(INDENT), INDENT);
                line_start = true;
            }
            Part::Block(block) if stays => print_flat(page, &block, node.name),
            Part::Block(block) => {
                print_block(page, block, depth, align, node.name);
                align = Align::Loose;
            }
        }
    }
    page.close(node.comment, align);
}

fn print_continuation(page: &mut Page, comment: Option<&str>) {
    page.push("\\", 1);
    if let Some(comment) = comment {
        page.push(" ", 1);
        page.push(comment, 0);
    }
    page.close(None, Align::Loose);
}

/// Prints a block over several lines; its closing brace stays open on the page.
fn print_block<'a>(page: &mut Page<'a>, block: Block<'a>, depth: usize, align: Align, name: &str) {
    open_brace(page, block.dead);
    page.close(block.comment, align);
    print_items(page, block.items, depth + 1, Some(name));
    page.open(depth, false);
    page.push("}", 1);
}

fn open_brace(page: &mut Page, dead: bool) {
    if dead {
        page.push("/-", 2);
    }
    page.push("{", 1);
}

/// Prints a block on the line. Precondition: it has a flat width.
fn print_flat(page: &mut Page, block: &Block, name: &str) {
    open_brace(page, block.dead);
    let mut separator: Cow<str> = " ".into();
    let empty = block.items.is_empty();
    for item in &block.items {
        page.push(&separator, separator.len());
        separator = "; ".into();
        match item {
            Item::Comment(remark) => page.push(&remark.text, columns(&remark.text)),
            Item::Node(node) => print_flat_node(page, node, name == "columns"),
        }
    }
    page.push(if empty { "}" } else { " }" }, if empty { 1 } else { 2 });
}

fn print_flat_node(page: &mut Page, node: &Node, in_columns: bool) {
    for (index, part) in node.parts.iter().enumerate() {
        if index > 0 {
            let gap = if in_columns { table::gap_in_columns(node, index) } else { 1 };
            page.push(if gap == 2 { "  " } else { " " }, gap);
        }
        match part {
            Part::Text(text) => page.push(&text.text, text.width),
            Part::Block(block) => print_flat(page, block, node.name),
            Part::Continuation(_) => {}
        }
    }
}
