//! What is printed: nodes, their parts and the comments between them.

use crate::syntax::format::{INDENT, MAX_WIDTH};
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr as _;

/// What stands on lines of its own.
#[derive(Debug)]
pub(super) enum Item<'a> {
    Comment(Remark<'a>),
    Node(Node<'a>),
}

impl Item<'_> {
    pub(super) fn blank_before(&self) -> bool {
        match self {
            Self::Comment(remark) => remark.blank_before,
            Self::Node(node) => node.blank_before,
        }
    }

    pub(super) fn set_blank_before(&mut self) {
        match self {
            Self::Comment(remark) => remark.blank_before = true,
            Self::Node(node) => node.blank_before = true,
        }
    }
}

/// Comments that fill a line.
#[derive(Debug)]
pub(super) struct Remark<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) blank_before: bool,
}

/// A node with its name, entries and block in the order of the text.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) blank_before: bool,
    /// As written, quotes included.
    pub(super) name: &'a str,
    /// Invariant: the first is the name, nothing but blocks and comments follow a block.
    pub(super) parts: Vec<Part<'a>>,
    /// A line comment behind it.
    pub(super) comment: Option<Cow<'a, str>>,
    pub(super) has_block: bool,
    /// Whether it has a block without `/-`.
    pub(super) has_live_block: bool,
}

impl<'a> Node<'a> {
    pub(super) fn new(name: &'a str, text: Text<'a>) -> Self {
        Self {
            blank_before: false,
            name,
            parts: vec![Part::Text(text)],
            comment: None,
            has_block: false,
            has_live_block: false,
        }
    }
}

/// A piece of a node; pieces are separated by blanks.
#[derive(Debug)]
pub(super) enum Part<'a> {
    Text(Text<'a>),
    /// `\` and the comment behind it.
    Continuation(Option<&'a str>),
    Block(Block<'a>),
}

/// A name, an entry or a block comment, ready to print.
#[derive(Debug)]
pub(super) struct Text<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) kind: Kind<'a>,
    /// In columns; of no use when tall.
    pub(super) width: usize,
    /// Whether it has a newline in it.
    pub(super) tall: bool,
}

impl<'a> Text<'a> {
    pub(super) fn new(text: Cow<'a, str>, kind: Kind<'a>) -> Self {
        let width = columns(&text);
        let tall = text.contains('\n');
        Self { text, kind, width, tall }
    }
}

/// Columns that a line takes on a terminal.
pub(super) fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// What a text is, as far as aligning needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    Name,
    /// A block comment, or an entry behind `/-`.
    Remark,
    Argument,
    /// `>0`, `<=1` and the like.
    Bound,
    /// With its key.
    Property(&'a str),
}

/// Braces and what is between them.
#[derive(Debug)]
pub(super) struct Block<'a> {
    /// Whether `/-` stands before it.
    pub(super) dead: bool,
    /// The comment behind the opening brace.
    pub(super) comment: Option<Cow<'a, str>>,
    pub(super) items: Vec<Item<'a>>,
    /// Its width on one line, when it was written so or is empty.
    pub(super) flat_width: Option<usize>,
}

impl<'a> Block<'a> {
    pub(super) fn new(
        dead: bool,
        comment: Option<Cow<'a, str>>,
        items: Vec<Item<'a>>,
        one_line: bool,
    ) -> Self {
        let mut block = Self { dead, comment, items, flat_width: None };
        let marks = if dead { 2 } else { 0 };
        if block.comment.is_none() && block.items.is_empty() {
            block.flat_width = Some(marks + 2);
        } else if block.comment.is_none() && one_line {
            let widths = block.items.iter().map(flat_width);
            let inner = widths.sum::<Option<usize>>();
            block.flat_width = inner.map(|width| marks + 2 + 2 * block.items.len() + width);
        }
        block
    }
}

/// Width of an item inside a block on one line.
fn flat_width(item: &Item) -> Option<usize> {
    match item {
        Item::Comment(remark) => (!remark.text.contains('\n')).then(|| columns(&remark.text)),
        Item::Node(node) if node.comment.is_some() => None,
        Item::Node(node) => {
            let widths = node.parts.iter().map(|part| part.flat_width().map(|width| width + 1));
            widths.sum::<Option<usize>>().map(|width| width - 1)
        }
    }
}

impl Part<'_> {
    /// Its width if it takes no more than a line.
    pub(super) fn flat_width(&self) -> Option<usize> {
        match self {
            Self::Text(text) => (!text.tall).then_some(text.width),
            Self::Continuation(_) => None,
            Self::Block(block) => block.flat_width,
        }
    }
}

impl Node<'_> {
    /// Whether it is printed on one line at `depth`, tables aside.
    pub(super) fn is_one_line(&self, depth: usize) -> bool {
        let mut measure = Measure::new(depth);
        self.parts.iter().all(|part| part.flat_width().is_some() && measure.take(part))
    }

    /// Whether everything before its first block is on one line.
    pub(super) fn has_flat_header(&self) -> bool {
        let header = self.parts.iter().take_while(|part| !matches!(part, Part::Block(_)));
        header.into_iter().all(|part| part.flat_width().is_some())
    }
}

/// Decides which blocks stay on one line. Counts single blanks, so that the padding of a table
/// never changes the answer.
#[derive(Debug)]
pub(super) struct Measure {
    indent: usize,
    width: usize,
}

impl Measure {
    pub(super) fn new(depth: usize) -> Self {
        let indent = depth * INDENT;
        Self { indent, width: indent }
    }

    /// Adds the next part; returns whether it stays on the line.
    pub(super) fn take(&mut self, part: &Part) -> bool {
        let Some(width) = part.flat_width() else {
            self.width = self.indent;
            return false;
        };
        self.width += width + usize::from(self.width > self.indent);
        if matches!(part, Part::Block(_)) && self.width > MAX_WIDTH {
            self.width = self.indent;
            return false;
        }
        true
    }
}
