//! Cuts mended text at top-level nodes into ranges that concatenate to it.
//!
//! It also refuses what would cost the parser exponential time or its stack: deep nesting of blocks
//! and comments, and slashdashed blocks within each other.

use crate::base::diagnostic::Sink;
use crate::syntax::codes;
use crate::syntax::lexer::{self, TokenKind};
use crate::syntax::repair::{MAX_DEPTH, Mended};
use std::ops::Range;

/// Slashdashed blocks within each other: each level costs the parser four times the time.
const MAX_SLASHDASH: usize = 4;

/// Brackets that mean nothing in one node: the parser needs stack for each that it stumbles over.
const MAX_LOOSE: usize = 256;

/// One top-level node with the comments and blank lines before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Bytes of the mended text.
    pub(crate) range: Range<usize>,
}

/// Cuts the text; chunks that nest too deeply are reported and left out.
pub(crate) fn split(mended: &Mended, sink: &mut Sink) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut scan = Scan::default();
    for (index, token) in mended.tokens.iter().enumerate() {
        if scan.step(token.kind) {
            let next = mended.tokens.get(index + 1).map(|it| it.kind);
            if next.is_none() || !scan.continues(next) {
                finish(mended, &mut scan, token.end, &mut chunks, sink);
            }
        }
        let too_deep = scan.too_deep() || comment_depth(token.text(&mended.text)) > MAX_DEPTH;
        if (too_deep || scan.loose > MAX_LOOSE) && scan.refused.is_none() {
            scan.refused = Some((token.start, token.end, too_deep));
        }
    }
    finish(mended, &mut scan, mended.text.len(), &mut chunks, sink);
    chunks
}

/// Whether the parser can read one node without running out of time or stack.
pub(crate) fn is_shallow(source: &str) -> bool {
    let mut scan = Scan::default();
    lexer::tokens(source).iter().all(|token| {
        scan.step(token.kind);
        let deep = scan.too_deep() || comment_depth(token.text(source)) > MAX_DEPTH;
        !deep && scan.loose <= MAX_LOOSE
    })
}

fn finish(mended: &Mended, scan: &mut Scan, end: usize, chunks: &mut Vec<Chunk>, sink: &mut Sink) {
    let range = scan.start..end;
    match scan.refused {
        Some((start, stop, false)) => sink.report(
            codes::SYNTAX_ERROR
                .at(mended.span(start, stop), "this cannot be read")
                .label("too many brackets that belong to nothing"),
        ),
        Some((start, stop, true)) => sink.report(
            codes::DEEP_NESTING
                .at(mended.span(start, stop), "this is nested too deeply")
                .label("too deep from here on")
                .help(format!(
                    "at most {MAX_DEPTH} blocks or comments, and {MAX_SLASHDASH} blocks behind `/-`, \
                     may stand within each other"
                )),
        ),
        None if scan.said => chunks.push(Chunk { range }),
        None => {}
    }
    *scan = Scan { start: end, ..Scan::default() };
}

/// How deep the comments of a token nest that starts with one, or with a line's continuation.
fn comment_depth(token: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    if !token.starts_with("/*") && !token.starts_with('\\') {
        return 0;
    }
    let mut rest = token;
    while let Some(at) = rest.find(['/', '*']) {
        let found = rest.get(at..).unwrap_or_default();
        let step = match found.get(..2) {
            Some("/*") => {
                depth += 1;
                2
            }
            Some("*/") => {
                depth = depth.saturating_sub(1);
                2
            }
            _ => 1,
        };
        deepest = deepest.max(depth);
        rest = found.get(step..).unwrap_or_default();
    }
    deepest
}

#[derive(Default)]
struct Scan {
    start: usize,
    /// Whether anything but blanks and comments was seen.
    said: bool,
    /// One flag an open block: whether it is commented out.
    blocks: Vec<bool>,
    /// How many of them are commented out.
    commented: usize,
    /// `/-` seen in the current node and not yet spent on a block.
    pending: usize,
    /// Whether the last thing said was `/-`.
    dashed: bool,
    /// Most `/-` in a row.
    run: usize,
    /// The token with which it became too much, and whether that is for its depth.
    refused: Option<(usize, usize, bool)>,
    /// Brackets, blocks side by side in one node, braces that close nothing.
    loose: usize,
}

impl Scan {
    /// Takes one token; true when a top-level node may end with it.
    fn step(&mut self, kind: TokenKind) -> bool {
        match kind {
            TokenKind::Newline | TokenKind::Semicolon => {
                let ends = self.blocks.is_empty() && self.said && !self.dashed;
                if !self.dashed {
                    self.pending = 0;
                }
                return ends;
            }
            TokenKind::Space
            | TokenKind::LineComment
            | TokenKind::BlockComment
            | TokenKind::Continuation => return false,
            TokenKind::Slashdash => {
                self.pending += 1;
                self.run += 1;
                (self.said, self.dashed) = (true, true);
                return false;
            }
            TokenKind::OpenBrace => {
                self.loose += usize::from(self.blocks.is_empty());
                self.blocks.push(self.pending > 0);
                self.commented += usize::from(self.pending > 0);
                self.pending = 0;
            }
            TokenKind::CloseBrace => match self.blocks.pop() {
                Some(commented) => self.commented -= usize::from(commented),
                None => self.loose += 1,
            },
            TokenKind::OpenParen | TokenKind::CloseParen | TokenKind::Bracket => self.loose += 1,
            TokenKind::Equals | TokenKind::String(_) | TokenKind::Word => {}
        }
        self.run = 0;
        (self.said, self.dashed) = (true, false);
        false
    }

    /// Whether the node goes on behind this end of line.
    fn continues(&self, next: Option<TokenKind>) -> bool {
        self.dashed || next == Some(TokenKind::OpenBrace)
    }

    fn too_deep(&self) -> bool {
        self.blocks.len().max(self.loose) > MAX_DEPTH
            || self.commented.max(self.run) > MAX_SLASHDASH
    }
}
