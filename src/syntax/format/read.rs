//! Tokens in, tree out. Refuses what is not KDL; keeps every comment.

mod entry;
mod node;

use crate::syntax::format::tree::{Item, Kind, Part, Remark, Text};
use crate::syntax::format::{Unformattable, multi_line};
use crate::syntax::lexer::{self, Token, TokenKind};
use std::borrow::Cow;
use std::mem;

/// Reads a whole text. Fails at the first mistake.
pub(super) fn document(text: &str) -> Result<Vec<Item<'_>>, Unformattable> {
    let mut reader = Reader { text, tokens: lexer::tokens(text), at: 0, depth: 0 };
    let body = reader.body(false)?;
    if reader.peek().is_some() {
        return reader.fail("no block is open here");
    }
    Ok(body.items)
}

/// A position in the tokens.
#[derive(Debug)]
struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// Number of open braces.
    depth: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<TokenKind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    /// The text of the current token; empty at the end.
    fn current(&self) -> &'a str {
        self.tokens.get(self.at).map_or("", |token| token.text(self.text))
    }

    /// Steps over the current token and returns its text.
    fn bump(&mut self) -> &'a str {
        let text = self.current();
        self.at += 1;
        text
    }

    /// Byte offset of the current token.
    fn offset(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.len(), |token| token.start)
    }

    fn fail<T>(&self, what: &'static str) -> Result<T, Unformattable> {
        Err(Unformattable { at: self.offset(), what })
    }

    /// Steps over blanks. Precondition: they are the current token.
    fn space(&mut self) -> Result<(), Unformattable> {
        if self.current().contains('\u{feff}') {
            return self.fail("a byte order mark stands only at the start");
        }
        self.at += 1;
        Ok(())
    }

    /// Steps over a block comment and returns it. Precondition: it is the current token.
    fn block_comment(&mut self) -> Result<Cow<'a, str>, Unformattable> {
        let text = self.current();
        if closing(text) != Some(text.len()) {
            return self.fail("this comment is not closed");
        }
        self.at += 1;
        Ok(multi_line::comment(text))
    }

    /// Steps over `\` and returns what was behind it. Precondition: it is the current token.
    fn continuation(&mut self) -> Result<Continuation<'a>, Unformattable> {
        let mut continuation = Continuation::default();
        let mut rest = self.current().strip_prefix('\\').unwrap_or_default().trim();
        while rest.starts_with("/*") {
            let Some((comment, behind)) = closing(rest).and_then(|end| rest.split_at_checked(end))
            else {
                return self.fail("a comment behind this `\\` is not closed");
            };
            continuation.blocks.push(multi_line::comment(comment));
            rest = behind.trim();
        }
        continuation.line = Some(rest).filter(|rest| !rest.is_empty());
        self.at += 1;
        Ok(continuation)
    }

    /// Reads nodes and comments up to a closing brace or the end.
    fn body(&mut self, in_braces: bool) -> Result<Body<'a>, Unformattable> {
        let mut gathered = Gathered { opening: in_braces, ..Gathered::default() };
        while let Some(kind) = self.peek() {
            match kind {
                TokenKind::Space => self.space()?,
                TokenKind::Newline => {
                    self.at += 1;
                    gathered.end_line();
                }
                TokenKind::LineComment => {
                    gathered.line_comment(self.bump().trim_end());
                }
                TokenKind::BlockComment => {
                    let comment = self.block_comment()?;
                    gathered.pending.push(comment);
                }
                TokenKind::Continuation => {
                    let behind = self.continuation()?;
                    gathered.pending.extend(behind.blocks);
                    if let Some(comment) = behind.line {
                        gathered.line_comment(comment);
                        gathered.end_line();
                    }
                }
                TokenKind::CloseBrace => break,
                TokenKind::Slashdash => {
                    self.at += 1;
                    self.behind_slashdash(&mut gathered)?;
                    self.node_into(&mut gathered, true)?;
                }
                TokenKind::Word | TokenKind::String(_) | TokenKind::OpenParen => {
                    self.node_into(&mut gathered, false)?;
                }
                TokenKind::OpenBrace => return self.fail("a block needs a node before it"),
                TokenKind::Semicolon => return self.fail("`;` ends a node, and there is none"),
                TokenKind::Equals | TokenKind::CloseParen | TokenKind::Bracket => {
                    return self.fail("a node starts with its name");
                }
            }
        }
        gathered.place_pending();
        Ok(gathered.body)
    }

    /// Reads what may stand between `/-` and its node; comments go before the node.
    fn behind_slashdash(&mut self, gathered: &mut Gathered<'a>) -> Result<(), Unformattable> {
        while let Some(kind) = self.peek() {
            match kind {
                TokenKind::Space => self.space()?,
                TokenKind::Newline => {
                    self.at += 1;
                    gathered.body.several_lines = true;
                }
                TokenKind::LineComment => gathered.hoist(self.bump().trim_end()),
                TokenKind::BlockComment => {
                    let comment = self.block_comment()?;
                    gathered.pending.push(comment);
                }
                TokenKind::Continuation => {
                    let behind = self.continuation()?;
                    gathered.pending.extend(behind.blocks);
                    if let Some(comment) = behind.line {
                        gathered.hoist(comment);
                    }
                }
                TokenKind::Word | TokenKind::String(_) | TokenKind::OpenParen => return Ok(()),
                TokenKind::OpenBrace
                | TokenKind::CloseBrace
                | TokenKind::Slashdash
                | TokenKind::Semicolon
                | TokenKind::Equals
                | TokenKind::CloseParen
                | TokenKind::Bracket => break,
            }
        }
        self.fail("`/-` needs something to silence behind it")
    }

    fn node_into(&mut self, gathered: &mut Gathered<'a>, dead: bool) -> Result<(), Unformattable> {
        let leading = mem::take(&mut gathered.pending);
        let mut node = self.node(leading, dead)?;
        node.blank_before = gathered.take_blank();
        gathered.body.items.push(Item::Node(node));
        gathered.same_line = true;
        Ok(())
    }
}

/// Comments between `\` and the end of its line.
#[derive(Debug, Default)]
struct Continuation<'a> {
    blocks: Vec<Cow<'a, str>>,
    line: Option<&'a str>,
}

/// Where the block comment at the start of `text` ends, with those nested in it.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        at += text.get(at..)?.find(['*', '/'])?;
        match text.as_bytes().get(at..)? {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth.checked_sub(1)?, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// A body while it is read, and what waits for its place.
#[derive(Debug, Default)]
struct Gathered<'a> {
    body: Body<'a>,
    /// Block comments on this line, before a node or the line's end.
    pending: Vec<Cow<'a, str>>,
    newlines: usize,
    /// Whether the opening brace is on this line.
    opening: bool,
    /// Whether the last node ended on this line.
    same_line: bool,
}

/// What stands between two braces, or in the whole text.
#[derive(Debug, Default)]
struct Body<'a> {
    /// The comment behind the opening brace.
    opening: Option<Cow<'a, str>>,
    items: Vec<Item<'a>>,
    several_lines: bool,
}

impl<'a> Gathered<'a> {
    fn take_blank(&mut self) -> bool {
        self.opening = false;
        mem::take(&mut self.newlines) > 1
    }

    fn end_line(&mut self) {
        if self.opening && !self.pending.is_empty() {
            self.body.opening = Some(joined(mem::take(&mut self.pending)));
        }
        self.place_pending();
        self.body.several_lines = true;
        self.opening = false;
        self.same_line = false;
        self.newlines += 1;
    }

    /// Places a comment that reaches to the end of the line.
    fn line_comment(&mut self, comment: &'a str) {
        self.body.several_lines = true;
        if self.same_line {
            self.place_pending();
            if let Some(Item::Node(node)) = self.body.items.last_mut() {
                node.add_comment(comment);
            }
        } else if self.opening {
            self.pending.push(Cow::Borrowed(comment));
            self.body.opening = Some(joined(mem::take(&mut self.pending)));
            self.opening = false;
        } else {
            self.hoist(comment);
        }
    }

    /// Places a comment on a line of its own, with the block comments before it.
    fn hoist(&mut self, comment: &'a str) {
        self.pending.push(Cow::Borrowed(comment));
        self.same_line = false;
        self.place_pending();
        self.body.several_lines = true;
    }

    /// Places block comments behind which no node comes on their line.
    fn place_pending(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let pending = mem::take(&mut self.pending);
        match self.body.items.last_mut() {
            Some(Item::Node(node)) if self.same_line => {
                let remarks = pending.into_iter().map(|text| Text::new(text, Kind::Remark));
                node.parts.extend(remarks.map(Part::Text));
            }
            _ => {
                let blank_before = self.take_blank();
                let remark = Remark { text: joined(pending), blank_before };
                self.body.items.push(Item::Comment(remark));
            }
        }
    }
}

fn joined(comments: Vec<Cow<'_, str>>) -> Cow<'_, str> {
    let mut comments = comments.into_iter();
    let mut all = comments.next().unwrap_or_default();
    for comment in comments {
        all.to_mut().extend([" ", &comment]);
    }
    all
}
